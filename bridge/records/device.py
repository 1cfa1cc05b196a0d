"""The id by which other programs know this box: made once, and kept."""

from uuid import uuid4

from sqlmodel import Session

from bridge.records.memo import remember, remembered

DEVICE = "device_id"


def device_id(session: Session) -> str:
    """The id of this box; a session that may not write has it only once it was made."""
    known = remembered(session, DEVICE)
    if known is None:
        known = uuid4().hex
        remember(session, DEVICE, known)
    return known


def is_meant(session: Session, named: str | None) -> bool:
    """Is it this box that a program names? Whoever names none means the only one that there is."""
    return named in (None, "", device_id(session))
