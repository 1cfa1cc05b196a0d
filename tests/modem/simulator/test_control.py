"""The control socket of the simulated modem, and `simulate`, which serves it."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from modem.simulator import Control, Simulator
from tests.support.box import DEADLINE
from tests.support.host import ANN, BOB, Host


class Client:
    """One connection to a control socket."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(DEADLINE)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("r")

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def next(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._lines.readline())
        return answer

    def order(self, do: str, **how: object) -> dict[str, Any]:
        self._socket.sendall(json.dumps({"do": do, **how}).encode() + b"\n")
        return self.next()


def test_the_control_socket_takes_the_verbs(modem: Simulator, host: Host, tmp_path: Path) -> None:
    control = Control(modem, tmp_path / "control")
    client = Client(tmp_path / "control")
    host.set_up()
    assert client.order("call", number=ANN, rings=1) == {"ok": True, "result": 1}
    assert host.until("NO CARRIER")[0] == "+CRING: VOICE"
    assert client.order("text", sender=ANN, body="Hi") == {"ok": True, "result": None}
    assert host.until("+CMTI") == ['+CMTI: "SM",1']
    assert client.order("set", registration=1)["error"].startswith("registration cannot be set")
    assert client.order("set", network_delay=0.0, reports="off")["ok"]
    assert client.order("dance")["error"].startswith("there is no verb 'dance'")
    assert "error" in client.order("call", number=ANN, end="never")
    assert "error" in client.order("call", number=ANN, wait=True)
    assert "error" in client.order("fault", kind="fire")
    assert client.order("fault", kind="cms_error", code=500)["ok"]
    host.send()
    assert host.until("+CMS") == ["+CMS ERROR: 500"]
    host.send()
    host.until("OK")
    assert [(text["number"], text["text"]) for text in client.order("sent")["result"]] == [(BOB, "Hi")]
    client.close()
    control.close()


def test_the_log_can_be_followed(modem: Simulator, host: Host, tmp_path: Path) -> None:
    control = Control(modem, tmp_path / "control")
    client = Client(tmp_path / "control")
    assert host.ask("ATE0") == ["OK"]
    told = client.order("log", follow=True)["result"]
    assert [(entry["who"], entry["text"]) for entry in told] == [("host", "ATE0"), ("modem", "OK")]
    host.ask("AT+CSQ")
    assert [client.next()["text"] for _ in range(3)] == ["AT+CSQ", "+CSQ: 17,0", "OK"]
    client.close()
    control.close()


def test_simulate_runs_until_it_is_told_to_stop(tmp_path: Path) -> None:
    link, control = tmp_path / "modem", tmp_path / "control"
    program = (
        "import pathlib, sys; from modem.simulator import simulate;"
        "simulate(pathlib.Path(sys.argv[1]), 'huawei', pathlib.Path(sys.argv[2]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, link, control], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout as said:
        assert said.readline() == f"A simulated huawei modem is at {link}\n"
        client, host = Client(control), Host(str(link))
        assert host.ask("AT+CGMI") == ["huawei", "OK"]
        assert client.order("unplug")["ok"]
        assert not link.is_symlink()
        assert client.order("replug")["ok"]
        host.close()
        host = Host(str(link))
        assert host.ask("AT") == ["OK"]
        host.close()
        client.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE) == 0
    assert not link.is_symlink()
