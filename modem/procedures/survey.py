"""The procedures that ask how the line is: registration, signal, storage, clock; and after a call its cause
and the phone book of missed calls. They change no setting but which phone book is selected."""

import re
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta

from modem.at import commands
from modem.at.dialogue import Command
from modem.at.numbers import is_garbled, number_of
from modem.contract import LineHealth
from modem.procedures.steps import Reply, Step, ask

# 27.007 CREG <stat>: registered at home, and roaming.
HOME, ROAMING = 1, 5
# The best value of AT+CSQ; 99 is not known (27.007 CSQ).
BEST_SIGNAL = 31
# AT+CCLK before the network told the time: the year in which its firmware was made, or an epoch.
OLDEST_YEAR = 2024
# So often the phone book of missed calls is read for two readings that agree.
BOOK_READINGS = 4
# Q.850 by the words that modems say instead of numbers (27.007 CEER leaves the text to the maker).
CAUSE_WORDS = {
    "normal call clearing": 16,
    "user busy": 17,
    "no user responding": 18,
    "user alerting, no answer": 19,
    "alerting, no answer": 19,
    "call rejected": 21,
    "non selected user clearing": 26,
    "non-selected user clearing": 26,
    "recovery on timer expiry": 102,
}


def survey(line: str, clock: Callable[[], float]) -> Generator[Step, Reply, LineHealth]:
    """Ask for everything once. line: its name; clock: the monotonic clock, for the instant at which all is
    known."""
    registration = yield from _number(commands.REGISTRATION, r"\+CREG: ?\d, ?(\d+)")
    lte = yield from _number(commands.LTE_REGISTRATION, r"\+CEREG: ?\d, ?(\d+)")
    operator = yield from _found(commands.OPERATOR, r'\+COPS:.*?"([^"]+)"')
    signal = yield from _number(commands.SIGNAL, r"\+CSQ: ?(\d+)")
    smsc = yield from _found(commands.SMSC, r'\+CSCA: ?"([^"]+)"')
    state = yield from _found(commands.STORAGE_STATE, r"\+CPMS: ?(.*)")
    storage, used, total = _storage(state or "")
    time = yield from _found(commands.CLOCK, r'\+CCLK: ?"([^"]+)"')
    return LineHealth(
        line,
        clock(),
        registration,
        lte,
        operator,
        None if signal is None or signal > BEST_SIGNAL else signal,
        smsc,
        storage,
        used,
        total,
        moment(time) if time else None,
    )


def _found(command: Command, pattern: str) -> Generator[Step, Reply, str | None]:
    lines = (yield from ask(command)).lines
    return next((found[1] for line in lines if (found := re.match(pattern, line))), None)


def _number(command: Command, pattern: str) -> Generator[Step, Reply, int | None]:
    text = yield from _found(command, pattern)
    return None if text is None else int(text)


def _storage(state: str) -> tuple[str, int, int]:
    """Name, used and total of the storage that texts arrive in, mem3 (27.005 CPMS). Noise is no name: it
    would be built into a command.

    >>> _storage('"ME",0,23,"ME",0,23,"SM",4,30'), _storage('"S\xd6M",4,30')
    (('SM', 4, 30), ('', 0, 0))
    """
    found = re.findall(r'"([A-Z_]+)", ?(\d+), ?(\d+)', state)
    return (found[-1][0], int(found[-1][1]), int(found[-1][2])) if found else ("", 0, 0)


def moment(text: str) -> datetime | None:
    """The time of AT+CCLK, its zone in quarter hours (27.007 CCLK); None if nobody has told the modem yet.

    >>> moment("26/11/23,10:30:00+04"), moment("80/01/06,00:00:12+00"), moment("nonsense")
    (datetime.datetime(2026, 11, 23, 9, 30, tzinfo=datetime.timezone.utc), None, None)
    """
    matched = re.match(r"(\d\d)/(\d\d)/(\d\d), ?(\d\d):(\d\d):(\d\d)(?:([+-]\d{1,2}))?", text)
    if matched is None:
        return None
    year, month, day, hour, minute, second = (int(group) for group in matched.groups()[:6])
    zone = timedelta(minutes=15 * int(matched[7] or 0))
    try:
        told = datetime(2000 + year, month, day, hour, minute, second, tzinfo=UTC) - zone
    except ValueError:
        return None
    return told if OLDEST_YEAR <= told.year < 2080 else None


def release_cause() -> Generator[Step, Reply, int | None]:
    """Why the last call ended, as Q.850 (27.007 CEER); None where the answer says nothing of the kind."""
    return cause_in(" ".join((yield from ask(commands.CAUSE)).lines))


def cause_in(report: str) -> int | None:
    """The Q.850 cause in an extended error report, by its words or its number.

    >>> cause_in("+CEER: Non selected user clearing"), cause_in("+CEER: 5,26,0"), cause_in("+CEER: No report available")
    (26, 26, None)
    >>> cause_in("+CEER: 19"), cause_in('+CEER: "CC","normal call clearing",16')
    (19, 16)
    """
    text = report.partition(":")[2].lower()
    by_words = next((cause for words, cause in CAUSE_WORDS.items() if words in text), None)
    if by_words is not None:
        return by_words
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    # One number is the cause; of several the first says where it arose (Cinterion, Quectel: location, cause,
    # ...).
    cause = numbers[0] if len(numbers) == 1 else numbers[1] if len(numbers) > 1 else None
    return cause if cause is not None and 1 <= cause <= 127 else None


def missed_book() -> Generator[Step, Reply, tuple[str, ...] | None]:
    """The numbers in the phone book of missed calls in the order in which the modem lists them (27.007 CPBS
    "MC", CPBR); None where it cannot be read. Two readings must agree: an entry that noise has eaten would be a new call when
    it shows again."""
    if not (yield from ask(commands.MISSED_BOOK)).ok:
        return None
    extent = " ".join((yield from ask(commands.BOOK_EXTENT)).lines)
    places = re.search(r"\((\d+)-(\d+)\)", extent)
    first, last = (int(places[1]), int(places[2])) if places else (1, 10)
    readings: list[tuple[str, ...]] = []
    for _ in range(BOOK_READINGS):
        reading = _entries((yield from ask(commands.book(first, last))).lines)
        if reading in readings:
            return reading
        readings.append(reading)
    return None


def _entries(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The numbers in the lines of a phone book; what is garbled is none.

    >>> _entries(('+CPBR: 1,"447400123456",145,"Ann"', '+CPBR: 2,"0740\\xff0123456",129,""'))
    ('+447400123456',)
    """
    numbers = (re.match(r'\+CPBR: ?\d+, ?"?([^",]*)"?, ?(\d*)', line) for line in lines)
    told = (found for found in numbers if found and not is_garbled(found[1], found[2]))
    return tuple(number for found in told if (number := number_of(found[1], found[2])))
