"""Files of texts as `gammu backupsms`, and gammu-smsd with `inboxformat = detail`, write them: a section a part."""

import re
from collections.abc import Iterator, Mapping
from datetime import tzinfo

from bridge.rules.importing.old_text import (
    NO_TEXT,
    History,
    LeftOut,
    OldText,
    Piece,
    in_parts,
    moment,
    number_of,
    whole,
)
from bridge.rules.states import Direction, MessageStatus

# A time ends with Z whatever zone the clock was in.
_TIMES = ("%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ")
_SECTION = re.compile(r"\[SMSBackup(.*)\]\s*", re.IGNORECASE)
_KEY = re.compile(r"\s*(\w+)\s*=\s*(.*?)\s*")


def is_backup(text: str) -> bool:
    """Is this such a file?"""
    return any(_SECTION.fullmatch(line) for line in text.splitlines())


def read(text: str, name: str, zone: tzinfo | None) -> History:
    """The texts of such a file. name: of the file, for what is told of it; zone: that of the clock by which it was written,
    None for this machine's.

    >>> text = '[SMSBackup000]\\nPDU = Deliver\\nDateTime = 20260301T102030Z\\nNumber = "+447400123456"\\nText00 = 00480069\\n'
    >>> [(text.number, text.body) for text in read(text, "x", None).texts]
    [('+447400123456', 'Hi')]
    """
    history = History()
    whole(_pieces(text, name, zone, history), history)
    return history


def _pieces(text: str, name: str, zone: tzinfo | None, history: History) -> Iterator[Piece]:
    for section, keys in _sections(text):
        where = f"{name}, SMSBackup{section}"
        try:
            yield in_parts(where, _text(keys, zone), keys.get("udh", ""))
        except LeftOut as why:
            history.left_out(where, why)


def _sections(text: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Of each section what its name says behind SMSBackup, and its keys, in small letters."""
    name: str | None = None
    keys: dict[str, str] = {}
    for line in text.splitlines():
        if section := _SECTION.fullmatch(line):
            if name is not None:
                yield name, keys
            name, keys = section[1], {}
        elif not line.lstrip().startswith((";", "#")) and (key := _KEY.fullmatch(line)):
            keys[key[1].lower()] = key[2].removeprefix('"').removesuffix('"')
    if name is not None:
        yield name, keys


def _text(keys: Mapping[str, str], zone: tzinfo | None) -> OldText:
    """The part that a section holds. Raises LeftOut."""
    kind, state = keys.get("pdu", "").lower(), keys.get("state", "").lower()
    if kind == "status_report" and state in ("read", "unread"):
        raise LeftOut("it is the network's report on a text, not a text,")
    if state == "unsent":
        raise LeftOut("it was never sent")
    if keys.get("coding", "").lower() == "8bit":
        raise LeftOut(NO_TEXT)
    number = number_of(_ucs2(keys.get("numberunicode", "")) or keys.get("number", ""))
    at = moment(keys.get("datetime") or keys.get("sent") or "", _TIMES, zone)
    body = _ucs2("".join(keys[key] for key in sorted(keys) if re.fullmatch(r"text\d+", key)))
    if state == "sent" or kind == "submit":
        return OldText(number, Direction.OUT, body, at, MessageStatus.SENT)
    return OldText(number, Direction.IN, body, at, MessageStatus.READ)


def _ucs2(octets: str) -> str:
    """UCS2 in hex. Raises LeftOut for what is none."""
    try:
        return bytes.fromhex(octets).decode("utf-16-be", "surrogatepass")
    except ValueError as error:
        raise LeftOut("its words are damaged") from error
