"""Newer releases: has the worker look for one when there is reason to, holds what was found, and hands on that an owner wants
it. That there is none, or no internet, is no trouble. What came of an update is told when the system's part has said so."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import version

from sqlmodel import Session

from bridge.handlers import owner_alerts
from bridge.handlers.shop import ShopState
from bridge.records import memo
from bridge.rules.releases import Offer
from bridge.rules.updating import ALARMING
from bridge.service.handed_on import Handed, Updater
from bridge.service.transactions import Effects
from bridge.service.worker import Job, LookForRelease, ReleaseLooked
from bridge.words.updates import update_in_words
from modem.contract import Coded

log = logging.getLogger(__name__)

# The memo of the last update of which was told: when it ended.
TOLD = "update_told"
# So long the page shows what came of an update.
SHOWN = timedelta(days=7)


class ReleaseWatch:
    """give_work: gives a job to the worker. updater: the system's part, None where there is none.

    offer: the release that could be installed. wanted: one is being installed, as far as is known. last: what came of the last
    update, as a code with its facts.
    """

    def __init__(self, shop: ShopState, give_work: Callable[[Job], None], updater: Updater | None) -> None:
        self._shop = shop
        self._give_work = give_work
        self._updater = updater
        self._told: datetime | None = None
        self.offer: Offer | None = None
        self.wanted = False
        self.last: Coded | None = None

    def look(self) -> None:
        """Have the worker look whether there is a newer release, if that is wanted."""
        updates = self._shop.settings.updates
        if updates.check and updates.url:
            today = self._shop.clock.utc().date()
            self._give_work(LookForRelease(updates.url, version("textback"), today))

    def take(self, news: ReleaseLooked) -> None:
        """Holds what the worker has found; if it could not look, what was found before still counts."""
        if news.why is not None:
            log.info("No newer release: %s", update_in_words(news.why))
        if news.notice is not None:
            notice = news.notice
            self.offer = Offer(notice.version, notice.changes, self._updater is not None)

    def want(self) -> None:
        """An owner wants the release that is on offer."""
        if self.offer is None or self._updater is None:
            return
        try:
            self._updater.want()
            self.wanted = True
        except OSError as error:
            log.warning("The update cannot be asked for: %s.", error.strerror)

    def heed(self, session: Session) -> Effects:
        """What came of an update is told once: on the page, and to the owner if the box is not as it was wanted."""
        handed = self._updater.result() if self._updater else None
        if handed is None or handed.at == self._told:
            return []
        if memo.remembered(session, TOLD) != handed.at.isoformat():
            memo.remember(session, TOLD, handed.at.isoformat())
            if handed.outcome in ALARMING:
                owner_alerts.box_has_news(
                    session, self._shop.context(), partial(update_in_words, _coded(handed))
                )
        return [partial(self._has_come, handed)]

    def _has_come(self, handed: Handed) -> None:
        self._told, self.wanted = handed.at, False
        if self._shop.clock.utc() - handed.at < SHOWN:
            self.last = _coded(handed)


def _coded(handed: Handed) -> Coded:
    return Coded.of(handed.outcome, old=handed.old, new=handed.new, why=handed.why)
