"""Machines in which the package is installed, and how they are asked what has come of a caller."""

import json
from dataclasses import dataclass
from pathlib import Path

from modem.simulator import Simulator
from tests.appliance.machine import PATIENCE, Machine

PAGE = "python3 -c \"import urllib.request as r; print(r.urlopen('http://127.0.0.1{}').read().decode())\""


@dataclass
class Boxes:
    """What machines are made of. said: what the installation printed."""

    folder: Path
    kernel: Path
    initrd: Path
    parcel: Path
    disk: Path
    said: str

    def machine(
        self, name: str, modem: Simulator, disk: Path | None = None, parcel: Path | None = None
    ) -> Machine:
        """One in which the package is installed, or with another disk to begin with, or another parcel."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return Machine(folder, disk or self.disk, self.kernel, self.initrd, modem, parcel or self.parcel)


READY = "journalctl -b -u textback -o cat | grep -q 'is ready'"


def ready_after(machine: Machine, begin: str) -> None:
    """Waits for a line that is ready since this moment of the journal's (its cursor)."""
    machine.until(
        f"journalctl -u textback -o cat --after-cursor='{begin}' | grep -q 'is ready'",
        "the line's being ready",
    )


def now(machine: Machine) -> str:
    """The journal's cursor."""
    said = machine.run("journalctl -n 0 --show-cursor")
    return said.rpartition("-- cursor: ")[2].strip()


def rows(machine: Machine, what: str) -> list[dict[str, object]]:
    """What `textback calls` or `textback messages` tells."""
    said = machine.run(f"textback {what} --json")
    return [json.loads(line) for line in said.splitlines()]


def texted(modem: Simulator, number: str) -> None:
    """Somebody calls in vain, and is texted; else an AssertionError."""
    modem.call(number, rings=2)
    modem.wait_for(lambda _: any(one.number == number for one in modem.submitted), PATIENCE)


def number(count: int) -> str:
    return f"+447400{200_000 + count}"
