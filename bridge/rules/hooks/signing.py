"""How a delivery is signed: SMSGate's headers, and those of Standard Webhooks (standardwebhooks.com) beside them for the box's
own events; pure."""

import base64
import binascii
import hmac
from collections.abc import Sequence
from datetime import timedelta

from bridge.rules.hooks.events import HookKind

# What a secret of Standard Webhooks begins with; its octets follow in base64.
PREFIX = "whsec_"
# So many octets does a secret of ours have.
OCTETS = 32
# So long is the old secret good beside a new one.
BOTH_GOOD = timedelta(days=1)
# How long a secret may be that somebody else has chosen, in characters.
LONGEST_SECRET = 200


def secret_of(octets: bytes) -> str:
    """A secret as people copy it.

    >>> secret_of(bytes(3))
    'whsec_AAAA'
    """
    return PREFIX + base64.b64encode(octets).decode()


def headers(
    kind: HookKind, event_id: str, body: bytes, at: int, secrets: Sequence[str], tries: int
) -> dict[str, str]:
    """The headers that say who sends this. at: seconds since 1970. secrets: those that are good, the newest first; tries: that
    were made before. X-Signature has room for one signature: while two secrets are good, each second try takes the old one."""
    stamp = str(at)
    found = {
        "X-Timestamp": stamp,
        "X-Signature": signature(secrets[tries % len(secrets)], body, stamp),
    }
    if kind is HookKind.CALL:
        found |= {
            "webhook-id": event_id,
            "webhook-timestamp": stamp,
            "webhook-signature": " ".join(
                standard_signature(secret, event_id, body, stamp) for secret in secrets
            ),
        }
    return found


def signature(secret: str, body: bytes, stamp: str) -> str:
    """SMSGate's: over the body as it is sent, and the time stamp behind it.

    >>> signature("key", b"{}", "1")[:16]
    '82beac0dd2d20fb7'
    """
    return hmac.digest(secret.encode(), body + stamp.encode(), "sha256").hex()


def standard_signature(secret: str, event_id: str, body: bytes, stamp: str) -> str:
    """That of Standard Webhooks, version 1."""
    signed = b".".join((event_id.encode(), stamp.encode(), body))
    return "v1," + base64.b64encode(hmac.digest(_octets(secret), signed, "sha256")).decode()


def _octets(secret: str) -> bytes:
    """Of a secret of ours; of one that somebody else has chosen its own characters."""
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        return secret.encode()
