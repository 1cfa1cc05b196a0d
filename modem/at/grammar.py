"""One URC line -> one typed indication, for every vendor whose words are known; it keeps no state and decides
nothing.

A line that nobody here knows is an `Unknown`, never an error. The words are those of 27.007 (CLIP, CLCC,
CCWA, CRING), 27.005 (CMTI, CMT, CDS) and the vendors' manuals; GRAMMAR is the whole of it, `builders` and
`state_lines` read the fields.
"""

import re

from modem.at import builders, state_lines
from modem.at.dialogue import Urc
from modem.at.fields import Builder, fields_of
from modem.at.urc import (
    CallState,
    Connected,
    Ended,
    Forwarded,
    Indication,
    NetworkTime,
    NoCalls,
    Outgoing,
    Ring,
    StorageFull,
    Unknown,
)


def parse(urc: Urc) -> Indication:
    """What a URC says; `Unknown` where nobody here knows it. Never raises.

    >>> parse(Urc('+CLIP: "15551234567",145,"",0,"",0'))
    CallerId(number='+15551234567', withheld=False, name='')
    >>> parse(Urc('^CEND:1,0, 104, 16'))
    Ended(index=1, cause=16, talked=False, word='CEND')
    """
    for pattern, build in GRAMMAR:
        if matched := pattern.fullmatch(urc.line):
            return build(fields_of(matched[1]) if matched.re.groups else [], urc)
    return Unknown(urc.line)


def call_list(lines: tuple[str, ...]) -> tuple[CallState, ...]:
    """The answer lines of AT+CLCC as states; data calls (mode other than 0) are among them, marked as such.

    >>> states = call_list(('+CLCC: 1,1,0,1,0,"",128', '+CLCC: 2,1,4,0,0,"+447700900123",145'))
    >>> [(state.index, str(state.status), state.voice) for state in states]
    [(1, 'active', False), (2, 'incoming', True)]
    """
    states = (parse(Urc(line)) for line in lines)
    return tuple(state for state in states if isinstance(state, CallState))


# A number and its type, with quotation marks or, on some modems, without. Then the type, which has bit 8 set (24.008
# 10.5.4.7), tells it from what AT+CLIP? and AT+CCWA? answer: `+CLIP: 1,1`, `+CCWA: 1,7`.
ADDRESS = r'(?:"[^"]*" ?(?:,|$)|(?:[+*#\da-c]{3,})? ?, ?(?:1[2-9]\d|2[0-5]\d)(?!\d))'

# A pattern with a group hands its comma-separated fields to the builder. The first that takes the whole line
# decides.
GRAMMAR: tuple[tuple[re.Pattern[str], Builder], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), build)
    for pattern, build in (
        (r"RING|\^?IRING", builders.always(Ring(voice=None))),
        (r"\+CRING: ?(?:ALT )?VOICE.*", builders.always(Ring(voice=True))),
        # V, VO, ... is what noise has left of VOICE; so is a word that is none.
        (r"\+CRING: ?(?!V)[A-Z]{3}[ -~]*", builders.always(Ring(voice=False))),
        (r"\+CRING:.*", builders.always(Ring(voice=None))),
        (rf"\+CLIP: ?({ADDRESS}.*)", builders.caller_id),
        (rf"\+CCWA: ?({ADDRESS}.*)", builders.waiting),
        (r"\+CNAP: ?([01] ?, ?[012])", builders.unknown),
        (r"\+CNAP: ?(.*)", builders.caller_name),
        (r"\+CLCC: ?(.*)", state_lines.clcc),
        (r'\+QIND: ?"ccinfo", ?(.*)', state_lines.ccinfo),
        (r"\^DSCI: ?(.*)", state_lines.dsci),
        (r"\^SLCC:\s*", builders.always(NoCalls())),
        (r"\^SLCC: ?(.+)", state_lines.slcc),
        (r"\+UCALLSTAT: ?(.*)", state_lines.by_state(state_lines.UCALLSTAT_STATES)),
        (r"#ECAM: ?(.*)", state_lines.by_state(state_lines.ECAM_STATES, type_at=2)),
        (
            r"\*ECAV: ?(.*)",
            state_lines.by_state(state_lines.ECAM_STATES, type_at=2, number_at=5, origin_at=3),
        ),
        (r"\+XCALLSTAT: ?(.*)", state_lines.by_state(state_lines.UCALLSTAT_STATES)),
        (r"(?:\+ECPI|%CPI): ?(.*)", state_lines.progress),
        (r"\^(?:ORIG|CONF): ?(.*)", builders.outgoing),
        (r"\+(?:ZORIG|ZCORG).*|MO RING|MO CONNECTED|RINGBACK|\+WIND: ?2", builders.always(Outgoing())),
        (r"\^CONN: ?(.*)", builders.connected),
        (
            r"VOICE CALL: BEGIN|VOICE CONNECT|VOICE ANSWER|ANSWER|\+(?:ZCONN|ZCCNT).*",
            builders.always(Connected()),
        ),
        (r"\^CEND: ?(.*)", builders.cend),
        (r"VOICE CALL: END: ?\d+", builders.always(Ended(talked=True, word="VOICE CALL: END"))),
        (r"VOICE NO CARRIER ?: ?(\d+)", builders.ended_because),
        (r"\+WIND: ?6, ?(\d+)", builders.released),
        (
            r"(NO CARRIER|VOICE CALL: END|STOPRING|HANGUP|\+ZCEND|BUSY|NO ANSWER|REMOTE CALL END)(?:: ?[\d, ]*)?",
            builders.end,
        ),
        (r"\+CSSI: ?.*", builders.unknown),
        (r"MISSED_CALL: ?(.*)", builders.missed),
        (r"\+CIEV: ?(.*)", builders.indicator),
        # 10 is what some vendors say for 0; the other codes are about holding and conferences.
        (r"\+CSSU: ?(?:0|10)(?:,.*)?", builders.always(Forwarded())),
        (r"\+CREG: ?(\d+)(?:,.*)?", builders.registered),
        (r"\+CTZ[VEU]: ?.*|\^NWTIME: ?.*|\*PSUTTZ: ?.*|\+NITZ: ?.*", builders.always(NetworkTime())),
        (r"\+CMTI: ?(.*)", builders.stored_text),
        (r"\+CMT: ?(.*)", builders.direct_text),
        (r"\+CDSI: ?(.*)", builders.stored_report),
        (r"\+CDS:.*", builders.direct_report),
        (r"\^SMMEMFULL.*|\+SMS FULL|MEMORY FULL|\+ZSMMEMFULL.*", builders.always(StorageFull())),
        (r"RDY|START|\^SYSSTART.*|\*ATREADY: ?1|\+AT: READY|\+WIND: ?4", builders.booted(hard=True)),
        (
            r"NORMAL POWER DOWN|POWERED DOWN|(?:UNDER|OVER)[-_]VOLTAGE POWER DOWN|\^SHUTDOWN",
            builders.booted(hard=True),
        ),
        (
            r"\+CFUN: ?1|\+CPIN: ?READY|Call Ready|SMS Ready|SMS DONE|PB DONE|\+PBREADY"
            r"|\+WIND: ?[78]|\+QIND: ?\"?(?:SMS|PB) DONE\"?",
            builders.booted(False),
        ),
    )
)
