"""What a search in the conversations finds: people and texts, or the texts and notes of one thread; it changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from sqlmodel import Session

from bridge.contract.bridge import Bridge
from bridge.records import views
from bridge.records.tables import Contact
from web import current
from web.pages import paging

# So many are shown at once; and of what is searched so many characters count.
PEOPLE, TEXTS, OF_ONE, LONGEST = 5, 30, 100, 80


@dataclass(frozen=True)
class Found:
    """more_people: there are others. older: where the next page of texts begins, None if there is none. first: this is the
    first page."""

    people: Sequence[Contact]
    more_people: bool
    texts: Sequence[views.MessageRow]
    older: str | None
    first: bool


def asked() -> str:
    """What is searched, as it was typed; "" for nothing."""
    return request.args.get("q", "").strip()[:LONGEST]


def everywhere(session: Session, bridge: Bridge, text: str) -> Found:
    """The people of whose names or numbers this is a part, and the texts with these words, a page of them."""
    before, own = paging.place(request.args.get("before", "")), current.own(session)
    texts = views.messages(session, search=text, own=own, before=before, limit=TEXTS + 1)
    people: Sequence[Contact] = ()
    if before is None:
        people = views.contacts(session, own=own, search=text, region=bridge.region(), limit=PEOPLE + 1)
    older = paging.mark(texts[TEXTS - 1].place, texts[TEXTS - 1].id) if len(texts) > TEXTS else None
    return Found(people[:PEOPLE], len(people) > PEOPLE, texts[:TEXTS], older, before is None)


def in_thread(session: Session, contact: Contact, text: str) -> Sequence[views.MessageRow | views.NoteRow]:
    """The texts and notes of one person with these words."""
    return views.found_in_thread(session, contact, text, limit=OF_ONE)
