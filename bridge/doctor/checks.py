"""The check-up sheet: facts in, and for each thing that must be right a verdict, what was found and what to do; pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bridge.contract.status import LineStatus
from bridge.rules.line_health import nearly_full, network_words, no_network, signal_words
from bridge.rules.troubles import BoxTrouble
from bridge.words.troubles import sentence
from modem.contract import Trouble

Verdict = Literal["pass", "fail", "unknown"]

# Less free disk than this will soon be too little (octets).
LITTLE_ROOM = 200 * 1024 * 1024
NO_CALLS = Trouble(BoxTrouble.NO_CALLS)
CALL_NOW = (
    "No call has been heard on this line yet. This network may need VoLTE: call the box now from another phone, "
    "I am listening."
)


@dataclass(frozen=True)
class Check:
    """One row of the sheet. line: which line it is about, None for the box. todo: empty if there is nothing to do."""

    name: str
    verdict: Verdict
    found: str
    todo: str = ""
    line: str | None = None


@dataclass(frozen=True)
class LineFacts:
    """What is known of one line. wanted: its port in config.ini; last_call: when a call was last heard on it."""

    status: LineStatus
    wanted: str
    last_call: datetime | None


@dataclass(frozen=True)
class Facts:
    """What is known of the box. ports: what each port is taken for. doubt: why the clock is suspect, None if it is not;
    synchronised: by the network's time, None where the system does not tell. free: octets on the disk of the database, None
    if unknown. database: what is wrong with it; permissions: the same as sentences."""

    lines: tuple[LineFacts, ...]
    ports: tuple[str, ...]
    modem_manager: bool
    kept_off: bool
    doubt: Trouble | None
    synchronised: bool | None
    free: int | None
    database: Trouble | None
    permissions: tuple[str, ...]


def sheet(facts: Facts) -> tuple[Check, ...]:
    """Every check, of each line and then of the box."""
    of_lines = [check for line in facts.lines for check in _line(line, facts)]
    return (*of_lines, _modem_manager(facts), _clock(facts), _disk(facts), _permissions(facts))


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
            "port", "pass", f"{status.model or 'A modem'} on {status.port or line.wanted}", line=name
        )
    listed = " ".join(f"{one}." for one in facts.ports) or "No serial port is there."
    seen = "" if line.wanted == "auto" else f" Ports that are there: {listed}"
    return Check("port", "fail", _why(status, "The modem is not there.") + seen, "See above.", name)


def _why(status: LineStatus, otherwise: str) -> str:
    """Why the line is not up."""
    return sentence(status.why_not_up) if status.why_not_up else otherwise


def _sim(line: LineFacts) -> Check:
    status, name = line.status, line.status.name
    if status.part == "sim" and not status.up:
        return Check("SIM", "fail", _why(status, "The SIM does not work."), "See above.", name)
    if not status.up:
        return Check("SIM", "unknown", "It can't be asked without a modem.", line=name)
    if status.stopped:
        return Check(
            "SIM",
            "fail",
            sentence(Trouble.of(BoxTrouble.QUEUE_STOPPED, why=status.stopped.to_text())),
            "See to the SIM's contract and credit, then press Try again on the status page.",
            name,
        )
    return Check("SIM", "pass", "The SIM is ready.", line=name)


def _registration(line: LineFacts) -> Check:
    status, name = line.status, line.status.name
    if not status.up or status.health is None:
        return Check("registration", "unknown", "The modem has not told yet.", line=name)
    if trouble := no_network(status.health):
        return Check("registration", "fail", sentence(trouble), "See above.", name)
    found = f"{network_words(status.health)}, signal {signal_words(status.health.signal)}"
    return Check("registration", "pass", found, line=name)


def _voice(line: LineFacts) -> Check:
    status, name = line.status, line.status.name
    if line.last_call is not None:
        return Check(
            "voice path",
            "pass",
            f"The last call was heard on {line.last_call.day} {line.last_call:%B %Y}.",
            line=name,
        )
    if status.up and status.health is not None and no_network(status.health) == NO_CALLS:
        return Check("voice path", "fail", sentence(NO_CALLS), CALL_NOW, name)
    return Check("voice path", "unknown", "Never tried.", CALL_NOW, name)


def _smsc(line: LineFacts) -> Check:
    status, name = line.status, line.status.name
    if not status.up or status.health is None:
        return Check("SMSC", "unknown", "The modem has not told yet.", line=name)
    if not status.health.smsc:
        return Check(
            "SMSC",
            "fail",
            "The SIM does not know the number of the operator's text centre, so no text can go out.",
            "Ask the operator for it and set it in a phone (text settings), then put the SIM back.",
            name,
        )
    return Check("SMSC", "pass", f"Texts go out by {status.health.smsc}.", line=name)


def _storage(line: LineFacts) -> Check:
    status, name = line.status, line.status.name
    if not status.up or status.health is None or not status.health.total:
        return Check("storage", "unknown", "The modem has not told yet.", line=name)
    if trouble := nearly_full(status.health):
        return Check("storage", "fail", sentence(trouble), "See above.", name)
    found = f"{status.health.used} of {status.health.total} places in {status.health.storage} are used."
    return Check("storage", "pass", found, line=name)


# ---- the box


def _modem_manager(facts: Facts) -> Check:
    if not facts.modem_manager:
        return Check("ModemManager", "pass", "It does not run.")
    if facts.kept_off:
        return Check("ModemManager", "pass", "It runs, and a udev rule keeps it off the modem.")
    return Check(
        "ModemManager",
        "fail",
        "It runs, and talks to every modem it finds, between our own words.",
        "sudo systemctl mask --now ModemManager, or put udev/78-textback.rules into /etc/udev/rules.d.",
    )


def _clock(facts: Facts) -> Check:
    if facts.doubt:
        return Check("clock", "fail", sentence(facts.doubt), "See above.")
    words = {
        True: "set by the internet",
        False: "nothing speaks against it, but it is not set by the internet",
    }
    return Check("clock", "pass", f"It is believed: {words.get(bool(facts.synchronised))}.")


def _disk(facts: Facts) -> Check:
    if facts.database:
        return Check("disk", "fail", sentence(facts.database), "See above.")
    if facts.free is None:
        return Check("disk", "pass", "The database works.")
    megabytes = facts.free // 1024**2
    room = f"{megabytes // 1024} GB are free." if megabytes > 4096 else f"{megabytes} MB are free."
    if facts.free < LITTLE_ROOM:
        return Check("disk", "fail", room, "Delete files that nobody needs, or put a larger card in.")
    return Check("disk", "pass", room)


def _permissions(facts: Facts) -> Check:
    if facts.permissions:
        return Check("permissions", "fail", " ".join(facts.permissions), "See above.")
    return Check("permissions", "pass", "The box may read its configuration and write its database.")
