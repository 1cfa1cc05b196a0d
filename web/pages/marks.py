"""What somebody here does to a caller or a conversation: said in plain words where it was pressed, with what undoes it."""

from dataclasses import astuple, dataclass

from flask import flash, get_flashed_messages, url_for

from bridge.contract.answers import Answer, Done
from bridge.records.tables import Contact
from bridge.words.catalogue import N_, _

FLASHED = "mark"
NEVER_TEXTED = ("never", "staff", "supplier")
SAID = {
    **dict.fromkeys(NEVER_TEXTED, N_("{who} gets no more automatic texts.")),
    "welcome": N_("{who} gets automatic texts again."),
    "out": N_("{who} gets no more automatic texts."),
    "in": N_("{who} gets automatic texts again."),
    "fine": N_("{who} gets automatic texts again."),
    "block": N_("{who} is blocked."),
    "unblock": N_("{who} is no longer blocked."),
}
UNDONE_BY = {"fine": "doubt_again", "block": "unblock", "unblock": "block"}


@dataclass(frozen=True)
class Marked:
    """What has become of it; and the form that takes it back: where it goes to, with the name and value of its button."""

    sentence: str
    to: str
    name: str
    value: str


def undo_of(kind: str, before: Contact) -> str | None:
    """The mark that takes this one back, by what was known of them before; None if there is none.

    >>> ann = Contact(address="+447400123456", source="call", kind="staff", doubtful=True)
    >>> [undo_of(kind, ann) for kind in ("never", "welcome", "in", "out", "out_again")]
    ['staff', 'staff', 'out_again', 'doubt_again', None]
    """
    match kind:
        case "never" | "staff" | "supplier":
            return str(before.kind) or "welcome"
        case "welcome":
            return str(before.kind) or "never"
        case "in":
            return "out_again"
        case "out":
            return "doubt_again" if before.doubtful else "in"
    return UNDONE_BY.get(kind)


def tell(kind: str, before: Contact, who: str) -> None:
    """Have the next page say what was settled about them, and offer to undo it."""
    undo = undo_of(kind, before)
    if undo is not None:
        barred = kind == "welcome" and (before.opted_out_at is not None or before.blocked)
        said = _("No longer marked as never texted") if barred else _(SAID[kind], who=who)
        _tell(Marked(said, url_for("conversations.mark", address=before.address), "kind", undo))


def tell_undo(sentence: str, answer: Answer) -> None:
    """Have the next page say what was done, and offer to undo it, if the answer says that this can be done."""
    if isinstance(answer, Done) and answer.undo is not None:
        _tell(Marked(sentence, url_for("arranging.undo"), "undo", answer.undo))


def _tell(mark: Marked) -> None:
    flash(astuple(mark), FLASHED)  # type: ignore[arg-type]  # whatever JSON holds will do


def told() -> list[Marked]:
    """What was done since the last page."""
    return [Marked(*facts) for facts in get_flashed_messages(category_filter=[FLASHED])]
