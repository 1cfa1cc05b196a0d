"""The labels of conversations: put on, taken off, and read."""

from collections.abc import Iterable, Sequence

from sqlalchemy import exists
from sqlmodel import Session, col, select

from bridge.records.rows import id_of
from bridge.records.tables import Contact, ContactLabel, Label


def put_on(session: Session, contact: Contact, name: str) -> None:
    """This contact has the label of this name, which is made at its first use."""
    label = session.exec(select(Label).where(Label.name == name)).first()
    if label is None:
        label = Label(name=name)
        session.add(label)
        session.flush()
    if session.get(ContactLabel, (contact.id, label.id)) is None:
        session.add(ContactLabel(contact_id=id_of(contact), label_id=id_of(label)))
        session.flush()


def take_off(session: Session, contact: Contact, key: int) -> None:
    """The contact loses the label of this id; nobody's label is gone."""
    worn = session.get(ContactLabel, (contact.id, key))
    if worn is not None:
        session.delete(worn)
        session.flush()
    drop_unused(session)


def move(session: Session, goes: Contact, stays: Contact) -> None:
    """All labels of the one go over to the other."""
    for label in labels_of(session, [id_of(goes)]).get(id_of(goes), []):
        put_on(session, stays, label.name)
        take_off(session, goes, id_of(label))


def drop_unused(session: Session) -> None:
    """Labels that nobody has are gone."""
    for label in session.exec(select(Label).where(~exists().where(col(ContactLabel.label_id) == Label.id))):
        session.delete(label)
    session.flush()


def all_labels(session: Session) -> Sequence[Label]:
    """All labels, by name."""
    return session.exec(select(Label).order_by(Label.name)).all()


def labels_of(session: Session, contacts: Iterable[int]) -> dict[int, list[Label]]:
    """The labels of these contacts, by the contact's id."""
    worn = (
        select(ContactLabel.contact_id, Label)
        .join(Label, col(Label.id) == ContactLabel.label_id)
        .where(col(ContactLabel.contact_id).in_(list(contacts)))
        .order_by(Label.name)
    )
    found: dict[int, list[Label]] = {}
    for contact, label in session.exec(worn):
        found.setdefault(contact, []).append(label)
    return found
