"""Texts that came in, as programs are told of them."""

from enum import StrEnum
from typing import Any, Literal

from pydantic import AwareDatetime, Field, NaiveDatetime

from web.api.shapes.base import Between, Moment, Shape


class InboxType(StrEnum):
    """What SMSGate tells apart; this box has the first alone."""

    SMS = "SMS"
    DATA = "DATA_SMS"
    MMS = "MMS"
    DOWNLOADED = "MMS_DOWNLOADED"


class InboxItem(Shape):
    """One text that came in, whole."""

    id: str
    type: Literal["SMS"] = "SMS"
    sender: str
    recipient: str | None = None
    sim_number: int | None = None
    content_preview: str
    created_at: Moment
    attachments: list[dict[str, Any]] = Field(default_factory=list)


class InboxQuery(Between):
    """from, to: when they came. The newest stand first."""

    type: InboxType | None = None
    limit: int = Field(default=50, ge=1, le=500)
    offset: int = Field(default=0, ge=0, le=2**31 - 1)
    device_id: str | None = None
    include_attachments: bool = False


class Delivery(StrEnum):
    """How hooks are told of texts again."""

    DISABLED = "Disabled"
    INDIVIDUAL = "Individual"
    BATCH = "Batch"


class InboxRefresh(Shape):
    """Which texts hooks are to be told of again. webhookDelivery is the newer name of triggerWebhooks."""

    since: AwareDatetime | NaiveDatetime
    until: AwareDatetime | NaiveDatetime
    message_types: list[Literal["SMS", "MMS", "DATA_SMS"]] | None = None
    trigger_webhooks: bool | None = None
    webhook_delivery: Delivery | None = None
    device_id: str | None = None

    def tells(self, usually: bool) -> bool:
        """Are hooks to be told? usually: where the program does not say."""
        if self.webhook_delivery is not None:
            return self.webhook_delivery is not Delivery.DISABLED
        return usually if self.trigger_webhooks is None else self.trigger_webhooks
