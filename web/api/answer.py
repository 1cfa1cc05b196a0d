"""Answers as JSON: of shapes, a page of a list with how many there are in all."""

from collections.abc import Sequence
from datetime import datetime

from flask import Response, jsonify

from web.api import reading
from web.api.shapes.base import Shape


def told(shape: Shape | Sequence[Shape], status: int = 200, total: int | None = None) -> Response:
    """This shape, or a list of shapes. total: how many there would be without a limit."""
    found = shape.as_json() if isinstance(shape, Shape) else [one.as_json() for one in shape]
    answer = jsonify(found)
    answer.status_code = status
    if total is not None:
        answer.headers["X-Total-Count"] = str(total)
    return answer


def nothing(status: int) -> Response:
    """Done, and nothing to tell. An empty object where clients read one."""
    if status == 204:
        return Response(status=204)
    answer = jsonify({})
    answer.status_code = status
    return answer


def local(moment: datetime | None) -> datetime | None:
    """By the shop's clock."""
    return None if moment is None else here(moment)


def here(moment: datetime) -> datetime:
    """By the shop's clock."""
    return moment.astimezone(reading.zone())
