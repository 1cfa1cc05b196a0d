"""The operator's own texts about calls: missed ones, voice messages, "is reachable again"; told from what customers write. The
patterns are data (operator_notices.toml); text in, facts out."""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from importlib.resources import files
from typing import Any

from bridge.rules.hours import at_clock

KINDS = ("missed", "voicemail", "reachable")
# No notice is longer (characters), and no short code either (digits).
LONGEST, SHORT_CODE = 1000, 6
# The network's clock may be a little ahead of the SMSC's stamp.
GRACE = timedelta(minutes=10)
_KEYS = {"operator", "country", "kind", "sender", "pattern", "date", "sure", "sample", "source"}


@dataclass(frozen=True)
class Pattern:
    """One wording. sender: who may send it: "" any name or short code, "caller" the caller, else this very sender. order: of
    day, month and year in a date."""

    operator: str
    kind: str
    sender: str
    wording: re.Pattern[str]
    order: str
    sure: bool
    sample: str


@dataclass(frozen=True)
class Missed:
    """A call. number: as it is written there. when: aware, None where the text does not say."""

    number: str
    when: datetime | None


@dataclass(frozen=True)
class Notice:
    """What the operator told. kind: missed, voicemail or reachable."""

    kind: str
    operator: str
    calls: tuple[Missed, ...]


def load(text: str | None = None, *, unsure: bool = False) -> tuple[Pattern, ...]:
    """The patterns in use: the sure ones, or all of them. text: other TOML than ours. Raises ValueError with the number of
    the entry and what is wrong."""
    text = (
        files("bridge.rules").joinpath("operator_notices.toml").read_text("utf-8") if text is None else text
    )
    try:
        entries = tomllib.loads(text).get("notice", [])
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"the notices are no TOML: {error}") from error
    found = [_pattern(number, entry) for number, entry in enumerate(entries, 1)]
    return tuple(pattern for pattern in found if pattern.sure or unsure)


def _pattern(number: int, entry: dict[str, Any]) -> Pattern:
    if unknown := set(entry) - _KEYS:
        raise ValueError(
            f"notice {number}: there is no key {min(unknown)!r}; there are {', '.join(sorted(_KEYS))}"
        )
    if missing := {"kind", "pattern", "sample"} - set(entry):
        raise ValueError(f"notice {number}: {min(missing)} is missing")
    if entry["kind"] not in KINDS:
        raise ValueError(f"notice {number}: {entry['kind']!r} is no kind; write {' or '.join(KINDS)}")
    try:
        wording = re.compile(entry["pattern"])
    except re.error as error:
        raise ValueError(f"notice {number}: the pattern is none: {error}") from error
    sender, order = entry.get("sender", ""), entry.get("date", "dmy")
    if sorted(order) != ["d", "m", "y"]:
        raise ValueError(f"notice {number}: date is {order!r}; write dmy, mdy or ymd")
    sure, sample = bool(entry.get("sure", False)), entry["sample"]
    return Pattern(entry.get("operator", ""), entry["kind"], sender, wording, order, sure, sample)


def read(
    body: str, sender: str, told: datetime, zone: tzinfo | None, patterns: Sequence[Pattern]
) -> Notice | None:
    """The notice that this text is, None if it is a person's. told: when the SMSC had it, aware; a time without a date is the
    last such before that. zone: the shop's, None for the system's.

    >>> from datetime import UTC
    >>> read("Fastweb Mobile: messaggio gratuito. Ho chiamato alle 10:30 del 23/11/26.", "+393331234567",
    ...     datetime(2026, 11, 23, 11, tzinfo=UTC), UTC, load()).calls[0].when.isoformat()
    '2026-11-23T10:30:00+00:00'
    """
    text = _normal(body)
    for pattern in patterns:
        if not _may_send(pattern, sender):
            continue
        if pattern.sender == "caller":
            matched = pattern.wording.fullmatch(text)
            found = [matched] if matched else []
        else:
            found = list(pattern.wording.finditer(text))
        if found:
            calls = [_missed(pattern, one.groupdict(), sender, told, zone) for one in found]
            return Notice(pattern.kind, pattern.operator, tuple(call for call in calls if call.number))
    return None


def _normal(body: str) -> str:
    """Without accents, capitals and odd blanks."""
    plain = unicodedata.normalize("NFKD", body[:LONGEST]).casefold()
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def _may_send(pattern: Pattern, sender: str) -> bool:
    """A name or a short code can be no customer."""
    digits = sender.lstrip("+")
    if pattern.sender == "caller":
        return digits.isdecimal() and len(digits) > SHORT_CODE
    if pattern.sender:
        return sender == pattern.sender
    return not digits.isdecimal() or (len(digits) <= SHORT_CODE and not sender.startswith("+"))


def _missed(
    pattern: Pattern, groups: dict[str, str | None], sender: str, told: datetime, zone: tzinfo | None
) -> Missed:
    number = (groups.get("number") or (sender if pattern.sender == "caller" else "")).strip(" -/")
    try:
        return Missed(number, _when(pattern.order, groups, told, zone))
    except ValueError:  # such as 25:61 or 31/02
        return Missed(number, None)


def _when(order: str, groups: dict[str, str | None], told: datetime, zone: tzinfo | None) -> datetime | None:
    if not groups.get("time"):
        return None
    hour, minute = map(int, re.split("[:.h]", groups["time"] or ""))
    clock, latest = time(hour, minute), told + GRACE
    day = groups.get("date")
    if not day:
        today = told.astimezone(zone).date()
        return max(
            then for n in range(3) if (then := _at(today + timedelta(days=1 - n), clock, zone)) <= latest
        )
    parts = dict(
        zip(
            order if len(re.findall(r"\d+", day)) == 3 else order.replace("y", ""),
            re.findall(r"\d+", day),
            strict=False,
        )
    )
    if "y" in parts:
        year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
        return _at(date(year, int(parts["m"]), int(parts["d"])), clock, zone)
    year = told.astimezone(zone).year
    then = _at(date(year, int(parts["m"]), int(parts["d"])), clock, zone)
    return then if then <= latest else _at(date(year - 1, int(parts["m"]), int(parts["d"])), clock, zone)


def _at(day: date, clock: time, zone: tzinfo | None) -> datetime:
    return at_clock(day, clock.hour * 60 + clock.minute, zone)
