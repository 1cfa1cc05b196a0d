"""Backups that make themselves in a whole box, and a new box that becomes the old one by its page."""

import re
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from uuid import uuid4

from bridge.contract.answers import Done
from bridge.contract.requests import MakeBackup
from bridge.handlers.calendar import CalendarJob
from bridge.rules.backups import DATABASE
from bridge.service import stored_backups
from bridge.service.inbox import JobDue
from modem.simulator import Simulator
from tests.bridge.test_backup import spoil
from tests.bridge.test_cli import running, textback
from tests.support.box import ANN, BOB, DEADLINE, Box, a_box, until, write_config


def stored(folder: Path) -> int:
    return len(stored_backups.stored(folder / "backups"))


def has_called(box: Box, simulator: Simulator, number: str) -> None:
    simulator.call(number, rings=2)
    until(lambda: [call for call in box.settled() if call.address == number], "the call")


def test_a_caller_is_texted_while_one_is_made(tmp_path: Path) -> None:
    with Simulator() as simulator, a_box(tmp_path, simulator) as box:
        box.service.loop.inbox.put(JobDue(CalendarJob.BACKUP))
        has_called(box, simulator, ANN)
        until(lambda: stored(tmp_path) == 1, "the backup")
        until(lambda: not box.service.loop.status.backup.making, "its end")
        assert len(simulator.sent) == 1
        assert box.service.loop.status.backup.trouble is None
        assert box.service.bridge.request(MakeBackup()) == Done()
        until(lambda: not box.service.loop.status.backup.making, "the second")
        assert len(box.service.bridge.backups()) == stored(tmp_path)


def test_a_damaged_database_finds_its_backup_again(tmp_path: Path) -> None:
    """B9: the check at the start finds the damage; the newest whole backup is named by the page and by the doctor."""
    with Simulator() as simulator:
        with a_box(tmp_path, simulator) as box:
            has_called(box, simulator, ANN)
            box.service.bridge.request(MakeBackup())
            until(lambda: stored(tmp_path) == 1, "the backup")
        spoil(tmp_path / DATABASE, "savedreply")
        with a_box(tmp_path, simulator) as box:
            whole = until(lambda: box.service.loop.status.backup.whole, "the whole backup")
            box.service.loop.inbox.put(JobDue(CalendarJob.BACKUP))
            box.turn()
            assert stored(tmp_path) == 1
            box.service.bridge.lay_backup(whole.path, "")
            said = textback("doctor", folder=tmp_path).stdout
            assert f"textback restore {whole.path}" in said
        assert textback("restore", whole.path, folder=tmp_path).returncode == 0
        assert "abandoned" in textback("calls", folder=tmp_path).stdout


def test_the_doctor_names_it_without_a_service(tmp_path: Path) -> None:
    with Simulator() as simulator:
        with a_box(tmp_path, simulator) as box:
            has_called(box, simulator, ANN)
            box.service.bridge.request(MakeBackup())
            until(lambda: stored(tmp_path) == 1, "the backup")
        (whole,) = stored_backups.stored(tmp_path / "backups")
        with (tmp_path / DATABASE).open("r+b") as file:
            file.write(bytes(4096))
        said = textback("doctor", folder=tmp_path).stdout
    assert "The database file is damaged." in said
    assert f"is whole. To restore it, stop the box, then: textback restore {whole.path}" in said


class Browser:
    """Somebody at the page of a running box, with cookies and forms and no more."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar())).open

    def get(self, path: str) -> str:
        """The page, once the box has started."""

        def look() -> str | None:
            try:
                with self._open(self._url + path, timeout=DEADLINE) as answer:
                    return str(answer.read().decode())
            except urllib.error.HTTPError:
                return None

        return until(look, "the page")

    def bring(self, path: str, file: bytes, **fields: str) -> str:
        mark = uuid4().hex
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="old.zip"\r\n\r\n'.encode()
        body = b"".join([*parts, head, file, f"\r\n--{mark}--\r\n".encode()])
        kind = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        asked = urllib.request.Request(self._url + path, data=body, headers=kind)
        with self._open(asked, timeout=DEADLINE) as answer:
            return str(answer.read().decode())


def test_moving_to_a_new_box(tmp_path: Path) -> None:
    """The old box makes a backup; the new one is brought it by its page, ends, and is the old one when it is started again."""
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
    with Simulator() as simulator, a_box(old, simulator) as box:
        has_called(box, simulator, BOB)
        box.service.bridge.request(MakeBackup())
        until(lambda: stored(old) == 1, "the backup")
    assert (
        textback("user", "add", "mia", "--password-stdin", folder=old, stdin="correct horse\n").returncode
        == 0
    )
    file = tmp_path / "old.zip"
    assert textback("backup", file, folder=old).returncode == 0
    with Simulator() as simulator:
        settings = write_config(new, simulator.port)
        (old / "config.ini").write_text(settings.read_text().replace("Corner", "Market"))
        assert textback("backup", file, folder=old).returncode == 0
        with running(settings) as (process, url):
            browser = Browser(url)
            found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("welcome"))
            assert found
            code = textback("welcome", folder=new).stdout.split("the code ")[1].split()[0]
            said = browser.bring("welcome/restore", file.read_bytes(), csrf_token=found[1], code=code)
            assert "The box is starting again" in said
            assert process.wait(DEADLINE) == 0
        with running(settings) as (_, url):
            assert "was restored." in settings.with_name("log").read_text()
            assert "Market Bakery" in Browser(url).get("login")
            assert "+447400123457" in textback("calls", "--json", folder=new).stdout
