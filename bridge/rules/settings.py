"""What config.ini says, as frozen data: one class a section, one field a key; pure. How it is read, config knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from bridge.rules.hours import WHOLE_DAY, Holidays, Span
from bridge.rules.money import Price

# The `port` that stands for the simulated modem.
SIMULATOR = "simulator"


@dataclass(frozen=True)
class ShopSettings:
    """country, language and timezone: codes and a name, or "auto"; own_numbers are never texted. text_price: None where nobody
    says."""

    name: str
    phone: str
    country: str
    language: str
    timezone: str
    own_numbers: tuple[str, ...]
    text_price: Price | None

    @property
    def zone(self) -> tzinfo | None:
        """The shop's time zone, None for the system's."""
        return None if self.timezone == "auto" else ZoneInfo(self.timezone)


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
        """Are no hours given for any day?"""
        return not any(self.week)

    @property
    def open_spans(self) -> tuple[tuple[Span, ...], ...]:
        """The week by which the shop is open on days that are no holidays: all day long where no hours are given."""
        return ((WHOLE_DAY,),) * 7 if self.open_always else self.week


@dataclass(frozen=True)
class FilterSettings:
    """countries: "home", "any" or ISO codes; landlines: "skip" or "text"; min_rings 0: none are too few."""

    countries: tuple[str, ...]
    landlines: str
    min_rings: int
    blocklists: tuple[str, ...]
    notices: bool


@dataclass(frozen=True)
class LimitSettings:
    """How many automatic texts, and how many calling strangers, are too many."""

    per_minute: int
    per_day: int
    strangers_per_10_minutes: int


@dataclass(frozen=True)
class NotifySettings:
    """sms_to: the owner's mobile, "" for none; urls: those of Apprise; quiet: when alerts wait;
    digest: when the daily summary goes out, None for never; led: the name of the LED that blinks, "" for none."""

    sms_to: str
    urls: tuple[str, ...]
    quiet: Span | None
    digest: time | None
    led: str


@dataclass(frozen=True)
class WebSettings:
    """networks: "private" or "any"; names: further host names under which the page is served; https: "off" or "own". Port 0:
    any free one."""

    host: str
    port: int
    networks: str
    names: tuple[str, ...]
    https: str
    https_port: int


@dataclass(frozen=True)
class StorageSettings:
    """database: the SQLAlchemy URL, resolved."""

    database: str
    keep_days: int


@dataclass(frozen=True)
class BackupSettings:
    """nightly: is one made every night? folder: where a copy of each goes, "" for nowhere; passphrase: "" for none."""

    nightly: bool
    folder: str
    passphrase: str = field(repr=False)


@dataclass(frozen=True)
class UpdatesSettings:
    """url: of the notice of the newest release, "" for none."""

    check: bool
    url: str


@dataclass(frozen=True)
class MqttSettings:
    """url: of the broker, "" for none; it may hold a password. numbers: may the broker know who called? notify_to: "" for
    nobody."""

    url: str = field(repr=False)
    numbers: bool
    notify_to: str


@dataclass(frozen=True)
class HookSettings:
    """allow: hosts that hooks may reach although nothing else would let them."""

    allow: tuple[str, ...]


@dataclass(frozen=True)
class Settings:
    """All of config.ini, checked, with the file that it came from."""

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
    backup: BackupSettings
    updates: UpdatesSettings
    mqtt: MqttSettings
    hooks: HookSettings
