"""The check-up sheet: facts in, and for each thing that must be right a verdict, what was found and what to do; pure."""

from dataclasses import dataclass
from datetime import datetime

from bridge.contract.status import LineStatus
from bridge.doctor import machine_checks
from bridge.doctor.check import SEE_ABOVE, Check
from bridge.rules.backups import Stored
from bridge.rules.line_health import nearly_full, no_network
from bridge.rules.machine import Machine
from bridge.rules.troubles import BoxTrouble
from bridge.rules.updating import UNWELL
from bridge.words import dates
from bridge.words.catalogue import N_, _
from bridge.words.line import network_words, signal_words
from bridge.words.troubles import sentence
from bridge.words.updates import update_in_words
from modem.contract import Coded, Trouble

NO_CALLS = Trouble(BoxTrouble.NO_CALLS)
CALL_NOW = N_(
    "No call has come in on this line yet. This network may need VoLTE (calls over 4G): call the box "
    "from another phone now."
)


@dataclass(frozen=True)
class LineFacts:
    """What is known of one line. wanted: its port in config.ini; last_call: when a call was last heard on it."""

    status: LineStatus
    wanted: str
    last_call: datetime | None


@dataclass(frozen=True)
class Facts:
    """What is known of the box. ports: what each port is taken for. modem_manager: it runs; kept_off: and would open none of
    the lines' ports. doubt: why the clock is suspect, None if it is not.
    database: what is wrong with it; permissions: the same as sentences. machine: what it says about itself. backup: the newest
    one that is whole, when it was made by the shop's clock, where it could take the place of a lost database. update: what came
    of the last one, None if that is long ago."""

    lines: tuple[LineFacts, ...]
    ports: tuple[str, ...]
    modem_manager: bool
    kept_off: bool
    doubt: Trouble | None
    database: Trouble | None
    permissions: tuple[str, ...]
    machine: Machine
    backup: Stored | None = None
    update: Coded | None = None


def sheet(facts: Facts) -> tuple[Check, ...]:
    """Every check, of each line and then of the box."""
    of_lines = [check for line in facts.lines for check in _line(line, facts)]
    of_machine = machine_checks.of_machine(facts.machine, facts.doubt, facts.database, facts.backup)
    return (*of_lines, _modem_manager(facts), *of_machine, _permissions(facts), *_update(facts))


def healthy(checks: tuple[Check, ...]) -> bool:
    """Has no check failed? Warnings do not count."""
    return all(check.verdict != "fail" for check in checks)


# ---- one line


def _line(line: LineFacts, facts: Facts) -> tuple[Check, ...]:
    return (
        _port(line, facts),
        _sim(line),
        _registration(line),
        _voice(line),
        _smsc(line),
        _storage(line),
    )


def _port(line: LineFacts, facts: Facts) -> Check:
    status, name = line.status, line.status.name
    if status.up or status.part == "sim":
        return Check(
            "port",
            "pass",
            _("{modem} on {port}", modem=status.model or _("A modem"), port=status.port or line.wanted),
            line=name,
        )
    listed = " ".join(f"{one}." for one in facts.ports) or _("There is no serial port.")
    seen = "" if line.wanted == "auto" else " " + _("Ports on this machine: {ports}", ports=listed)
    return Check("port", "fail", _why(status, _("The modem is not there.")) + seen, _(SEE_ABOVE), name)


def _why(status: LineStatus, otherwise: str) -> str:
    """Why the line is not up."""
    return sentence(status.why_not_up) if status.why_not_up else otherwise


def _sim(line: LineFacts) -> Check:
    status, name = line.status, line.status.name
    if status.part == "sim" and not status.up:
        return Check("SIM", "fail", _why(status, _("The SIM does not work.")), _(SEE_ABOVE), name)
    if not status.up:
        return Check("SIM", "unknown", _("This can't be checked without a modem."), line=name)
    if status.stopped:
        return Check(
            "SIM",
            "fail",
            sentence(Trouble.of(BoxTrouble.QUEUE_STOPPED, why=status.stopped.to_text())),
            _("Check the SIM's plan and credit, then press Try again now on the status page."),
            name,
        )
    return Check("SIM", "pass", _("The SIM is ready."), line=name)


def _registration(line: LineFacts) -> Check:
    status, name = line.status, line.status.name
    if not status.up or status.health is None:
        return Check("registration", "unknown", _("The modem has not said yet."), line=name)
    if trouble := no_network(status.health):
        return Check("registration", "fail", sentence(trouble), _(SEE_ABOVE), name)
    found = _(
        "{network}, signal {signal}",
        network=network_words(status.health),
        signal=signal_words(status.health.signal),
    )
    return Check("registration", "pass", found, line=name)


def _voice(line: LineFacts) -> Check:
    status, name = line.status, line.status.name
    if line.last_call is not None:
        return Check(
            "voice path",
            "pass",
            _("The last call came in on {date}.", date=dates.plain_day(line.last_call)),
            line=name,
        )
    if status.up and status.health is not None and no_network(status.health) == NO_CALLS:
        return Check("voice path", "fail", sentence(NO_CALLS), _(CALL_NOW), name)
    return Check("voice path", "unknown", _("Not tried yet."), _(CALL_NOW), name)


def _smsc(line: LineFacts) -> Check:
    status, name = line.status, line.status.name
    if not status.up or status.health is None:
        return Check("SMSC", "unknown", _("The modem has not said yet."), line=name)
    if not status.health.smsc:
        return Check(
            "SMSC",
            "fail",
            _(
                "The SIM does not know the number of the operator's text centre (SMSC), so no text can be sent."
            ),
            _(
                "Ask the operator for that number, enter it in a phone (in its text settings), then put the "
                "SIM back."
            ),
            name,
        )
    return Check("SMSC", "pass", _("Texts are sent through {centre}.", centre=status.health.smsc), line=name)


def _storage(line: LineFacts) -> Check:
    status, name = line.status, line.status.name
    if not status.up or status.health is None or not status.health.total:
        return Check("storage", "unknown", _("The modem has not said yet."), line=name)
    if trouble := nearly_full(status.health):
        return Check("storage", "fail", sentence(trouble), _(SEE_ABOVE), name)
    found = _(
        "{used} of {total} places in {storage} are used.",
        used=status.health.used,
        total=status.health.total,
        storage=status.health.storage,
    )
    return Check("storage", "pass", found, line=name)


# ---- the box


def _modem_manager(facts: Facts) -> Check:
    if not facts.modem_manager:
        return Check("ModemManager", "pass", _("It is not running."))
    if facts.kept_off:
        return Check("ModemManager", "pass", _("It is running, and it leaves the modem alone."))
    return Check(
        "ModemManager",
        "fail",
        _("It is running, and it interferes with the modem."),
        _(
            "sudo systemctl mask --now ModemManager, or put udev/78-textback.rules into /etc/udev/rules.d and plug the modem "
            "in again."
        ),
    )


def _permissions(facts: Facts) -> Check:
    if facts.permissions:
        return Check("permissions", "fail", " ".join(facts.permissions), _(SEE_ABOVE))
    return Check("permissions", "pass", _("The box can read its configuration and write to its database."))


def _update(facts: Facts) -> tuple[Check, ...]:
    if facts.update is None:
        return ()
    found = update_in_words(facts.update)
    if facts.update.code in UNWELL:
        return (Check("update", "fail", found, _(SEE_ABOVE)),)
    return (Check("update", "pass", found),)
