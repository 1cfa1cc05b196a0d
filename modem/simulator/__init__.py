"""A simulated GSM modem on a pseudo-terminal; it imports nothing of the box, so that each can prove the other wrong."""

import signal
import threading
from pathlib import Path

from modem.simulator.control import Control
from modem.simulator.profiles import PROFILES
from modem.simulator.simulator import SentText, Simulator
from modem.simulator.wire import Entry

__all__ = ["PROFILES", "Entry", "SentText", "Simulator", "simulate"]


def simulate(link: Path, profile: str, control: Path | None) -> None:
    """Run one simulated modem until SIGTERM or Ctrl-C."""
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    with Simulator(profile, link=link) as simulator:
        served = Control(simulator, simulator.wire, control) if control else None
        print(f"A simulated {profile} modem is at {link}", flush=True)
        over.wait()
        if served:
            served.close()
