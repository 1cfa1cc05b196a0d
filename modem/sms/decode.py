"""What a PDU from the modem says: DELIVER, SUBMIT and STATUS-REPORT (23.040 9.2.2), decoded and nothing more.

No clock, port, thread or database, and no C library sees these octets: strangers choose them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from modem.errors import PduError
from modem.sms.content import Concat, Content, Mwi, content
from modem.sms.gsm7 import mend
from modem.sms.octets import Address, Octets, address, service_centre, timestamp

__all__ = ["Address", "Concat", "Deliver", "Mwi", "StatusReport", "Submit", "decode", "join"]


@dataclass(frozen=True, kw_only=True)
class Deliver(Content):
    """A message that came in (9.2.2.1). scts: when the SMSC got it, None if that was not a time."""

    smsc: str | None
    sender: Address
    scts: datetime | None


@dataclass(frozen=True, kw_only=True)
class Submit(Content):
    """A message to be sent (9.2.2.2), as one finds it in the outbox of a SIM.

    mr: TP-MR. validity: the octet of a relative period (9.2.3.12.1), a time (.2), the octets in hex of an
    enhanced one (.3), None without. report: TP-SRR, a status report is wanted.
    """

    smsc: str | None
    recipient: Address
    mr: int
    validity: int | datetime | str | None
    report: bool


@dataclass(frozen=True, kw_only=True)
class StatusReport:
    """What became of a message of ours (9.2.2.3).

    mr: the TP-MR that +CMGS gave it. scts: when the SMSC got it. discharge: when it was delivered or last
    tried. status: TP-ST (9.2.3.15), below 0x20 done, below 0x40 still trying, then failed. Times are None if
    they are none.
    """

    smsc: str | None
    mr: int
    recipient: Address
    scts: datetime | None
    discharge: datetime | None
    status: int


def decode(pdu: str) -> Deliver | Submit | StatusReport:
    """Reads a PDU in hex as AT+CMGL, CMGR and +CDS print it: SMSC number first, then the TPDU.

    Spaces, line ends and lower case are fine. Raises PduError, in one sentence, for what cannot be read at
    all.

    >>> decode("07911326040000F0040B911346610089F600006250325195408004D4F29C0E").text
    'Test'
    """
    try:
        octets = Octets(bytes.fromhex("".join(pdu.split())))
    except ValueError:
        raise PduError("the PDU is not an even number of hexadecimal digits") from None
    smsc = service_centre(octets)
    first = octets.octet("the first octet of the TPDU")
    match first & 3:  # TP-MTI, 9.2.3.1
        case 0:
            return _deliver(smsc, first, octets)
        case 1:
            return _submit(smsc, first, octets)
        case 2:
            return _status_report(smsc, octets)
    raise PduError("the message type is 3, which is reserved")


def _deliver(smsc: str | None, first: int, octets: Octets) -> Deliver:
    sender = address(octets, "the sender (TP-OA)")
    pid = octets.octet("TP-PID")
    dcs = octets.octet("TP-DCS")
    scts = timestamp(octets.take(7, "the time stamp (TP-SCTS)"))
    body = _content(pid, dcs, first, octets)
    return Deliver(**vars(body), smsc=smsc, sender=sender, scts=scts)


def _submit(smsc: str | None, first: int, octets: Octets) -> Submit:
    mr = octets.octet("TP-MR")
    recipient = address(octets, "the recipient (TP-DA)")
    pid = octets.octet("TP-PID")
    dcs = octets.octet("TP-DCS")
    validity = _validity(first >> 3 & 3, octets)
    body = _content(pid, dcs, first, octets)
    return Submit(
        **vars(body), smsc=smsc, recipient=recipient, mr=mr, validity=validity, report=bool(first & 0x20)
    )


def _status_report(smsc: str | None, octets: Octets) -> StatusReport:
    return StatusReport(
        smsc=smsc,
        mr=octets.octet("TP-MR"),
        recipient=address(octets, "the recipient (TP-RA)"),
        scts=timestamp(octets.take(7, "the time stamp (TP-SCTS)")),
        discharge=timestamp(octets.take(7, "the discharge time (TP-DT)")),
        status=octets.octet("the status (TP-ST)"),
    )


def _content(pid: int, dcs: int, first: int, octets: Octets) -> Content:
    length = octets.octet("the length of the user data (TP-UDL)")
    return content(pid, dcs, bool(first & 0x40), length, octets.rest())


def _validity(layout: int, octets: Octets) -> int | datetime | str | None:
    """TP-VP by its format TP-VPF: 0 none, 1 enhanced, 2 relative, 3 absolute (9.2.3.3)."""
    if layout == 0:
        return None
    if layout == 2:
        return octets.octet("the validity period (TP-VP)")
    value = octets.take(7, "the validity period (TP-VP)")
    return timestamp(value) if layout == 3 else value.hex()


def join(texts: Iterable[str]) -> str:
    r"""The parts of a long message as one text, in the order given.

    An emoji that was cut in two between parts becomes whole; a half that stays alone becomes U+FFFD.

    >>> join(["so \ud83d", "\ude01"])
    'so 😁'
    """
    return mend("".join(texts))
