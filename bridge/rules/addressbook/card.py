"""One entry of an address book, and how entries of a file are collected and merged."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bridge.rules.limits import LONGEST_NAME, LONGEST_NOTES
from bridge.rules.numbering_plans import one_spelling
from bridge.rules.numbers import NOWHERE, e164
from bridge.rules.one_line import one_line, plainly_written
from bridge.rules.optout import normal

MAX_ENTRIES, MAX_TROUBLES = 50_000, 20


# No value is looked at beyond this: a photo or a damaged file costs no time.
_VALUE, _COLUMNS = 20_000, 500


@dataclass(frozen=True)
class Card:
    """One number of somebody. mark: "", "staff", "supplier" or "never" (never texted). opted_out: they asked for no more
    texts, at opted_out_at, None where the file does not say when. unsure: they may have, and nobody has looked yet."""

    number: str
    name: str = ""
    notes: str = ""
    mark: str = ""
    blocked: bool = False
    opted_out: bool = False
    opted_out_at: datetime | None = None
    unsure: bool = False


@dataclass(frozen=True)
class Read:
    """What a file held: the cards, each number once, as E.164; and sentences on what could not be taken."""

    cards: tuple[Card, ...] = ()
    troubles: tuple[str, ...] = ()


def _table(text: str) -> dict[str, str]:
    """`meaning: word, word` a line, as word -> meaning; the words as `normal` leaves them."""
    lines = (line.split(":") for line in text.strip().splitlines())
    return {
        word.strip(): meaning.strip() for meaning, words in lines for word in words.split(",") if word.strip()
    }


# English, German, French, Spanish, Italian.
_CATEGORIES = _table("""
never: never, never text, never texted, do not text, dont text, no text, no texts, no sms, nie, nie anschreiben
never: nie texten, keine sms, nicht anschreiben, jamais, pas de sms, ne pas ecrire, nunca, sin sms, no escribir
never: mai, niente sms, non scrivere
staff: staff, employee, employees, team, colleague, colleagues, mitarbeiter, mitarbeiterin, kollege, kollegin, kollegen
staff: employe, employes, employee, personnel, equipe, collegue, collegues, personal, empleado, empleada, empleados, equipo
staff: personale, dipendente, dipendenti, collega, colleghi
supplier: supplier, suppliers, vendor, vendors, lieferant, lieferantin, lieferanten, fournisseur, fournisseurs
supplier: proveedor, proveedora, proveedores, fornitore, fornitori
blocked: blocked, block, gesperrt, blockiert, bloque, bloques, bloqueado, bloqueada, bloqueados, bloccato, bloccata, bloccati
opted_out: opted out, opted out of texts, opt out, optout, unsubscribed, abgemeldet, desinscrit, desabonne, dado de baja, baja
opted_out: disiscritto, cancellato
unsure: may have opted out
""")


_STRENGTH = ("", "supplier", "staff", "never")


def stricter(*marks: str) -> str:
    """Of several marks the strongest: rather not texted than texted.

    >>> stricter("supplier", "never", "")
    'never'
    """
    return max(marks, key=_STRENGTH.index, default="")


# What a card says of somebody, as a word among its categories.
_LABELS = {
    "never": "Never text",
    "staff": "Staff",
    "supplier": "Supplier",
    "blocked": "Blocked",
    "opted_out": "Opted out of texts",
    "unsure": "May have opted out",
}


def said(card: Card) -> list[str]:
    """What is marked of somebody, the customer's own word first; keys of _LABELS.

    >>> said(Card("+447400123456", mark="staff", opted_out=True))
    ['opted_out', 'staff']
    """
    marked = (("opted_out", card.opted_out), ("unsure", card.unsure), (card.mark, True))
    return [one for one, holds in (*marked, ("blocked", card.blocked)) if one and holds]


def _moment(text: str) -> datetime | None:
    """A moment in ISO 8601, in UTC where it names no zone; None for anything else.

    >>> _moment("2026-11-23T12:00:00+01:00").isoformat(), _moment("yes")
    ('2026-11-23T12:00:00+01:00', None)
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _first(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment), default=None)


class _TooMany(Exception):
    """More entries than anybody has."""


class _TooLarge(Exception):
    """More octets than a file may have."""


@dataclass
class _Book:
    """What is read so far."""

    region: str
    cards: dict[str, Card] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    more: int = 0
    entries: int = 0
    numbers: int = 0
    bare: list[str] = field(default_factory=list)

    def trouble(self, sentence: str) -> None:
        if len(self.troubles) < MAX_TROUBLES:
            self.troubles.append(sentence)
        else:
            self.more += 1

    def add(
        self,
        where: str,
        name: str,
        numbers: Sequence[str],
        notes: str,
        categories: Iterable[str],
        opted_out_at: datetime | None = None,
    ) -> None:
        """One entry of the file; where: "Entry 3"."""
        name = _line(name)
        found = [line for raw in numbers for one in _several(raw) if (line := _line(one))]
        self.entries += 1
        self.numbers += len(found)
        if self.entries > MAX_ENTRIES or self.numbers > MAX_ENTRIES:
            raise _TooMany
        known = {_CATEGORIES.get(normal(one), "") for one in categories}
        mark = stricter(*known.intersection(_STRENGTH))
        out = "opted_out" in known or opted_out_at is not None
        who = f"{where}, {name}" if name else where
        if not found:
            self.bare.append(who)
        for raw in found:
            number = _number(raw, self.region)
            if number is None:
                self.trouble(f"{who}: {self._why(raw)}")
                continue
            is_number = any(map(str.isdigit, name)) and _number(name, self.region) == number
            called = "" if is_number else name
            marked = Card(number, called, _lines(notes), mark, "blocked" in known, out, opted_out_at)
            self._put(replace(marked, unsure="unsure" in known))

    def _put(self, card: Card) -> None:
        """The first name of a number wins; nothing that was noted of it is lost."""
        line = one_spelling(card.number)
        old = self.cards.get(line)
        if old:
            card = replace(
                card,
                number=old.number,
                name=old.name or card.name,
                notes=old.notes if card.notes in old.notes else _lines(f"{old.notes}\n{card.notes}"),
                mark=stricter(old.mark, card.mark),
                blocked=old.blocked or card.blocked,
                opted_out=old.opted_out or card.opted_out,
                opted_out_at=_first(old.opted_out_at, card.opted_out_at),
                unsure=old.unsure or card.unsure,
            )
        self.cards[line] = card

    def _why(self, raw: str) -> str:
        if re.fullmatch(r"\d([.,]\d+)?E\+?\d+", raw, re.IGNORECASE):
            return f"{raw} was rounded by a spreadsheet and was left out; format the column as text and save it again."
        why = f"{raw[:30]} is not a phone number and was left out"
        return why + ("; it needs + and the country code." if self.region == NOWHERE else ".")

    def read(self) -> Read:
        troubles = self._numberless() + self.troubles
        more = self.more + len(troubles[MAX_TROUBLES:])
        troubles = troubles[:MAX_TROUBLES] + [f"and {more} more were left out."] * bool(more)
        if not self.cards and not troubles:
            troubles = ["No contacts were found; use a vCard file, or a CSV file with a column of numbers."]
        return Read(tuple(self.cards.values()), tuple(troubles))

    def _numberless(self) -> list[str]:
        """One sentence for all: address books are full of people with an e-mail address only."""
        if not self.bare:
            return []
        if len(self.bare) == 1:
            return [f"{self.bare[0]}: it has no phone number and was left out."]
        names = "; ".join(self.bare[:3]) + (" and others" if len(self.bare) > 3 else "")
        return [f"{len(self.bare)} entries without a phone number were left out: {names}."]


# So many digits behind a comma, semicolon or slash are another number (Denmark's have eight); fewer are an extension or what is
# dialled after a pause.
_ANOTHER = 8
_DIALLED = re.compile(r"[\d\s*#pw]*|(?:x|ext).*|[^=]*=.*", re.IGNORECASE)


def _several(raw: str) -> list[str]:
    """The numbers in one value: behind :::, at the ends of lines, and at single commas, semicolons and slashes.

    >>> _several("07400123456 ::: 07400123457;07400123458"), _several("0151/12345678,,1234567#"), _several("07400123456;ext=12")
    (['07400123456', '07400123457', '07400123458'], ['0151/12345678,,1234567#'], ['07400123456;ext=12'])
    """
    found = []
    for value in re.split(":::|[\r\n]", raw[:_VALUE]):
        for listed in _joined(re.split("([,;])", value), _is_dialled):
            found += _joined(re.split("(/)", listed), _is_short)
    return [one.strip() for one in found if one.strip()]


def _joined(parts: Sequence[str], belongs: Callable[[str, str], bool]) -> list[str]:
    """Parts with separators between, and those together that belong together. belongs: does a part to what is before it?"""
    found = [parts[0]]
    for separator, part in zip(parts[1::2], parts[2::2], strict=True):
        if belongs(found[-1], part):
            found[-1] += separator + part
        else:
            found.append(part)
    return found


def _is_dialled(before: str, part: str) -> bool:
    if not part.strip() or before.rstrip().endswith((",", ";")):  # behind two of them: a pause
        return True
    return (_digits(part) < _ANOTHER or "=" in part) and _DIALLED.fullmatch(part.strip()) is not None


def _is_short(before: str, part: str) -> bool:
    return min(_digits(before), _digits(part)) < _ANOTHER


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


# What follows the number: an extension, or what is dialled after a pause.
_BEYOND = re.compile(r"[;,#x]|ext|(?<=[\d\s)])(?:p|w|pause|wait)(?=[\d\s*#]|$)")
# How a spreadsheet is told that a number is text.
_FORMULA = re.compile(r'^="?|"$')


def _number(raw: str, region: str) -> str | None:
    """E.164 of what people and phones write: with marks of direction, other hyphens, extensions and pauses (p, w, comma)."""
    plain = plainly_written(raw[:100]).strip().removeprefix("'")
    plain = _FORMULA.sub("", plain) if plain.startswith("=") else plain
    return e164(_BEYOND.split(re.sub("^tel:", "", plain.casefold()))[0], region)


def _controls(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text)


def _line(text: str) -> str:
    """A name: one line, single blanks."""
    return one_line(text[:_VALUE])[:LONGEST_NAME].strip()


def _lines(text: str) -> str:
    """Notes: lines stay lines."""
    lines = re.split("\r\n|\r|\n", text[:_VALUE])
    return "\n".join(_controls(line) for line in lines).strip()[:LONGEST_NOTES].strip()
