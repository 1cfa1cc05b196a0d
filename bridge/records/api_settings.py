"""What programs have set through the API, and its secrets: memos. What of it means something here, config.ini holds."""

import json
from typing import Any

from sqlmodel import Session

from bridge.records.memo import remember, remembered

# What was put, as it was put; the passphrase of encrypted texts; the key that signs the hooks of SMSGate's clients.
SETTINGS, PASSPHRASE, HOOK_KEY = "api_settings", "api_passphrase", "hooks_signing_key"


def kept(session: Session) -> dict[str, Any]:
    """What programs have put, by section."""
    found: dict[str, Any] = json.loads(remembered(session, SETTINGS) or "{}")
    return found


def passphrase(session: Session) -> str:
    """By which encrypted texts are read; "" for none."""
    return remembered(session, PASSPHRASE) or ""


def keep(session: Session, settings: str, new_passphrase: str | None, hook_key: str | None) -> None:
    """Keeps them, as JSON; a secret that is None stays as it is, an empty one goes."""
    remember(session, SETTINGS, settings)
    for memo, secret in ((PASSPHRASE, new_passphrase), (HOOK_KEY, hook_key)):
        if secret is not None:
            remember(session, memo, secret or None)
