"""`/settings`: what SMSGate's clients set. A limit a day is that of config.ini; the rest is kept, so that what was put is got
back, and means nothing here. Secrets are written and never read."""

import json
from typing import Any

from flask import Blueprint, Response, jsonify
from sqlmodel import Session

from bridge.config import ConfigError, edit
from bridge.config.edit import CannotWrite
from bridge.contract.api_requests import KeepApiSettings
from bridge.contract.requests import ReadSettings
from bridge.records import api_settings
from bridge.rules.scopes import Scope
from web import current
from web.api import reading, who
from web.api.document import document
from web.api.errors import Wrong, bad, done
from web.api.shapes.box import LimitPeriod, Settings

# How often a hook is tried, and whether the internet is needed for it, where nobody has said.
USUAL_TRIES, INTERNET = 14, False
# So much is kept, as JSON, in characters.
LONGEST = 20_000
SECRETS = {"encryption": ("passphrase",), "webhooks": ("signing_key",), "gateway": ("private_token",)}

routes = Blueprint("settings", __name__)


@routes.get("/settings")
@document("settings", Scope.SETTINGS_READ, answers={200: Settings})
@who.needs(Scope.SETTINGS_READ)
def settings() -> Response:
    """What is set, without secrets."""
    with Session(current.bridge().engine) as session:
        return jsonify(_shown(api_settings.kept(session)))


@routes.put("/settings")
@document("settings", Scope.SETTINGS_WRITE, json=Settings, answers={200: Settings})
@who.needs(Scope.SETTINGS_WRITE)
def replace() -> Response:
    """In place of all that was set. Secrets stay unless they are given."""
    return _keep({})


@routes.patch("/settings")
@document("settings", Scope.SETTINGS_WRITE, json=Settings, answers={200: Settings})
@who.needs(Scope.SETTINGS_WRITE)
def change() -> Response:
    """Only what is given is changed."""
    with Session(current.bridge().engine) as session:
        return _keep(api_settings.kept(session))


def _keep(before: dict[str, Any]) -> Response:
    wanted = reading.body(Settings)
    given = wanted.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    _keep_limit(given.get("messages", {}))
    secrets = {
        name: given.get(section, {}).pop(name, None) for section, names in SECRETS.items() for name in names
    }
    after = {
        **before,
        **{section: {**before.get(section, {}), **values} for section, values in given.items()},
    }
    try:
        kept = json.dumps(after, allow_nan=False)
    except ValueError as error:
        raise bad("A number in the settings is none.") from error
    if len(kept) > LONGEST:
        raise bad(f"These settings are too long; the box keeps up to {LONGEST} characters.")
    keys = tuple(f"{section}.{name}" for section, values in given.items() for name in values)
    told = tuple(name for name, secret in secrets.items() if secret is not None and name != "private_token")
    request = KeepApiSettings(kept, (*keys, *told), secrets["passphrase"], secrets["signing_key"])
    done(current.bridge().request(request, by=who.program().author))
    return jsonify(_shown(after))


def _keep_limit(messages: dict[str, Any]) -> None:
    """A limit a day is the shop's own, for automatic texts and for those of programs; other periods are only kept."""
    if messages.get("limit_period") == LimitPeriod.HALF_HOUR:
        messages["limit_period"] = LimitPeriod.HOUR.value
    if messages.get("limit_period") != LimitPeriod.DAY or "limit_value" not in messages:
        return
    bridge, most = current.bridge(), str(messages["limit_value"])
    try:
        changed = edit.change(bridge.settings().path, "limits", {"per_day": most})
    except ConfigError as error:
        raise bad(str(error)) from error
    except CannotWrite as error:
        raise Wrong(503, str(error)) from error
    if changed:
        done(bridge.request(ReadSettings(tuple(changed), "limits"), by=who.program().author))


def _shown(kept: dict[str, Any]) -> dict[str, Any]:
    """All that is set, as it counts here where it does."""
    in_force = current.bridge().settings()
    per_day = {"limit_period": LimitPeriod.DAY.value, "limit_value": in_force.limits.per_day}
    messages = {"log_lifetime_days": in_force.storage.keep_days, **per_day, **kept.get("messages", {})}
    if messages["limit_period"] == LimitPeriod.DAY:
        messages |= per_day
    return {
        "messages": messages,
        "ping": {"interval_seconds": 0, **kept.get("ping", {})},
        "logs": {"lifetime_days": in_force.storage.keep_days, **kept.get("logs", {})},
        "webhooks": {"internet_required": INTERNET, "retry_count": USUAL_TRIES, **kept.get("webhooks", {})},
        "encryption": kept.get("encryption", {}),
        "gateway": kept.get("gateway", {}),
        "receiver": kept.get("receiver", {}),
    }
