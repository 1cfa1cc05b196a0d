"""A simulated GSM modem on a pseudo-terminal; it imports nothing of the box, so that each can prove the other wrong."""

import signal
import threading
from pathlib import Path

from modem.simulator.control import Control
from modem.simulator.log import Entry
from modem.simulator.pdu import Submitted
from modem.simulator.profiles import PROFILES
from modem.simulator.sent import SentText
from modem.simulator.simulator import Simulator
from modem.simulator.storage import Stored, StoredStatus
from modem.simulator.terminal import ARRIVALS, STEPS

__all__ = [
    "ARRIVALS",
    "PROFILES",
    "STEPS",
    "Control",
    "Entry",
    "SentText",
    "Simulator",
    "Stored",
    "StoredStatus",
    "Submitted",
    "simulate",
]


def simulate(link: Path, profile: str, control: Path | None) -> None:
    """Run one simulated modem until SIGTERM or Ctrl-C; prints one line when it is ready."""
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    with Simulator(profile, link=link) as simulator:
        served = Control(simulator, control) if control else None
        print(f"A simulated {profile} modem is at {link}", flush=True)
        over.wait()
        if served:
            served.close()
