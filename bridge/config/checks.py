"""The checks that turn the text behind a key of config.ini into its value; which key has which check, the schema says.

A check takes the text behind `=` and raises ValueError with what is wrong and what would be right, to be read behind
the key's name and without a full stop. No check repeats what may hold a secret: PIN, passphrase, Apprise URLs, the
database's URL.
"""

import ipaddress
import re
from collections.abc import Callable
from datetime import date, time
from importlib.util import find_spec
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from phonenumbers import SUPPORTED_REGIONS

from bridge.rules import money
from bridge.rules.hours import WHOLE_DAY, Holidays, Span, spans
from bridge.rules.mistakes import Mistake
from bridge.rules.template import problem_of
from bridge.rules.typed_hours import is_long, understood
from bridge.words.catalogue import codes

BAUDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)
SHORTEST_PASSPHRASE = 8
# What people write for a country's ISO code.
_MEANT = {"UK": "GB", "EN": "GB", "EL": "GR", "USA": "US", "GER": "DE"}
_BOOLEANS = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}

# Labels of letters, digits and hyphens, of which the last is no number (RFC 1123 2.1): 999.1.1.1 is a mistyped address.
_HOST_NAME = re.compile(
    r"(?=.{1,253}$)([A-Za-z0-9-]{1,63}\.)*(?![0-9]+$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
_WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(/[!-~]*)?")
_SCHEME = r"[A-Za-z][A-Za-z0-9+.\-]*://"


def text(value: str) -> str:
    """Any text, as it was written."""
    return value


def price(value: str) -> money.Price | None:
    """What one text costs, None where nothing is written. Raises ValueError for what is no price."""
    return money.price(value) if value else None


def boolean(value: str) -> bool:
    """True or False from yes, no and the like. Raises ValueError for any other word."""
    if value.lower() not in _BOOLEANS:
        raise Mistake("“{value}” is neither yes nor no; write yes or no", value=value)
    return _BOOLEANS[value.lower()]


def number(low: int, high: int) -> Callable[[str], int]:
    """A check for a whole number from `low` to `high`, both included; it raises ValueError for anything else."""

    def check(value: str) -> int:
        if not re.fullmatch("[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise Mistake(
                "“{value}” is not a whole number from {low} to {high}",
                value=value,
                low=low,
                high=high,
            )
        return int(value)

    return check


def one_of(*choices: str) -> Callable[[str], str]:
    """A check for one of these words, in lower case; it raises ValueError for any other."""

    def check(value: str) -> str:
        if value.lower() not in choices:
            raise Mistake(
                "“{value}” is not one of the choices; write one of {choices}",
                value=value,
                choices=" ".join(choices),
            )
        return value.lower()

    return check


def listed(value: str) -> tuple[str, ...]:
    """Things that may hold blanks: separated by commas."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


def words(value: str) -> tuple[str, ...]:
    """Things that hold no blanks: separated by commas or blanks."""
    return tuple(value.replace(",", " ").split())


def template(value: str) -> str:
    """A text with placeholders, or none."""
    return message(value) if value else value


def message(value: str) -> str:
    """The wording of a text, unchanged. Raises ValueError where a placeholder or the length is wrong."""
    problem = problem_of(value)
    if problem is not None:
        raise problem
    return value


def region(value: str) -> str:
    """An ISO country code of two letters, in upper case. Raises ValueError where its numbers are not known."""
    if value.upper() not in SUPPORTED_REGIONS:
        right = _MEANT.get(value.upper(), "GB, DE, US")
        raise Mistake("“{value}” is not a country code; write {right}", value=value, right=right)
    return value.upper()


def country(value: str) -> str:
    """`auto`, or as `region`."""
    return "auto" if value.lower() == "auto" else region(value)


def countries(value: str) -> tuple[str, ...]:
    """`('home',)`, `('any',)`, or ISO country codes. Raises ValueError for none, and for a code that is not known."""
    chosen = words(value)
    if not chosen:
        raise Mistake("nothing is named; write home, any, or country codes such as GB IE")
    if len(chosen) == 1 and chosen[0].lower() in ("home", "any"):
        return (chosen[0].lower(),)
    return tuple(region(code) for code in chosen)


def language(value: str) -> str:
    """A language code of two or three small letters. Raises ValueError for anything else."""
    if not re.fullmatch(r"[a-z]{2,3}", value):
        raise ValueError(f"{value!r} is not a language code; write one such as de or fr after the dot")
    return value


def texts_language(value: str) -> str:
    """`auto`, or the code of a language that the box speaks. Raises ValueError for any other."""
    return one_of("auto", *codes())(value)


def timezone(value: str) -> str:
    """`auto`, or the name of a time zone that this machine knows. Raises ValueError for any other."""
    if value.lower() == "auto":
        return "auto"
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Mistake(
            "“{value}” is not a time zone; write one such as Europe/London, or auto", value=value
        ) from error
    return value


def phone(value: str) -> str:
    """A phone number as people write it, or nothing. Raises ValueError where it has other than 3 to 15 digits."""
    digits = re.sub(r"[\s().\-/]", "", value)
    if value and not re.fullmatch(r"\+?[0-9]{3,15}", digits):
        raise Mistake("“{value}” is not a phone number; write one such as +44 20 7946 0018", value=value)
    return value


def phones(value: str) -> tuple[str, ...]:
    """Phone numbers, separated by commas. Raises ValueError for the first that is none."""
    return tuple(phone(part) for part in listed(value))


def pin(value: str) -> str | None:
    """A PIN of 4 to 8 digits, None where nothing is written. Raises ValueError, without the value, for anything else."""
    if value and not re.fullmatch("[0-9]{4,8}", value):
        raise ValueError("this is not a PIN; write 4 to 8 digits")
    return value or None


def baud(value: str) -> int:
    """A speed in bits a second. Raises ValueError where a serial port does not have it."""
    if not value.isdecimal() or int(value) not in BAUDS:
        raise ValueError(f"{value!r} is not a speed; write 115200, or one of {', '.join(map(str, BAUDS))}")
    return int(value)


def port(value: str) -> str:
    """`auto`, `simulator`, a path, or the modem's IMEI or its SIM's ICCID. Raises ValueError for anything else."""
    if (
        value in ("auto", "simulator")
        or value.startswith("/")
        or re.fullmatch(r"(imei|iccid):\d{14,22}", value)
    ):
        return value
    raise ValueError(
        f"{value!r} is not a port; write auto, simulator, a path such as /dev/ttyUSB2, or imei: and the modem's number"
    )


def hours(value: str) -> tuple[Span, ...]:
    """Opening hours of a day; 9-5 ends in the afternoon. Raises ValueError where they cannot be read."""
    found = spans(value)
    if ":" not in value and any(map(is_long, found)) and WHOLE_DAY not in found:
        return understood(value).spans
    return found


def quiet(value: str) -> Span | None:
    """The one span of local time in which no text goes out, None for none. Raises ValueError for two or more."""
    found = spans(value)
    if len(found) > 1:
        raise Mistake("there can only be one quiet time; write it like 21:00-08:00")
    return found[0] if found else None


def time_of_day(value: str) -> time | None:
    """A time of day such as 8:00, None for `off`. Raises ValueError for anything else."""
    if value.lower() == "off":
        return None
    matched = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", value)
    if matched is None:
        raise Mistake("“{value}” is not a time of day; write one such as 08:00, or off", value=value)
    return time(int(matched[1]), int(matched[2]))


def holidays(value: str) -> Holidays:
    """Days off: at most one ISO country code, and dates. Raises ValueError for two countries, and for what is neither."""
    code: str | None = None
    dates: list[date] = []
    for part in words(value):
        if re.fullmatch(r"[A-Za-z]{2}", part):
            if code is not None:
                raise Mistake("only one country can be named, and {code} is already there", code=code)
            code = region(part)
        else:
            dates.append(_date(part))
    return Holidays(code, tuple(dates))


def _date(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise Mistake(
            "“{value}” is neither a country code nor a date such as 2026-12-24", value=value
        ) from error


def led(value: str) -> str:
    """The name of an LED, as in /sys/class/leds, or nothing. Raises ValueError for what can be none."""
    if value and (not re.fullmatch(r"[\w:.+-]{1,64}", value) or not value.strip(".")):
        raise Mistake("“{value}” is not the name of an LED; write one such as ACT", value=value)
    return value


def urls(value: str) -> tuple[str, ...]:
    """Apprise URLs; their own commas (several recipients) stay, since a comma only separates where a new URL begins. Raises
    ValueError, without the value, for what is none."""
    found = tuple(part for part in re.split(rf"\s*,?\s+|,(?={_SCHEME})", value) if part)
    for place, url in enumerate(found, 1):
        if not re.match(f"{_SCHEME}.", url):
            raise Mistake(
                "address {place} is not one that the box can notify; write one such as ntfy://topic or "
                "mailto://user:pass@host",
                place=place,
            )
    return found


def host(value: str) -> str:
    """An IP address or a host name to listen on. Raises ValueError for anything else."""
    try:
        ipaddress.ip_address(value)
    except ValueError:
        if not _HOST_NAME.fullmatch(value):
            raise ValueError(f"{value!r} is not an address; write 0.0.0.0 for all, or 127.0.0.1") from None
    return value


def host_names(value: str) -> tuple[str, ...]:
    """Host names under which the page may be opened. Raises ValueError for the first that is none."""
    wrong = [name for name in words(value) if not _HOST_NAME.fullmatch(name)]
    if wrong:
        raise ValueError(
            f"{wrong[0]!r} is not a host name; write one such as shop.lan, without http:// and port"
        )
    return words(value)


def hosts(value: str) -> tuple[str, ...]:
    """Host names and addresses, separated by commas or blanks. Raises ValueError for the first that is neither."""
    for one in words(value):
        try:
            ipaddress.ip_address(one.strip("[]"))
        except ValueError:
            if not _HOST_NAME.fullmatch(one):
                raise ValueError(
                    f"{one!r} is not a host; write one such as 127.0.0.1 or shop.lan, without http:// and port"
                ) from None
    return words(value)


def folder(value: str) -> str:
    """The whole path of a folder, or nothing. Raises ValueError for any other."""
    if value and not value.startswith("/"):
        raise ValueError(f"{value!r} is not the whole path of a folder; write one such as /mnt/nas/textback")
    return value


def passphrase(value: str) -> str:
    """A passphrase, or nothing. Raises ValueError, without the value, where it is easily guessed."""
    if value and len(value) < SHORTEST_PASSPHRASE:
        raise ValueError(f"this passphrase is too short; write at least {SHORTEST_PASSPHRASE} characters")
    return value


def web_address(value: str) -> str:
    """An address on the web, or nothing. Raises ValueError for what is none."""
    if value and not _WEB_ADDRESS.fullmatch(value):
        raise ValueError(
            f"{value!r} is not an address on the web; write one such as https://example.com/file.json"
        )
    return value


def broker(value: str) -> str:
    """The address of an MQTT broker, or nothing. Raises ValueError, without the value, for any other."""
    if not value:
        return value
    try:
        address = urlsplit(value)
        right = address.scheme in ("mqtt", "mqtts") and bool(address.hostname) and address.port != 0
    except ValueError:  # the port is no number
        right = False
    if not right or address.path.strip("/") or address.query:
        raise ValueError("this is not the address of a broker; write mqtt://name:password@host:1883")
    if find_spec("paho") is None:
        raise ValueError("MQTT needs its client: pip install 'textback[mqtt]'")
    return value


def database(value: str) -> str:
    """The URL of an SQLite or PostgreSQL database, or nothing. Raises ValueError, without the value, for any other."""
    if not value:
        return value
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        drivername = make_url(value).drivername
    except (ArgumentError, ValueError):  # ValueError: the port is no number
        drivername = ""
    if drivername not in ("sqlite", "postgresql+psycopg"):
        raise ValueError(
            "this is not the URL of a database; write sqlite:////path/x.db or "
            "postgresql+psycopg://user:password@host/name"
        )
    if drivername != "sqlite" and find_spec("psycopg") is None:
        raise ValueError("PostgreSQL needs its driver: pip install 'textback[postgresql]'")
    return value
