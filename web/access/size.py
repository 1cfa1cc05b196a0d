"""Requests that bring too much: refused in words that name the limit, and noted in the log without what they bring."""

from flask import abort, current_app, g, request
from sqlmodel import Session

from bridge.records import users
from bridge.words.catalogue import _
from web import current, limits
from web.connections import BUSY, NO_ROOM, REFUSED, TOO_LARGE

# Where a backup is brought to a new box, by who knows its code.
RESTORE = "moving.restore"


def check() -> None:
    """Refuses what the server has read away: 413 for what is too large, 503 for a file while there is no room for it."""
    match request.environ.get(REFUSED):
        case None:
            return
        case why if why == TOO_LARGE:
            abort(413)
        case why if why == BUSY:
            _note("another file is being imported")
            abort(503, _("Another file is being imported. Try this one again in a minute."))
        case why if why == NO_ROOM:
            _note("the disk has no room for it")
            abort(503, _("The box has no room for this file: its disk is full."))


def room_for_files() -> None:
    """A file may be larger than any form; who is not logged in has been sent away by now, but for the first who come to a new
    box."""
    if g.get("user") or (request.endpoint == RESTORE and _nobody_yet()):
        request.max_content_length = limits.largest(request.path)


def _nobody_yet() -> bool:
    with Session(current.bridge().engine) as database:
        return users.nobody_yet(database)


def refused() -> str:
    """Why a request is too large, for people; the log is told as well."""
    most = limits.in_words(limits.FILES.get(request.path, limits.FORM))
    _note(f"it is larger than {most} or has too many fields")
    if request.path in limits.FILES:
        return _("This file is too large: the box takes files of up to {most}.", most=most)
    return _("This is too much at once: the box takes up to {most} in one form.", most=most)


def _note(why: str) -> None:
    # The name of the view, not the path: that may hold a phone number.
    size = request.content_length
    size_words = f" of {size} bytes" if size else ""
    current_app.logger.warning(
        "A form%s for %s from %s was refused: %s.", size_words, request.endpoint, request.remote_addr, why
    )
