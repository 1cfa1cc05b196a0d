"""What of config.ini and the database belongs to people, so that it can be left out of what goes to somebody else."""

import re
from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col, select

from bridge.config import Settings
from bridge.records.tables import (
    Contact,
    KeyValue,
    Label,
    Line,
    Message,
    Note,
    OtherNumber,
    SavedReply,
    User,
)
from bridge.rules.masking import Mask

# So many of the newest texts are looked for: a log says nothing of older ones.
TEXTS = 500
# What an address of a service is made of: user, password, host, topic; what is shorter stands for too much else.
_PARTS, LEAST = re.compile(r"[:/@?&=]+"), 4


def mask_of(settings: Settings, engine: Engine) -> Mask:
    """Of a database that cannot be read, nothing is known: then only what looks like a number or a message is left out."""
    names, texts = list(_of_settings(settings)), [*_texts_of(settings)]
    with suppress(DatabaseError), Session(engine) as session:
        names += _names(session)
        texts += _texts(session)
    return Mask(filter(None, names), filter(None, texts))


def _of_settings(settings: Settings) -> Iterator[str]:
    shop, notify = settings.shop, settings.notify
    yield from (
        shop.name,
        shop.phone,
        *shop.own_numbers,
        notify.sms_to,
        settings.mqtt.notify_to,
        *settings.web.names,
    )
    for url in (*notify.urls, settings.mqtt.url, make_url(settings.storage.database).password or ""):
        yield from (part for part in _PARTS.split(url.partition("://")[2] or url) if len(part) >= LEAST)
    yield from (modem.pin or "" for modem in settings.modems)
    yield from (modem.port.partition(":")[2] for modem in settings.modems)


def _texts_of(settings: Settings) -> Iterator[str]:
    texts = settings.textback
    yield from (texts.message, texts.closed_message, texts.opt_out_text)
    yield from (*texts.messages_by_language.values(), *texts.closed_messages_by_language.values())


def _names(session: Session) -> Iterator[str]:
    for name, address in session.exec(select(Contact.name, Contact.address)):
        yield from (name, address)
    yield from session.exec(select(OtherNumber.address))
    yield from session.exec(select(Label.name))
    yield from session.exec(select(User.name))
    for line in session.exec(select(Line)):
        yield from (mark for mark in (line.iccid, line.imsi, line.msisdn, line.imei, line.typed) if mark)


def _texts(session: Session) -> Iterator[str]:
    newest = select(Message.body).order_by(col(Message.place).desc()).limit(TEXTS)
    yield from session.exec(newest)
    for column in (Contact.notes, Note.body, SavedReply.body, User.password, KeyValue.value):
        yield from (text for text in session.exec(select(column)) if len(text) >= 6)
