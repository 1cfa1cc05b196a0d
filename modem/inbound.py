"""A received PDU -> what the bridge is told of it; pure, and never raises: what can't be read is told as such."""

from modem import tpdu
from modem.contract import ReportReceived, Slot, TextReceived
from modem.errors import PduError


def received(line: str, now: float, pdu: str, slot: Slot | None) -> TextReceived | ReportReceived | None:
    """A DELIVER or a STATUS-REPORT as an event; None for a SUBMIT, which is a text of ours that lies in the storage."""
    try:
        decoded = tpdu.decode(pdu)
    except PduError:
        return TextReceived(line, now, slot, "", "", None, None, "unreadable", False, pdu)
    match decoded:
        case tpdu.StatusReport():
            recipient = decoded.recipient.number
            return ReportReceived(line, now, slot, decoded.mr, recipient, decoded.status, decoded.discharge)
        case tpdu.Deliver():
            return TextReceived(
                line,
                now,
                slot,
                decoded.sender.number,
                decoded.text or "",
                decoded.concat,
                decoded.scts,
                _kind(decoded),
                decoded.truncated,
                pdu,
            )
        case tpdu.Submit():
            return None


def _kind(text: tpdu.Deliver) -> str:
    if text.is_silent:
        return "silent"
    if text.is_binary or text.text is None:
        return "binary"
    return "mwi" if text.waiting and not text.text else "text"
