"""One URC line -> one typed indication, for every vendor whose words are known; it keeps no state and decides nothing.

A line that nobody here knows is an `Unknown`, never an error. The words are those of reference 27.007 (CLIP, CLCC, CCWA,
CRING), 27.005 (CMTI, CMT, CDS) and the vendors' manuals; GRAMMAR at the foot of the file is the whole of it.
"""

import csv
import re
from collections.abc import Callable

from modem.at.dialogue import Urc
from modem.at.urc import (
    Booted,
    CallerId,
    CallState,
    Connected,
    DirectReport,
    DirectText,
    Ended,
    Forwarded,
    Indication,
    Indicator,
    MissedCall,
    NetworkTime,
    NoCalls,
    Outgoing,
    PlainText,
    Registration,
    Ring,
    StorageFull,
    StoredReport,
    StoredText,
    Unknown,
    Waiting,
)


def parse(urc: Urc) -> Indication:
    """What a URC says.

    >>> parse(Urc('+CLIP: "15551234567",145,"",0,"",0'))
    CallerId(number='+15551234567', withheld=False, name='')
    >>> parse(Urc('^CEND:1,0, 104, 16'))
    Ended(index=1, cause=16, talked=False, word='CEND')
    """
    for pattern, build in GRAMMAR:
        if matched := pattern.fullmatch(urc.line):
            return build(_fields(matched[1]) if matched.re.groups else [], urc)
    return Unknown(urc.line)


def call_list(lines: tuple[str, ...]) -> tuple[CallState, ...]:
    """The answer lines of AT+CLCC as states; data calls (mode other than 0) are among them, marked as such.

    >>> [(s.index, s.state, s.voice) for s in call_list(('+CLCC: 1,1,0,1,0,"",128', '+CLCC: 2,1,4,0,0,"+447700900123",145'))]
    [(1, 'active', False), (2, 'incoming', True)]
    """
    states = (parse(Urc(line)) for line in lines)
    return tuple(state for state in states if isinstance(state, CallState))


def number_of(text: str, ton: str) -> str | None:
    """An address as 27.007 prints it: type 145 is international and has a `+`, whether or not the modem printed it."""
    digits = text.strip()
    if ton.strip() == "145" and digits[:1].isdigit():
        return "+" + digits
    return digits or None


# ---- fields

Fields = list[str]


def _fields(text: str) -> Fields:
    if text.count('"') % 2:
        text = text[: text.rindex('"')].rstrip(
            ", "
        )  # cut off inside its last string, which is no number any more
    row: Fields = next(csv.reader([text], skipinitialspace=True), [])
    return [field.strip() for field in row]


def _at(fields: Fields, place: int) -> str:
    return fields[place] if place < len(fields) else ""


def _int(fields: Fields, place: int) -> int | None:
    text = _at(fields, place)
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else None


# ---- builders

# Names of storages (27.005 3.2.2): SM, ME, MT, BM, SR, TA.
STORAGE = re.compile(r"[A-Z]{2}")

CLCC_STATES = {0: "active", 1: "held", 2: "dialing", 3: "alerting", 4: "incoming", 5: "waiting", 6: "ended"}
CCINFO_STATES = {**CLCC_STATES, -1: "ended"}
DSCI_STATES = {**CLCC_STATES, 2: "dialing", 3: "active", 7: "alerting"}
UCALLSTAT_STATES = {**CLCC_STATES, 7: "active"}
ECAM_STATES = {
    0: "ended",
    1: "dialing",
    2: "alerting",
    3: "active",
    4: "held",
    5: "waiting",
    6: "incoming",
    7: "ended",
    8: "active",
}
# Call progress: +ECPI of MTK and %CPI of Calypso number the messages of 24.008, and MTK adds its own above 128.
PROGRESS_STATES = {
    **dict.fromkeys((0, 2, 3, 4, 5), "incoming"),
    **dict.fromkeys((1, 7, 8, 129, 133), "ended"),
    **dict.fromkeys((6, 132), "active"),
    131: "held",
}
# What a state says of the direction, whatever the line says: E1550 is sometimes wrong.
DIRECTION = {"incoming": True, "waiting": True, "dialing": False, "alerting": False}


# 27.007 CLIP <CLI validity>: withheld by the caller, not available from the network between.
HIDDEN = (1, 2)


def _caller_id(fields: Fields, _urc: Urc) -> Indication:
    number = number_of(_at(fields, 0), _at(fields, 1))
    return CallerId(number, withheld=number is None or _int(fields, 5) in HIDDEN, name=_at(fields, 4))


def _waiting(fields: Fields, urc: Urc) -> Indication:
    voice = (_int(fields, 2) or 1) & 1
    number = number_of(_at(fields, 0), _at(fields, 1))
    return Waiting(number, withheld=number is None) if voice else Unknown(urc.line)


# ^CEND <end_status> that has its reason in <cc_cause>: 104 of the E-series, 67 of GTM900 and EM310.
RELEASED_BY_NETWORK = (104, 67)
# *ECAV <processid>: the exit cause is one of call control, which is Q.850's.
CALL_CONTROL = 8


def _cause(fields: Fields, place: int | None) -> int | None:
    """A Q.850 cause: other numbers are a vendor's own."""
    cause = None if place is None else _int(fields, place)
    return cause if cause is not None and 1 <= cause <= 127 else None


def _listed(
    states: dict[int, str], number_at: int, voice_at: int, cause_at: int | None = None, snapshot: bool = False
) -> "Builder":
    """Lines shaped like CLCC: index, direction, state, ... with number and type at `number_at`."""

    def build(fields: Fields, urc: Urc) -> Indication:
        index, number = _int(fields, 0), _int(fields, 2)
        state = None if number is None else states.get(number)
        if index is None or state is None:
            return Unknown(urc.line)
        has_number = len(fields) > number_at
        address = number_of(_at(fields, number_at), _at(fields, number_at + 1)) if has_number else None
        return CallState(
            index,
            state,
            incoming=DIRECTION.get(state, _at(fields, 1) == "1"),
            voice=_int(fields, voice_at) == 0,
            number=address,
            withheld=has_number and address is None,
            cause=_cause(fields, cause_at),
            snapshot=snapshot,
        )

    return build


_clcc = _listed(CLCC_STATES, number_at=5, voice_at=3)
_ccinfo = _listed(CCINFO_STATES, number_at=5, voice_at=3)
_slcc = _listed(CLCC_STATES, number_at=6, voice_at=3, snapshot=True)
_dsci_short = _listed(DSCI_STATES, number_at=4, voice_at=3)
_dsci_long = _listed(DSCI_STATES, number_at=5, voice_at=3, cause_at=8)


def _dsci(fields: Fields, urc: Urc) -> Indication:
    """Quectel prints 7 fields with a bare number, TD modules 12 with a quoted one and the cause."""
    return (_dsci_long if len(fields) > 8 else _dsci_short)(fields, urc)


def _by_state(
    states: dict[int, str],
    type_at: int | None = None,
    number_at: int | None = None,
    origin_at: int | None = None,
) -> "Builder":
    """Lines of index and state, seldom more: +UCALLSTAT, #ECAM, *ECAV, +XCALLSTAT. origin_at: who ended it and why."""

    def build(fields: Fields, urc: Urc) -> Indication:
        index, number = _int(fields, 0), _int(fields, 1)
        state = None if number is None else states.get(number)
        if index is None or state is None:
            return Unknown(urc.line)
        kind = _int(fields, type_at) if type_at is not None else None
        tells = number_at is not None and len(fields) > number_at
        address = number_of(_at(fields, number_at or 0), _at(fields, (number_at or 0) + 1)) if tells else None
        by_network = origin_at is not None and _int(fields, origin_at) == CALL_CONTROL
        return CallState(
            index,
            state,
            DIRECTION.get(state),
            voice=kind in (None, 1),
            number=address,
            withheld=tells and address is None,
            cause=_cause(fields, (origin_at or 0) + 1) if by_network else None,
        )

    return build


def _progress(fields: Fields, urc: Urc) -> Indication:
    """Index, message, tones, channel, direction, mode, number, type, name, cause; an end may leave out all but four."""
    index, state = _int(fields, 0), PROGRESS_STATES.get(_int(fields, 1) or 0)
    if index is None or state is None or not _at(fields, 1):
        return Unknown(urc.line)
    if _at(fields, 4) == "" and state != "ended":
        return Unknown(urc.line)
    incoming = None if _at(fields, 4) == "" else _at(fields, 4) == "1"
    if state == "incoming" and not incoming:
        state = "dialing"
    address = number_of(_at(fields, 6), _at(fields, 7))
    rings = state == "incoming"
    return CallState(
        index,
        state,
        incoming,
        voice=_int(fields, 5) in (None, 0),
        number=address,
        withheld=rings and len(fields) > 6 and address is None,
        cause=_cause(fields, 9),
    )


def _outgoing(fields: Fields, _urc: Urc) -> Indication:
    return Outgoing(_int(fields, 0))


def _connected(fields: Fields, urc: Urc) -> Indication:
    return Connected(_int(fields, 0)) if _int(fields, 1) in (None, 0) else Unknown(urc.line)


def _cend(fields: Fields, _urc: Urc) -> Indication:
    """^CEND: index, seconds, status, cause. Of an end without a Q.850 cause MC509 says 255."""
    cause = _cause(fields, 3) if _int(fields, 2) in RELEASED_BY_NETWORK else None
    return Ended(_int(fields, 0), cause, bool(_int(fields, 1)), "CEND")


def _released(fields: Fields, _urc: Urc) -> Indication:
    return Ended(_int(fields, 0), word="WIND")


def _ended_because(fields: Fields, _urc: Urc) -> Indication:
    return Ended(cause=_cause(fields, 0), word="VOICE NO CARRIER")


def _end(fields: Fields, _urc: Urc) -> Indication:
    return Ended(word=_at(fields, 0).upper())


def _missed(fields: Fields, _urc: Urc) -> Indication:
    words = _at(fields, 0).split()
    last = words[-1] if words else ""
    return MissedCall(last if re.fullmatch(r"\+?\d{3,}", last) else None)


def _indicator(fields: Fields, urc: Urc) -> Indication:
    value = _int(fields, 1)
    return Unknown(urc.line) if value is None else Indicator(_at(fields, 0).lower(), value)


def _registered(fields: Fields, urc: Urc) -> Indication:
    state = _int(fields, 0)
    return Unknown(urc.line) if state is None else Registration(state)


def _stored_text(fields: Fields, urc: Urc) -> Indication:
    index = _int(fields, 1)
    if not STORAGE.fullmatch(_at(fields, 0)):
        return Unknown(urc.line)  # noise; it would be built into a command
    return StoredText(_at(fields, 0), index if index is not None and index >= 0 else None)


def _stored_report(fields: Fields, urc: Urc) -> Indication:
    index = _int(fields, 1)
    known = index is not None and STORAGE.fullmatch(_at(fields, 0))
    return StoredReport(_at(fields, 0), index) if index is not None and known else Unknown(urc.line)


def _direct_report(_fields: Fields, urc: Urc) -> Indication:
    return Unknown(urc.line) if urc.pdu is None else DirectReport(urc.pdu)


def _direct_text(fields: Fields, urc: Urc) -> Indication:
    """27.005 CMT: of text mode, where the header carries the sender, only the arrival counts."""
    if len(fields) > 2:
        return PlainText()
    return Unknown(urc.line) if urc.pdu is None else DirectText(urc.pdu)


def _is(indication: Indication) -> "Builder":
    return lambda fields, urc: indication


def _booted(hard: bool) -> "Builder":
    return lambda fields, urc: Booted(urc.line, hard)


Builder = Callable[[Fields, Urc], Indication]

# A pattern with a group hands its comma-separated fields to the builder. The first that takes the whole line decides.
GRAMMAR: tuple[tuple[re.Pattern[str], Builder], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), build)
    for pattern, build in (
        (r"RING|\^?IRING", _is(Ring(voice=None))),
        (r"\+CRING: ?(?:ALT )?VOICE.*", _is(Ring(voice=True))),
        (r"\+CRING: ?.*", _is(Ring(voice=False))),
        (r'\+CLIP: ?("[^"]*" ?, ?\d+.*)', _caller_id),
        (r'\+CCWA: ?("[^"]*" ?, ?\d+.*)', _waiting),
        (r"\+CLCC: ?(.*)", _clcc),
        (r'\+QIND: ?"ccinfo", ?(.*)', _ccinfo),
        (r"\^DSCI: ?(.*)", _dsci),
        (r"\^SLCC:\s*", _is(NoCalls())),
        (r"\^SLCC: ?(.+)", _slcc),
        (r"\+UCALLSTAT: ?(.*)", _by_state(UCALLSTAT_STATES)),
        (r"#ECAM: ?(.*)", _by_state(ECAM_STATES, type_at=2)),
        (r"\*ECAV: ?(.*)", _by_state(ECAM_STATES, type_at=2, number_at=5, origin_at=3)),
        (r"\+XCALLSTAT: ?(.*)", _by_state(UCALLSTAT_STATES)),
        (r"(?:\+ECPI|%CPI): ?(.*)", _progress),
        (r"\^(?:ORIG|CONF): ?(.*)", _outgoing),
        (r"\+(?:ZORIG|ZCORG).*|MO RING|MO CONNECTED|RINGBACK|\+WIND: ?2", _is(Outgoing())),
        (r"\^CONN: ?(.*)", _connected),
        (r"VOICE CALL: BEGIN|VOICE CONNECT|VOICE ANSWER|ANSWER|\+(?:ZCONN|ZCCNT).*", _is(Connected())),
        (r"\^CEND: ?(.*)", _cend),
        (r"VOICE CALL: END: ?\d+", _is(Ended(talked=True, word="VOICE CALL: END"))),
        (r"VOICE NO CARRIER ?: ?(\d+)", _ended_because),
        (r"\+WIND: ?6, ?(\d+)", _released),
        (
            r"(NO CARRIER|VOICE CALL: END|STOPRING|HANGUP|\+ZCEND|BUSY|NO ANSWER|REMOTE CALL END)(?:: ?[\d, ]*)?",
            _end,
        ),
        (r"\+CSSI: ?.*", lambda fields, urc: Unknown(urc.line)),
        (r"MISSED_CALL: ?(.*)", _missed),
        (r"\+CIEV: ?(.*)", _indicator),
        # 10 is what some vendors say for 0; the other codes are about holding and conferences.
        (r"\+CSSU: ?(?:0|10)(?:,.*)?", _is(Forwarded())),
        (r"\+CREG: ?(\d+)(?:,.*)?", _registered),
        (r"\+CTZ[VEU]: ?.*|\^NWTIME: ?.*|\*PSUTTZ: ?.*|\+NITZ: ?.*", _is(NetworkTime())),
        (r"\+CMTI: ?(.*)", _stored_text),
        (r"\+CMT: ?(.*)", _direct_text),
        (r"\+CDSI: ?(.*)", _stored_report),
        (r"\+CDS:.*", _direct_report),
        (r"\^SMMEMFULL.*|\+SMS FULL|MEMORY FULL|\+ZSMMEMFULL.*", _is(StorageFull())),
        (r"RDY|START|\^SYSSTART.*|\*ATREADY: ?1|\+AT: READY|\+WIND: ?4", _booted(hard=True)),
        (
            r"NORMAL POWER DOWN|POWERED DOWN|(?:UNDER|OVER)[-_]VOLTAGE POWER DOWN|\^SHUTDOWN",
            _booted(hard=True),
        ),
        (
            r"\+CFUN: ?1|\+CPIN: ?READY|Call Ready|SMS Ready|SMS DONE|PB DONE|\+PBREADY"
            r"|\+WIND: ?[78]|\+QIND: ?\"?(?:SMS|PB) DONE\"?",
            _booted(False),
        ),
    )
)
