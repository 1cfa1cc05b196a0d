"""What of a history is brought over, in which order, and what its people have said about texts; the handlers write it down."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from bridge.rules import numbers
from bridge.rules.importing.old_text import OldText
from bridge.rules.optout import Intent, intent
from bridge.rules.states import ConsentKind, Direction

# So many of our last words to somebody are looked for in what they write, as of a text that comes in.
_LAST_WORDS = 5


@dataclass(frozen=True)
class Brought:
    """A text that is brought over. address: of the other side, as contacts have it. ticket: the same whenever, and out of
    whichever file, this text is brought."""

    text: OldText
    address: str
    ticket: str


@dataclass(frozen=True)
class Said:
    """What somebody's texts come to: OUT, they want none; DOUBT, the last thing that they wrote may mean so. words: theirs."""

    kind: ConsentKind
    at: datetime
    words: str


@dataclass(frozen=True)
class Plan:
    """texts: the oldest first. said: by address. too_old: how many are older than what the box keeps; future: how many claim
    to be of a time that has not come."""

    texts: tuple[Brought, ...]
    said: Mapping[str, Said]
    too_old: int = 0
    future: int = 0


def plan(texts: Sequence[OldText], region: str, since: datetime, now: datetime, hint: str) -> Plan:
    """region: ISO code, for numbers written the national way. since: what is older would be deleted tonight. hint: what the
    box itself writes about opting out."""
    there = sorted((text for text in texts if text.at <= now), key=lambda text: text.at)
    all_of_them = [*_with_tickets(there, region)]
    kept = tuple(one for one in all_of_them if one.text.at >= since)
    return Plan(kept, _said(all_of_them, hint), len(all_of_them) - len(kept), len(texts) - len(there))


def _with_tickets(texts: Iterable[OldText], region: str) -> Iterable[Brought]:
    same = Counter[tuple[str, str, str, str]]()
    for text in texts:
        address = numbers.e164(text.number, region) or text.number
        key = (
            numbers.identity(address),
            text.direction.value,
            text.at.isoformat(timespec="seconds"),
            text.body,
        )
        same[key] += 1
        told = "\n".join((*key, str(same[key])))
        yield Brought(text, address, f"import:{sha256(told.encode()).hexdigest()[:32]}")


def _said(texts: Iterable[Brought], hint: str) -> Mapping[str, Said]:
    """What people have asked for: STOP counts until START; what only may be one counts if they have written nothing since."""
    said: dict[str, Said] = {}
    ours: dict[str, list[str]] = {}
    address_of: dict[str, str] = {}
    for one in texts:
        text = one.text
        address = address_of.setdefault(numbers.identity(one.address), one.address)
        if text.direction is Direction.OUT:
            ours[address] = [text.body, *ours.get(address, [])][:_LAST_WORDS]
            continue
        meant = intent(text.body, [*ours.get(address, ()), hint])
        is_out = address in said and said[address].kind is ConsentKind.OUT
        if meant is Intent.STOP and not is_out:
            said[address] = Said(ConsentKind.OUT, text.at, text.body)
        elif meant is Intent.ASK and not is_out:
            said[address] = Said(ConsentKind.DOUBT, text.at, text.body)
        elif meant is Intent.START or not is_out:
            said.pop(address, None)
    return said
