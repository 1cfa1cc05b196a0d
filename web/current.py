"""What the request at hand is answered from: the bridge that the app was made with; it knows no page and no user."""

from flask import Flask, current_app
from sqlmodel import Session

from bridge.contract.bridge import Bridge
from bridge.records import views


def give(app: Flask, bridge: Bridge) -> None:
    """Every request to this app is answered from this bridge."""
    app.extensions["bridge"] = bridge


def bridge() -> Bridge:
    """The bridge of the app that answers. Raises RuntimeError outside of a request."""
    found: Bridge = current_app.extensions["bridge"]
    return found


def own(session: Session) -> frozenset[str]:
    """The identities of the shop's own numbers and of the owner's mobile, which stand in no list of people."""
    return views.ours(session, bridge().settings(), bridge().region())
