"""What the broker is told of the box: looked at when something has changed, and once a minute. Whether there is a broker at
all, the settings say."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

from sqlmodel import Session

from bridge.contract.bridge import Envelope
from bridge.contract.status import LineStatus
from bridge.handlers.shop import ShopState
from bridge.records import views
from bridge.records.device import device_id
from bridge.records.views import home
from bridge.rules import numbers
from bridge.rules.home_assistant import BoxState, LineState, Topics, discovery
from bridge.rules.hours import at_clock
from bridge.rules.settings import MqttSettings, Settings
from bridge.service.mqtt import Mqtt, MqttNews, Told
from bridge.service.transactions import Effects
from bridge.words.catalogue import speaking
from bridge.words.home_assistant import names
from modem.contract import Trouble

# So often at least it is looked at: a day begins, and a pause ends, without a change of the database (seconds).
AT_LEAST_EVERY = 60.0


@dataclass(frozen=True)
class _Seen:
    """By what is known that there may be something to tell."""

    settings: Settings
    changes: int
    lines: tuple[LineStatus, ...]
    minute: int


class MqttWatch:
    """lines: how they are; changes: grows with every change of the database; put, died: as those of Mqtt."""

    def __init__(
        self,
        shop: ShopState,
        lines: Callable[[], tuple[LineStatus, ...]],
        changes: Callable[[], int],
        put: Callable[[MqttNews | Envelope], None],
        died: Callable[[BaseException], None],
    ) -> None:
        self.trouble: Trouble | None = None
        self._shop, self._lines, self._changes = shop, lines, changes
        self._put, self._died = put, died
        self._settings: MqttSettings | None = None
        self._mqtt: Mqtt | None = None
        self._seen: _Seen | None = None

    def look(self, session: Session) -> Effects:
        """Is there anything new to tell? Without a broker this asks nothing of the database."""
        settings = self._shop.settings
        if not settings.mqtt.url:
            return [self.close] if self._mqtt is not None else []
        minute = int(self._shop.clock.monotonic() / AT_LEAST_EVERY)
        seen = _Seen(settings, self._changes(), self._lines(), minute)
        if seen == self._seen:
            return []
        box = device_id(session)
        told = Told(self._document(box), self._state(session).to_json())
        return [partial(self._tell, seen, box, told)]

    def take(self, news: MqttNews) -> None:
        """The broker can be spoken with, or not any more."""
        self.trouble = news.trouble

    def close(self) -> None:
        """Ends the connection, if there is one."""
        if self._mqtt is not None:
            self._mqtt.close()
        self._mqtt = self._settings = self._seen = self.trouble = None

    def _tell(self, seen: _Seen, box: str, told: Told) -> None:
        if self._mqtt is None or self._settings != seen.settings.mqtt:
            self.close()
            self._settings = seen.settings.mqtt
            self._mqtt = Mqtt(self._settings, box, self._put, self._died)
            self._mqtt.tell(told)
            self._mqtt.start()
        else:
            self._mqtt.tell(told)
        self._seen = seen

    def _document(self, box: str) -> str:
        settings = self._shop.settings
        with speaking(self._shop.context().language):
            return discovery(
                Topics(box),
                settings.shop.name,
                version("textback"),
                tuple(modem.name for modem in settings.modems),
                names(),
                writes=bool(settings.mqtt.notify_to),
            )

    def _state(self, session: Session) -> BoxState:
        now, zone = self._shop.clock.utc(), self._shop.zone
        last = home.last_caller(session)
        own = views.ours(session, self._shop.settings, self._shop.region)
        return BoxState(
            self._caller(last[1], last[2]) if last else None,
            last[0].isoformat() if last else None,
            home.missed_since(session, at_clock(now.astimezone(zone).date(), 0, zone)),
            views.unread(session),
            views.needing_reply(session, own),
            self._shop.paused_now(now) is not None,
            tuple(LineState(line.name, line.up, _dbm(line)) for line in self._lines()),
        )

    def _caller(self, address: str | None, name: str) -> str:
        if address is None:
            return "withheld"
        if self._shop.settings.mqtt.numbers:
            return name or numbers.pretty(address, self._shop.region)
        return numbers.mask(address)


def _dbm(line: LineStatus) -> int | None:
    """Of what AT+CSQ tells (27.007 8.5)."""
    signal = line.health.signal if line.health and line.up else None
    return None if signal is None else -113 + 2 * signal
