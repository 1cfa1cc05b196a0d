"""Builders of all indications but CallState: the fields of one line in, what it says out; `Unknown` for what
is noise."""

import re

from modem.at.dialogue import Urc
from modem.at.fields import Builder, Fields, at, integer, q850
from modem.at.names import name_of
from modem.at.numbers import is_garbled, number_of
from modem.at.urc import (
    Booted,
    CallerId,
    CallerName,
    Connected,
    DirectReport,
    DirectText,
    Ended,
    Indication,
    Indicator,
    MissedCall,
    Outgoing,
    PlainText,
    Registration,
    StoredReport,
    StoredText,
    Unknown,
    Waiting,
)

# Names of storages (27.005 3.2.2): SM, ME, MT, BM, SR, TA.
STORAGE = re.compile(r"[A-Z]{2}")
# 27.007 CLIP <CLI validity>: withheld by the caller, not available from the network between.
HIDDEN = (1, 2)


def caller_id(fields: Fields, urc: Urc) -> Indication:
    """+CLIP: number, type, ..., name, validity (27.007 CLIP); Unknown where noise has made another number of it."""
    if is_garbled(at(fields, 0), at(fields, 1)):
        return Unknown(urc.line)
    number = number_of(at(fields, 0), at(fields, 1))
    return CallerId(
        number, withheld=number is None or integer(fields, 5) in HIDDEN, name=name_of(at(fields, 4))
    )


def caller_name(fields: Fields, urc: Urc) -> Indication:
    """+CNAP: name, validity (27.007 CNAP); Unknown where the network gave none."""
    name = name_of(at(fields, 0))
    return CallerName(name) if name and integer(fields, 1) not in HIDDEN else Unknown(urc.line)


def waiting(fields: Fields, urc: Urc) -> Indication:
    """+CCWA: number, type, class; only a voice call (class 1) is one (27.007 CCWA)."""
    if is_garbled(at(fields, 0), at(fields, 1)):
        return Unknown(urc.line)
    voice = (integer(fields, 2) or 1) & 1
    number = number_of(at(fields, 0), at(fields, 1))
    return Waiting(number, withheld=number is None) if voice else Unknown(urc.line)


# ^CEND <end_status> that has its reason in <cc_cause>: 104 of the E-series, 67 of GTM900 and EM310.
RELEASED_BY_NETWORK = (104, 67)


def outgoing(fields: Fields, _urc: Urc) -> Indication:
    """^ORIG, ^CONF: index."""
    return Outgoing(integer(fields, 0))


def connected(fields: Fields, urc: Urc) -> Indication:
    """^CONN: index, kind of call; only a voice call (0) is one."""
    return Connected(integer(fields, 0)) if integer(fields, 1) in (None, 0) else Unknown(urc.line)


def cend(fields: Fields, _urc: Urc) -> Indication:
    """^CEND: index, seconds, status, cause. Of an end without a Q.850 cause MC509 says 255."""
    cause = q850(fields, 3) if integer(fields, 2) in RELEASED_BY_NETWORK else None
    return Ended(integer(fields, 0), cause, bool(integer(fields, 1)), "CEND")


def released(fields: Fields, _urc: Urc) -> Indication:
    """+WIND: 6,index."""
    return Ended(integer(fields, 0), word="WIND")


def ended_because(fields: Fields, _urc: Urc) -> Indication:
    """VOICE NO CARRIER: cause (ZTE)."""
    return Ended(cause=q850(fields, 0), word="VOICE NO CARRIER")


def end(fields: Fields, _urc: Urc) -> Indication:
    """An end that is nothing but words, which are the field."""
    return Ended(word=at(fields, 0).upper())


def missed(fields: Fields, _urc: Urc) -> Indication:
    """MISSED_CALL: time, number (SIMCom); the number may be missing."""
    words = at(fields, 0).split()
    last = words[-1].strip('"') if words else ""
    return MissedCall(last if re.fullmatch(r"\+?\d{3,}", last) else None)


def indicator(fields: Fields, urc: Urc) -> Indication:
    """+CIEV: indicator, value (27.007 CMER)."""
    value = integer(fields, 1)
    return Unknown(urc.line) if value is None else Indicator(at(fields, 0).lower(), value)


def registered(fields: Fields, urc: Urc) -> Indication:
    """+CREG: state (27.007 CREG)."""
    state = integer(fields, 0)
    return Unknown(urc.line) if state is None else Registration(state)


def stored_text(fields: Fields, urc: Urc) -> Indication:
    """+CMTI: storage, index (27.005 CNMI)."""
    index = integer(fields, 1)
    if not STORAGE.fullmatch(at(fields, 0)):
        return Unknown(urc.line)  # noise; it would be built into a command
    return StoredText(at(fields, 0), index if index is not None and index >= 0 else None)


def stored_report(fields: Fields, urc: Urc) -> Indication:
    """+CDSI: storage, index (27.005 CNMI)."""
    index = integer(fields, 1)
    known = index is not None and STORAGE.fullmatch(at(fields, 0))
    return StoredReport(at(fields, 0), index) if index is not None and known else Unknown(urc.line)


def direct_report(_fields: Fields, urc: Urc) -> Indication:
    """+CDS and its PDU (27.005 CNMI)."""
    return Unknown(urc.line) if urc.pdu is None else DirectReport(urc.pdu)


def direct_text(fields: Fields, urc: Urc) -> Indication:
    """+CMT and its PDU (27.005 CNMI); of text mode, where the header carries the sender, only the arrival
    counts."""
    if len(fields) > 2:
        return PlainText()
    return Unknown(urc.line) if urc.pdu is None else DirectText(urc.pdu)


def always(indication: Indication) -> Builder:
    """A builder for lines that say nothing but what they are."""
    return lambda fields, urc: indication


def booted(hard: bool) -> Builder:
    """A builder for boot banners, see Booted."""
    return lambda fields, urc: Booted(urc.line, hard)


def unknown(_fields: Fields, urc: Urc) -> Indication:
    """Lines that are known and say nothing about a caller's call."""
    return Unknown(urc.line)
