"""`textback welcome`: what somebody must know who has just installed the box."""

import re
from pathlib import Path

from modem.simulator import Simulator
from tests.bridge.test_cli import textback
from tests.support.box import a_box, write_config


def test_it_tells_address_and_code_until_there_is_somebody(tmp_path: Path) -> None:
    with Simulator() as simulator, a_box(tmp_path, simulator):
        pass
    told = textback("welcome", folder=tmp_path)
    assert told.returncode == 0
    assert re.fullmatch(
        r"The page of textback: http://127\.0\.0\.1:0/\nType the code \d{4}-\d{4} there and choose a password\.\n",
        told.stdout,
    )
    textback("user", "add", "mia", "--password-stdin", folder=tmp_path, stdin="correct horse\n")
    assert "code" not in textback("welcome", folder=tmp_path).stdout


def test_for_everybody_on_the_network_it_tells_a_name_too(tmp_path: Path) -> None:
    config = write_config(tmp_path, "/dev/null")
    config.write_text(config.read_text().replace("host = 127.0.0.1\nport = 0", "host = 0.0.0.0\nport = 80"))
    told = textback("welcome", folder=tmp_path).stdout
    assert re.search(r"http://[\w-]+\.local/", told)
    assert ":80" not in told
