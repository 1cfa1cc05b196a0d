"""What config.ini says, as frozen data: one class a section, one field a key; pure. How it is read, config knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bridge.rules.hours import Holidays, Span


@dataclass(frozen=True)
class ShopSettings:
    name: str
    phone: str
    country: str
    timezone: str
    own_numbers: tuple[str, ...]


@dataclass(frozen=True)
class ModemSettings:
    """One line; `name` is that of its section, "main" for the plain [modem]. baud: bits per second."""

    name: str
    port: str
    baud: int
    pin: str | None
    family: str


@dataclass(frozen=True)
class TextbackSettings:
    """Texts by language are keyed by ISO 639 code, from `message.de` and the like."""

    enabled: bool
    message: str
    messages_by_language: Mapping[str, str]
    closed: str
    closed_message: str
    closed_messages_by_language: Mapping[str, str]
    delay_seconds: int
    cooldown_hours: int
    expire_minutes: int
    opt_out_hint: bool
    opt_out_text: str


@dataclass(frozen=True)
class HoursSettings:
    """week: the spans of Monday to Sunday; `open_always` where no day is set."""

    week: tuple[tuple[Span, ...], ...]
    holidays: Holidays

    @property
    def open_always(self) -> bool:
        return not any(self.week)


@dataclass(frozen=True)
class FilterSettings:
    countries: tuple[str, ...]
    landlines: str
    min_rings: int
    blocklists: tuple[str, ...]
    notices: bool


@dataclass(frozen=True)
class LimitSettings:
    per_minute: int
    per_day: int
    strangers_per_10_minutes: int


@dataclass(frozen=True)
class NotifySettings:
    sms_to: str
    urls: tuple[str, ...]
    quiet: Span | None


@dataclass(frozen=True)
class WebSettings:
    host: str
    port: int
    networks: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class StorageSettings:
    """database: the SQLAlchemy URL, resolved."""

    database: str
    keep_days: int


@dataclass(frozen=True)
class Settings:
    path: Path
    shop: ShopSettings
    modems: tuple[ModemSettings, ...]
    textback: TextbackSettings
    hours: HoursSettings
    filters: FilterSettings
    limits: LimitSettings
    notify: NotifySettings
    web: WebSettings
    storage: StorageSettings
