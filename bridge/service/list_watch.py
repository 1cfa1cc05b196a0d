"""The block lists: has them read again when there is reason to, and takes what came of it; the worker reads them."""

import logging
from collections.abc import Callable

from bridge.handlers.shop import ShopState
from bridge.rules.troubles import ListTrouble
from bridge.service.worker import Job, ListsRead, ReadLists
from bridge.words.troubles import sentence
from modem.contract import Trouble

log = logging.getLogger(__name__)


class ListWatch:
    """give_work: gives a job to the worker."""

    def __init__(self, shop: ShopState, give_work: Callable[[Job], None]) -> None:
        self._shop = shop
        self._give_work = give_work
        self._last: ListsRead | None = None

    def read(self) -> None:
        """Have the block lists read again, if there are any and they have changed."""
        settings = self._shop.settings
        paths = settings.filters.blocklists
        if paths or self._last is not None:
            seen = self._last.seen if self._last else None
            self._give_work(ReadLists(paths, settings.path.parent, self._shop.region, seen))

    def take(self, news: ListsRead) -> None:
        """Puts in force what the worker has read."""
        if news.lists is not None:
            self._last = news
            self._shop.take_lists(news.lists)
            log.info("There are %d entries in the block lists.", news.lists.count)
            for trouble in news.lists.troubles:
                log.warning("%s", sentence(trouble))

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What is wrong with them."""
        if not self._shop.lists_are_read:
            return (Trouble(ListTrouble.BEING_READ),)
        return self._shop.lists.troubles if self._shop.lists else ()
