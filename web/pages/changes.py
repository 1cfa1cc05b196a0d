"""`/news`: has anything happened since this page was made? One short mark, for the page's script to ask now and then."""

from hashlib import sha256
from secrets import token_hex

from flask import Blueprint, jsonify
from flask.wrappers import Response

from bridge.contract.bridge import Bridge
from bridge.words.reasons import error_sentence
from web import current

pages = Blueprint("news", __name__)

# The count of changes begins anew with each start.
_START = token_hex(4)


@pages.route("/news")
def news() -> Response:
    """The mark of now; no table is touched for it."""
    bridge = current.bridge()
    return jsonify(mark=mark(bridge))


def mark(bridge: Bridge) -> str:
    """Changes with every call, text and trouble; it says nothing to who reads it."""
    status = bridge.status()
    # As words: a pause also tells the time of now, which is no news.
    troubles = [error_sentence(trouble) for trouble in status.troubles]
    update = status.release, status.updating, status.update
    told = (_START, bridge.changes(), [line.ringing for line in status.lines], troubles, status.trial, update)
    return sha256(repr(told).encode()).hexdigest()[:16]
