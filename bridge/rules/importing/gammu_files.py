"""The folders of gammu-smsd with `service = files`: a file a part, its number and its time in its name (gammu-smsd-files)."""

import re
from collections.abc import Iterable
from datetime import tzinfo

from bridge.rules.importing import gammu_backup
from bridge.rules.importing.file import File
from bridge.rules.importing.old_text import (
    NO_TEXT,
    History,
    LeftOut,
    OldText,
    Piece,
    moment,
    number_of,
    whole,
)
from bridge.rules.states import Direction, MessageStatus
from bridge.rules.text_files import decoded

# IN20261101_093000_00_+447400123456_00.txt, and the ways in which a text that goes out may be called, with a time or without.
_CAME = re.compile(r"IN(\d{8}_\d{6})_(\d+)_(.*)_(\d+)\.(txt|bin)", re.IGNORECASE)
_WENT_AT = re.compile(r"OUT[A-Z]?(\d{8}_\d{6})_[^_]*_([^_]+)_.*\.txt\w*", re.IGNORECASE)
_WENT = re.compile(r"OUT(?:[A-Z]_)?([^_]+)(?:_[^_]*)?\.txt\w*", re.IGNORECASE)
_TIMES = ("%Y%m%d_%H%M%S",)
# The folders of what did not go out, and of what has not gone out yet.
_FAILED, _WAITING = ("error", "errors", "failed"), ("outbox",)


def read(files: Iterable[File], zone: tzinfo | None) -> History:
    """The texts in these files. zone: that of the clock by which they were named, None for this machine's.

    >>> file = File("inbox/IN20260301_102030_00_+447400123456_00.txt", b"Is my car ready?")
    >>> [(text.number, text.body) for text in read([file], None).texts]
    [('+447400123456', 'Is my car ready?')]
    """
    history = History()
    pieces: list[Piece] = []
    for file in files:
        text = _words(file.content)
        try:
            if file.folder in _WAITING:
                raise LeftOut("it has not been sent")
            if gammu_backup.is_backup(text):
                history.add(gammu_backup.read(text, file.name, zone))
            else:
                pieces.append(_came(file, text, zone) or _went(file, text, zone))
        except LeftOut as why:
            history.left_out(file.name, why)
    whole(pieces, history)
    return history


def _came(file: File, text: str, zone: tzinfo | None) -> Piece | None:
    """The part of a text that came in; None where the name is of another. Raises LeftOut."""
    name = _CAME.fullmatch(file.base)
    if name is None:
        return None
    if name[5].lower() == "bin":
        raise LeftOut(NO_TEXT)
    at = moment(name[1], _TIMES, zone)
    told = OldText(number_of(name[3]), Direction.IN, text, at, MessageStatus.READ)
    return Piece(file.name, told, (name[1], name[2]), int(name[4]) + 1, 0)


def _went(file: File, text: str, zone: tzinfo | None) -> Piece:
    """The text that went out, by a name with its time, else when the file was moved here. Raises LeftOut."""
    status = MessageStatus.FAILED if file.folder in _FAILED else MessageStatus.SENT
    if dated := _WENT_AT.fullmatch(file.base):
        at, number = moment(dated[1], _TIMES, zone), dated[2]
    elif plain := _WENT.fullmatch(file.base):
        at, number = file.changed, plain[1]
    else:
        raise LeftOut("its name is not one that gammu-smsd gives to a text")
    return Piece(file.name, OldText(number_of(number), Direction.OUT, text, at, status))


def _words(content: bytes) -> str:
    """UTF-16 with a mark at its beginning, else what other files are."""
    if content[:2] in (b"\xfe\xff", b"\xff\xfe"):
        return content.decode("utf-16", "replace")
    return decoded(content)
