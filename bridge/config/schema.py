"""Every section of config.ini in its order, and its keys. The shipped file, docs/configuration.md and the page's forms are made
of this (bridge/config/shipped, web/pages/settings_forms)."""

from bridge.config.keys import (
    backup,
    filters,
    hooks,
    hours,
    limits,
    modem,
    mqtt,
    notify,
    shop,
    storage,
    textback,
    updates,
    web,
)
from bridge.config.keys.hours import DAYS
from bridge.config.keys.modem import FAMILIES
from bridge.config.setting import About, Setting

__all__ = ["ABOUT", "DAYS", "FAMILIES", "SECTIONS"]

SECTIONS: dict[str, dict[str, Setting]] = {
    "shop": shop.KEYS,
    "modem": modem.KEYS,
    "textback": textback.KEYS,
    "hours": hours.KEYS,
    "filters": filters.KEYS,
    "limits": limits.KEYS,
    "notify": notify.KEYS,
    "web": web.KEYS,
    "storage": storage.KEYS,
    "backup": backup.KEYS,
    "updates": updates.KEYS,
    "mqtt": mqtt.KEYS,
    "hooks": hooks.KEYS,
}
ABOUT: dict[str, About] = {
    "shop": shop.ABOUT,
    "modem": modem.ABOUT,
    "textback": textback.ABOUT,
    "hours": hours.ABOUT,
    "filters": filters.ABOUT,
    "limits": limits.ABOUT,
    "notify": notify.ABOUT,
    "web": web.ABOUT,
    "storage": storage.ABOUT,
    "backup": backup.ABOUT,
    "updates": updates.ABOUT,
    "mqtt": mqtt.ABOUT,
    "hooks": hooks.ABOUT,
}
