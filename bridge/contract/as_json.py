"""Calls, messages and contacts as the JSON of the contract, in words where it has words."""

from datetime import datetime

from bridge.records.tables import Contact
from bridge.records.views.rows import CallRow, MessageRow
from bridge.words.reasons import error_sentence, trace_in_words


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with Z.

    >>> from datetime import UTC
    >>> iso(datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    '2026-11-23T09:30:00Z'
    """
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def call_json(row: CallRow) -> dict[str, object]:
    """A call as an object for JSON: times in ISO 8601, the trace in words."""
    keys = [
        "id",
        "name",
        "withheld",
        "rings",
        "outcome",
        "missed",
        "textback",
        "reason",
        "message_id",
        "line",
    ]
    return {
        **{key: getattr(row, key) for key in keys},
        "number": row.address,
        "started": iso(row.started),
        "ended": iso(row.ended),
        "trace": trace_in_words(row.trace),
    }


def message_json(row: MessageRow) -> dict[str, object]:
    """A text as an object for JSON: times in ISO 8601, the error in words."""
    keys = ["id", "direction", "kind", "body", "status", "parts", "call_id", "author", "line"]
    times = ["created", "due", "sent", "delivered"]
    return {
        **{key: getattr(row, key) for key in keys},
        "number": row.address,
        "error": error_sentence(row.error) if row.error else row.error,
        **{key: iso(getattr(row, key)) for key in times},
    }


def contact_json(contact: Contact) -> dict[str, object]:
    """A contact as an object for JSON: times in ISO 8601, null for somebody who has neither called nor written."""
    return {
        "number": contact.address,
        "name": contact.name,
        "notes": contact.notes,
        "opted_out_at": iso(contact.opted_out_at),
        "excluded": contact.excluded,
        "blocked": contact.blocked,
        "source": contact.source,
        "first_seen": iso(contact.first_seen) if contact.seen else None,
        "last_seen": iso(contact.last_seen) if contact.seen else None,
    }
