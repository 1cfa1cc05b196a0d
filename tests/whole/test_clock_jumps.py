"""Clocks that jump, on a real service process whose wall clock is moved (libfaketime) while its monotonic clock goes on: no
text twice, none in the night, no queue that is stuck, no loop that spins."""

import json
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bridge.words.reasons import trace_in_words
from tests.support.box import ANN, BOB, CEM, until
from tests.support.faked_clock import a_process, faketime

DAYS_90 = 90 * 86400.0
# A modem that nobody has told the time shows a year long ago.
NOT_TOLD = -20 * 365 * 86400.0


@faketime
@pytest.mark.parametrize("jump", ["+90d", "-90d"])
@pytest.mark.parametrize("modem", ["agrees with before", "agrees with after", "knows no time"])
def test_a_jump_makes_nobody_be_texted_twice_and_others_are_texted(
    tmp_path: Path, jump: str, modem: str
) -> None:
    days = DAYS_90 if jump == "+90d" else -DAYS_90
    offset = {"agrees with before": 0.0, "agrees with after": days, "knows no time": NOT_TOLD}[modem]
    with a_process(tmp_path, offset=offset) as box:
        assert box.called(ANN, 1).textback == "sent"
        box.jump(jump)
        again = box.called(ANN, 2)
        assert (again.textback, again.reason in ("cooldown", "clock")) == ("skipped", True)
        assert box.called(BOB, 3).textback == "sent"
        box.jump("+0")
        assert box.called(ANN, 4).textback == "skipped"
        assert box.called(BOB, 5).textback == "skipped"
        assert box.called(CEM, 6).textback == "sent"
        assert [box.sent(number) for number in (ANN, BOB, CEM)] == [1, 1, 1]
        assert b'"status"' in box.health()


@faketime
@pytest.mark.parametrize("jump", ["+90d", "-90d", "+1h", "-1h"])
def test_a_text_that_waits_a_moment_goes_out_once_whatever_the_clock_does(tmp_path: Path, jump: str) -> None:
    with a_process(tmp_path, textback="delay_seconds = 6") as box:
        box.simulator.call(ANN, rings=1, wait=True)
        until(lambda: [row for row in box.rows() if row.textback], "the text's waiting")
        box.jump(jump)
        until(lambda: box.sent(ANN), "the text")
        assert box.called(ANN, 2).textback == "skipped"
        assert box.sent(ANN) == 1


def hours_around(now: datetime) -> str:
    """Opening hours of a shop that is closed now, and opens in twelve hours for an hour, every day."""
    start = now + timedelta(hours=12)
    span = f"{start:%H}:00-{start:%H}:59"
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return "[hours]\n" + "".join(f"{day} = {span}\n" for day in days)


@faketime
@pytest.mark.parametrize("night", ["+90d", "-10d"])
def test_a_text_that_waits_for_the_opening_goes_out_at_an_opening_and_once(
    tmp_path: Path, night: str
) -> None:
    extra = hours_around(datetime.now())  # noqa: DTZ005
    with a_process(tmp_path, textback="closed = wait", extra=extra, offset=NOT_TOLD) as box:
        box.simulator.call(ANN, rings=1, wait=True)
        until(lambda: [row for row in box.rows() if row.textback == "scheduled"], "the text's waiting")
        box.jump(night)  # the same hour of another night
        box.simulator.call(BOB, rings=1, wait=True)
        until(
            lambda: len([row for row in box.rows() if row.textback == "scheduled"]) == 2, "the second one's"
        )
        assert box.simulator.sent == []
        days = int(night[:-1])
        opening = (datetime.now() + timedelta(hours=12)).replace(minute=30)  # noqa: DTZ005
        ahead = int((opening - datetime.now()).total_seconds())  # noqa: DTZ005
        box.jump(f"{days * 86400 + ahead:+d}")
        until(lambda: len(box.simulator.sent) == 2, "the texts")
        assert sorted(text.number for text in box.simulator.sent) == [ANN, BOB]


@faketime
@pytest.mark.parametrize("how", ["jump", "power cut"])
def test_a_boot_in_the_past_texts_nobody_twice_when_the_right_time_comes(tmp_path: Path, how: str) -> None:
    with a_process(tmp_path, clock="-1500d", offset=NOT_TOLD) as box:
        assert box.called(ANN, 1).textback == "sent"
        if how == "jump":
            box.jump("+0")
        else:
            box.stop(signal.SIGKILL)
            box.moved_to("+0")
            box.start()
        again = box.called(ANN, 2)
        assert (again.textback, again.reason) == ("skipped", "cooldown")
        assert box.called(BOB, 3).textback == "sent"
        first = min(box.rows(), key=lambda row: row.id)
        assert abs(first.started - datetime.now(UTC)) < timedelta(hours=1)  # it has the right time now


@faketime
def test_without_any_time_from_outside_nobody_is_texted_twice(tmp_path: Path) -> None:
    with a_process(tmp_path, textback="cooldown_hours = 1", clock="-1500d", offset=NOT_TOLD) as box:
        assert box.called(ANN, 1).textback == "sent"
        assert box.called(BOB, 2).textback == "sent"
        box.stop()
        box.moved_to("-1499d")  # years or days later, nobody knows
        box.start()
        again = box.called(ANN, 3)
        assert (again.textback, again.reason) == ("skipped", "clock")
        assert "the box cannot tell how long ago" in trace_in_words(again.trace)[-1]["detail"]
        assert box.called(CEM, 4).textback == "sent"
        assert b"trouble" in box.health()
        assert [box.sent(number) for number in (ANN, BOB, CEM)] == [1, 1, 1]


# The service, which counts how often each of its threads waits for something; it says so at its end.
COUNTING = """
import atexit, json, select, sys, threading
from collections import Counter
from pathlib import Path

from bridge.cli import main
from bridge.service.inbox import Inbox

waits = Counter()

def counted(wait):
    def counting(*words, **named):
        waits[threading.current_thread().name] += 1
        return wait(*words, **named)
    return counting

Inbox.get = counted(Inbox.get)
threading.Condition.wait = counted(threading.Condition.wait)
select.select = counted(select.select)
atexit.register(lambda: Path(sys.argv[-1]).with_name("waits").write_text(json.dumps(waits)))
main()
"""


@faketime
def test_no_jump_makes_it_spin(tmp_path: Path) -> None:
    """A thread that spins waits for nothing, thousands of times a second; else each waits once or twice a second, and a few
    times for what comes."""
    with a_process(tmp_path, program=(sys.executable, "-c", COUNTING)) as box:
        box.called(ANN, 1)
        for jump in ("+3650d", "-90d", "+0"):
            box.jump(jump)
        box.called(BOB, 2)
        box.called(CEM, 3)
    waits = json.loads((tmp_path / "waits").read_text())
    assert {"MainThread", "modem main", "APScheduler"} <= set(waits)
    assert max(waits.values()) < 2000, waits
