"""Noise on a real wire while somebody rings: one call stays one row, with its number, and nobody is texted twice."""

from collections import Counter
from pathlib import Path

from modem.calls.timing import CallTiming
from modem.line.timing import Timing
from modem.simulator import Simulator
from tests.support.box import a_box, until

# Before each n-th octet: no two lists in a row are hit, each call by several pieces of noise.
EVERY = (131, 134, 139, 144, 149, 158, 166, 173)
# The modem is ten times faster than real ones; lists are asked for as often per ring as of those.
SPEED = 10.0
LIMITS = "[limits]\nper_minute = 1000\nstrangers_per_10_minutes = 1000\n"
FAST = Timing(
    calls=CallTiming(poll_ringing=0.1, list_grace=0.3),
    answers={"AT+CLCC": 0.5, "AT+CEER": 0.5, "AT+CMGL": 2.0},
)


def test_a_call_through_noise_is_one_call(tmp_path: Path) -> None:
    with (
        Simulator(speed=SPEED, reports="off") as simulator,
        a_box(tmp_path, simulator, extra=LIMITS, timing=FAST) as box,
    ):
        callers = [f"+447400{place:06}" for place in range(200_001, 200_001 + len(EVERY))]
        for place, (every, caller) in enumerate(zip(EVERY, callers, strict=True)):
            simulator.set(noise_every=every)
            simulator.call(caller, rings=4, wait=True)
            simulator.set(noise_every=0)
            box.ended(place + 1)
            box.ready()
        until(lambda: len(simulator.submitted) >= len(callers), "a text to each")
        assert Counter(call.address for call in box.calls()) == Counter(callers)
        assert Counter(text.number for text in simulator.submitted) == Counter(callers)
