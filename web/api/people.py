"""`/conversations` and `/contacts`: who called and wrote, what was said, and a reply as if a person had written it."""

from flask import Blueprint, Response
from sqlmodel import Session

from bridge.contract.requests import WriteText
from bridge.records import views
from bridge.records.tables import Contact as ContactOfRow
from bridge.records.views import ConversationRow
from bridge.rules import numbers
from bridge.rules.scopes import Scope
from web import current
from web.api import answer, reading, rows, who
from web.api.answer import told
from web.api.document import document
from web.api.errors import Wrong, done
from web.api.shapes.base import Problem
from web.api.shapes.ours import (
    Contact,
    ContactQuery,
    Conversation,
    ConversationQuery,
    Item,
    Replied,
    Reply,
    ThreadQuery,
)

routes = Blueprint("people", __name__)


@routes.get("/conversations")
@document("conversations", Scope.CONVERSATIONS, query=ConversationQuery, answers={200: list[Conversation]})
@who.needs(Scope.CONVERSATIONS)
def conversations() -> Response:
    """First those who wait for an answer, the longest wait first, then the others, the newest first."""
    asked = reading.query(ConversationQuery)
    who.for_all_lines()
    with Session(current.bridge().engine) as session:
        own = current.own(session)
        found = views.conversations(session, which=asked.show, own=own, limit=asked.limit)
        return told([_conversation(session, row) for row in found])


def _conversation(session: Session, row: ConversationRow) -> Conversation:
    return Conversation(
        number=row.address,
        name=row.name,
        last_seen=answer.here(row.last_seen),
        waits_since=answer.local(row.waits_since),
        unread=row.unread,
        done=row.done,
        assignee=row.assignee,
        labels=list(row.labels),
        last=rows.text(session, row.last) if row.last else None,
    )


@routes.get("/conversations/<number>")
@document("conversations", Scope.CONVERSATIONS, query=ThreadQuery, answers={200: list[Item], 404: Problem})
@who.needs(Scope.CONVERSATIONS)
def conversation(number: str) -> Response:
    """The last calls, texts and notes of one person, the oldest first."""
    asked, bridge = reading.query(ThreadQuery), current.bridge()
    who.for_all_lines()
    with Session(bridge.engine) as session:
        contact = views.contact_at(session, numbers.e164(number, bridge.region()) or number)
        if contact is None:
            raise Wrong(404, "This number is not known here.")
        thread = views.thread(session, contact, limit=asked.limit)
        return told([rows.item(session, row) for row in thread])


@routes.post("/conversations/<number>/texts")
@document("conversations", Scope.REPLY, json=Reply, answers={201: Replied})
@who.needs(Scope.REPLY)
def reply(number: str) -> Response:
    """Answer somebody, in place of a person: they wait no more. Who has asked for no more texts gets none (400)."""
    asked, program = reading.body(Reply), who.program()
    who.for_all_lines()
    wanted = WriteText(number, asked.text, program.author, due=reading.aware(asked.schedule_at))
    made = done(current.bridge().request(wanted, by=program.author))
    return told(Replied(message_id=made.message_id or 0), 201)


@routes.get("/contacts")
@document("contacts", Scope.CONTACTS, query=ContactQuery, answers={200: list[Contact]})
@who.needs(Scope.CONTACTS)
def contacts() -> Response:
    """Everybody, the last seen first."""
    asked, bridge = reading.query(ContactQuery), current.bridge()
    who.for_all_lines()
    with Session(bridge.engine) as session:
        own = current.own(session)
        found = views.contacts(
            session, own=own, search=asked.search, region=bridge.region(), limit=asked.limit
        )
        return told([_contact(one) for one in found])


def _contact(one: ContactOfRow) -> Contact:
    return Contact(
        number=one.address,
        name=one.name,
        notes=one.notes,
        kind=one.kind,
        blocked=one.blocked,
        opted_out_at=answer.local(one.opted_out_at),
        first_seen=answer.here(one.first_seen) if one.seen else None,
        last_seen=answer.here(one.last_seen) if one.seen else None,
    )
