"""`/inbox`: texts that came in; and having hooks told of them again."""

from datetime import datetime

from flask import Blueprint, Response
from sqlmodel import Session

from bridge.contract.requests import TellAgain
from bridge.records import device, views
from bridge.records.tables import Contact, Line, Message
from bridge.rules.scopes import Scope
from web import current
from web.api import answer, reading, who
from web.api.answer import nothing, told
from web.api.document import document
from web.api.errors import Wrong, bad, done
from web.api.shapes.base import Problem
from web.api.shapes.inbox import InboxItem, InboxQuery, InboxRefresh, InboxType
from web.api.shapes.messages import moment_of

routes = Blueprint("inbox", __name__)


@routes.get("/inbox")
@document("inbox", Scope.INBOX_LIST, query=InboxQuery, answers={200: list[InboxItem]})
@who.needs(Scope.INBOX_LIST)
def inbox() -> Response:
    """Texts that came in, the newest first; X-Total-Count says how many there are in all."""
    asked, program = reading.query(InboxQuery), who.program()
    since, until = _moment("from", asked.from_), _moment("to", asked.to)
    if asked.type not in (None, InboxType.SMS):
        return told([], total=0)
    with Session(current.bridge().engine) as session:
        if not device.is_meant(session, asked.device_id):
            return told([], total=0)
        rows, count = views.inbox(
            session,
            lines=program.only or None,
            since=since,
            until=until,
            limit=asked.limit,
            offset=asked.offset,
        )
        found = [_item(*row) for row in rows]
    return told(found, total=count)


def _item(message: Message, contact: Contact, line: Line) -> InboxItem:
    names = [modem.name for modem in current.bridge().settings().modems]
    return InboxItem(
        id=str(message.id),
        sender=contact.address,
        recipient=line.number,
        sim_number=names.index(line.name) + 1 if line.name in names else None,
        content_preview=message.body,
        created_at=answer.here(message.created),
    )


@routes.get("/inbox/<ref>/attachments/<part>")
@document("inbox", Scope.INBOX_READ, answers={404: Problem})
@who.needs(Scope.INBOX_READ)
def attachment(ref: str, part: str) -> Response:
    """There are none: this box gets texts, no MMS."""
    raise Wrong(404, "Texts have no attachments; this box gets no MMS.")


@routes.post("/inbox/refresh")
@document("inbox", Scope.INBOX_REFRESH, json=InboxRefresh, answers={202: None})
@who.needs(Scope.INBOX_REFRESH)
def refresh() -> Response:
    """The inbox is always up to date; hooks are told of these texts again only if that is asked for."""
    _tell_again(reading.body(InboxRefresh), usually=False)
    return nothing(202)


@routes.post("/messages/inbox/export")
@routes.post("/message/inbox/export")
@routes.post("/inbox/export")
@document("inbox", Scope.EXPORT, json=InboxRefresh, answers={202: None})
@who.needs(Scope.EXPORT)
def export() -> Response:
    """Hooks are told of these texts again, unless triggerWebhooks is false."""
    _tell_again(reading.body(InboxRefresh), usually=True)
    return nothing(202)


def _tell_again(asked: InboxRefresh, usually: bool) -> None:
    """Has hooks told once more of the texts of that time, if that is asked for."""
    bridge, since, until = current.bridge(), reading.aware(asked.since), reading.aware(asked.until)
    if since is None or until is None or since > until:
        raise bad("since has to be before until.")
    with Session(bridge.engine) as session:
        if not device.is_meant(session, asked.device_id):
            raise bad("Invalid device ID")
    if asked.tells(usually):
        done(bridge.request(TellAgain(since, until), by=who.program().author))


def _moment(name: str, typed: str | None) -> datetime | None:
    moment = reading.aware(moment_of(typed or ""))
    if typed and moment is None:
        raise bad(f"{name}: write it like 2026-11-28T09:00:00Z.")
    return moment
