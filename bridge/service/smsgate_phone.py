"""A phone with SMSGate is asked for everything that it has kept, over its own network."""

import base64
import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.parse import urlencode

from bridge.rules.importing.smsgate import INBOX, MESSAGES, Item

# It gives so many at once, and may be silent for so long (seconds).
PAGE, SILENT = 500, 30


class Unreadable(Exception):
    """A source of texts cannot be read at all; one sentence says what would be right."""


@dataclass(frozen=True)
class Login:
    """By which SMSGate lets us in."""

    user: str
    password: str = field(repr=False)


def all_texts(base: str, login: Login | None) -> tuple[list[Item], list[Item]]:
    """What it has sent, and what came in. base: its address, with whatever path. Raises Unreadable."""
    if not base.startswith(("http://", "https://")):
        raise Unreadable(f"{base} is not an address of SMSGate. Write it such as http://192.168.1.20:8080.")
    return _all_of(base, MESSAGES, login), _all_of(base, INBOX, login)


def _all_of(base: str, what: str, login: Login | None) -> list[Item]:
    """Page by page, until there are as many as X-Total-Count says. A text that comes meanwhile shifts the pages."""
    found: dict[object, Item] = {}
    content = {"includeContent": "true"} if what == MESSAGES else {}
    asked = 0
    while True:
        query = urlencode({"limit": PAGE, "offset": asked, **content})
        page, total = _page(f"{base.rstrip('/')}/{what}?{query}", login)
        asked += len(page)
        found |= {item.get("id"): item for item in page}
        if not page or asked >= total:
            return list(found.values())


def _page(address: str, login: Login | None) -> tuple[list[Item], int]:
    """A page, and how many texts there are in all; as many as came if it does not say."""
    request = urllib.request.Request(address, headers={"Accept": "application/json"})
    if login is not None:
        told = base64.b64encode(f"{login.user}:{login.password}".encode()).decode()
        request.add_header("Authorization", f"Basic {told}")
    place = address.partition("?")[0]
    try:
        with urllib.request.urlopen(request, timeout=SILENT) as answer:
            page = json.loads(answer.read())
            total = answer.headers.get("X-Total-Count")
        if not isinstance(page, list) or not all(isinstance(item, dict) for item in page):
            raise ValueError
        return page, int(total) if total else 0
    except urllib.error.HTTPError as error:
        why = (
            "does not let us in. Give the user and the password that SMSGate shows"
            if error.code == 401
            else f"answers {error.code} {error.reason}. Bring SMSGate on the phone up to date"
        )
        error.close()
        raise Unreadable(f"{place} {why}.") from error
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise Unreadable(
            f"{place} cannot be reached: {reason}. Switch on the phone, and the local server in SMSGate."
        ) from error
    except ValueError as error:
        raise Unreadable(f"{place} does not answer as SMSGate does.") from error
