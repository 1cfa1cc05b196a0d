"""`/webhooks`, and `/webhook` beside it: which programs are told of texts, as SMSGate's clients ask. `/call-webhooks`: the same
for the box's own events, which those clients would fail on."""

from secrets import token_bytes
from uuid import uuid4

from flask import Blueprint, Response
from sqlmodel import Session

from bridge.contract.requests import AddHook, DropHook
from bridge.records import device, hooks
from bridge.records.tables import Hook
from bridge.rules.hooks import signing
from bridge.rules.hooks.events import HookKind
from bridge.rules.scopes import Scope
from web import current
from web.api import reading, who
from web.api.answer import nothing, told
from web.api.document import document
from web.api.errors import bad, done
from web.api.shapes.webhooks import NewWebhook, Webhook

routes = Blueprint("webhooks", __name__)


@routes.get("/webhooks")
@routes.get("/webhook")
@document("webhooks", Scope.HOOKS_LIST, answers={200: list[Webhook]})
@who.needs(Scope.HOOKS_LIST)
def listed() -> Response:
    """Which programs are told of texts."""
    return _listed(HookKind.SMS)


@routes.post("/webhooks")
@routes.post("/webhook")
@document("webhooks", Scope.HOOKS_WRITE, json=NewWebhook, answers={201: Webhook})
@who.needs(Scope.HOOKS_WRITE)
def add() -> Response:
    """Tell a program of one event, or another address or event for the hook of this id. What it is told is signed with
    webhooks.signing_key of /settings."""
    return _add(HookKind.SMS, None)


@routes.delete("/webhooks/<path:ref>")
@routes.delete("/webhook/<path:ref>")
@document("webhooks", Scope.HOOKS_DELETE, answers={204: None})
@who.needs(Scope.HOOKS_DELETE)
def remove(ref: str) -> Response:
    """This hook is told of nothing any more; one that is not there neither."""
    return _remove(HookKind.SMS, ref)


@routes.get("/call-webhooks")
@document("webhooks", Scope.HOOKS_LIST, answers={200: list[Webhook]})
@who.needs(Scope.HOOKS_LIST)
def listed_of_calls() -> Response:
    """Which programs are told of calls, decisions and lines."""
    return _listed(HookKind.CALL)


@routes.post("/call-webhooks")
@document("webhooks", Scope.HOOKS_WRITE, json=NewWebhook, answers={201: Webhook})
@who.needs(Scope.HOOKS_WRITE)
def add_of_calls() -> Response:
    """Tell a program of one of the box's own events. The answer to a new one has the secret that its deliveries are signed
    with; it is never told again."""
    return _add(HookKind.CALL, signing.secret_of(token_bytes(signing.OCTETS)))


@routes.delete("/call-webhooks/<path:ref>")
@document("webhooks", Scope.HOOKS_DELETE, answers={204: None})
@who.needs(Scope.HOOKS_DELETE)
def remove_of_calls(ref: str) -> Response:
    """This hook is told of nothing any more; one that is not there neither."""
    return _remove(HookKind.CALL, ref)


def _listed(kind: HookKind) -> Response:
    with Session(current.bridge().engine) as session:
        here, rows = device.device_id(session), hooks.of_kind(session, kind)
    return told([Webhook(id=row.id, device_id=here, url=row.url, event=row.event) for row in rows])


def _add(kind: HookKind, secret: str | None) -> Response:
    """secret: of a hook that is new; None for the one that all of SMSGate's clients share."""
    wanted, bridge = reading.body(NewWebhook), current.bridge()
    key = wanted.id or uuid4().hex
    with Session(bridge.engine) as session:
        here = device.device_id(session)
        known = session.get(Hook, key) is not None
        if not device.is_meant(session, wanted.device_id):
            raise bad("Device ID mismatch")
    done(bridge.request(AddHook(key, kind, wanted.event, wanted.url, secret), by=who.program().author))
    shown = Webhook(
        id=key, device_id=here, url=wanted.url, event=wanted.event, secret=None if known else secret
    )
    return told(shown, 201)


def _remove(kind: HookKind, ref: str) -> Response:
    done(current.bridge().request(DropHook(ref, kind), by=who.program().author))
    return nothing(204)
