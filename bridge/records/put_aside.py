"""What a modem told and the database refused: kept as JSON for somebody to look at, the newest of it, and never acted upon."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from bridge.records.retention import delete_rows
from bridge.records.tables import PutAside

# So many are kept, of each so many characters: a modem that floods the box fills no card.
MOST, LONGEST = 200, 20_000


def put_aside(session: Session, line: str, kind: str, content: str, error: str, now: datetime) -> None:
    """Keep what was refused. kind: the event's name; content: the event as JSON in ASCII, which every database takes;
    error: what the database said, masked; now: UTC."""
    session.add(PutAside(at=now, line=line, kind=kind, content=content[:LONGEST], error=ascii(error)[1:-1]))
    session.flush()
    oldest_kept = session.exec(
        select(PutAside.id).order_by(col(PutAside.id).desc()).offset(MOST - 1).limit(1)
    ).first()
    if oldest_kept is not None:
        delete_rows(session, PutAside, col(PutAside.id) < oldest_kept)


def all_put_aside(session: Session, limit: int | None = None) -> list[PutAside]:
    """What is kept, the newest first. limit: so many at most."""
    return list(session.exec(select(PutAside).order_by(col(PutAside.id).desc()).limit(limit)))


def forget_those_of(session: Session, addresses: Iterable[str]) -> None:
    """Delete what names one of these numbers."""
    names = [col(PutAside.content).contains(address, autoescape=True) for address in addresses if address]
    if names:
        delete_rows(session, PutAside, or_(*names))
