"""Hundreds of calls and texts a minute: without limits everybody is texted once, with limits no more than they allow."""

import tempfile
import threading
import time
from pathlib import Path

from tests.torture.bench import Bench
from tests.torture.traffic import Traffic
from tests.torture.verdict import Verdict, settled, twice

SPEED = 50.0
PER_MINUTE, STRANGERS = 6, 40
LIMITS = f"[limits]\nper_minute = {PER_MINUTE}\nper_day = 100000\nstrangers_per_10_minutes = {STRANGERS}\n"
MINUTE = 60.0
# The box counts from its commit, we from the PDU: so far apart these may be (seconds).
APART = 2.0


def run(seed: int, seconds: float) -> Verdict:
    """Half of the time without limits, half with them; one verdict of both."""
    free, limited = _without(seed, seconds / 2), _with(seed, seconds / 2)
    for what in ("lost", "doubled", "stuck"):
        getattr(free, what).extend(f"with limits: {one}" for one in getattr(limited, what))
    free.n += limited.n
    free.seen["texts out with limits"] = limited.seen["texts out"]
    return free


def _pour(bench: Bench, seed: int, seconds: float) -> Traffic:
    """Callers one right after the other, and texts between them, for so long."""
    traffic = Traffic(
        bench, seed, behind=0
    )  # so fast, a waiting call would be over before the line is asked for it
    over = time.monotonic() + seconds
    while time.monotonic() < over:
        traffic.call(rings=1)
        traffic.text()
    return traffic


def _without(seed: int, seconds: float) -> Verdict:
    with tempfile.TemporaryDirectory(prefix="torture-") as folder, Bench(Path(folder), speed=SPEED) as bench:
        bench.start()
        traffic = _pour(bench, seed, seconds)
        return twice(bench, traffic.said)


def _with(seed: int, seconds: float) -> Verdict:
    with (
        tempfile.TemporaryDirectory(prefix="torture-") as folder,
        Bench(Path(folder), speed=SPEED, limits=LIMITS) as bench,
    ):
        bench.start()
        traffic = _pour(bench, seed, seconds)
        threading.Event().wait(seconds / 4)  # what is wrongly sent now, comes
        verdict = settled(bench, traffic.said, limited=True)
        sent = [one.at for one in bench.simulator.submitted]
        for place, first in enumerate(sent):
            within = [at for at in sent[place:] if at < first + MINUTE - APART]
            if len(within) > PER_MINUTE:
                verdict.doubled.append(f"{len(within)} texts went out in a minute")
                break
        if len(sent) > STRANGERS:
            verdict.doubled.append(f"{len(sent)} strangers were texted")
        return verdict
