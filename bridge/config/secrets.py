"""Which settings are secrets, whether the file that holds them is closed to others, and what of it anybody may see. It changes
nothing."""

import re
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url

from bridge import files
from bridge.config import ini
from bridge.config.ini import Entry
from bridge.config.schema import DAYS, SECTIONS
from bridge.config.setting import Setting
from bridge.rules.settings import Settings
from bridge.rules.troubles import BoxTrouble
from modem.contract import Trouble

LEFT_OUT = "(left out)"
# A port that names one modem, by what is written on it.
_NAMES_A_MODEM = re.compile(r"imei:|iccid:|/dev/serial/by-\w+/")


def holds_secrets(settings: Settings) -> bool:
    """Is there a PIN, the address of a service (it holds a password or a key), or the password of a database, of a
    broker or of backups?"""
    return bool(
        any(modem.pin for modem in settings.modems)
        or settings.notify.urls
        or settings.backup.passphrase
        or urlsplit(settings.mqtt.url).password
        or make_url(settings.storage.database).password
    )


def open_with_secrets(settings: Settings) -> Trouble | None:
    """That everybody on the machine may read the secrets in config.ini; None if there are none, or nobody may."""
    if not holds_secrets(settings) or not files.others_may(settings.path):
        return None
    return Trouble.of(BoxTrouble.CONFIG_OPEN, file=str(settings.path))


# The keys whose values say nothing about anybody; those of all others are left out of what goes to somebody else.
SHOWN = frozenset(
    {
        *("country", "language", "timezone", "text_price"),
        *("port", "baud", "family"),
        *("enabled", "closed", "delay_seconds", "cooldown_hours", "expire_minutes", "opt_out_hint"),
        *DAYS,
        *("countries", "landlines", "min_rings", "notices"),
        *("per_minute", "per_day", "strangers_per_10_minutes"),
        *("quiet", "digest", "led"),
        *("networks",),
        *("keep_days",),
        *("numbers",),
    }
)


def without_secrets(text: str) -> str:
    """What stands in config.ini, for somebody who helps: the value of a key only where it is right and says nothing about
    anybody; comments are left out.

    >>> print(without_secrets("[modem]\\n# my modem\\npin = 1234\\nbaud = 115200\\nspeed = 9\\nfamily =\\n"))
    [modem]
    pin = (left out)
    baud = 115200
    (no such key) = (left out)
    family =
    """
    sections, problems = ini.read(text)
    lines = []
    for section in sections:
        kind, _, line = section.name.partition(" ")
        known = SECTIONS.get(kind, {})
        lines.append(f"[{kind if known else 'no such section'}{' ...' if line else ''}]")
        for entry in section.entries:
            key = entry.key if entry.key.partition(".")[0] in known else "(no such key)"
            lines.append(f"{key} = {_shown(known.get(entry.key), entry)}".rstrip())
    lines += [f"line {problem.line} is neither a section nor a setting" for problem in problems]
    return "\n".join(lines)


def _shown(setting: Setting | None, entry: Entry) -> str:
    if not entry.value:
        return ""
    if setting is None or entry.key not in SHOWN:
        return LEFT_OUT
    if entry.key == "port" and (name := _NAMES_A_MODEM.match(entry.value)):
        return f"{name[0]}{LEFT_OUT}"
    try:
        setting.check(entry.value)
    except ValueError:
        return f"{LEFT_OUT}, and wrong"
    return entry.value
