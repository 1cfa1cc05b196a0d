"""What may stand behind each key of config.ini: its default as written, and the check that makes a value of it."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from phonenumbers import SUPPORTED_REGIONS

from bridge.hours import Holidays, Span, spans
from bridge.wording import PLACEHOLDERS, placeholders

# The families of modems that `family` may name; the modem room has the same list.
FAMILIES = (
    "auto",
    "huawei",
    "simcom-lte",
    "simcom-2g",
    "quectel",
    "telit",
    "u-blox",
    "cinterion",
    "zte",
    "wavecom",
    "ericsson-phone",
    "ai-thinker",
    "infineon",
    "hfp",
    "generic",
)
BAUDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_BOOLEANS = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}

Check = Callable[[str], object]


@dataclass(frozen=True)
class Setting:
    """A key's default, as it stands in the shipped file, and its check: text in, value out, ValueError if it is wrong."""

    default: str
    check: Check


def text(value: str) -> str:
    return value


def boolean(value: str) -> bool:
    if value.lower() not in _BOOLEANS:
        raise ValueError(f"{value!r} is neither yes nor no")
    return _BOOLEANS[value.lower()]


def number(low: int, high: int) -> Callable[[str], int]:
    def check(value: str) -> int:
        if not re.fullmatch(r"\d{1,9}", value) or not low <= int(value) <= high:
            raise ValueError(f"{value!r} is not a whole number from {low} to {high}")
        return int(value)

    return check


def one_of(*choices: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value.lower() not in choices:
            raise ValueError(f"{value!r} is none of {', '.join(choices)}")
        return value.lower()

    return check


def words(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def template(value: str) -> str:
    """A text with placeholders."""
    unknown = [name for name in placeholders(value) if name not in PLACEHOLDERS]
    if unknown:
        known = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise ValueError(f"{{{unknown[0]}}} is no placeholder; there are {known}")
    return value


def message(value: str) -> str:
    if not value:
        raise ValueError("there must be a text to send; to send none, write enabled = no")
    return template(value)


def region(value: str) -> str:
    if value.upper() not in SUPPORTED_REGIONS:
        raise ValueError(f"{value!r} is no ISO country code; write one such as GB, DE or US")
    return value.upper()


def country(value: str) -> str:
    return "auto" if value.lower() == "auto" else region(value)


def countries(value: str) -> tuple[str, ...]:
    chosen = words(value)
    if not chosen:
        raise ValueError("name countries, or write home or any")
    if len(chosen) == 1 and chosen[0].lower() in ("home", "any"):
        return (chosen[0].lower(),)
    return tuple(region(code) for code in chosen)


def language(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", value):
        raise ValueError(f"{value!r} is no language code; write one such as de or fr")
    return value


def timezone(value: str) -> str:
    if value.lower() == "auto":
        return "auto"
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{value!r} is no time zone; write one such as Europe/London, or auto") from error
    return value


def phone(value: str) -> str:
    """A phone number as people write it, or nothing."""
    digits = re.sub(r"[\s().\-/]", "", value)
    if value and not re.fullmatch(r"\+?\d{3,15}", digits):
        raise ValueError(f"{value!r} is no phone number; write one such as +44 20 7946 0018")
    return value


def phones(value: str) -> tuple[str, ...]:
    return tuple(phone(part) for part in words(value))


def pin(value: str) -> str | None:
    if value and not re.fullmatch(r"\d{4,8}", value):
        raise ValueError("a PIN has 4 to 8 digits")  # never repeat it: it would stand in the log
    return value or None


def baud(value: str) -> int:
    if not value.isdecimal() or int(value) not in BAUDS:
        raise ValueError(f"{value!r} is no speed; write 115200, or one of {', '.join(map(str, BAUDS))}")
    return int(value)


def port(value: str) -> str:
    if value in ("auto", "simulator") or value.startswith("/"):
        return value
    raise ValueError(f"{value!r} is neither auto, simulator nor a path such as /dev/ttyUSB2")


def hours(value: str) -> tuple[Span, ...]:
    return spans(value)


def quiet(value: str) -> Span | None:
    found = spans(value)
    if len(found) > 1:
        raise ValueError("only one span can be quiet; write it like 21:00-08:00")
    return found[0] if found else None


def holidays(value: str) -> Holidays:
    code: str | None = None
    dates: list[date] = []
    for part in words(value):
        if re.fullmatch(r"[A-Za-z]{2}", part):
            if code is not None:
                raise ValueError(f"only one country can be named; {code} is already there")
            code = region(part)
        else:
            dates.append(_date(part))
    return Holidays(code, tuple(dates))


def _date(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is neither a country code nor a date such as 2026-12-24") from error


def urls(value: str) -> tuple[str, ...]:
    found = tuple(part for part in re.split(r"[,\s]+", value) if part)
    for url in found:
        if not re.match(r"[a-z][a-z0-9+.\-]*://.", url, re.IGNORECASE):
            raise ValueError(
                f"{url!r} is no Apprise URL; write one such as ntfy://topic or mailto://user:pass@host"
            )
    return found


def host(value: str) -> str:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.\-]{0,252}[A-Za-z0-9])?", value):
            raise ValueError(f"{value!r} is no address; write 0.0.0.0 for all, or 127.0.0.1") from None
    return value


def database(value: str) -> str:
    if not value:
        return value
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        drivername = make_url(value).drivername
    except ArgumentError:
        drivername = ""
    if drivername not in ("sqlite", "postgresql+psycopg"):
        raise ValueError(f"{value!r} is no database; write sqlite:////path/x.db or postgresql+psycopg://...")
    return value


SECTIONS: dict[str, dict[str, Setting]] = {
    "shop": {
        "name": Setting("", text),
        "phone": Setting("", phone),
        "country": Setting("auto", country),
        "timezone": Setting("auto", timezone),
        "own_numbers": Setting("", phones),
    },
    "modem": {
        "port": Setting("auto", port),
        "baud": Setting("115200", baud),
        "pin": Setting("", pin),
        "family": Setting("auto", one_of(*FAMILIES)),
    },
    "textback": {
        "enabled": Setting("yes", boolean),
        "message": Setting(
            "Hi! Sorry we missed your call. How can we help you? Feel free to text us here and we'll get back to you "
            "shortly.",
            message,
        ),
        "closed": Setting("same", one_of("same", "other", "wait", "skip")),
        "closed_message": Setting("", template),
        "delay_seconds": Setting("0", number(0, 86400)),
        "cooldown_hours": Setting("24", number(0, 8760)),
        "expire_minutes": Setting("60", number(1, 10080)),
        "opt_out_hint": Setting("yes", boolean),
        "opt_out_text": Setting("Reply STOP to opt out.", template),
    },
    "hours": {**{day: Setting("", hours) for day in DAYS}, "holidays": Setting("", holidays)},
    "filters": {
        "countries": Setting("home", countries),
        "landlines": Setting("skip", one_of("skip", "text")),
        "min_rings": Setting("0", number(0, 100)),
        "blocklists": Setting("", words),
        "notices": Setting("off", boolean),
    },
    "limits": {
        "per_minute": Setting("6", number(1, 1000)),
        "per_day": Setting("100", number(1, 100000)),
        "strangers_per_10_minutes": Setting("10", number(1, 100000)),
    },
    "notify": {
        "sms_to": Setting("", phone),
        "urls": Setting("", urls),
        "quiet": Setting("21:00-08:00", quiet),
    },
    "web": {
        "host": Setting("0.0.0.0", host),
        "port": Setting("8080", number(0, 65535)),
        "networks": Setting("private", one_of("private", "any")),
        "names": Setting("", words),
    },
    "storage": {"database": Setting("", database), "keep_days": Setting("365", number(1, 36500))},
}
