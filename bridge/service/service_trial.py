"""A test of the other services ([notify] urls) that somebody has asked for: one at a time, done by the worker, shown in the
status. Nothing of it is kept over a restart."""

from collections.abc import Callable

from bridge.contract.status import Trial
from bridge.handlers.shop import ShopState
from bridge.service.worker import Job, ServicesTold, TellServices
from bridge.words.catalogue import gettext, speaking
from bridge.words.services import TEST


class ServiceTrial:
    """give_work: gives a job to the worker."""

    def __init__(self, shop: ShopState, give_work: Callable[[Job], None]) -> None:
        self._shop = shop
        self._give_work = give_work
        self._once_more = False
        # The last one, None if there was none since the start.
        self.last: Trial | None = None

    def begin(self) -> None:
        """Send a test to each of the services; one that is on its way is waited for, and then followed by another, for the
        addresses may have changed."""
        if self.last is not None and self.last.came is None:
            self._once_more = True
            return
        self._once_more = False
        context = self._shop.context()
        title, urls = context.settings.shop.name or "textback", context.settings.notify.urls
        with speaking(context.language):
            body = gettext(TEST)
        self.last = Trial(context.now)
        self._give_work(TellServices(urls, title, body))

    def take(self, news: ServicesTold) -> None:
        """Notes what came of it at each service."""
        if self.last is None:
            return
        self.last = Trial(self.last.began, news.came)
        if self._once_more:
            self.begin()
