"""The box's own backups, as the loop sees them: has one made when it is wanted, and tells what came of it. Made they are by the
worker (bridge/service/stored_backups)."""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sqlmodel import Session

from bridge.contract.status import BackupStatus
from bridge.handlers import backups
from bridge.handlers.shop import ShopState
from bridge.rules.backups import LOST, BackupTrouble
from bridge.service.transactions import Effects, note_written
from bridge.service.worker import BackedUp, BackUp, BackupFound, FindBackup, Job
from bridge.words.troubles import sentence
from modem.contract import Trouble

log = logging.getLogger(__name__)

# Longer than this no database takes to be copied, only a share that does not answer (seconds).
LONGEST = 6 * 3600.0


class BackupWatch:
    """give_work: gives a job to the worker."""

    def __init__(self, shop: ShopState, give_work: Callable[[Job], None]) -> None:
        self._shop = shop
        self._give_work = give_work
        self._sought = False
        self._begun = 0.0
        self.now = BackupStatus()

    def recall(self, session: Session) -> None:
        """What was wrong with the last one before this start."""
        self.now = replace(self.now, trouble=backups.trouble_now(session, self._shop))

    def nightly(self, session: Session) -> Effects:
        """Has one made, if the shop wants them. None of a database about which nobody has decided: it would push out those of
        the one that was lost. And none while one does not end, of which the owner is told."""
        if not self._shop.settings.backup.nightly or not backups.can_be_made(self._shop):
            return []
        if (since := self._shop.clock.monotonic() - self._begun) > LONGEST and self.now.making:
            hangs = Trouble.of(BackupTrouble.NOT_ENDED, hours=int(since) // 3600)
            backups.was_made(session, self._shop, (hangs,))
            note_written(session)
            return [partial(self._is_told, (hangs,))]
        return [self.make]

    def make(self) -> None:
        """Has one made, unless that is under way."""
        if not self.now.making:
            self.now = replace(self.now, making=True)
            self._begun = self._shop.clock.monotonic()
            self._give_work(BackUp(self._shop.settings, self._shop.clock.utc()))

    def made(self, session: Session, news: BackedUp) -> Effects:
        """One was made, or was not."""
        backups.was_made(session, self._shop, news.troubles)
        note_written(session)  # open pages are told
        return [partial(self._is_made, news.troubles)]

    def _is_made(self, troubles: tuple[Trouble, ...]) -> None:
        self.now = replace(self.now, making=False)
        self._is_told(troubles)

    def _is_told(self, troubles: tuple[Trouble, ...]) -> None:
        self.now = replace(self.now, trouble=troubles[0] if troubles else None)
        for trouble in troubles:
            log.warning("%s", sentence(trouble))

    def look(self, _session: Session) -> Effects:
        """While the database is not the one that the box has known, a whole backup is looked for, once."""
        standstill = Trouble.from_text(self._shop.standstill) if self._shop.standstill else None
        lost = standstill is not None and standstill.code in LOST
        if lost == self._sought:
            return []
        self._sought = lost
        return [self._seek if lost else partial(self.found, BackupFound(None))]

    def _seek(self) -> None:
        settings = self._shop.settings
        self._give_work(FindBackup(settings.path, settings.backup.passphrase))

    def found(self, news: BackupFound) -> None:
        """The newest one that is whole, or that there is none."""
        self.now = replace(self.now, whole=news.backup)
