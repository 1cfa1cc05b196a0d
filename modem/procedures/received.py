"""A received PDU -> what the bridge is told of it; pure, and never raises: what can't be read is told as
such."""

from modem.contract import ReportReceived, Slot, TextKind, TextReceived
from modem.errors import PduError
from modem.sms import decode
from modem.sms.wap import is_picture


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
                (decoded.data or b"").decode("latin-1") if decoded.text is None else decoded.text,
                decoded.concat,
                decoded.scts,
                _kind(decoded),
                decoded.replace_type,
                decoded.truncated,
                pdu,
            )
        case decode.Submit():
            return None


def _kind(text: decode.Deliver) -> TextKind:
    """What a message is to a person (23.040 9.2.3.9 TP-PID, 23.038 4 TP-DCS)."""
    if text.is_silent:
        return TextKind.SILENT
    if text.is_binary or text.text is None:
        port = text.ports[0] if text.ports else None
        return TextKind.PICTURE if is_picture(port, text.data or b"") else TextKind.BINARY
    if text.waiting and not text.text.strip():
        return TextKind.WAITING if text.waiting.active else TextKind.WAITED
    return TextKind.TEXT
