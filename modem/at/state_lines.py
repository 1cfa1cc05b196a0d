"""Builders of CallState: the lines of CLCC and of the vendors that tell the same in other shapes."""

from modem.at.dialogue import Urc
from modem.at.fields import Builder, Fields, at, integer, q850
from modem.at.numbers import is_garbled, number_of
from modem.at.urc import CallState, CallStatus, Indication, Unknown

CLCC_STATES = {
    0: CallStatus.ACTIVE,
    1: CallStatus.HELD,
    2: CallStatus.DIALING,
    3: CallStatus.ALERTING,
    4: CallStatus.INCOMING,
    5: CallStatus.WAITING,
    6: CallStatus.ENDED,
}
CCINFO_STATES = {**CLCC_STATES, -1: CallStatus.ENDED}
DSCI_STATES = {**CLCC_STATES, 2: CallStatus.DIALING, 3: CallStatus.ACTIVE, 7: CallStatus.ALERTING}
UCALLSTAT_STATES = {**CLCC_STATES, 7: CallStatus.ACTIVE}
ECAM_STATES = {
    0: CallStatus.ENDED,
    1: CallStatus.DIALING,
    2: CallStatus.ALERTING,
    3: CallStatus.ACTIVE,
    4: CallStatus.HELD,
    5: CallStatus.WAITING,
    6: CallStatus.INCOMING,
    7: CallStatus.ENDED,
    8: CallStatus.ACTIVE,
}
# Call progress: +ECPI of MTK and %CPI of Calypso number the messages of 24.008, and MTK adds its own above
# 128.
PROGRESS_STATES = {
    **dict.fromkeys((0, 2, 3, 4, 5), CallStatus.INCOMING),
    **dict.fromkeys((1, 7, 8, 129, 133), CallStatus.ENDED),
    **dict.fromkeys((6, 132), CallStatus.ACTIVE),
    131: CallStatus.HELD,
}
# What a state says of the direction, whatever the line says: E1550 is sometimes wrong.
DIRECTION = {
    CallStatus.INCOMING: True,
    CallStatus.WAITING: True,
    CallStatus.DIALING: False,
    CallStatus.ALERTING: False,
}

# *ECAV <processid>: the exit cause is one of call control, which is Q.850's.
CALL_CONTROL = 8


def _number(fields: Fields, place: int) -> tuple[bool, str | None]:
    """Whether the line tells a number at `place`, if only that there is none; and the number. What noise has garbled, or cut
    before the number, is not told."""
    whole = bool(at(fields, place)) or len(fields) > place + 1
    told = whole and not is_garbled(at(fields, place), at(fields, place + 1))
    return told, number_of(at(fields, place), at(fields, place + 1)) if told else None


def _like_clcc(
    states: dict[int, CallStatus],
    number_at: int,
    voice_at: int,
    cause_at: int | None = None,
    snapshot: bool = False,
) -> Builder:
    """A builder for lines shaped like CLCC: index, direction, state, ... with number and type at `number_at`,
    the mode (0 is voice) at `voice_at` and the cause, where there is one, at `cause_at`. snapshot: see
    CallState."""

    def build(fields: Fields, urc: Urc) -> Indication:
        index, number, mode = integer(fields, 0), integer(fields, 2), integer(fields, voice_at)
        status = None if number is None else states.get(number)
        if index is None or status is None or mode is None:
            return Unknown(urc.line)
        has_number, address = _number(fields, number_at)
        return CallState(
            index,
            status,
            incoming=DIRECTION.get(status, at(fields, 1) == "1"),
            voice=mode == 0,
            number=address,
            withheld=has_number and address is None,
            cause=q850(fields, cause_at),
            snapshot=snapshot,
        )

    return build


clcc = _like_clcc(CLCC_STATES, number_at=5, voice_at=3)
ccinfo = _like_clcc(CCINFO_STATES, number_at=5, voice_at=3)
slcc = _like_clcc(CLCC_STATES, number_at=6, voice_at=3, snapshot=True)
_dsci_short = _like_clcc(DSCI_STATES, number_at=4, voice_at=3)
_dsci_long = _like_clcc(DSCI_STATES, number_at=5, voice_at=3, cause_at=8)


def dsci(fields: Fields, urc: Urc) -> Indication:
    """^DSCI: index, direction, state, ... Quectel prints 7 fields with a bare number, TD modules 12 with a
    quoted one and the cause.

    >>> dsci(["1", "1", "4", "0", "07700900123", "129"], Urc("^DSCI: 1,1,4,0,07700900123,129")).number
    '07700900123'
    """
    return (_dsci_long if len(fields) > 8 else _dsci_short)(fields, urc)


def by_state(
    states: dict[int, CallStatus],
    type_at: int | None = None,
    number_at: int | None = None,
    origin_at: int | None = None,
) -> Builder:
    """A builder for lines of index and state, seldom more: +UCALLSTAT, #ECAM, *ECAV, +XCALLSTAT.

    states: what each number means. type_at: the place of the kind of call, 1 is voice; number_at: of number
    and type; origin_at: of what ended it, with the cause behind it. None where the line has no such field.
    """

    def build(fields: Fields, urc: Urc) -> Indication:
        index, number = integer(fields, 0), integer(fields, 1)
        status = None if number is None else states.get(number)
        if index is None or status is None:
            return Unknown(urc.line)
        kind = integer(fields, type_at) if type_at is not None else None
        tells, address = (False, None) if number_at is None else _number(fields, number_at)
        by_network = origin_at is not None and integer(fields, origin_at) == CALL_CONTROL
        return CallState(
            index,
            status,
            DIRECTION.get(status),
            voice=kind in (None, 1),
            number=address,
            withheld=tells and address is None,
            cause=q850(fields, (origin_at or 0) + 1) if by_network else None,
        )

    return build


def progress(fields: Fields, urc: Urc) -> Indication:
    """+ECPI and %CPI: index, message, tones, channel, direction, mode, number, type, name, cause; an end may
    leave out all but four.

    >>> progress(["1", "133", "0", "0", "", "", "", "", "", "26"], Urc("+ECPI: 1,133,0,0,,,,,,26")).cause
    26
    """
    index, status = integer(fields, 0), PROGRESS_STATES.get(integer(fields, 1) or 0)
    if index is None or status is None or not at(fields, 1):
        return Unknown(urc.line)
    if at(fields, 4) == "" and status != CallStatus.ENDED:
        return Unknown(urc.line)
    incoming = None if at(fields, 4) == "" else at(fields, 4) == "1"
    if status == CallStatus.INCOMING and not incoming:
        status = CallStatus.DIALING
    tells, address = _number(fields, 6)
    rings = status == CallStatus.INCOMING
    return CallState(
        index,
        status,
        incoming,
        voice=integer(fields, 5) in (None, 0),
        number=address,
        withheld=rings and tells and address is None,
        cause=q850(fields, 9),
    )
