"""Hooks as programs add and list them: SMSGate's in its shape, the box's own in the same."""

from typing import Literal

from pydantic import Field

from bridge.rules.hooks.receivers import LONGEST_URL
from bridge.rules.limits import LONGEST_HOOK_ID
from web.api.shapes.base import Shape


class Webhook(Shape):
    """A hook that there is. secret: told once, when one of the box's own list is added."""

    id: str
    device_id: str | None = None
    url: str
    event: str
    source: Literal["Local"] = "Local"
    secret: str | None = None


class NewWebhook(Shape):
    """A hook to be. id: of the one that it is to replace, or that it is to have; made where none is given."""

    id: str | None = Field(default=None, max_length=LONGEST_HOOK_ID)
    device_id: str | None = None
    url: str = Field(max_length=LONGEST_URL)
    event: str = Field(max_length=100)
