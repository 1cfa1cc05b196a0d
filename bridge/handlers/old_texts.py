"""The history of another program is brought over: its texts, the people with whom they were exchanged, and who of them wants
no more. Nothing is sent, and nobody is told."""

from collections.abc import Iterator, Mapping, Sequence

from sqlmodel import Session

from bridge.handlers.contacts import FILE
from bridge.records import lines, old_texts
from bridge.records.consents import consent
from bridge.records.contacts import contact_at, people_named
from bridge.records.old_texts import Standing
from bridge.rules.importing.plan import Brought, Said
from bridge.rules.importing.summary import BroughtOver
from bridge.rules.states import ConsentKind

# So many texts are stored in one transaction: a caller may wait behind it.
BATCH = 200


def batches(texts: Sequence[Brought]) -> Iterator[Sequence[Brought]]:
    """What is stored in one transaction each."""
    return (texts[start : start + BATCH] for start in range(0, len(texts), BATCH))


def bring_over(session: Session, batch: Sequence[Brought], line: str, standing: Standing) -> BroughtOver:
    """Stores texts that are not here yet, the oldest first, as of the SIM in that line's modem."""
    here = old_texts.that_are_here(session, [one.ticket for one in batch])
    new = [one for one in batch if one.ticket not in here]
    row = lines.line_called(session, line)
    contacts = people_named(session, [one.address for one in new], FILE)
    made = {contact.identity for contact in contacts if not contact.seen}
    session.flush()
    for one, contact in zip(new, contacts, strict=True):
        old_texts.old_text_is_here(session, row, contact, one, standing.place(one.text.at))
    session.flush()
    return BroughtOver(len(new), len(here), len(made))


def take_over_consent(session: Session, said: Mapping[str, Said]) -> Mapping[ConsentKind, int]:
    """Keeps who has asked for no more texts, and who may have: STOP blocks, wherever it was said. Nobody who has opted out
    here is let in by it. Returns how many are new of each."""
    counted = {ConsentKind.OUT: 0, ConsentKind.DOUBT: 0}
    for address, one in said.items():
        contact = contact_at(session, address)
        if contact is None:
            (contact,) = people_named(session, [address], FILE)
            session.flush()
        settled = contact.opted_out_at is not None or (one.kind is ConsentKind.DOUBT and contact.doubtful)
        if not settled and not old_texts.knows_better(session, contact, one):
            consent(session, contact, one.kind, FILE, one.at, words=one.words)
            counted[one.kind] += 1
    return counted
