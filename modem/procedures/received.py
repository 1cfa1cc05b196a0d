"""A received PDU -> what the bridge is told of it; pure, and never raises: what can't be read is told as
such."""

from modem.contract import ReportReceived, Slot, TextKind, TextReceived
from modem.errors import PduError
from modem.sms import decode
from modem.sms.content import DATA_DOWNLOAD
from modem.sms.wap import is_picture
from modem.sms.words import join_text


def received(line: str, now: float, pdu: str, slot: Slot | None) -> TextReceived | ReportReceived | None:
    """A DELIVER or a STATUS-REPORT as an event (23.040 9.2.2); None for a SUBMIT, which is a text of ours
    that lies in the storage. line, now: for the event. pdu: hex, the SMSC's number first. slot: where it
    lies, None if it was delivered directly. Never raises: what cannot be read is told as UNREADABLE."""
    try:
        decoded = decode.decode(pdu)
    except PduError:
        return TextReceived(line, now, slot, "", "", None, None, TextKind.UNREADABLE, None, False, pdu)
    match decoded:
        case decode.StatusReport():
            recipient = decoded.recipient.number
            return ReportReceived(
                line, now, slot, decoded.mr, recipient, decoded.status, decoded.discharge, decoded.scts
            )
        case decode.Deliver():
            return TextReceived(
                line,
                now,
                slot,
                decoded.sender.number,
                _body(decoded),
                decoded.concat,
                decoded.scts,
                _kind(decoded),
                decoded.replace_type,
                decoded.truncated,
                pdu,
            )
        case decode.Submit():
            return None


def _body(text: decode.Deliver) -> str:
    """Words without control characters; of a part what it came as, since only the whole tells what it says."""
    if text.data is not None and (text.is_binary or text.concat):
        return text.data.decode("latin-1")
    return (text.text or "") if text.concat else join_text([text.text or ""])


def _kind(text: decode.Deliver) -> TextKind:
    """What a message is to a person (23.040 9.2.3.9 TP-PID, 23.038 4 TP-DCS)."""
    if text.is_silent:
        return TextKind.SILENT
    port = text.ports[0] if text.ports else None
    if text.data is not None and text.concat and port is None and text.pid != DATA_DOWNLOAD:
        return TextKind.OCTETS
    if text.is_binary or text.text is None:
        return TextKind.PICTURE if is_picture(port, text.data or b"") else TextKind.BINARY
    if text.waiting and not _body(text).strip():
        return TextKind.WAITING if text.waiting.active else TextKind.WAITED
    return TextKind.TEXT
