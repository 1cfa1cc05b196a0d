"""A whole machine loses its power while somebody rings, a text goes out or one comes in, and is switched on again."""

import os
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from modem.simulator import ARRIVALS, STEPS, Entry, Simulator
from tests.appliance.boxes import READY, Boxes, installed, number, rows, texted
from tests.appliance.machine import PATIENCE, Machine
from tests.support.needs import PROGRAMS
from tests.torture.verdict import Verdict

PACKAGES = ("mmdebstrap", "qemu-system-x86", "qemu-utils", "debhelper")
# So many seconds of the campaign give one cut, which takes a minute: three minutes give twenty.
SECONDS_PER_CUT = 9
# Where the cut strikes: the modem has just shown the caller, or is at this step of a text. It announces what comes in.
RINGING = "ringing"
PLACES = (RINGING, *STEPS, *ARRIVALS[:1])
# Who calls when all cuts are over.
LAST = number(99)


def missing() -> str:
    """What this machine lacks for it, in words; "" for nothing."""
    lacking = [package for package in PACKAGES if shutil.which(PROGRAMS[package]) is None]
    if lacking:
        return f"Debian's {' and '.join(lacking)} is not installed"
    return "it needs root" if os.geteuid() else ""


def run(seed: int, seconds: float) -> Verdict:
    """So many cuts as `seconds` gives; each place once before one comes again."""
    chance = random.Random(f"machine {seed}")
    count = max(1, int(seconds / SECONDS_PER_CUT))
    places: list[str] = []
    while len(places) < count:
        places += chance.sample(PLACES, len(PLACES))
    with tempfile.TemporaryDirectory(prefix="torture-") as name:
        (folder := Path(name) / "machine").mkdir()
        with installed(folder) as boxes:
            return cuts(boxes, places[:count])


def cuts(boxes: Boxes, places: Sequence[str]) -> Verdict:
    """Switches a machine off at each of these places; how things are after one more call."""
    wanted: list[str] = []
    machine: Machine | None = None

    def step(name: str) -> None:
        if machine and wanted and name == wanted[0]:
            wanted.clear()
            machine.cut()

    called: list[str] = []
    wrote: list[str] = []
    with Simulator(on_step=step) as modem:
        machine = boxes.machine("cuts", modem)
        machine.start()
        try:
            for count, place in enumerate(places):
                machine.until(READY, "the line's being ready")
                if place in ARRIVALS:
                    wrote.append(number(100 + count))
                    wanted.append(place)
                    modem.text(wrote[-1], f"Question {count}")
                else:
                    called.append(number(count))
                    if place == RINGING:
                        modem.call(called[-1], rings=6)
                        clip = f'+CLIP: "{called[-1]}"'
                        modem.wait_for(partial(_says, clip), PATIENCE)
                        machine.cut()
                    else:
                        wanted.append(place)
                        modem.call(called[-1], rings=2)
                machine.wait_until_off()
                machine.start()
            machine.until(READY, "the line's being ready")
            called.append(LAST)
            texted(modem, LAST)
            verdict = _verdict(called, wrote, modem, rows(machine, "calls"), rows(machine, "messages"))
        finally:
            machine.cut()
    verdict.seen.update(f"cut at {place}" for place in places)
    return verdict


def _says(words: str, entry: Entry) -> bool:
    return words in entry.text


def _verdict(
    called: Sequence[str],
    wrote: Sequence[str],
    modem: Simulator,
    calls: Sequence[dict[str, object]],
    messages: Sequence[dict[str, object]],
) -> Verdict:
    verdict = Verdict(len(called) + len(wrote))
    known = Counter(row["number"] for row in calls)
    came = Counter(row["number"] for row in messages if row["direction"] == "in")
    out = {row["number"] for row in messages if row["direction"] == "out"}
    for what, numbers, found in (("call", called, known), ("text", wrote, came)):
        verdict.lost += [f"the {what} of {one}" for one in numbers if not found[one]]
        verdict.doubled += [f"the {what} of {one}: {found[one]} rows" for one in numbers if found[one] > 1]
    for one, count in Counter(text.number for text in modem.submitted).items():
        if count > 1:
            verdict.doubled.append(f"the text to {one} went out {count} times")
        if one not in out:
            verdict.lost.append(f"a text to {one} left the modem, and no row knows it")
    verdict.stuck += [f"the call of {row['number']} has no end" for row in calls if row["outcome"] is None]
    verdict.stuck += [
        f"the text to {row['number']} is {row['status']}"
        for row in messages
        if row["status"] in ("queued", "sending") and row["number"] != LAST
    ]
    return verdict
