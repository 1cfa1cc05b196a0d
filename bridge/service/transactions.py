"""Sessions that know whether they have written."""

from sqlalchemy import event
from sqlmodel import Session


class LoopSession(Session):
    """A session that notes whether it has written."""


@event.listens_for(LoopSession, "after_flush")
def _has_written(session: LoopSession, _context: object) -> None:
    session.info["written"] = True
