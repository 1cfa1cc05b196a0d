"""Every section and key of config.ini with its default and its check, as data; the shipped file and the docs say the same."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bridge.config import checks as values
from modem.contract import FAMILY_NAMES

# What `family` may be.
FAMILIES = ("auto", *FAMILY_NAMES)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Setting:
    """A key's default, as it stands in the shipped file, and its check: text in, value out, ValueError if it is wrong."""

    default: str
    check: Callable[[str], Any]


SECTIONS: dict[str, dict[str, Setting]] = {
    "shop": {
        "name": Setting("", values.text),
        "phone": Setting("", values.phone),
        "country": Setting("auto", values.country),
        "timezone": Setting("auto", values.timezone),
        "own_numbers": Setting("", values.phones),
    },
    "modem": {
        "port": Setting("auto", values.port),
        "baud": Setting("115200", values.baud),
        "pin": Setting("", values.pin),
        "family": Setting("auto", values.one_of(*FAMILIES)),
    },
    "textback": {
        "enabled": Setting("yes", values.boolean),
        "message": Setting(
            "Hi! Sorry we missed your call. How can we help you? Feel free to text us here and we'll get back to you "
            "shortly.",
            values.message,
        ),
        "closed": Setting("same", values.one_of("same", "other", "wait", "skip")),
        "closed_message": Setting("", values.template),
        "delay_seconds": Setting("0", values.number(0, 86400)),
        "cooldown_hours": Setting("24", values.number(0, 8760)),
        "expire_minutes": Setting("60", values.number(1, 10080)),
        "opt_out_hint": Setting("yes", values.boolean),
        "opt_out_text": Setting("Reply STOP to opt out.", values.template),
    },
    "hours": {**{day: Setting("", values.hours) for day in DAYS}, "holidays": Setting("", values.holidays)},
    "filters": {
        "countries": Setting("home", values.countries),
        "landlines": Setting("skip", values.one_of("skip", "text")),
        "min_rings": Setting("0", values.number(0, 100)),
        "blocklists": Setting("", values.listed),
        "notices": Setting("off", values.boolean),
    },
    "limits": {
        "per_minute": Setting("6", values.number(1, 1000)),
        "per_day": Setting("100", values.number(1, 100000)),
        "strangers_per_10_minutes": Setting("10", values.number(1, 100000)),
    },
    "notify": {
        "sms_to": Setting("", values.phone),
        "urls": Setting("", values.urls),
        "quiet": Setting("21:00-08:00", values.quiet),
        "digest": Setting("off", values.time_of_day),
    },
    "web": {
        "host": Setting("0.0.0.0", values.host),
        "port": Setting("8080", values.number(0, 65535)),
        "networks": Setting("private", values.one_of("private", "any")),
        "names": Setting("", values.host_names),
    },
    "storage": {
        "database": Setting("", values.database),
        "keep_days": Setting("365", values.number(1, 36500)),
    },
}
