"""How soon after each fault a new caller is texted: every fault, while the line is idle, rings, sends or receives; prints a
table for docs/modems.md (`make recovery`).

Each box is a real service on a simulated modem at the speed of real ones; many run side by side, for they mostly wait. From
the moment on when the modem is back, another caller rings every three seconds. Counted are the seconds until one of them is
texted, calls whose number got lost, and texts that went out twice.
"""

import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from modem.simulator import Simulator
from tests.support.box import Box, a_box, until

PHASES = ("idle", "ringing", "sending", "receiving")
NO_LIMITS = "[limits]\nper_minute = 1000\nper_day = 1000\nstrangers_per_10_minutes = 1000\n"
# A modem needs so long to start; a SIM, a network or a cable is away for so long (seconds).
BOOT, AWAY = 3.0, 8.0
SIDE_BY_SIDE = 8
# Between two callers, each of whom rings twice; when nobody was texted within so long, the line counts as stuck.
PAUSE, GIVE_UP = 1.4, 200.0


def reset(banner: bool) -> Callable[[Simulator], None]:
    """The modem restarts, and says so or not."""

    def strike(simulator: Simulator) -> None:
        simulator.set(boot_time=BOOT, banner=banner)
        simulator.reset()
        simulator.wait_for(lambda e: e.text == "booted")

    return strike


def unplug(simulator: Simulator) -> None:
    """The stick is pulled out and put in again."""
    simulator.unplug()
    time.sleep(AWAY)
    simulator.replug()


def hang(simulator: Simulator) -> None:
    """It answers nothing for a while."""
    simulator.fault("silence", match="AT", seconds=AWAY)
    time.sleep(AWAY)
    simulator.heal()
    simulator.unhang()


def sim_away(simulator: Simulator) -> None:
    """The SIM has lost its contact for a moment."""
    simulator.set(sim_present=False)
    time.sleep(AWAY)
    simulator.set(sim_present=True)
    simulator.register(1)


def no_network(simulator: Simulator) -> None:
    """The network is away for a while."""
    simulator.register(2)
    time.sleep(AWAY)
    simulator.register(1)


def noise(simulator: Simulator) -> None:
    """Octets without sense on the wire."""
    for _ in range(20):
        simulator.raw('\x7f\x00RI\x1a+C\xff"L\r')
        time.sleep(0.05)


def lost_bytes(simulator: Simulator) -> None:
    """Every 40th octet is lost for a while."""
    simulator.set(lose_every=40)
    time.sleep(AWAY)
    simulator.set(lose_every=0)


FAULTS: dict[str, Callable[[Simulator], None]] = {
    "restart with a banner": reset(banner=True),
    "restart without a word": reset(banner=False),
    "unplugged for 8 s": unplug,
    "no answer for 8 s": hang,
    "SIM away for 8 s": sim_away,
    "no network for 8 s": no_network,
    "noise for 1 s": noise,
    "every 40th octet lost for 8 s": lost_bytes,
}


@dataclass(frozen=True)
class Found:
    """seconds: from the modem's being back to the first text to a new caller, None if there was none. nameless: calls whose
    number got lost though the modem would have told it; doubled: texts that went out twice to the same person; lost: new
    callers without a row."""

    seconds: float | None
    nameless: int
    doubled: int
    lost: int


def run(fault: str, phase: str) -> Found:
    """One box, one fault."""
    with (
        tempfile.TemporaryDirectory(prefix="textback-recovery-") as folder,
        Simulator(reports="off", network_delay=1.0) as simulator,
        a_box(Path(folder), simulator, extra=NO_LIMITS) as box,
    ):
        begin(phase, simulator)
        FAULTS[fault](simulator)
        simulator.hangup()  # whoever rang has given up meanwhile
        back, first = time.monotonic(), len(simulator.submitted)
        stop = threading.Event()
        rung: list[str] = []
        callers = threading.Thread(target=ring_on, args=(simulator, stop, rung))
        callers.start()
        while time.monotonic() - back < GIVE_UP and not new_ones(simulator, first):
            stop.wait(0.02)
        seconds = time.monotonic() - back if new_ones(simulator, first) else None
        stop.set()
        callers.join()
        settle(box, rung)
        numbers = Counter(text.number for text in simulator.submitted)
        calls = box.calls()
        nameless = [call for call in calls if call.address is None]
        lost = set(rung) - {call.address for call in calls}
        return Found(seconds, len(nameless), sum(count - 1 for count in numbers.values()), len(lost))


def begin(phase: str, simulator: Simulator) -> None:
    """Bring the line into this phase: the fault strikes then."""
    match phase:
        case "ringing":
            simulator.call("+447400200001", rings=30)
            simulator.wait_for(lambda e: e.text.startswith("+CLIP:"))
        case "sending":
            simulator.call("+447400200001", rings=1)
            simulator.wait_for(lambda e: e.who == "host" and e.text.startswith("AT+CMGS"))
            time.sleep(0.3)  # the PDU is with the modem, and the network has not taken it
        case "receiving":
            simulator.text("+447400200001", "One. " * 40)
            simulator.wait_for(lambda e: e.text.startswith("+CMTI"))


def ring_on(simulator: Simulator, stop: threading.Event, rung: list[str]) -> None:
    """Another caller every few seconds; `rung` gets their numbers."""
    while not stop.is_set():
        rung.append(f"+4474003{len(rung):05}")
        simulator.call(rung[-1], rings=2, spacing=1.0, wait=True)
        stop.wait(PAUSE)


def new_ones(simulator: Simulator, first: int) -> bool:
    """Was one of the new callers texted?"""
    return any(text.number.startswith("+4474003") for text in simulator.submitted[first:])


def settle(box: Box, rung: list[str]) -> None:
    """Every call has ended, and whom only the modem's book of missed calls knows was found there, if anybody ever is."""
    until(lambda: all(call.outcome for call in box.calls()), "the end of the calls")
    with suppress(AssertionError):
        until(lambda: set(rung) <= {call.address for call in box.calls()}, "a row of each new caller")


def table(times: int, faults: list[str]) -> tuple[str, bool]:
    """The Markdown table of medians, and whether a number got lost, a text went out twice or a line stayed stuck."""
    jobs = [(fault, phase) for fault in faults for phase in PHASES for _ in range(times)]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        found = list(zip(jobs, pool.map(lambda job: run(*job), jobs), strict=True))
    lines = ["| fault | " + " | ".join(PHASES) + " |", "|---|" + "---|" * len(PHASES)]
    for fault in faults:
        cells = [cell([one for job, one in found if job == (fault, phase)]) for phase in PHASES]
        lines.append(f"| {fault} | " + " | ".join(cells) + " |")
    bad = any(one.seconds is None or one.nameless or one.doubled or one.lost for _, one in found)
    nameless = sum(one.nameless for _, one in found)
    doubled = sum(one.doubled for _, one in found)
    stuck = sum(one.seconds is None for _, one in found)
    lost = sum(one.lost for _, one in found)
    lines += [
        "",
        f"Of {len(found)} boxes: calls without their number {nameless}, texts sent twice {doubled}, lost {lost}, "
        f"stuck {stuck}.",
    ]
    return "\n".join(lines), bad


def cell(found: list[Found]) -> str:
    """The median of the seconds; what else went wrong behind it."""
    seconds = [one.seconds for one in found if one.seconds is not None]
    words = f"{statistics.median(seconds):.1f}" if seconds else "never"
    nameless, doubled = sum(one.nameless for one in found), sum(one.doubled for one in found)
    return (
        words
        + (f" ({nameless} without number)" if nameless else "")
        + (f" ({doubled} twice)" if doubled else "")
    )


if __name__ == "__main__":
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    text, bad = table(times, list(FAULTS))
    print(text)
    sys.exit(bad)
