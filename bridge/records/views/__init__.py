"""What is shown: rows for the page, the commands and the owner's text messages; reads only."""

from bridge.records.clock_shift import doubted_behind
from bridge.records.contacts import contact_at, other_numbers
from bridge.records.labels import all_labels, labels_of
from bridge.records.views.box import audit_entries, incidents, lines, number_of, own_numbers
from bridge.records.views.call_list import calls, last_call, newest
from bridge.records.views.contact_list import consents, contacts, further_numbers
from bridge.records.views.conversation_list import (
    conversations,
    end_of_page,
    found_in_thread,
    saved_replies,
    thread,
)
from bridge.records.views.happened import calls_for, happened_since, newest_cursor
from bridge.records.views.inbox import inbox
from bridge.records.views.message_list import Texted, automatic_texts, messages, scheduled, unread, waiting
from bridge.records.views.needing_reply import needing_reply, ours
from bridge.records.views.rows import (
    AuditRow,
    BoxNumber,
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
    "BoxNumber",
    "CallRow",
    "ConversationRow",
    "MessageRow",
    "NoteRow",
    "Place",
    "Texted",
    "ThreadRow",
    "all_labels",
    "audit_entries",
    "automatic_texts",
    "calls",
    "calls_for",
    "consents",
    "contact_at",
    "contacts",
    "conversations",
    "doubted_behind",
    "end_of_page",
    "found_in_thread",
    "further_numbers",
    "happened_since",
    "inbox",
    "incidents",
    "labels_of",
    "last_call",
    "lines",
    "messages",
    "moment",
    "needing_reply",
    "newest",
    "newest_cursor",
    "number_of",
    "other_numbers",
    "ours",
    "own_numbers",
    "saved_replies",
    "scheduled",
    "textback",
    "thread",
    "unread",
    "waiting",
]
