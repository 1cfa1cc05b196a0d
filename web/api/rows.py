"""Calls and texts as shapes, for every route that tells of them."""

from sqlmodel import Session

from bridge.records import submissions, views
from bridge.records.views import CallRow, MessageRow, NoteRow, ThreadRow
from bridge.rules.states import MessageKind
from bridge.words import reasons
from bridge.words.reasons import error_sentence, trace_in_words
from web.api import answer
from web.api.shapes.ours import Call, Item, Note, Step, Text


def steps(trace: tuple[dict[str, str], ...]) -> list[Step]:
    """A trace in codes and words."""
    return [
        Step(
            rule=words["rule"],
            verdict=words["verdict"],
            why=row["why"].partition("?")[0] if "why" in row else None,
            detail=words["detail"],
        )
        for row, words in zip(trace, trace_in_words(trace), strict=True)
    ]


def call(row: CallRow, with_trace: bool = False) -> Call:
    """One call."""
    return Call(
        id=row.id,
        line=row.line,
        number=row.address,
        name=row.name,
        withheld=row.withheld,
        started=answer.here(row.started),
        ended=answer.local(row.ended),
        seconds=row.seconds,
        rings=row.rings,
        outcome=row.outcome,
        missed=row.missed,
        urgent=row.urgent,
        forwarded=row.forwarded,
        textback=row.textback,
        reason=row.reason,
        reason_in_words=reasons.chip(row.reason) if row.reason else None,
        message_id=row.message_id,
        called_back=answer.local(row.called_back),
        called_back_by=row.called_back_by,
        trace=steps(row.trace) if with_trace else None,
    )


def text(session: Session, row: MessageRow) -> Text:
    """One text, with the id by which a program has sent it."""
    return Text(
        id=row.id,
        ref=submissions.ref_of(session, row.id) if row.kind is MessageKind.API else None,
        line=row.line,
        direction=row.direction,
        kind=row.kind,
        number=row.address,
        name=row.name,
        body=row.body,
        status=row.status,
        error=error_sentence(row.error) if row.error else None,
        author=row.author,
        parts=row.parts,
        created=answer.here(row.created),
        due=answer.local(row.due),
        sent=answer.local(row.sent),
        delivered=answer.local(row.delivered),
        call_id=row.call_id,
    )


def item(session: Session, row: ThreadRow) -> Item:
    """One thing in a conversation."""
    match row:
        case views.CallRow():
            return Item(type="call", call=call(row))
        case views.MessageRow():
            return Item(type="text", text=text(session, row))
        case NoteRow():
            note = Note(id=row.id, author=row.author, body=row.body, created=answer.here(row.at))
            return Item(type="note", note=note)
