"""One text of another program, and how the parts of a long one become whole again; whose file it was in, the readers know."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo

from bridge.rules.one_line import storable
from bridge.rules.states import Direction, MessageStatus
from modem.contract import Concat, join_text, user_data_header

# Parts of one text came, or went, so close together; references come round again.
ONE_TEXT = timedelta(hours=3)
# A number, or a name that sends texts, is no longer.
_LONGEST_NUMBER = 40


@dataclass(frozen=True)
class OldText:
    """A whole text. number: the other side's, as that program has it; at: when it went or came, aware. status: READ of one that
    came in. delivered: None where nobody knows. parts: how many it took."""

    number: str
    direction: Direction
    body: str
    at: datetime
    status: MessageStatus
    delivered: datetime | None = None
    parts: int = 1


@dataclass(frozen=True)
class Piece:
    """A text, or one part of a long one. where: as a trouble names it, such as "inbox 17". group: what only parts of the same
    text have in common, besides number and direction; part, total: 1 of 1 for a whole one; total 0: as many as there are."""

    where: str
    text: OldText
    group: object = None
    part: int = 1
    total: int = 1


class LeftOut(Exception):
    """What a file holds in one place cannot be taken; in words such as "it has no number"."""


NO_NUMBER, NO_TEXT = "it has no number", "it is data for a program, not a text,"


@dataclass
class History:
    """What was read: texts, and a sentence for each thing that could not be taken, or not whole."""

    texts: list[OldText] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def left_out(self, where: str, why: LeftOut) -> None:
        """Keeps the sentence that something was left out. where: "inbox 17"."""
        self.troubles.append(f"{where}: {why} and was left out.")

    def add(self, other: "History") -> None:
        """Takes over what another file holds."""
        self.texts += other.texts
        self.troubles += other.troubles


def moment(text: str, layouts: Sequence[str], zone: tzinfo | None) -> datetime:
    """What one of these layouts reads, in UTC. zone: of a time that names none, None for the system's. Raises LeftOut.

    >>> from zoneinfo import ZoneInfo
    >>> moment("2026-07-01 12:00:00", ["%Y-%m-%d %H:%M:%S"], ZoneInfo("Europe/Berlin")).isoformat()
    '2026-07-01T10:00:00+00:00'
    """
    for layout in layouts:
        try:
            read = datetime.strptime(text.strip(), layout)  # noqa: DTZ007 -- the zone follows
            return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    raise LeftOut(f"its time {text[:30]} cannot be read" if text.strip() else "it has no time")


def concat_of(udh: str) -> Concat | None:
    """Which part of a long text a user data header in hex, its length octet first, speaks of (23.040 9.2.3.24.1); None for
    none.

    >>> concat_of("050003C50201")
    Concat(reference=197, total=2, part=1, width=8)
    """
    try:
        return user_data_header(bytes.fromhex(udh)[1:]).concat
    except ValueError:
        return None


def number_of(text: str) -> str:
    """A number as it is kept, with nothing around it. Raises LeftOut where there is none."""
    number = storable(text).strip()[:_LONGEST_NUMBER]
    if not number:
        raise LeftOut(NO_NUMBER)
    return number


def in_parts(where: str, text: OldText, udh: str) -> Piece:
    """A text, or the part of one that its user data header in hex speaks of."""
    concat = concat_of(udh)
    if concat is None:
        return Piece(where, text)
    return Piece(where, text, (concat.reference, concat.width), concat.part, concat.total)


def whole(pieces: Iterable[Piece], history: History) -> None:
    """Adds the texts that the pieces make, a mark in the place of each part that is not there."""
    alike: dict[object, list[Piece]] = {}
    for count, piece in enumerate(pieces):
        long = piece.total != 1
        key = (piece.text.number, piece.text.direction, piece.group, piece.total) if long else count
        alike.setdefault(key, []).append(piece)
    for same in alike.values():
        for parts in _told_apart(same):
            history.texts.append(_joined(parts, history))


def _told_apart(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """The texts that pieces of the same reference make: a place that is taken already, or a long while, begins another."""
    parts: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: piece.text.at):
        taken = piece.part in {one.part for one in parts}
        if parts and (taken or piece.text.at - parts[0].text.at > ONE_TEXT):
            yield parts
            parts = []
        parts.append(piece)
    yield parts


def _joined(parts: list[Piece], history: History) -> OldText:
    by_place = {piece.part: piece for piece in parts}
    total = parts[0].total or max(by_place)
    missing = [place for place in range(1, total + 1) if place not in by_place]
    if missing:
        named = ", ".join(map(str, missing))
        history.troubles.append(
            f"{parts[0].where}: of this text of {total} parts there is no part {named}; it came over without."
        )
    bodies = [
        by_place[place].text.body if place in by_place else f" [part {place} of {total} never came] "
        for place in range(1, total + 1)
    ]
    first = min((piece.text for piece in parts), key=lambda text: text.at)
    status, delivered = _status([piece.text for piece in parts])
    body = storable(join_text(bodies))
    return replace(first, body=body, parts=len(parts), status=status, delivered=delivered)


def _status(parts: Sequence[OldText]) -> tuple[MessageStatus, datetime | None]:
    """Of a long text: delivered when all of it is, failed when any of it is."""
    states = {part.status for part in parts}
    if len(states) == 1:
        times = [part.delivered for part in parts if part.delivered]
        return parts[0].status, max(times, default=None)
    return (MessageStatus.FAILED if MessageStatus.FAILED in states else MessageStatus.SENT), None
