"""A made-up call at the start, so that the first caller waits no longer than the others; nothing of it is kept."""

from contextlib import suppress

import phonenumbers
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from bridge.clock import Clock
from bridge.handlers.calls import CallHandler
from bridge.handlers.outbox import Outbox
from bridge.handlers.quiet import made_up
from bridge.handlers.shop import ShopState
from bridge.records.engine import not_waiting
from bridge.rules.blocklists import BlockLists
from bridge.rules.settings import Settings
from modem import contract

# Where the shop's region is not known yet; any will do.
SOMEWHERE = "GB"


def rehearse(engine: Engine, settings: Settings, clock: Clock) -> None:
    """A mobile of the shop's region rings, is missed and is about to be texted, in a transaction that is rolled back: this
    maps the tables, compiles the statements and loads what is known of the region's numbers. What it decides with is made
    for it alone. A database that fails is left to the loop, one that is busy is not waited for."""
    # A row that no handler can read is met again where it counts, and seen to there.
    with (
        made_up(),
        suppress(SQLAlchemyError, LookupError, ValueError, AssertionError),
        not_waiting(engine) as connection,
        Session(connection) as session,
    ):
        try:
            _miss_a_call(session, settings, clock)
        finally:
            session.rollback()


def _miss_a_call(session: Session, settings: Settings, clock: Clock) -> None:
    shop = ShopState(settings, clock)
    shop.take_lists(BlockLists())
    shop.recall(session)
    outbox = Outbox(shop)
    calls = CallHandler(shop, outbox, lambda: 0)
    line, caller, now = settings.modems[0].name, _somebody(shop.region), clock.monotonic()
    ringing = contract.CallRinging(line, now, 0, caller, False)
    calls.call_rings(session, ringing)
    session.flush()
    calls.read_ahead(session, ringing)
    end = contract.CallEnded(line, now, 0, caller, False, contract.CallOutcome.ABANDONED, 3, None)
    calls.call_ended(session, end)
    session.flush()
    outbox.next_to_send(session, line)
    session.flush()


def _somebody(region: str) -> str:
    """The number that stands for a mobile of this region, E.164."""
    mobile = phonenumbers.PhoneNumberType.MOBILE
    example = phonenumbers.example_number_for_type(region, mobile)
    example = example or phonenumbers.example_number_for_type(SOMEWHERE, mobile)
    assert example is not None
    return phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
