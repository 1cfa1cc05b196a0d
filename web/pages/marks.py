"""What somebody here settles about a caller: said in plain words where it was pressed, with what undoes it."""

from dataclasses import dataclass

from flask import flash, get_flashed_messages

from bridge.records.tables import Contact
from bridge.words.catalogue import N_, _

FLASHED = "mark"
SAID = {
    "never": N_("{who} gets no more automatic texts."),
    "welcome": N_("{who} gets automatic texts again."),
    "out": N_("{who} gets no more automatic texts."),
    "in": N_("{who} gets automatic texts again."),
    "fine": N_("{who} gets automatic texts again."),
    "block": N_("{who} is blocked."),
    "unblock": N_("{who} is no longer blocked."),
}
UNDONE_BY = {"never": "welcome", "fine": "doubt_again", "block": "unblock", "unblock": "block"}


@dataclass(frozen=True)
class Marked:
    """kind: what was settled; undo: the mark that takes it back."""

    address: str
    who: str
    kind: str
    undo: str

    @property
    def sentence(self) -> str:
        """What has become of it."""
        return _(SAID[self.kind], who=self.who)


def undo_of(kind: str, before: Contact) -> str | None:
    """The mark that takes this one back, by what was known of them before; None if there is none.

    >>> ann = Contact(address="+447400123456", source="call", kind="staff", doubtful=True)
    >>> [undo_of(kind, ann) for kind in ("never", "welcome", "in", "out", "out_again")]
    ['welcome', 'staff', 'out_again', 'doubt_again', None]
    """
    match kind:
        case "welcome":
            return str(before.kind) or "never"
        case "in":
            return "out_again"
        case "out":
            return "doubt_again" if before.doubtful else "in"
    return UNDONE_BY.get(kind)


def tell(kind: str, before: Contact, who: str) -> None:
    """Have the next page say what was done, and offer to undo it."""
    undo = undo_of(kind, before)
    if undo is not None:
        flash([before.address, who, kind, undo], FLASHED)  # type: ignore[arg-type]  # whatever JSON holds will do


def told() -> list[Marked]:
    """What was settled since the last page."""
    return [Marked(*facts) for facts in get_flashed_messages(category_filter=[FLASHED])]
