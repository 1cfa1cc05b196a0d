"""Programs that somebody else wrote send and receive through the simulated modem: it is as faithful as they need."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from modem.simulator import Simulator
from tests.box import ANN, BOB, until
from tests.needs import needs

BODY = "Two loaves [x] for 5 € please"
LONG = "A long one, in parts. " * 15


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(speed=20) as simulator:
        yield simulator


@contextlib.contextmanager
def running(command: list[str | Path], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out, env=environment) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


@needs("gammu")
class TestGammu:
    def run(self, simulator: Simulator, folder: Path, *arguments: str) -> str:
        config = folder / "gammurc"
        config.write_text(f"[gammu]\ndevice = {simulator.port}\nconnection = at\n")
        done = subprocess.run(
            ["gammu", "-c", config, *arguments], capture_output=True, text=True, timeout=60, check=True
        )
        return done.stdout

    @pytest.mark.parametrize("profile", ["generic", "huawei", "sim800", "sim7600", "quectel"])
    def test_identify(self, profile: str, tmp_path: Path) -> None:
        with Simulator(profile, speed=20) as simulator:
            said = self.run(simulator, tmp_path, "identify")
            assert simulator.profile.maker.split("_")[0].split()[0].lower() in said.lower()
            assert simulator.imei in said
            assert simulator.imsi in said

    def test_networkinfo(self, simulator: Simulator, tmp_path: Path) -> None:
        assert "home network" in self.run(simulator, tmp_path, "networkinfo")

    def test_texts_are_listed_and_deleted(self, simulator: Simulator, tmp_path: Path) -> None:
        simulator.text(ANN, BODY)
        simulator.text(BOB, LONG)
        until(lambda: len(simulator.texts.storages["SM"]) == 4, "the texts' being stored")
        listed = self.run(simulator, tmp_path, "getallsms")
        assert ANN in listed
        assert "4 SMS parts" in listed
        self.run(simulator, tmp_path, "deletesms", "1", "1", "4")
        assert simulator.texts.storages["SM"] == {}

    def test_a_text_is_sent(self, simulator: Simulator, tmp_path: Path) -> None:
        self.run(simulator, tmp_path, "sendsms", "TEXT", ANN, "-text", BODY)
        self.run(simulator, tmp_path, "sendsms", "TEXT", BOB, "-len", "400", "-text", LONG)
        assert [(text.number, text.text) for text in simulator.sent] == [(ANN, BODY), (BOB, LONG)]


@needs("gammu-smsd")
def test_gammu_smsd_sends_and_receives(simulator: Simulator, tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("inbox", "outbox", "sent", "error")}
    for folder in folders.values():
        folder.mkdir()
    paths = "\n".join(f"{name}path = {folder}/" for name, folder in folders.items() if name != "sent")
    config = tmp_path / "smsdrc"
    config.write_text(
        f"[gammu]\ndevice = {simulator.port}\nconnection = at\n[smsd]\nservice = files\nlogfile = {tmp_path}/smsd.log\n"
        f"{paths}\nsentsmspath = {folders['sent']}/\nerrorsmspath = {folders['error']}/\n"
        "CheckSecurity = 0\nloopsleep = 1\nstatusfrequency = 0\ncommtimeout = 5\n"
    )
    with running(["gammu-smsd", "-c", config], tmp_path / "out"):
        simulator.text(ANN, BODY)
        received = until(lambda: list(folders["inbox"].glob("IN*.txt")), "the inbox file")[0]
        assert until(lambda: received.read_bytes(), "its text").decode("utf-8") == BODY
        (folders["outbox"] / f"OUT{BOB}.txt").write_bytes(BODY.encode())
        until(lambda: simulator.sent, "the text")
        assert (simulator.sent[0].number, simulator.sent[0].text) == (BOB, BODY)


@needs("smstools")
def test_smstools_smsd_sends_and_receives(simulator: Simulator, tmp_path: Path) -> None:
    for name in ("outgoing", "checked", "incoming", "sent", "failed", "report"):
        (tmp_path / name).mkdir()
    config = tmp_path / "smsd.conf"
    folders = "\n".join(
        f"{name} = {tmp_path}/{name}" for name in ("outgoing", "checked", "incoming", "sent", "failed")
    )
    config.write_text(
        f"devices = SIM\nlogfile = {tmp_path}/smsd.log\nloglevel = 7\nstats = {tmp_path}\n{folders}\n"
        f"infofile = {tmp_path}/info\npidfile = {tmp_path}/pid\ndelaytime = 1\nerrorsleeptime = 1\n"
        f"[SIM]\ndevice = {simulator.port}\nincoming = yes\nmode = new\nbaudrate = 115200\nsend_delay = 0\n"
    )
    with running(["/usr/sbin/smsd", f"-c{config}", "-t"], tmp_path / "out"):
        simulator.text(ANN, "Two loaves please")
        received = until(lambda: list((tmp_path / "incoming").iterdir()), "the incoming file")[0]
        assert until(
            lambda: "loaves" in received.read_text("latin-1") and received.read_text("latin-1"), "its text"
        )
        assert f"From: {ANN[1:]}" in received.read_text("latin-1")
        (tmp_path / "outgoing" / "one").write_text(f"To: {BOB[1:]}\n\nHello from smstools")
        until(lambda: simulator.sent, "the text")
        assert (simulator.sent[0].number, simulator.sent[0].text) == (BOB, "Hello from smstools")
