"""The rows of the check-up sheet that are about the machine: clock, disk, card, power, heat, log and system; pure."""

from bridge.doctor.check import SEE_ABOVE, Check
from bridge.rules.backups import Stored
from bridge.rules.machine import ClockSetter, Machine
from bridge.rules.machine.state import is_hot, is_nearly_full
from bridge.rules.troubles import FileTrouble, MachineTrouble
from bridge.words import dates
from bridge.words.catalogue import N_, _
from bridge.words.troubles import sentence
from modem.contract import Trouble

SETTERS = {
    ClockSetter.CHIP: N_("a clock chip"),
    ClockSetter.SAVED: N_("the time saved before the last stop"),
    ClockSetter.INTERNET: N_("the internet"),
}
MEGABYTE = 1024**2


def of_machine(
    machine: Machine, doubt: Trouble | None, database: Trouble | None, backup: Stored | None = None
) -> tuple[Check, ...]:
    """Every row about the machine. doubt: why the clock is suspect, None if it is not. database: what is wrong with it; backup:
    what could take its place."""
    return (
        _clock(machine, doubt),
        _disk(machine, database, backup),
        _card(machine),
        _power(machine),
        _temperature(machine),
        _log(machine),
        _system(machine),
    )


def _failed(name: str, code: MachineTrouble, more: str = "") -> Check:
    return Check(name, "fail", f"{sentence(Trouble(code))} {more}".rstrip(), _(SEE_ABOVE))


def _clock(machine: Machine, doubt: Trouble | None) -> Check:
    order = _order(machine)
    if doubt:
        return Check("clock", "fail", f"{sentence(doubt)} {order}".rstrip(), _(SEE_ABOVE))
    if machine.synchronised:
        found = _("It is set over the internet.")
    else:
        found = _("It looks right, but it is not set over the internet.")
    return Check("clock", "pass", f"{found} {order}".rstrip())


def _order(machine: Machine) -> str:
    """By what the clock is set, in order."""
    if not machine.setters:
        return ""
    setters = ", ".join(_(SETTERS[who]) for who in machine.setters)
    return _(
        "At the start the time comes from, in this order: {setters}. The modem's time is only compared with it.",
        setters=setters,
    )


def _disk(machine: Machine, database: Trouble | None, backup: Stored | None) -> Check:
    if database:
        return Check("disk", "fail", sentence(database), _restorable(backup) or _(SEE_ABOVE))
    if machine.free is None:
        return Check("disk", "pass", _("The database works."))
    megabytes = machine.free // MEGABYTE
    if megabytes > 4096:
        room = _("{number} GB are free.", number=megabytes // 1024)
    else:
        room = _("{number} MB are free.", number=megabytes)
    if is_nearly_full(machine):
        return Check("disk", "fail", room, _("Delete files nobody needs, or use a larger card."))
    return Check("disk", "pass", room)


def _restorable(backup: Stored | None) -> str:
    """What would put a backup in the place of the database; nothing where there is none."""
    if backup is None:
        return ""
    return _(
        "The backup of {when} is whole. To restore it, stop the box, then: textback restore {file}",
        when=dates.day_and_clock(backup.made),
        file=str(backup.path),
    )


def _card(machine: Machine) -> Check:
    said = sentence(Trouble.of(FileTrouble.FAILS, error=machine.errors)) if machine.errors else ""
    if machine.read_only:
        return _failed("card", MachineTrouble.READ_ONLY, said)
    if machine.in_memory:
        return _failed("card", MachineTrouble.NOT_KEPT, said)
    if machine.errors:
        return _failed("card", MachineTrouble.CARD_ERRORS, said)
    if machine.errors is None:
        return Check(
            "card", "unknown", _("This machine does not say whether it has errors."), _see_kernel(machine)
        )
    return Check("card", "pass", _("It has reported no errors."), _see_kernel(machine))


def _see_kernel(machine: Machine) -> str:
    """What this user is not allowed to see, and who may."""
    if machine.log_open:
        return ""
    return _(
        "This user may not read the kernel's log. It may tell more: sudo dmesg | grep -iE 'mmc|ext4|i/o error'"
    )


def _power(machine: Machine) -> Check:
    if machine.weak_power is None:
        return Check(
            "power", "unknown", _("This machine does not say whether its power supply is strong enough.")
        )
    if machine.weak_power:
        return _failed("power", MachineTrouble.WEAK_POWER)
    return Check("power", "pass", _("The voltage is right."))


def _temperature(machine: Machine) -> Check:
    if machine.degrees is None:
        return Check("temperature", "unknown", _("This machine does not say how hot it is."))
    found = _("{degrees} °C", degrees=round(machine.degrees))
    if is_hot(machine):
        return Check("temperature", "fail", f"{found}. {sentence(Trouble(MachineTrouble.HOT))}", _(SEE_ABOVE))
    return Check("temperature", "pass", found)


def _log(machine: Machine) -> Check:
    if machine.journal is None:
        return Check("log", "pass", _("The system keeps no log of its own."))
    megabytes = -(-machine.journal.octets // MEGABYTE)
    if machine.journal.kept:
        return Check("log", "pass", _("It is kept on the disk, {number} MB.", number=megabytes))
    return Check(
        "log", "pass", _("It is in memory ({number} MB), so a restart deletes it.", number=megabytes)
    )


def _system(machine: Machine) -> Check:
    names = ", ".join(name for name in (machine.model, machine.system) if name) or _("A Linux machine")
    found = _("{names}, {bits} bits", names=names, bits=machine.bits)
    if machine.bits < 64:
        todo = _("textback is made for 64-bit systems only: put the 64-bit Raspberry Pi OS on the card.")
        return Check("system", "fail", found, todo)
    return Check("system", "pass", found)
