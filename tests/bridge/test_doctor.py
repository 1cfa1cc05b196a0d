"""The check-up: the sheet as a table of facts, the command on modems and on the running service, and the page."""

import json
import re
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge import config
from bridge.clock import TimeSource, doubt
from bridge.contract.status import LineState, LineStatus, Status
from bridge.doctor import facts as checkup
from bridge.doctor.checks import Facts, LineFacts, healthy, sheet
from bridge.records.engine import open_engine
from bridge.rules.machine import ClockSetter, Journal, Machine
from bridge.rules.troubles import BoxTrouble, DatabaseTrouble, TimeTeller
from bridge.rules.updating import Outcome
from bridge.words.troubles import sentence
from modem.contract import Coded, LineHealth, Trouble, TroubleCode
from modem.ports import holders
from modem.simulator import Simulator
from tests.support.box import ANN, DEADLINE, until, write_config

TEXTBACK = str(Path(sys.executable).parent / "textback")
NAMES = ["port", "SIM", "registration", "voice path", "SMSC", "storage"]
OF_THE_BOX = [
    "ModemManager",
    "clock",
    "disk",
    "card",
    "power",
    "temperature",
    "log",
    "system",
    "permissions",
]

HEALTH = LineHealth("main", 0.0, 1, None, "Testnet", 17, "+447802000332", "SM", 2, 30, None)
UP = LineStatus("main", LineState.UP, idle=True, port="/dev/ttyUSB2", model="EC25", health=HEALTH)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PI = Machine(
    model="Raspberry Pi 4 Model B Rev 1.4",
    system="Debian GNU/Linux 12 (bookworm)",
    firmware=0,
    low_voltage=False,
    degrees=48.3,
    free=10**10,
    size=3 * 10**10,
    errors="",
    log_open=True,
    journal=Journal(False, 8 * 2**20),
    setters=(ClockSetter.SAVED, ClockSetter.INTERNET),
    synchronised=True,
)
WELL = Facts((LineFacts(UP, "auto", NOON),), (), False, False, None, None, (), PI)


def facts(status: LineStatus = UP, **changes: Any) -> Facts:
    line = replace(WELL.lines[0], status=status)
    return replace(WELL, lines=(line,), **changes)


def pi(**changes: Any) -> Facts:
    return facts(machine=replace(PI, **changes))


def health(**changes: Any) -> LineStatus:
    return replace(UP, health=replace(HEALTH, **changes))


def updated(outcome: Outcome) -> Coded:
    return Coded.of(outcome, old="0.2.0", new="0.3.0")


def test_a_box_that_is_well_passes_everything() -> None:
    checks = sheet(WELL)
    assert [check.name for check in checks] == NAMES + OF_THE_BOX
    assert {check.verdict for check in checks} == {"pass"}
    assert healthy(checks)


SILENT = Trouble.of(TroubleCode.MODEM_SILENT, path="/dev/x", command="AT")
BARRED = Trouble.of(TroubleCode.REFUSED_BARRED, final="+CMS ERROR: 8")
DOWN = replace(UP, state=LineState.DOWN, health=None)


@pytest.mark.parametrize(
    ("case", "name", "verdict", "words"),
    [
        (
            facts(replace(DOWN, trouble=Trouble.of(TroubleCode.PORT_MISSING, path="/dev/x"))),
            "port",
            "fail",
            "There is no port",
        ),
        (facts(replace(DOWN, part="modem", trouble=SILENT)), "port", "fail", "does not answer"),
        (facts(replace(DOWN, part="sim", trouble=Trouble(TroubleCode.SIM_PUK))), "port", "pass", "EC25"),
        (facts(replace(DOWN, part="sim", trouble=Trouble(TroubleCode.SIM_PUK))), "SIM", "fail", "PUK"),
        (facts(replace(UP, stopped=BARRED)), "SIM", "fail", f"No texts are being sent. {sentence(BARRED)}"),
        (facts(health(registration=2)), "registration", "fail", "looking for a network"),
        (facts(health(registration=3)), "registration", "fail", "refuses this SIM"),
        (facts(health(registration=5)), "registration", "pass", "roaming"),
        (facts(health(registration=0, lte=1)), "registration", "fail", "VoLTE"),
        (facts(health(registration=6)), "registration", "fail", "not for calls"),
        (facts(health(smsc=None)), "SMSC", "fail", "text centre"),
        (facts(health(used=24)), "storage", "fail", "nearly full"),
        (facts(health(used=30)), "storage", "fail", "no text can arrive"),
        (facts(health(used=23)), "storage", "pass", "23 of 30"),
        (facts(DOWN), "storage", "unknown", "not said"),
        (facts(modem_manager=True), "ModemManager", "fail", "It is running"),
        (facts(modem_manager=True, kept_off=True), "ModemManager", "pass", "leaves the modem alone"),
        (
            facts(doubt=Trouble.of(BoxTrouble.CLOCK_BEFORE_RELEASE, shown="1970-01-01 00:00")),
            "clock",
            "fail",
            "1970",
        ),
        (pi(free=10**6), "disk", "fail", "0 MB"),
        (pi(free=None), "disk", "pass", "works"),
        (pi(synchronised=False, setters=()), "clock", "pass", "not set over the internet"),
        (pi(), "clock", "pass", "the time saved before the last stop, the internet"),
        (pi(errors="mmcblk0: error -110 transferring data"), "card", "fail", "error -110"),
        (pi(read_only=True), "card", "fail", "stopped writing"),
        (pi(in_memory=True), "card", "fail", "overlay"),
        (pi(errors=None), "card", "unknown", "does not say"),
        (pi(firmware=0x50000), "power", "fail", "too weak"),
        (pi(low_voltage=True), "power", "fail", "too weak"),
        (pi(firmware=None, low_voltage=None), "power", "unknown", "does not say"),
        (pi(degrees=81.6), "temperature", "fail", "82 °C"),
        (pi(degrees=None), "temperature", "unknown", "how hot"),
        (pi(journal=Journal(True, 1)), "log", "pass", "on the disk, 1 MB"),
        (pi(), "log", "pass", "in memory (8 MB)"),
        (pi(journal=None), "log", "pass", "no log"),
        (pi(), "system", "pass", "Raspberry Pi 4 Model B Rev 1.4, Debian GNU/Linux 12 (bookworm), 64 bits"),
        (pi(bits=32), "system", "fail", "32 bits"),
        (facts(database=Trouble(DatabaseTrouble.DISK_FULL)), "disk", "fail", "full"),
        (facts(permissions=("/x may not be written.",)), "permissions", "fail", "/x"),
        (facts(update=updated(Outcome.DONE)), "update", "pass", "was updated to 0.3.0"),
        (facts(update=updated(Outcome.WENT_BACK)), "update", "pass", "it went back to 0.2.0"),
        (facts(update=updated(Outcome.STAYED)), "update", "fail", "would lose calls"),
        (facts(update=updated(Outcome.STUCK)), "update", "fail", "failed too"),
        (replace(WELL, lines=(LineFacts(UP, "auto", None),)), "voice path", "unknown", "Not tried yet"),
        (
            replace(WELL, lines=(LineFacts(health(registration=6), "auto", None),)),
            "voice path",
            "fail",
            "VoLTE",
        ),
    ],
)
def test_what_is_wrong_fails_with_its_words(case: Facts, name: str, verdict: str, words: str) -> None:
    checks = sheet(case)
    check = next(check for check in checks if check.name == name)
    assert check.verdict == verdict
    assert words in check.found
    assert healthy(checks) == all(check.verdict != "fail" for check in checks)
    assert all(check.todo for check in checks if check.verdict == "fail")


@pytest.mark.parametrize(
    ("wall", "not_before", "opinions", "words"),
    [
        (NOON, None, [], None),
        (NOON, NOON + timedelta(minutes=1), [], None),
        (NOON, NOON + timedelta(days=1), [], "something was saved"),
        (datetime(2020, 1, 1, tzinfo=UTC), None, [], "before this program was made"),
        (NOON, None, [(TimeTeller.TEXT, timedelta(hours=-5), False)], None),
        (NOON, None, [(TimeTeller.TEXT, timedelta(hours=5), False)], "a text says 23 November 2026, 17:00"),
        (NOON, None, [(TimeTeller.MODEM, timedelta(minutes=3), True)], None),
        (NOON, None, [(TimeTeller.MODEM, timedelta(hours=2), True)], None),  # local time told as UTC
        (NOON, None, [(TimeTeller.MODEM, timedelta(hours=2, minutes=7), True)], "the modem's clock"),
        (NOON, None, [(TimeTeller.MODEM, timedelta(days=-90), True)], "the modem's clock"),
    ],
)
def test_the_clock_is_doubted_for_a_reason(
    wall: datetime,
    not_before: datetime | None,
    opinions: list[tuple[TimeTeller, timedelta, bool]],
    words: str | None,
) -> None:
    heard = [TimeSource(source, NOON + off, 100.0, exact) for source, off, exact in opinions]
    said = doubt(wall, 100.0, not_before, heard)
    assert (said is None) == (words is None)
    assert words is None or words in sentence(said or "")


# ---- the command


def doctor(config: Path, *options: str) -> tuple[int, dict[str, dict[str, str]]]:
    run = subprocess.run(
        [TEXTBACK, "doctor", "-c", config, "--json", *options],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    checks = [json.loads(line) for line in run.stdout.splitlines()]
    assert checks, run.stderr
    return run.returncode, {check["name"]: check for check in checks}


def test_modems_are_examined_and_nothing_is_sent(tmp_path: Path) -> None:
    with Simulator("quectel", speed=20) as simulator:
        code, checks = doctor(write_config(tmp_path, simulator.port))
        assert (code, checks["port"]["verdict"], checks["registration"]["verdict"]) == (0, "pass", "pass")
        assert "EC25" in checks["port"]["found"]
        assert checks["voice path"]["verdict"] == "unknown"
        assert "call the box from another phone now" in checks["voice path"]["todo"]
        simulator.set(sim_present=False)
        code, checks = doctor(write_config(tmp_path, simulator.port))
        assert (code, checks["SIM"]["verdict"]) == (1, "fail")
        assert "There is no SIM" in checks["SIM"]["found"]
        assert simulator.submitted == []


def test_a_modem_manager_that_leaves_the_port_alone_is_no_fault(tmp_path: Path) -> None:
    program = tmp_path / "ModemManager"
    program.symlink_to(shutil.which("sleep") or "/bin/sleep")
    with Simulator(speed=20) as simulator:
        process = subprocess.Popen([program, "600"])
        try:
            until(lambda: holders.running("ModemManager"), "its name")
            _, checks = doctor(write_config(tmp_path, simulator.port))
            assert checks["ModemManager"]["verdict"] == "pass"
            assert "leaves the modem alone" in checks["ModemManager"]["found"]
        finally:
            process.kill()
            process.wait()


@pytest.mark.parametrize("there", [False, True])
def test_of_a_port_that_nobody_knows_only_the_rule_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    rule = tmp_path / "78-textback.rules"
    monkeypatch.setattr(checkup, "RULES", (rule,))
    if there:
        rule.touch()
    settings = config.load(write_config(tmp_path, "auto"))
    engine = open_engine(settings.storage.database)
    found = checkup.gather(settings, Status(0.0, ()), engine, (), modem_manager=True)
    engine.dispose()
    assert (found.modem_manager, found.kept_off) == (True, there)


def test_who_may_not_read_the_kernels_log_is_told_who_may() -> None:
    (card,) = (check for check in sheet(pi(log_open=False)) if check.name == "card")
    assert (card.verdict, "sudo dmesg" in card.todo) == ("pass", True)


def test_a_port_that_is_not_there_fails(tmp_path: Path) -> None:
    code, checks = doctor(write_config(tmp_path, tmp_path / "nothing"))
    assert (code, checks["port"]["verdict"]) == (1, "fail")
    assert {checks[name]["verdict"] for name in NAMES[1:]} == {"unknown"}


@pytest.mark.parametrize("running", [False, True])
def test_a_live_test_call_proves_the_voice_path(tmp_path: Path, running: bool) -> None:
    with Simulator(speed=20) as simulator, ExitStack() as stack:
        config = write_config(tmp_path, simulator.port)
        if running:
            log = stack.enter_context((tmp_path / "log").open("ab"))
            service = stack.enter_context(subprocess.Popen([TEXTBACK, "run", "-c", str(config)], stderr=log))
            stack.callback(service.send_signal, signal.SIGTERM)
            simulator.wait_for(lambda e: e.who == "host" and e.text == 'AT+CPBS="MC"')
        command = [TEXTBACK, "doctor", "-c", str(config), "--call"]
        process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        stack.callback(process.kill)
        assert process.stdout is not None
        assert "Call the box now from another phone" in process.stdout.readline()
        simulator.call(ANN, rings=3)
        rest = process.stdout.read()
        assert process.wait(DEADLINE) == 0, rest
        assert "voice path (main): Heard just now: a call from +44" in rest
        # With the code that lets the first person in: the console of the service shows the same.
        code = re.search(r"type the code (\d{4}-\d{4})", rest)
        assert code
        if running:
            assert code[1] in (tmp_path / "log").read_text()


def test_the_running_service_is_asked_and_its_recording_replayed(tmp_path: Path) -> None:
    with Simulator("huawei", speed=20, reports="off") as simulator:
        config = write_config(tmp_path, simulator.port)
        with (tmp_path / "log").open("ab") as log:
            service = subprocess.Popen([TEXTBACK, "run", "-c", str(config)], stderr=log)
        try:
            simulator.wait_for(lambda e: e.who == "host" and e.text == 'AT+CPBS="MC"')
            simulator.call(ANN, rings=2, wait=True)
            until(lambda: simulator.sent, "the text")
            file = tmp_path / "case.jsonl"
            code, checks = doctor(config, "--record", str(file), "--masked")
            assert (code, checks["voice path"]["verdict"]) == (0, "pass")
        finally:
            service.send_signal(signal.SIGTERM)
            assert service.wait(DEADLINE) == 0
        assert ANN[1:] not in file.read_text()
        played = subprocess.run(
            [TEXTBACK, "replay", file, "--json"], capture_output=True, check=True, text=True
        )
        (call,) = json.loads(played.stdout)["calls"]
        assert (call["outcome"], call["rings"], call["withheld"]) == ("missed", 2, False)


def test_a_recording_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    with Simulator(speed=20) as simulator:
        run = subprocess.run(
            [
                TEXTBACK,
                "doctor",
                "-c",
                write_config(tmp_path, simulator.port),
                "--record",
                tmp_path / "no" / "x",
            ],
            capture_output=True,
            text=True,
        )
    assert run.returncode == 1
    assert "cannot be written" in run.stderr
    assert "Traceback" not in run.stderr
