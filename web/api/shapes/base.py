"""What all shapes are made of."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

# Of an id that a program gives.
ID = r"^[A-Za-z0-9._:@+-]{1,64}$"


def in_milliseconds(moment: datetime) -> str:
    """As SMSGate writes it: ISO 8601 with milliseconds and the offset.

    >>> from datetime import UTC
    >>> in_milliseconds(datetime(2026, 6, 18, 10, tzinfo=UTC))
    '2026-06-18T10:00:00.000+00:00'
    """
    return moment.isoformat(timespec="milliseconds")


# A moment in an answer; whoever fills it in gives it by the shop's clock.
Moment = Annotated[
    datetime,
    PlainSerializer(in_milliseconds, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class Shape(BaseModel):
    """In camelCase; what it does not know is let go."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")

    def as_json(self) -> dict[str, Any]:
        """What stands in the answer: without what is not known."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class Between(Shape):
    """Of which time: from and to, ISO 8601; without an offset by the shop's clock."""

    from_: str | None = Field(default=None, alias="from", max_length=64)
    to: str | None = Field(default=None, max_length=64)


class Problem(Shape):
    """Why something was not done."""

    message: str
