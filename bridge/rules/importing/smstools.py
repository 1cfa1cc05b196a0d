"""The folders of smstools 3: a file a text or part, with headers, an empty line and the words (its fileformat.html). Reports of
delivery are joined with the texts that they are about."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from bridge.rules.importing.file import File
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

_TIMES = ("%y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S")
_REPORT = "SMS STATUS REPORT"
# The folders of what has not gone out yet, and of what did not go out.
_WAITING, _FAILED = ("outgoing", "checked"), "failed"
_CALLS = "phonecalls"
_HEADER = re.compile(r"([A-Za-z_-]+): ?(.*)")
# Digits without a plus, so many of them, are international where nothing says otherwise.
_INTERNATIONAL = re.compile(r"[1-9]\d{7,14}")


@dataclass(frozen=True)
class _Report:
    """What the network said of one of our texts. delivered: None where it did not arrive."""

    number: str
    reference: str
    at: datetime
    delivered: datetime | None


def read(files: Iterable[File], zone: tzinfo | None) -> History:
    """The texts in these files. zone: that of the machine on which smstools ran, None for this one's.

    >>> file = File("incoming/GSM1.x", b"From: 447400123456\\nReceived: 26-03-01 10:20:30\\n\\nIs my car ready?")
    >>> [(text.number, text.body) for text in read([file], None).texts]
    [('+447400123456', 'Is my car ready?')]
    """
    history, reports = History(), list[_Report]()
    pieces: list[Piece] = []
    ours: list[tuple[Piece, str]] = []
    for file in files:
        headers, content = _taken_apart(file.content)
        try:
            if file.folder in _WAITING:
                raise LeftOut("it has not been sent")
            if file.folder == _CALLS:
                raise LeftOut("it is a call, not a text,")
            if content.startswith(_REPORT.encode()):
                reports.append(_report(headers, content.decode("utf-8", "replace"), zone))
            elif "To" in headers:
                ours.append((_went(file, headers, content, zone), headers.get("Message_id", "")))
            else:
                pieces.append(_came(file, headers, content, zone))
        except LeftOut as why:
            history.left_out(file.name, why)
    reports.sort(key=lambda report: report.at)
    whole([*pieces, *(_with_report(piece, reference, reports) for piece, reference in ours)], history)
    return history


def _taken_apart(octets: bytes) -> tuple[Mapping[str, str], bytes]:
    """The headers, and what follows the empty line behind them."""
    head, *after = re.split(rb"\r?\n\r?\n", octets, maxsplit=1)
    found = (_HEADER.fullmatch(line.strip()) for line in head.decode("utf-8", "replace").splitlines())
    return {header[1]: header[2].strip() for header in found if header}, b"".join(after)


def _came(file: File, headers: Mapping[str, str], content: bytes, zone: tzinfo | None) -> Piece:
    if "From" not in headers:
        raise LeftOut("it has no headers of smstools")
    if headers.get("Error"):
        raise LeftOut("smstools could not read it")
    # Received is by the machine's clock, Sent by that of the text centre.
    at = moment(headers.get("Received") or headers.get("Sent") or "", _TIMES, zone)
    number = _number(headers["From"], headers.get("From_TOA", ""))
    text = OldText(number, Direction.IN, _words(headers, content), at, MessageStatus.READ)
    return in_parts(file.name, text, headers.get("UDH-DATA", ""))


def _went(file: File, headers: Mapping[str, str], content: bytes, zone: tzinfo | None) -> Piece:
    at = moment(headers["Sent"], _TIMES, zone) if headers.get("Sent") else file.changed
    status = MessageStatus.FAILED if file.folder == _FAILED else MessageStatus.SENT
    number = _number(headers["To"], headers.get("To_TOA", ""))
    return Piece(file.name, OldText(number, Direction.OUT, _words(headers, content), at, status))


def _with_report(piece: Piece, reference: str, reports: Iterable[_Report]) -> Piece:
    """A text of ours, and what the first report said that came after it with its reference."""
    text = piece.text
    for report in reports:
        same = reference and (report.number, report.reference) == (text.number, reference)
        if same and report.at >= text.at and text.status is MessageStatus.SENT:
            status = MessageStatus.DELIVERED if report.delivered else MessageStatus.FAILED
            return replace(piece, text=replace(text, status=status, delivered=report.delivered))
    return piece


def _report(headers: Mapping[str, str], content: str, zone: tzinfo | None) -> _Report:
    said = dict(re.findall(r"^(\w+): ?(.*)$", content, re.MULTILINE))
    at = moment(headers.get("Received") or headers.get("Sent") or "", _TIMES, zone)
    number = _number(headers.get("From", ""), headers.get("From_TOA", ""))
    status = said.get("Status", "").partition(",")[0]
    if not status.isdecimal() or 32 <= int(status) < 64:  # still trying (23.040 9.2.3.15)
        raise LeftOut("it is a report that says nothing final")
    discharged = moment(said.get("Discharge_timestamp") or headers["Received"], _TIMES, zone)
    return _Report(number, said.get("Message_id", ""), at, discharged if int(status) < 32 else None)


def _number(told: str, toa: str) -> str:
    """smstools leaves out the plus of an international number, and writes an s before a short one; toa: the type of address.

    >>> _number("447400123456", ""), _number("s60006", ""), _number("07400123456", "81 unknown, ISDN"), _number("Parcels", "D0")
    ('+447400123456', '60006', '07400123456', 'Parcels')
    """
    number = number_of(told)
    if re.fullmatch(r"s\d+", number):
        return number[1:]
    digits = number.replace(" ", "")
    kind = toa.lower()
    says = "international" in kind or kind.startswith("91")
    if digits.isdecimal() and (says or (not kind and _INTERNATIONAL.fullmatch(digits))):
        return f"+{digits}"
    return number


def _words(headers: Mapping[str, str], content: bytes) -> str:
    """The words by the header Alphabet. Raises LeftOut for data."""
    alphabet = headers.get("Alphabet", "").lower()
    if alphabet.startswith("bin"):
        raise LeftOut(NO_TEXT)
    if alphabet.startswith(("ucs", "uni", "chi")):
        return content.decode("utf-16-be", "surrogatepass" if not len(content) % 2 else "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("iso8859-15")
