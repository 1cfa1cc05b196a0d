"""What follows when the database is not the one that the box has known: automatic texts stand still until somebody decides, and
nothing that an older copy holds is texted a second time. Runs inside the loop's transactions."""

import logging
from datetime import datetime

from sqlmodel import Session

from bridge.handlers.shop import ShopState
from bridge.records import calls, incidents, lines, memo, missed_calls_book, outgoing
from bridge.rules.states import IncidentKind, MessageStatus
from bridge.rules.troubles import DatabaseTrouble
from bridge.words.troubles import sentence
from modem.contract import CallOutcome, Trouble

log = logging.getLogger(__name__)

# The memo by which a command lets automatic texts go on.
ACCEPTED = "database_accepted"
# In these databases texts and calls stand as they were some time ago.
FROM_BEFORE = (DatabaseTrouble.REPLACED, DatabaseTrouble.OLDER_COPY)


def settle_copy(session: Session, shop: ShopState, trouble: Trouble) -> None:
    """What waited in a copy from before has been dealt with since, for all that is known: none of it is texted again."""
    if trouble.code in FROM_BEFORE:
        settle_what_waited(session, shop.clock.utc())


def settle_what_waited(session: Session, now: datetime) -> None:
    """In a copy from before nothing waits or rings any more. now: UTC."""
    for message in outgoing.texts_pending(session):
        message.status, message.error = MessageStatus.UNCONFIRMED, DatabaseTrouble.OLDER_COPY
    for call in calls.calls_left_ringing(session):
        call.ended, call.outcome = now, CallOutcome.LOST
    missed_calls_book.forget_books(session)


def take_over(session: Session, shop: ShopState, trouble: Trouble) -> None:
    """Begin with a database that is not the one that the box has known last, and about which nobody has decided."""
    if trouble.code == DatabaseTrouble.OLDER_COPY:
        _tell(session, shop, trouble)
        incidents.incident_ends(session, _line(shop), IncidentKind.DATABASE, shop.clock.utc())
    else:
        stand_still(session, shop, trouble)


def stand_still(session: Session, shop: ShopState, trouble: Trouble) -> None:
    """No automatic texts from now on, and the owner is told; nothing where they stand still already."""
    if shop.standstill is None:
        shop.stand_still(session, trouble)
        _tell(session, shop, trouble)


def accept(session: Session, shop: ShopState) -> None:
    """Somebody has decided: automatic texts go on with the database that is there."""
    memo.remember(session, ACCEPTED, None)
    shop.go_on(session)
    incidents.incident_ends(session, _line(shop), IncidentKind.DATABASE, shop.clock.utc())


def was_accepted(session: Session) -> bool:
    """Has a command said so?"""
    return memo.remembered(session, ACCEPTED) is not None


def accept_later(session: Session) -> None:
    """For a command: the service takes it up, now or when it starts."""
    memo.remember(session, ACCEPTED, "yes")


def _tell(session: Session, shop: ShopState, trouble: Trouble) -> None:
    log.warning("%s", sentence(trouble))
    lines.line_called(session, _line(shop))  # by which the owner can be told
    incidents.incident_begins(session, _line(shop), IncidentKind.DATABASE, trouble, shop.clock.utc())


def _line(shop: ShopState) -> str:
    return shop.settings.modems[0].name
