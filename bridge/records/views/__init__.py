"""What is shown: rows for the page, the commands and the owner's text messages; reads only."""

from bridge.records.views.as_json import call_json, contact_json, iso, message_json
from bridge.records.views.box import audit_entries, incidents, lines
from bridge.records.views.call_list import calls, last_call, newest
from bridge.records.views.contact_list import consents, contact_at, contacts
from bridge.records.views.conversation_list import conversations, saved_replies, thread
from bridge.records.views.message_list import automatic_texts, messages, unread, waiting
from bridge.records.views.rows import (
    AuditRow,
    CallRow,
    ConversationRow,
    MessageRow,
    NoteRow,
    Place,
    ThreadRow,
    moment,
    textback,
)

__all__ = [
    "AuditRow",
    "CallRow",
    "ConversationRow",
    "MessageRow",
    "NoteRow",
    "Place",
    "ThreadRow",
    "audit_entries",
    "automatic_texts",
    "call_json",
    "calls",
    "consents",
    "contact_at",
    "contact_json",
    "contacts",
    "conversations",
    "incidents",
    "iso",
    "last_call",
    "lines",
    "message_json",
    "messages",
    "moment",
    "newest",
    "saved_replies",
    "textback",
    "thread",
    "unread",
    "waiting",
]
