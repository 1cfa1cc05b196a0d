"""A PDU as people read it, one flat object of plain values for `textback decode`; it decodes nothing itself."""

from dataclasses import asdict
from datetime import datetime

from modem.errors import PduError
from modem.sms.content import Content, Mwi
from modem.sms.decode import Deliver, StatusReport, Submit, decode
from modem.sms.octets import Address
from modem.sms.words import shown


def describe(pdu: str) -> dict[str, object]:
    """What `pdu` (hex, SMSC first) says, as values that JSON has; {"error": sentence} if it must be refused.

    Times are ISO 8601 with the sender's offset, `concat` is [reference, total, part], `nli` [locking, single
    shift], `ports` [destination, originator], `vp` the octet of a relative validity or a time or hex; what a
    PDU does not say is null.

    >>> describe("07911326040000F0040B911346610089F600006250325195408004D4F29C0E")["scts"]
    '2026-05-23T15:59:04+02:00'
    """
    try:
        message = decode(pdu)
    except PduError as error:
        return {"error": str(error)}
    match message:
        case Deliver():
            return _deliver(message)
        case Submit():
            return _submit(message)
        case StatusReport():
            return _status_report(message)


def _deliver(message: Deliver) -> dict[str, object]:
    return {
        "type": "deliver",
        "smsc": message.smsc,
        **_address(message.sender),
        "scts": _time(message.scts),
        **_content(message),
    }


def _submit(message: Submit) -> dict[str, object]:
    validity = message.validity
    return {
        "type": "submit",
        "smsc": message.smsc,
        **_address(message.recipient),
        "ref": message.mr,
        "vp": _time(validity) if isinstance(validity, datetime) else validity,
        "srr": message.report,
        **_content(message),
    }


def _status_report(message: StatusReport) -> dict[str, object]:
    return {
        "type": "status-report",
        "smsc": message.smsc,
        **_address(message.recipient),
        "ref": message.mr,
        "scts": _time(message.scts),
        "discharge": _time(message.discharge),
        "status": message.status,
    }


def _address(address: Address) -> dict[str, object]:
    return {"number": address.number, "addr_kind": address.kind}


def _content(content: Content) -> dict[str, object]:
    concat = content.concat
    data = {"data": content.data.hex()} if content.data is not None else {}
    return {
        "pid": content.pid,
        "dcs": content.dcs,
        "encoding": content.alphabet,
        "class": content.message_class,
        "mwi": _mwi(content.mwi),
        "mwi_header": _mwi(content.header_mwi),
        "multipart": concat is not None,
        "concat": [concat.reference, concat.total, concat.part] if concat else None,
        "ports": list(content.ports) if content.ports else None,
        "nli": list(content.languages) if content.languages else None,
        **data,
        "text": None if content.text is None else shown(content.text),
        "truncated": content.truncated,
    }


def _mwi(mwi: Mwi | None) -> dict[str, object] | None:
    if mwi is None:
        return None
    return {key: value for key, value in asdict(mwi).items() if value is not None}


def _time(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


# what the keys of `describe` are called on the sheet for people
LABELS = {
    "type": "Type",
    "smsc": "SMSC",
    "number": "Number",
    "scts": "Time at the SMSC",
    "discharge": "Discharged",
    "status": "Status",
    "ref": "MR",
    "vp": "Validity",
    "srr": "Wants a report",
    "encoding": "Alphabet",
    "class": "Class",
    "pid": "PID",
    "dcs": "DCS",
    "mwi": "Waiting (DCS)",
    "mwi_header": "Waiting (header)",
    "concat": "Part",
    "ports": "Ports",
    "nli": "Languages",
    "truncated": "Cut off",
    "data": "Data",
    "text": "Text",
    "error": "Refused",
}


def plain(pdu: str) -> str:
    """The same as `describe` as a sheet for the terminal: one `label: value` a line, what is null left out.

    Control characters of a stranger's text are shown as escapes, so that they cannot steer the terminal.

    >>> print(plain("0006040D91945152991136F00160124130340A0160124130940A00"))
    Type:             status-report
    Number:           +4915259911630
    Time at the SMSC: 2010-06-21T14:03:43-05:00
    Discharged:       2010-06-21T14:03:49-05:00
    Status:           0x00
    MR:               4
    """
    said = describe(pdu)
    lines = ((label, _shown(key, said.get(key))) for key, label in LABELS.items())
    return "\n".join(f"{label + ':':<18}{value}" for label, value in lines if value)


def _shown(key: str, value: object) -> str:
    match key, value:
        case ("pid" | "dcs" | "status", int(octet)):
            return f"0x{octet:02X}"
        case "concat", [reference, total, part]:
            return f"{part} of {total} (reference {reference})"
        case _, None | False:
            return ""
        case _, True:
            return "yes"
        case _, dict(said):
            return ", ".join(f"{name} {_shown('', each) or 'no'}" for name, each in said.items())
        case _, list(each):
            return ", ".join(map(str, each))
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(value))
