"""Which settings are secrets, and whether the file that holds them is closed to others. It changes nothing."""

from sqlalchemy.engine import make_url

from bridge import files
from bridge.rules.settings import Settings
from bridge.rules.troubles import BoxTrouble
from modem.contract import Trouble


def holds_secrets(settings: Settings) -> bool:
    """Is there a PIN, the address of a service (it holds a password or a key), or the password of a database or of
    backups?"""
    return bool(
        any(modem.pin for modem in settings.modems)
        or settings.notify.urls
        or settings.backup.passphrase
        or make_url(settings.storage.database).password
    )


def open_with_secrets(settings: Settings) -> Trouble | None:
    """That everybody on the machine may read the secrets in config.ini; None if there are none, or nobody may."""
    if not holds_secrets(settings) or not files.others_may(settings.path):
        return None
    return Trouble.of(BoxTrouble.CONFIG_OPEN, file=str(settings.path))
