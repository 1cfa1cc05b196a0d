"""Takes up a changed config.ini; what else must know of it is told."""

import logging
from collections.abc import Callable

from sqlmodel import Session

from bridge.config import ConfigError, Settings
from bridge.handlers.shop import ShopState
from bridge.rules.troubles import BoxTrouble
from bridge.service.transactions import Effects
from bridge.words.troubles import sentence
from modem.contract import Trouble

log = logging.getLogger(__name__)


class SettingsWatch:
    """trouble: why the file is not in force, None if it is. reload: reads it again if it has changed (None if not); raises
    ConfigError. tell: called when others are in force."""

    def __init__(
        self, shop: ShopState, reload: Callable[[], Settings | None], tell: Callable[[Settings], None]
    ) -> None:
        self.trouble: Trouble | None = None
        self._shop = shop
        self._reload = reload
        self._tell = tell

    def look(self, _session: Session) -> Effects:
        """The periodic job: `take_up` after the transaction."""
        return [self.take_up]

    def take_up(self) -> None:
        """A changed configuration is in force at once; a bad one changes nothing."""
        try:
            changed = self._reload()
        except ConfigError as error:
            self.trouble = Trouble.of(BoxTrouble.CONFIG, problems=str(error))
            log.warning("%s", sentence(self.trouble))
            return
        if changed is not None:
            log.info("The configuration was changed and takes effect now.")
            self._shop.take_settings(changed)
            self.trouble = None
            self._tell(changed)
