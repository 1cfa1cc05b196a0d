"""What the policy is given: an ended call, its caller's past and what goes on at the box, from rows and the shop's state."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bridge.handlers.shop import ShopState
from bridge.records import caller_history
from bridge.records.tables import Call, Message
from bridge.rules import hours
from bridge.rules.blocklists import spam_name
from bridge.rules.policy import CallFacts, Case, Traffic
from modem.contract import Coded

BURST = timedelta(minutes=10)


def build_case(
    session: Session, shop: ShopState, call: Call, now: datetime, text: Message | None = None
) -> Case:
    """All that a decision about a call may look at. text: the one that was decided and is due now; it does not count itself,
    and neither do hours and traffic, which counted when it was decided."""
    if text is None:
        caller, traffic = caller_history.history_of(session, call), _traffic(session, shop, now)
        opening = hours.ALWAYS if traffic.doubt else shop.opening(now)
    else:
        caller, opening = caller_history.history_of_text(session, call, text), hours.ALWAYS
        traffic = Traffic(tripped=shop.breaker is not None, paused=shop.paused_now(now))
    return Case(
        call=_facts(shop, call),
        caller=caller,
        settings=shop.settings,
        region=shop.region,
        own=shop.own(),
        now=now,
        opening=opening,
        traffic=traffic,
        due=text.due if text else None,
        expires=text.expires if text else None,
    )


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


def _traffic(session: Session, shop: ShopState, now: datetime) -> Traffic:
    midnight = now.astimezone(shop.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    today, strangers = caller_history.traffic_since(session, midnight, now - BURST)
    tripped = shop.breaker is not None
    doubt = shop.clock.doubt()
    return Traffic(today, strangers, tripped, doubt.to_text() if doubt else None, shop.paused_now(now))
