"""What the policy is given: an ended call, its caller's past and what goes on at the box, from rows and the shop's state."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from sqlmodel import Session

from bridge.handlers.shop import ShopState
from bridge.records import caller_history, calls
from bridge.records.tables import Call, Message
from bridge.rules import hours
from bridge.rules.blocklists import spam_name
from bridge.rules.policy import CallerFacts, CallFacts, Case, Said, Traffic
from modem.contract import Coded

BURST = timedelta(minutes=10)
# Who rings again within that is in a hurry.
URGENT_IN = timedelta(minutes=10)


@dataclass(frozen=True)
class Past:
    """What rows say of a call before it is decided: its caller's past, and how often they rang in vain just before; how many
    automatic texts since that midnight, and how many strangers lately."""

    caller: CallerFacts
    rang: int
    midnight: datetime
    today: int
    strangers: int

    def holds(self, shop: ShopState, now: datetime) -> bool:
        """Are its counts still those of today?"""
        return self.midnight == _midnight(shop, now)


def read_past(session: Session, shop: ShopState, call: Call, now: datetime) -> Past:
    """Look it up; while the phone still rings, so that nobody waits for it."""
    midnight = _midnight(shop, now)
    counts = caller_history.traffic_since(session, midnight, _burst(shop, now))
    rang = calls.missed_before(session, call, call.started - URGENT_IN)
    return Past(caller_history.history_of(session, call), rang, midnight, *counts)


def build_case(shop: ShopState, call: Call, past: Past, now: datetime) -> Case:
    """All that the decision about an ended call may look at."""
    doubt = shop.clock.doubt()
    traffic = Traffic(
        past.today,
        past.strangers,
        shop.breaker is not None,
        doubt.to_text() if doubt else None,
        shop.held_now(now),
    )
    return Case(
        call=_facts(shop, call),
        caller=_by_the_shops_clock(past.caller, shop.zone),
        settings=shop.settings,
        region=shop.region,
        own=shop.own(),
        now=now,
        opening=hours.ALWAYS if doubt else shop.opening(now),
        traffic=traffic,
    )


def build_case_again(session: Session, shop: ShopState, call: Call, text: Message, now: datetime) -> Case:
    """What the policy may look at when the text that was decided is due. That text does not count itself, and neither do hours
    and traffic, which counted when it was decided."""
    return Case(
        call=_facts(shop, call),
        caller=_by_the_shops_clock(caller_history.history_of_text(session, call, text), shop.zone),
        settings=shop.settings,
        region=shop.region,
        own=shop.own(),
        now=now,
        traffic=Traffic(tripped=shop.breaker is not None, paused=shop.held_now(now)),
        due=text.due,
        expires=text.expires,
    )


def _by_the_shops_clock(caller: CallerFacts, zone: tzinfo | None) -> CallerFacts:
    """The same, with the moments that a trace tells in the shop's time; most callers have none."""
    if caller.opt_out is None and caller.excluded is None:
        return caller
    return replace(caller, opt_out=_there(caller.opt_out, zone), excluded=_there(caller.excluded, zone))


def _there(said: Said | None, zone: tzinfo | None) -> Said | None:
    return replace(said, at=said.at.astimezone(zone)) if said else None


def _burst(shop: ShopState, now: datetime) -> datetime:
    """Since when strangers count: what somebody has let go on is settled. A release in the future is one of before the clock
    was set back, and settles nothing."""
    began = now - BURST
    return max(began, shop.released) if shop.released is not None and shop.released <= now else began


def _midnight(shop: ShopState, now: datetime) -> datetime:
    return now.astimezone(shop.zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _facts(shop: ShopState, call: Call) -> CallFacts:
    assert call.outcome is not None
    listed = shop.lists.why(call.e164, call.number) if shop.lists is not None else None
    if listed is None and spam_name(call.shown):
        listed = Coded.of("spam_name", name=call.shown)
    return CallFacts(
        outcome=call.outcome,
        number=call.e164,
        raw=call.number,
        withheld=call.withheld,
        ended=call.ended or call.started,
        rings=call.rings,
        listed=listed,
    )
