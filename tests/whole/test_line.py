"""The line that heals itself: SIM and PIN, network, silent modems, lost settings, and calls that nobody heard."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from bridge import config
from bridge.contract.status import LineStatus
from bridge.records import lines, memo, missed_calls_book
from bridge.records.engine import open_engine
from bridge.records.tables import Incident
from bridge.service import questions
from bridge.service import start as service
from bridge.words.troubles import sentence
from modem.line.timing import Timing
from modem.recording.replay import replay
from modem.simulator import Simulator, StoredStatus
from tests.support.box import ANN, BOB, DEADLINE, Box, a_box, until
from tests.support.box import write_config as write

SPEED = 20.0


def why(status: LineStatus) -> str:
    """Why the line is not up, in words."""
    return sentence(status.why_not_up or "")


def line(box: Box) -> LineStatus:
    return box.service.loop.status.lines[0]


def hosts(simulator: Simulator, start: str) -> list[str]:
    return [e.text for e in simulator.log.entries if e.who == "host" and e.text.startswith(start)]


def incidents(box: Box) -> list[Incident]:
    with Session(box.service.engine, expire_on_commit=False) as session:
        return list(session.exec(select(Incident).order_by(col(Incident.id))))


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(speed=SPEED, reports="off") as simulator:
        yield simulator


# Looks and restarts without their long pauses.
QUICK = Timing(check=0.5, check_pause=0.1, check_unregistered=0.5, book=0.2, restart=0.5)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Timing:
    monkeypatch.setattr("bridge.handlers.calls.NETWORK_PATIENCE", 0.2)
    return QUICK


# ---- SIM and PIN


class TestPin:
    def box(self, folder: Path, simulator: Simulator, pin: str) -> "DownBox":
        path = write(folder, simulator.port)
        path.write_text(path.read_text().replace("[textback]", f"pin = {pin}\n[textback]"))
        return DownBox(path)

    def test_the_right_one_is_entered_once_at_each_boot(self, tmp_path: Path) -> None:
        with Simulator(speed=SPEED, pin="1234") as simulator, self.box(tmp_path, simulator, "1234") as box:
            until(lambda: box.line().up, "the line")
            assert len(hosts(simulator, "AT+CPIN=")) == 1
            simulator.reset()
            until(lambda: len(hosts(simulator, "AT+CPIN=")) == 2 and box.line().up, "the line again")

    def test_a_wrong_one_is_tried_once_and_never_again_not_even_after_a_restart(self, tmp_path: Path) -> None:
        with Simulator(speed=SPEED, pin="1234") as simulator:
            with self.box(tmp_path, simulator, "9999") as box:
                until(lambda: "refused the PIN" in why(box.line()), "the refusal")
                until(lambda: len(hosts(simulator, "AT+CPIN?")) >= 3, "more tries to get the line up")
            with self.box(tmp_path, simulator, "9999") as box:
                until(lambda: "refused the PIN" in why(box.line()), "the refusal")
            assert simulator.conditions.pin_tries == 2
            with self.box(tmp_path, simulator, "1234") as box:  # another one may be tried
                until(lambda: box.line().up, "the line")

    def test_a_sim_that_has_been_given_a_wrong_one_elsewhere_is_left_alone(self, tmp_path: Path) -> None:
        with Simulator(speed=SPEED, pin="1234") as simulator:
            simulator.set(counts_pins=True, pin_tries=2)
            with self.box(tmp_path, simulator, "1234") as box:
                until(lambda: "Somebody has entered a wrong PIN" in why(box.line()), "the reason")
            assert hosts(simulator, "AT+CPIN=") == []

    @pytest.mark.parametrize(
        ("spoil", "words"),
        [
            (lambda s: s.set(pin_tries=0), "PUK"),
            (lambda s: s.set(sim_present=False), "There is no SIM"),
        ],
    )
    def test_what_a_person_must_do_is_said_and_the_line_comes_up_when_it_is_done(
        self, tmp_path: Path, spoil: Callable[[Simulator], None], words: str
    ) -> None:
        with Simulator(speed=SPEED, pin="1234") as simulator:
            spoil(simulator)
            with self.box(tmp_path, simulator, "1234") as box:
                until(lambda: words in why(box.line()), "the reason")
                assert box.line().part == "sim"
                simulator.set(pin_tries=3, sim_present=True)
                until(lambda: box.line().up, "the line")


class DownBox:
    """A box that need not come up."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> "DownBox":
        self._running = service.running(config.load(self._path), service.reloader(self._path))
        self.service = self._running.__enter__()
        self._thread = threading.Thread(target=self.service.loop.run)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.service.loop.stop()
        self._thread.join(DEADLINE)
        self._running.__exit__(None, None, None)

    def line(self) -> LineStatus:
        return self.service.loop.status.lines[0]


# ---- the network


def test_without_network_the_page_says_so_until_it_is_back(
    tmp_path: Path, simulator: Simulator, quick: Timing
) -> None:
    with a_box(tmp_path, simulator, timing=quick) as box:
        assert line(box).health is not None
        assert line(box).troubles == ()
        simulator.register(3)
        until(lambda: line(box).troubles, "the trouble")
        assert "The network refuses this SIM." in sentence(line(box).troubles[0])
        until(lambda: [i for i in incidents(box) if i.kind == "network"], "the incident")
        simulator.register(5)
        until(lambda: not line(box).troubles, "the network")
        until(lambda: all(i.ended for i in incidents(box) if i.kind == "network"), "the incident's end")
        health = line(box).health
        assert health is not None
        assert health.registration == 5


def test_settings_that_were_silently_lost_are_set_again(
    tmp_path: Path, simulator: Simulator, quick: Timing
) -> None:
    with a_box(tmp_path, simulator, timing=quick) as box:
        for setting, lost in (("+CNMI", "0,0,0,0,0"), ("+CLIP", "0"), ("+CMGF", "1")):
            simulator.change_setting(setting, lost)
            until(lambda s=setting, v=lost: simulator.setting(s) != v, f"{setting} again")  # type: ignore[misc]  # mypy infers no lambda with a default
        until(lambda: line(box).idle, "the line")


# ---- the ladder


def test_a_modem_that_is_slow_once_is_asked_again_on_the_open_port(
    tmp_path: Path, simulator: Simulator, quick: Timing
) -> None:
    with a_box(tmp_path, simulator, timing=quick) as box:
        simulator.fault("silence", match="AT+CSQ", seconds=0)
        incident = until(
            lambda: next((i for i in incidents(box) if i.ended), None), "the incident and its end"
        )
        assert "does not answer (AT+CSQ)" in sentence(incident.what)
        (step,) = incident.steps
        assert (step["step"], step["times"], step["well"]) == ("asked", 1, True)
        assert step["seconds"] >= 0


def test_a_stuck_modem_is_asked_reopened_and_restarted(
    tmp_path: Path, simulator: Simulator, quick: Timing
) -> None:
    with a_box(tmp_path, simulator, timing=quick) as box:
        simulator.fault("stuck", match="AT+CSQ")
        incident = until(
            lambda: next((i for i in incidents(box) if i.ended), None), "the incident and its end"
        )
        assert [(step["step"], step["well"]) for step in incident.steps] == [
            ("asked", False),
            ("reopened", False),
            ("restarted", True),
        ]
        assert len(hosts(simulator, "AT+CFUN=1,1")) == 1
        simulator.call(ANN, rings=1)
        assert box.settled()[0].textback == "sent"


def test_a_modem_that_was_unplugged_is_opened_again(
    tmp_path: Path, simulator: Simulator, quick: Timing
) -> None:
    with a_box(tmp_path, simulator, timing=quick) as box:
        simulator.unplug()
        until(lambda: not line(box).up, "the loss")
        simulator.replug()
        incident = until(
            lambda: next((i for i in incidents(box) if i.ended), None), "the incident and its end"
        )
        assert [(step["step"], step["well"]) for step in incident.steps] == [("reopened", True)]


# ---- calls that only the modem has seen


def test_a_call_that_was_missed_while_the_box_was_down_is_found_once(
    tmp_path: Path, simulator: Simulator, quick: Timing
) -> None:
    simulator.fill_missed_calls(["+447400999999"])  # years old: no call of ours
    with a_box(tmp_path, simulator, timing=quick) as box:
        until(lambda: _kept(box), "the first reading")
        assert box.calls() == []
        simulator.call(BOB, rings=1)
        box.settled()
    simulator.call(ANN, rings=1, wait=True)
    with a_box(tmp_path, simulator, timing=quick) as box:
        call = box.settled(2)[0]
        assert (call.address, call.outcome, call.rings, call.textback) == (ANN, "lost", None, "sent")
    with a_box(tmp_path, simulator, timing=quick) as box:
        until(lambda: _kept(box) == (ANN, BOB, "+447400999999"), "the third reading")
        assert len(box.calls()) == 2
    assert [text.number for text in simulator.sent] == [BOB, ANN]


def test_a_call_from_a_long_absence_is_kept_and_not_texted(
    tmp_path: Path, simulator: Simulator, quick: Timing
) -> None:
    with a_box(tmp_path, simulator, timing=quick) as box:
        until(lambda: _kept(box) is not None, "the first reading")
    simulator.call(ANN, rings=1, wait=True)
    lock = next(tmp_path.glob("*.lock"))
    os.utime(lock, (time.time() - 7200, time.time() - 7200))
    engine = open_engine(f"sqlite:///{tmp_path / 'textback.db'}")
    with Session(engine) as session, session.begin():
        kept = json.loads(memo.remembered(session, "missed_book:1") or "{}")
        kept["read"] = "2026-01-01T00:00:00+00:00"
        memo.remember(session, "missed_book:1", json.dumps(kept))
    engine.dispose()
    with a_box(tmp_path, simulator, timing=quick) as box:
        call = box.settled()[0]
        assert (call.address, call.outcome, call.textback, call.reason) == (ANN, "lost", "skipped", "expired")
    assert simulator.sent == []


def _kept(box: Box) -> tuple[str, ...] | None:
    with Session(box.service.engine) as session:
        kept = missed_calls_book.kept_book(session, lines.line_called(session, "main"))
        return kept.numbers if kept else None


# ---- why a call ended


@pytest.mark.parametrize(
    ("end", "outcome", "texts"),
    [("caller", "abandoned", 1), ("network", "no_answer", 1), ("elsewhere", "answered_elsewhere", 0)],
)
def test_the_cause_is_asked_where_the_end_line_tells_none(
    tmp_path: Path, simulator: Simulator, end: str, outcome: str, texts: int
) -> None:
    with a_box(tmp_path, simulator) as box:
        simulator.call(ANN, rings=1, end=end)
        assert box.settled()[0].outcome == outcome
        assert len(simulator.sent) == texts


def test_a_cause_that_never_comes_does_not_hold_the_end_back(
    tmp_path: Path, simulator: Simulator, quick: Timing
) -> None:
    with a_box(tmp_path, simulator, timing=quick) as box:
        simulator.fault("silence", match="AT+CEER", seconds=0)
        simulator.call(ANN, rings=1)
        call = box.settled()[0]
        assert (call.outcome, call.textback) == ("abandoned", "sent")


def test_a_text_that_comes_while_it_rings_is_read_after_it(tmp_path: Path, simulator: Simulator) -> None:
    with a_box(tmp_path, simulator) as box:
        call = simulator.call(ANN, rings=1000)
        until(lambda: line(box).ringing, "the ringing")
        start = len(simulator.log.entries)
        simulator.text(BOB, "Hello")
        simulator.wait_for(lambda e: e.text.startswith("+CMTI"), start=start)
        simulator.wait_for(lambda e: e.text == "AT+CLCC", start=len(simulator.log.entries))
        assert not any(e.text.startswith("AT+CMGR") for e in simulator.log.entries[start:])
        simulator.hangup(call)
        until(lambda: any(m.body == "Hello" for m in box.messages()), "the text")


# ---- the recorder


@pytest.mark.parametrize("masked", [False, True])
def test_what_was_said_can_be_had_and_replayed(tmp_path: Path, masked: bool) -> None:
    with Simulator("sim7600", speed=SPEED, reports="off", pin="4711") as simulator:
        path = write(tmp_path, simulator.port)
        path.write_text(path.read_text().replace("[textback]", "pin = 4711\n[textback]"))
        with DownBox(path) as box:
            until(lambda: box.line().idle, "the line")
            simulator.call(ANN, rings=2, name="Ann", wait=True)
            simulator.call(None, rings=1, wait=True)
            simulator.text(BOB, "Hello there, this is a secret")
            engine = box.service.engine
            until(lambda: simulator.sent, "the text-back")
            until(lambda: hosts(simulator, "AT+CMGD"), "the text's being stored")
            words = questions.ask(
                engine, questions.RECORDING, questions.MASKED if masked else questions.PLAIN
            )
    assert "4711" not in words
    transcript = json.loads(words)
    calls: Any = replay(transcript).as_json()["calls"]
    assert [(c["outcome"], c["withheld"], c["rings"]) for c in calls] == [
        ("missed", False, 2),
        ("missed", True, 1),
    ]
    assert transcript["expect"] == {"calls": calls, "sms_received": 1}
    assert (ANN in words) != masked
    if masked:
        assert ANN[1:] not in words
        assert calls[0]["number"].startswith("+111555")


def test_the_alarm_and_the_text_of_the_storage(tmp_path: Path, simulator: Simulator, quick: Timing) -> None:
    draft = "0001000B914316565811F9000004E8373B0C"
    with a_box(tmp_path, simulator, timing=quick) as box:
        for _ in range(24):
            simulator.store(draft, status=StoredStatus.UNSENT)
        until(lambda: line(box).troubles, "the alarm")
        assert "The text memory (SM) is nearly full: 24 of 30." in sentence(line(box).troubles[0])
        simulator.text(BOB, "Hello")
        until(lambda: box.messages(), "the text")
        until(lambda: len(simulator.stored("SM")) == 24, "its being deleted; the drafts stay")
        simulator.empty("SM")
        until(lambda: not line(box).troubles, "the end of the alarm")
        assert [i.kind for i in incidents(box)] == ["storage"]


def test_a_command_that_is_never_answered_is_given_up_and_not_the_line(
    tmp_path: Path, simulator: Simulator, quick: Timing
) -> None:
    with a_box(tmp_path, simulator, timing=replace(quick, answers={"AT+COPS": 0.3})) as box:
        simulator.fault("silence", match="AT+COPS?", seconds=0, times=0)
        until(lambda: len(hosts(simulator, "AT+COPS?")) >= 3, "the last try")
        until(lambda: line(box).up and line(box).idle, "the line")
        asked = len(hosts(simulator, "AT+COPS?"))
        checks = len(hosts(simulator, "AT+CSQ"))
        until(lambda: len(hosts(simulator, "AT+CSQ")) > checks + 1, "two more looks")
        assert len(hosts(simulator, "AT+COPS?")) == asked
        assert line(box).up


def test_what_the_network_tells_of_the_time_is_a_second_opinion(
    tmp_path: Path, simulator: Simulator, quick: Timing
) -> None:
    with a_box(tmp_path, simulator, timing=quick) as box:
        assert box.service.loop.status.clock is None
        simulator.set(clock_offset=90 * 86400.0)
        simulator.print('+CTZV: "+00"')
        trouble = until(lambda: box.service.loop.status.clock, "the doubt")
        assert "the modem's clock" in sentence(trouble)
        until(lambda: trouble in box.service.loop.status.troubles, "the trouble")
        simulator.set(clock_offset=0.0)
        simulator.print('+CTZV: "+00"')
        until(lambda: box.service.loop.status.clock is None, "the end of the doubt")
