"""What a program sends, read into a shape; what makes no sense is told in one sentence."""

from datetime import datetime
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import BadRequest

from web import current
from web.api.errors import Wrong, bad

Shape = TypeVar("Shape", bound=BaseModel)


def body(shape: type[Shape]) -> Shape:
    """The body as this shape. Raises Wrong."""
    return shaped(shape, json_body())


def json_body() -> dict[str, Any]:
    """The body's object; an empty one where there is no body. Raises Wrong."""
    if not request.get_data(cache=True).strip():
        return {}
    try:
        found = request.get_json(force=True)
    except (BadRequest, UnicodeDecodeError, RecursionError) as error:
        raise bad("The body is not JSON.") from error
    if not isinstance(found, dict):
        raise bad("The body has to be a JSON object.")
    return found


def query(shape: type[Shape]) -> Shape:
    """The query string as this shape; what comes twice counts as it came last. Raises Wrong."""
    return shaped(shape, {name: values[-1] for name, values in request.args.lists()})


def shaped(shape: type[Shape], found: dict[str, Any]) -> Shape:
    """This object as a shape. Raises Wrong with the first thing that does not fit."""
    try:
        return shape.model_validate(found)
    except ValidationError as error:
        raise _unfit(error) from error


def _unfit(error: ValidationError) -> Wrong:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    words = first["msg"].removeprefix("Value error, ")
    return bad(f"{where}: {words}." if where else f"{words}.")


def aware(moment: datetime | None) -> datetime | None:
    """A moment without a zone is one of the shop's clock."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=zone())


def zone() -> Any:
    """The shop's time zone; None for the system's, as datetime has it."""
    found = current.bridge().settings().shop.zone
    return found if found is not None else current.bridge().now().astimezone().tzinfo
