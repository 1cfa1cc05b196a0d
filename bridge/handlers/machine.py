"""What the machine says is wrong with it, as incidents, so that the owner is told once. Runs inside the loop's transactions."""

import logging
from collections.abc import Collection

from sqlmodel import Session

from bridge.handlers.shop import ShopState
from bridge.records import incidents, lines
from bridge.rules.machine import INCIDENTS
from bridge.rules.states import IncidentKind
from bridge.words.troubles import sentence
from modem.contract import Trouble

log = logging.getLogger(__name__)


def take_troubles(
    session: Session, shop: ShopState, troubles: Collection[Trouble], before: Collection[Trouble] | None
) -> None:
    """What is wrong now begins as an incident, what is no more ends. before: what was wrong at the last look; None if this is
    the first of a run, when incidents of the last one may still be open."""
    line, now = shop.settings.modems[0].name, shop.clock.utc()
    for trouble in troubles:
        if before is not None and trouble in before:
            continue
        log.warning("%s", sentence(trouble))
        if (kind := INCIDENTS.get(trouble.code)) is not None:
            lines.line_called(session, line)  # by which the owner can be told
            incidents.incident_begins(session, line, kind, trouble, now)
    there = {trouble.code for trouble in troubles}
    for code in INCIDENTS if before is None else {trouble.code for trouble in before}:
        if code not in there and (ended := INCIDENTS.get(code)) is not None:
            incidents.incident_ends(session, line, ended, now)


def power_was_weak(session: Session, shop: ShopState) -> bool:
    """Was it so when the last run ended?"""
    return incidents.is_open(session, shop.settings.modems[0].name, IncidentKind.POWER)
