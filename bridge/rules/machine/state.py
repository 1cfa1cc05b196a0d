"""What is known of the machine, and what is wrong with it; how its files are read, bridge/rules/machine/reading says."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bridge.rules.states import IncidentKind
from bridge.rules.troubles import MachineTrouble
from modem.contract import Trouble

# What `vcgencmd get_throttled` of a Raspberry Pi says: the voltage is too low now, and it was since the Pi was started.
LOW_NOW, LOW_ONCE = 1 << 0, 1 << 16
# Degrees Celsius from which on a Pi slows down, and down to which it has to cool to count as cool again; other machines may be
# made for more.
HOT, COOL = 80.0, 75.0
# Less free disk than this will soon be too little, if it is a small part of the disk too (octets); and enough again.
LITTLE_ROOM, SMALL_PART = 200 * 1024 * 1024, 0.1
ENOUGH_ROOM = 300 * 1024 * 1024


class ClockSetter(StrEnum):
    """What sets the clock of a machine, in the order in which it does after a start."""

    CHIP = "chip"  # a clock chip (RTC)
    SAVED = "saved"  # the time that was saved before the machine stopped
    INTERNET = "internet"


@dataclass(frozen=True)
class Journal:
    """The system's log. kept: it is on the disk, not in memory. octets: so large it is."""

    kept: bool
    octets: int


@dataclass(frozen=True)
class Machine:
    """What a machine says about itself; None or nothing where it does not say.

    model: of a Raspberry Pi or another board. system: the name of its operating system. bits: of its programs. firmware: the
    bits of `vcgencmd get_throttled`. low_voltage: too low now, or in the kernel's log since the start. degrees: Celsius.
    free, size: of the disk with the database, in octets. errors: the last error of that disk in the system's words, "" for
    none, None where nobody tells. log_open: may the kernel's log be read? read_only: the system has stopped writing to the
    disk. in_memory: what is written to it is lost at the next start. setters: of the clock; synchronised: with the internet.
    """

    model: str = ""
    system: str = ""
    bits: int = 64
    firmware: int | None = None
    low_voltage: bool | None = None
    degrees: float | None = None
    free: int | None = None
    size: int | None = None
    errors: str | None = None
    log_open: bool = False
    read_only: bool = False
    in_memory: bool = False
    journal: Journal | None = None
    setters: tuple[ClockSetter, ...] = ()
    synchronised: bool | None = None

    @property
    def weak_power(self) -> bool | None:
        """Has the voltage been too low since the start? None where nobody tells."""
        if self.firmware is None:
            return self.low_voltage
        return bool(self.firmware & (LOW_NOW | LOW_ONCE)) or bool(self.low_voltage)


# Of which trouble the owner is told. Of a disk that takes nothing the database tells, and no incident could be stored.
INCIDENTS: Mapping[str, IncidentKind] = {
    MachineTrouble.WEAK_POWER: IncidentKind.POWER,
    MachineTrouble.HOT: IncidentKind.HEAT,
    MachineTrouble.NEARLY_FULL: IncidentKind.ROOM,
    MachineTrouble.CARD_ERRORS: IncidentKind.CARD,
    MachineTrouble.NOT_KEPT: IncidentKind.OVERLAY,
}


def troubles(machine: Machine, before: Collection[str] = ()) -> tuple[Trouble, ...]:
    """What is wrong, worst first. before: the codes of what was wrong at the last look, so that nothing comes and goes."""
    return tuple(Trouble(code) for code in _codes(machine, before))


def _codes(machine: Machine, before: Collection[str]) -> Iterator[MachineTrouble]:
    if machine.read_only:
        yield MachineTrouble.READ_ONLY
    if machine.in_memory:
        yield MachineTrouble.NOT_KEPT
    if machine.errors:
        yield MachineTrouble.CARD_ERRORS
    if machine.weak_power:
        yield MachineTrouble.WEAK_POWER
    if is_hot(machine, was=MachineTrouble.HOT in before):
        yield MachineTrouble.HOT
    if is_nearly_full(machine, was=MachineTrouble.NEARLY_FULL in before):
        yield MachineTrouble.NEARLY_FULL


def is_hot(machine: Machine, was: bool = False) -> bool:
    """Is it a board that is too hot? was: it was at the last look."""
    return bool(machine.model) and (machine.degrees or 0.0) > (COOL if was else HOT)


def is_nearly_full(machine: Machine, was: bool = False) -> bool:
    """Is there too little room on the disk of the database? was: there was at the last look."""
    if machine.free is None or machine.size is None:
        return False
    return machine.free < min(ENOUGH_ROOM if was else LITTLE_ROOM, SMALL_PART * machine.size)
