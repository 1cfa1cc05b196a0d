"""What programs are told of the box itself: the device that it is to them, how it is, its log; and what they set and hold."""

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from web.api.shapes.base import Moment, Shape

# A day, and a year, in seconds: how long a token holds if nobody says, and at most.
USUAL_TTL, LONGEST_TTL = 86400, 365 * 86400


class Status(Shape):
    """That the key is right, and what answers."""

    status: Literal["ok"] = "ok"
    model: str


class SimCard(Shape):
    """One line. slotIndex counts from 0, simNumber from 1; name: as config.ini has it."""

    slot_index: int
    sim_number: int
    name: str
    phone_number: str | None = None
    carrier_name: str | None = None
    iccid: str | None = None


class Device(Shape):
    """The box, as a phone would be told of."""

    id: str
    name: str
    created_at: Moment
    updated_at: Moment
    last_seen: Moment
    sim_cards: list[SimCard]


class Check(Shape):
    """One thing that was looked at."""

    status: Literal["pass", "warn", "fail"]
    observed_value: int
    observed_unit: str
    description: str


class Health(Shape):
    """How the box is."""

    status: Literal["pass", "warn", "fail"]
    version: str
    release_id: int
    checks: dict[str, Check]


class LogEntry(Shape):
    """Somebody changed something, or something was wrong."""

    id: int
    priority: Literal["DEBUG", "INFO", "WARN", "ERROR"]
    module: str
    message: str
    created_at: Moment
    context: dict[str, str] | None = None


class TokenRequest(Shape):
    """A token that may do this, for so many seconds."""

    scopes: list[str] = Field(min_length=1, max_length=50)
    ttl: int | None = Field(default=None, ge=1, le=LONGEST_TTL)


class Tokens(Shape):
    """A token, and another one that gets the next when this has ended; in both spellings that clients read."""

    id: str
    token_type: Literal["Bearer"] = "Bearer"
    access_token: str
    refresh_token: str
    expires_at: Moment

    def as_json(self) -> dict[str, Any]:
        """In camelCase and in snake_case."""
        return super().as_json() | self.model_dump(mode="json", by_alias=False)


class _Section(BaseModel):
    """Part of the settings, whose keys are in snake_case; what it does not know is kept as it is."""

    model_config = ConfigDict(extra="allow")


class LimitPeriod(StrEnum):
    """How often the limit counts anew. Clients do not know Per30Minutes; it is kept as PerHour."""

    DISABLED = "Disabled"
    MINUTE = "PerMinute"
    HALF_HOUR = "Per30Minutes"
    HOUR = "PerHour"
    DAY = "PerDay"


class MessageSettings(_Section):
    """limit_value with limit_period PerDay is per_day in the section [limits] of config.ini."""

    limit_period: LimitPeriod | None = None
    limit_value: int | None = Field(default=None, ge=1, le=100_000)
    sim_selection_mode: Literal["OSDefault", "RoundRobin", "Random"] | None = None
    processing_order: Literal["LIFO", "FIFO"] | None = None
    log_lifetime_days: int | None = Field(default=None, ge=1)
    send_interval_min: int | None = Field(default=None, ge=0)
    send_interval_max: int | None = Field(default=None, ge=0)


class PingSettings(_Section):
    """interval_seconds: how often system:ping is told."""

    interval_seconds: int | None = Field(default=None, ge=0)


class LogSettings(_Section):
    """lifetime_days: how long the log is kept."""

    lifetime_days: int | None = Field(default=None, ge=1)


class HookSettings(_Section):
    """signing_key is written and never read."""

    internet_required: bool | None = None
    retry_count: int | None = Field(default=None, ge=1, le=100)
    signing_key: str | None = Field(default=None, max_length=200)


class EncryptionSettings(_Section):
    """passphrase is written and never read; an empty one is forgotten."""

    passphrase: str | None = Field(default=None, max_length=500)


class Settings(BaseModel):
    """What programs set. What means something here counts; the rest is kept, so that what was put is got back."""

    model_config = ConfigDict(extra="ignore")

    messages: MessageSettings | None = None
    ping: PingSettings | None = None
    logs: LogSettings | None = None
    webhooks: HookSettings | None = None
    encryption: EncryptionSettings | None = None
    gateway: _Section | None = None
    receiver: _Section | None = None
