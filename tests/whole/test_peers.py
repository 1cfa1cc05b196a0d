"""Programs that somebody else wrote talk to the simulated modem: gammu, gammu-smsd, gnokii and smstools, as real processes."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from modem.simulator import Simulator
from tests.support.box import DEADLINE, until
from tests.support.needs import needs

ANN, BOB = "+447400123456", "+447400123457"
LONG = "A text that is longer than one part holds, so that it takes two of them: " + "blah " * 30 + "end."

T = TypeVar("T")


@pytest.fixture
def modem() -> Iterator[Simulator]:
    with Simulator(speed=20.0) as simulator:
        yield simulator


def while_running(look: Callable[[], T | None], daemon: "subprocess.Popen[bytes]") -> T:
    """The first true value of `look`; an AssertionError if the daemon ends before, or it never comes."""

    def alive() -> T | None:
        found = look()
        assert found or daemon.poll() is None, f"the daemon has ended with {daemon.returncode}"
        return found

    return until(alive)


@contextmanager
def running(output: Path, *command: str | Path) -> "Iterator[subprocess.Popen[bytes]]":
    """A daemon in the foreground; what it says is in `output`, and shown if the test fails."""
    with output.open("wb") as stream:
        daemon = subprocess.Popen(command, stdout=stream, stderr=stream, stdin=subprocess.DEVNULL)
    try:
        yield daemon
    finally:
        daemon.terminate()
        try:
            daemon.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()
        print(output.read_text("utf-8", "replace")[-5000:])


def folder_with(path: Path, *names: str) -> Path:
    for name in names:
        (path / name).mkdir()
    return path


def texts_in(folder: Path, saying: str) -> list[str]:
    """The files there that say this; one that is still being written does not yet."""
    found = [path.read_text("utf-8", "replace") for path in sorted(folder.iterdir()) if path.is_file()]
    return [text for text in found if saying in text]


@needs("gammu")
class TestGammu:
    @pytest.fixture
    def gammu(self, modem: Simulator, tmp_path: Path) -> Callable[..., str]:
        config = tmp_path / "gammurc"
        config.write_text(f"[gammu]\ndevice = {modem.port}\nconnection = at115200\n")

        def run(*arguments: str) -> str:
            done = subprocess.run(
                ["gammu", "-c", config, *arguments],
                capture_output=True,
                text=True,
                timeout=DEADLINE,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        return run

    def test_identify(self, modem: Simulator, gammu: Callable[..., str]) -> None:
        said = gammu("identify")
        assert modem.conditions.imei in said
        assert modem.conditions.imsi in said
        assert modem.profile.model in said

    def test_networkinfo(self, gammu: Callable[..., str]) -> None:
        said = gammu("networkinfo")
        assert "home network" in said
        assert "234 15" in said
        assert "LAC 00C3, CID 0001A2B3" in said

    def test_texts_are_read_and_deleted(self, modem: Simulator, gammu: Callable[..., str]) -> None:
        modem.text(ANN, "Is my car ready? {€}")
        modem.text("Parcels", "Heute zwischen 10 und 12 ✓")
        modem.text(BOB, LONG, reference=7)
        said = gammu("getallsms")
        for wanted in (
            "Is my car ready? {€}",
            "Heute zwischen 10 und 12 ✓",
            ANN,
            "Parcels",
            "ID (8 bit) 7, part 2 of 2",
        ):
            assert wanted in said
        assert "4 SMS parts" in said
        gammu("deletesms", "1", "2")
        again = gammu("getallsms")
        assert "Parcels" not in again
        assert "3 SMS parts" in again

    def test_texts_are_sent(self, modem: Simulator, gammu: Callable[..., str]) -> None:
        assert "reference=1" in gammu("sendsms", "TEXT", BOB, "-text", "Back at 3 pm")
        gammu("sendsms", "TEXT", BOB, "-unicode", "-text", "Пока ✓")
        gammu("sendsms", "TEXT", BOB, "-len", "400", "-text", LONG)
        assert [(text.number, text.text) for text in modem.sent] == [
            (BOB, "Back at 3 pm"),
            (BOB, "Пока ✓"),
            (BOB, LONG),
        ]
        assert len(modem.submitted) == 4

    def test_what_the_network_refuses_is_an_error(self, modem: Simulator, gammu: Callable[..., str]) -> None:
        modem.fault("cms_error", code=38, times=0)
        with pytest.raises(AssertionError, match="error 38"):
            gammu("sendsms", "TEXT", BOB, "-text", "Back at 3 pm")
        assert modem.sent == []


@needs("gammu")
@pytest.mark.parametrize("profile", ["huawei", "sim800", "sim7600", "quectel"])
def test_gammu_knows_the_vendors(profile: str, tmp_path: Path) -> None:
    config = tmp_path / "gammurc"
    with Simulator(profile, speed=20.0) as modem:
        config.write_text(f"[gammu]\ndevice = {modem.port}\nconnection = at115200\n")
        modem.text(ANN, "Is my car ready?")
        command = ("gammu", "-c", str(config), "getallsms")
        done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, check=False)
        assert "Is my car ready?" in done.stdout, done.stdout + done.stderr


@needs("gammu-smsd")
def test_gammu_smsd_receives_and_sends(modem: Simulator, tmp_path: Path) -> None:
    box = folder_with(tmp_path, "inbox", "outbox", "sent", "error")
    config = tmp_path / "gammu-smsdrc"
    config.write_text(
        f"[gammu]\ndevice = {modem.port}\nconnection = at115200\n"
        f"[smsd]\nservice = files\nlogfile = stderr\ndebuglevel = 1\ncommtimeout = 1\nreceivefrequency = 1\nloopsleep = 1\n"
        f"checkbattery = 0\nchecksecurity = 0\n"
        f"inboxpath = {box}/inbox/\noutboxpath = {box}/outbox/\nsentsmspath = {box}/sent/\nerrorsmspath = {box}/error/\n"
    )
    modem.text(ANN, "Is my car ready?")
    with running(tmp_path / "log", "gammu-smsd", "-c", config) as daemon:
        while_running(lambda: texts_in(box / "inbox", "Is my car ready?"), daemon)
        (box / "text").write_text("Back at 3 pm")
        (box / "text").rename(box / "outbox" / f"OUT{BOB}.txt")  # at once: the daemon takes what it finds
        (sent,) = while_running(lambda: modem.sent, daemon)
        assert (sent.number, sent.text) == (BOB, "Back at 3 pm")
        while_running(lambda: list((box / "sent").iterdir()), daemon)
        modem.text(ANN, "Thank you ✓")
        while_running(lambda: texts_in(box / "inbox", "Thank you ✓"), daemon)
        while_running(lambda: not modem.stored("SM"), daemon)


@needs("gnokii-cli")
def test_gnokii_asks_reads_and_sends(modem: Simulator) -> None:
    """Its program is run where the port is: it knows no long paths."""
    folder, port = Path(modem.port).parent, Path(modem.port).name
    (folder / "gnokiirc").write_text(
        f"[global]\nport = {port}\nmodel = AT\nconnection = serial\nuse_locking = no\n"
    )

    def gnokii(*arguments: str, typed: str = "") -> str:
        command = ("gnokii", "--config", "gnokiirc", *arguments)
        done = subprocess.run(
            command, cwd=folder, input=typed, capture_output=True, text=True, timeout=DEADLINE, check=False
        )
        return done.stdout + done.stderr

    assert modem.conditions.imei in gnokii("--identify")
    modem.text(ANN, "Is my car ready?")
    until(lambda: modem.stored("SM"), "the text")
    said = gnokii("--getsms", "SM", "1", "end")
    assert "Is my car ready?" in said
    assert ANN in said
    told = gnokii("--monitor", "once")
    for wanted in ("LAC: 00c3", "Battery: 90", "CALL0: IDLE"):
        assert wanted in told
    gnokii("--sendsms", BOB, typed="Back at 3 pm")
    assert [(text.number, text.text) for text in modem.sent] == [(BOB, "Back at 3 pm")]


@needs("smstools")
def test_smstools_receives_and_sends(modem: Simulator, tmp_path: Path) -> None:
    box = folder_with(tmp_path, "outgoing", "checked", "incoming", "failed", "sent", "report")
    config = tmp_path / "smsd.conf"
    folders = "".join(
        f"{name} = {box}/{name}\n" for name in ("outgoing", "checked", "incoming", "failed", "sent", "report")
    )
    config.write_text(
        f"devices = GSM1\n{folders}logfile = {box}/smsd.log\ninfofile = {box}/smsd.info\npidfile = {box}/smsd.pid\n"
        f"loglevel = 5\ndelaytime = 1\nerrorsleeptime = 1\nstats = {box}\nexecutable_check = no\n"
        f"[GSM1]\ndevice = {modem.port}\nincoming = yes\nbaudrate = 115200\nreport = yes\nrtscts = no\n"
        f"init = AT+CNMI=2,1,0,2,0\n"
    )
    modem.text(ANN, "Is my car ready?")
    with running(tmp_path / "log", "smsd", "-t", "-c", config) as daemon:
        (received,) = while_running(lambda: texts_in(box / "incoming", "Is my car ready?"), daemon)
        assert f"From: {ANN[1:]}" in received
        (box / "outgoing" / "one").write_text(f"To: {BOB[1:]}\n\nBack at 3 pm")
        (sent,) = while_running(lambda: modem.sent, daemon)
        assert (sent.number, sent.text) == (BOB, "Back at 3 pm")
        while_running(lambda: texts_in(box / "sent", "Back at 3 pm"), daemon)
        (report,) = while_running(lambda: texts_in(box / "report", "Status: 0"), daemon)
        assert f"From: {BOB[1:]}" in report
        assert "Message_id: 1" in report
