"""What follows from a backup that the box has made, or could not make: the owner is told of it once, until one is made again.
Runs inside the loop's transactions."""

from collections.abc import Sequence

from sqlmodel import Session

from bridge.handlers.shop import ShopState
from bridge.records import incidents, lines
from bridge.records.engine import file_of
from bridge.rules.states import IncidentKind
from modem.contract import Trouble


def can_be_made(shop: ShopState) -> bool:
    """Is the database in a file, and the one that the box has known?"""
    return shop.standstill is None and file_of(shop.settings.storage.database) is not None


def was_made(session: Session, shop: ShopState, troubles: Sequence[Trouble]) -> None:
    """One was made and copied to wherever it is wanted, or not."""
    line, now = shop.settings.modems[0].name, shop.clock.utc()
    if not troubles:
        incidents.incident_ends(session, line, IncidentKind.BACKUP, now)
        return
    lines.line_called(session, line)  # by which the owner can be told
    incidents.incident_begins(session, line, IncidentKind.BACKUP, troubles[0], now)


def trouble_now(session: Session, shop: ShopState) -> Trouble | None:
    """What was wrong with the last one, None if nothing was."""
    what = incidents.lasting(session, shop.settings.modems[0].name, IncidentKind.BACKUP)
    return Trouble.from_text(what) if what else None
