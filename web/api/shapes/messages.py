"""Texts that programs send, and what they are told of them."""

from datetime import datetime
from typing import Any, Self

from pydantic import AwareDatetime, Field, NaiveDatetime, model_validator

from bridge.rules.limits import MOST_AT_ONCE
from bridge.rules.submissions import LEAST, MOST, State
from web.api.shapes.base import ID, Between, Moment, Shape

LONGEST_TEXT = 16_000
# A year in seconds: a text that may go out later is none.
LONGEST_TTL = 366 * 86400


class TextMessage(Shape):
    """The words of a text."""

    text: str = Field(max_length=LONGEST_TEXT)


class NewMessage(Shape):
    """A text to some numbers. Exactly one of textMessage and message (its older name) has the words; ttl (seconds) or
    validUntil says how long it is worth sending, scheduleAt when it goes out."""

    id: str | None = Field(default=None, pattern=ID)
    text_message: TextMessage | None = None
    message: str | None = Field(default=None, max_length=LONGEST_TEXT)
    data_message: Any = None
    mms_message: Any = None
    phone_numbers: list[str] = Field(min_length=1, max_length=MOST_AT_ONCE)
    sim_number: int | None = Field(default=None, ge=1, le=255)
    with_delivery_report: bool | None = True
    is_encrypted: bool | None = False
    priority: int | None = Field(default=0, ge=LEAST, le=MOST)
    ttl: int | None = Field(default=None, ge=1, le=LONGEST_TTL)
    valid_until: AwareDatetime | NaiveDatetime | None = None
    schedule_at: AwareDatetime | NaiveDatetime | None = None
    device_id: str | None = None

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if self.mms_message is not None:
            raise ValueError("mmsMessage: this box sends texts only; a SIM in a modem cannot send MMS")
        if self.data_message is not None:
            raise ValueError("dataMessage: this box sends texts only")
        if (self.text_message is None) == (self.message is None):
            raise ValueError("Give the words once, as textMessage.text")
        if not self.words.strip():
            raise ValueError("textMessage.text: an empty text cannot be sent")
        if self.ttl is not None and self.valid_until is not None:
            raise ValueError("Give ttl or validUntil, not both")
        return self

    @property
    def words(self) -> str:
        """What is to be sent, encrypted if isEncrypted."""
        return self.text_message.text if self.text_message is not None else self.message or ""


class SendQuery(Shape):
    """skipPhoneValidation: numbers are taken as they are, short codes and landlines too. deviceActiveWithin is let go: there is
    one box."""

    skip_phone_validation: bool = False
    device_active_within: int | None = None


class HttpSms(Shape):
    """A text as the clients of httpSMS send it; `from` is let go, a box sends from its own number."""

    content: str = Field(min_length=1, max_length=LONGEST_TEXT)
    to: str = Field(min_length=1, max_length=200)


class RecipientState(Shape):
    """One recipient, and how far the text has got."""

    phone_number: str
    state: State
    error: str | None = None


class MessageState(Shape):
    """A message, and how far it has got. states: when it came to each of its states."""

    id: str
    device_id: str
    state: State
    is_hashed: bool = False
    is_encrypted: bool = False
    text_message: TextMessage | None = None
    sim_number: int | None = None
    recipients: list[RecipientState]
    states: dict[State, Moment]
    created_at: Moment
    schedule_at: Moment | None = None
    valid_until: Moment | None = None


class MessageStates(Shape):
    """A page of messages."""

    messages: list[MessageState]


class ListQuery(Between):
    """from, to: when they were sent; sort: created_at or -created_at. The newest stand first."""

    state: State | None = None
    device_id: str | None = None
    limit: int = Field(default=50, ge=0, le=2**31 - 1)
    offset: int = Field(default=0, ge=0, le=2**31 - 1)
    include_content: bool = False
    sort: str | None = Field(default=None, pattern=r"^-?created_at$")


class HttpSmsData(Shape):
    """What httpSMS's clients are told of a text."""

    id: str
    owner: str
    contact: str
    content: str
    status: str
    created_at: Moment


class HttpSmsAnswer(Shape):
    """The answer as httpSMS has it."""

    data: HttpSmsData
    message: str
    status: str


def moment_of(typed: str) -> datetime | None:
    """A moment in a query string; None for what is none. A plus that was not escaped has become a blank.

    >>> moment_of("2026-11-28T10:00:00 01:00"), moment_of("soon")
    (datetime.datetime(2026, 11, 28, 10, 0, tzinfo=datetime.timezone(datetime.timedelta(seconds=3600))), None)
    """
    try:
        return datetime.fromisoformat(typed.strip().replace(" ", "+"))
    except ValueError:
        return None
