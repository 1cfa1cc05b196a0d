"""What stops the texts is watched for its end: SIM and network that come back, probes, first retries, and what expires."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from bridge.contract.requests import WriteText
from bridge.records.tables import Message
from bridge.rules.retries import POLICIES, PROBE, PROBE_CONTRACT
from bridge.words.reasons import error_sentence
from modem.line.timing import Timing
from modem.simulator import Simulator
from modem.sms.causes import CME, CMS, NoRefusal
from tests.support.box import ANN, BOB, CEM, FastClock, a_box, until
from tests.support.paths import ROOT

QUICK = Timing(check_pause=0.2, check_unregistered=0.5, setup_pause=0.5)


def sim_out(simulator: Simulator) -> None:
    simulator.set(sim_present=False)


def sim_back(simulator: Simulator) -> None:
    simulator.set(sim_present=True)
    simulator.register(1)  # and the network greets it


def network_gone(simulator: Simulator) -> None:
    simulator.register(2)


AWAY = {"SIM": (sim_out, sim_back), "network": (network_gone, sim_back)}


def sends(simulator: Simulator) -> int:
    return len([entry for entry in simulator.log.entries if entry.text.startswith("AT+CMGS")])


@pytest.mark.parametrize("what", AWAY)
def test_who_called_while_it_was_away_is_texted_as_soon_as_it_is_back(tmp_path: Path, what: str) -> None:
    gone, back = AWAY[what]
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, timing=QUICK) as box:
        simulator.call(ANN, rings=100)
        until(lambda: box.service.loop.status.lines[0].ringing, "the ringing")
        gone(simulator)
        simulator.hangup()
        box.ended()
        until(lambda: box.service.loop.status.lines[0].stopped, "the queue's stop")
        assert simulator.sent == []
        back(simulator)
        assert box.settled()[0].textback == "sent"
        simulator.call(BOB, rings=1)
        assert box.settled(2)[0].textback == "sent"
        assert [text.number for text in simulator.sent] == [ANN, BOB]
        until(lambda: box.service.loop.status.lines[0].stopped is None, "the end of the stop")


def test_a_sim_that_comes_back_without_a_word_is_found_by_a_probe(tmp_path: Path) -> None:
    clock = FastClock()
    with (
        Simulator(speed=20, reports="off") as simulator,
        a_box(tmp_path, simulator, clock=clock, timing=Timing(check_unregistered=3600)) as box,
    ):
        simulator.fault("cms_error", code=310, times=2)
        simulator.call(ANN, rings=1)
        until(lambda: box.service.loop.status.lines[0].stopped, "the queue's stop")
        until(lambda: sends(simulator) == 1, "the first try")
        box.turn()
        clock.advance(PROBE.total_seconds() + 1)
        until(lambda: sends(simulator) == 2, "the first probe")
        box.turn()
        assert simulator.sent == []
        clock.advance(PROBE.total_seconds() + 1)
        assert box.settled()[0].textback == "sent"


def test_probes_come_in_time() -> None:
    assert timedelta(seconds=20) <= PROBE <= timedelta(seconds=30)
    assert timedelta(minutes=60) > PROBE_CONTRACT
    first = {kind: policy.again[0] for kind, policy in POLICIES.items() if policy.again}
    passing = {kind: seconds for kind, seconds in first.items() if not POLICIES[kind].stops}
    assert all(20 <= seconds <= 30 for seconds in passing.values())


@pytest.mark.parametrize("left", [10, 1000])
def test_a_refusal_whose_next_try_would_come_too_late_expires_and_says_why(tmp_path: Path, left: int) -> None:
    clock = FastClock()
    with (
        Simulator(speed=20, reports="off") as simulator,
        a_box(tmp_path, simulator, "delay_seconds = 60", clock=clock) as box,
    ):
        simulator.fault("cms_error", code=42, times=1)
        simulator.call(ANN, rings=1)
        box.ended()
        with Session(box.service.engine) as session, session.begin():
            row = session.get_one(Message, 1)
            assert row.due is not None
            row.expires = row.due + timedelta(seconds=left)
        clock.advance(60)
        if left > 100:
            until(lambda: box.messages()[0].error, "the refusal of the first try")
            clock.advance(30)
            assert box.settled()[0].textback == "sent"
            return
        call = box.settled()[0]
        assert (call.textback, call.reason, call.trace[-1]["verdict"]) == ("skipped", "expired", "stop")
        message = box.messages()[0]
        assert message.status == "expired"
        assert "within 60 minutes" in error_sentence(message.error or "")
        assert "(+CMS ERROR: 42)" in error_sentence(message.error or "")


def test_what_expires_in_a_stopped_queue_says_what_stopped_it(tmp_path: Path) -> None:
    clock = FastClock()
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, clock=clock) as box:
        simulator.fault("cms_error", code=50, times=0)
        simulator.call(ANN, rings=1)
        until(lambda: box.service.loop.status.lines[0].stopped, "the queue's stop")
        simulator.call(BOB, rings=1)
        box.service.bridge.request(WriteText(CEM, "Your bike is ready.", None))
        box.ended(2)
        clock.advance(25 * 3600)
        until(lambda: {message.status for message in box.messages()} == {"expired"}, "the end of all three")
        assert all("+CMS ERROR: 50" in error_sentence(message.error or "") for message in box.messages())
        assert {call.reason for call in box.calls()} == {"expired"}


def test_the_documented_table_of_refusals_is_what_happens() -> None:
    text = (ROOT / "docs" / "modems.md").read_text("utf-8")
    kinds = {str(cause.kind) for cause in (CMS | CME).values()}
    rows = {}
    for line in text.partition("| kind | such as | then |")[2].splitlines()[2:]:
        if not line.startswith("|"):
            break
        kind, such_as, then = (cell.strip() for cell in line.strip("|").split("|"))
        rows[kind.replace(" ", "_")] = (such_as, then)
    assert set(rows) == kinds
    for kind, (such_as, then) in rows.items():
        for code in (int(word) for word in such_as.replace(",", " ").split() if word.isdigit()):
            assert CMS[code].kind == kind, code
        if kind not in set(NoRefusal):
            policy = next(policy for refusal, policy in POLICIES.items() if refusal == kind)
            again = then.partition("again after ")[2] if policy.again else ""
            assert numbers_in(again.partition(";")[0]) == numbers_in(in_words(policy.again)), kind
            assert ("stop" in then) == (policy.stops > 0)


def numbers_in(words: str) -> list[int]:
    return [int(word) for word in words.replace(",", " ").split() if word.isdigit()]


def in_words(again: tuple[int, ...]) -> str:
    return " ".join(str(seconds if seconds < 60 else seconds // 60) for seconds in again)
