"""The AT vocabulary that we send: each command's text, what its answer looks like, and how long it may take
(seconds).

Answers are told from URCs of the same name by their shape: `+CREG: 0,1` answers, `+CREG: 1` is unsolicited;
`+CLIP: 1,1` answers, `+CLIP: "+44..."` is a caller.
"""

import re

from modem.at.dialogue import Command

_PDU_LINE = re.compile(r"(?:[0-9A-Fa-f]{2}){8,}$")
# A maker's or a model's name stands alone on its line; so do these, which no modem is called.
_URC_WORDS = (
    r"\^?I?RING|NO CARRIER|BUSY|NO ANSWER|NO DIALTONE|CONNECT|STOPRING|RINGBACK|ANSWER|VOICE |MO |RDY|START|Call Ready|"
    r"SMS |PB DONE|MEMORY FULL|HANGUP|(?:OVER|UNDER)[-_]VOLTAGE|NORMAL POWER DOWN|POWERED DOWN|REMOTE CALL END"
)
_NAME_LINE = re.compile(rf"(?!{_URC_WORDS})[^+^*#$%][^:]*$")
_DIGITS_LINE = re.compile(r'"?\d{6,22}F?"?$')
# +CMS ERROR of AT+CMGR and AT+CMGD for a place where nothing lies (27.005 3.2.5).
NO_SUCH_INDEX = 321


def _answer(prefix: str) -> re.Pattern[str]:
    return re.compile(re.escape(prefix) + ":")


AT = Command("AT", timeout=2.0)
# What nothing else asks and no URC is called: its answer shows that those of older commands have all come.
IN_STEP = Command("AT+CMEE?", _answer("+CMEE"), insists=True)
ECHO_OFF = Command("ATE0", timeout=2.0)
NUMERIC_ERRORS = Command("AT+CMEE=1")
NEVER_ANSWER = Command("ATS0=0")
MANUFACTURER = Command("AT+CGMI", re.compile(r"\+CGMI:"), _NAME_LINE)
MODEL = Command("AT+CGMM", re.compile(r"\+CGMM:"), _NAME_LINE)
IMEI = Command("AT+CGSN", re.compile(r"\+CGSN:"), _DIGITS_LINE)
IMSI = Command("AT+CIMI", re.compile(r"\+CIMI:"), _DIGITS_LINE)
ICCIDS = tuple(
    Command(f"AT{name}{mark}", re.compile(rf"\{name[0]}{name[1:]}:"), _DIGITS_LINE)
    for name, mark in (("+CCID", ""), ("+QCCID", ""), ("+CICCID", ""), ("^ICCID", "?"), ("+ICCID", ""))
)
OWN_NUMBER = Command("AT+CNUM", _answer("+CNUM"))
PIN_STATE = Command("AT+CPIN?", _answer("+CPIN"))
PIN_TRIES = Command('AT+CPINR="SIM PIN"', _answer("+CPINR"))
REGISTRATION = Command("AT+CREG?", re.compile(r"\+CREG: ?\d,"))
LTE_REGISTRATION = Command("AT+CEREG?", re.compile(r"\+CEREG: ?\d,"))
OPERATOR = Command("AT+COPS?", _answer("+COPS"), timeout=20.0)
SIGNAL = Command("AT+CSQ", _answer("+CSQ"))
CLOCK = Command("AT+CCLK?", _answer("+CCLK"))
SMSC = Command("AT+CSCA?", _answer("+CSCA"))
CALLER_ID = Command("AT+CLIP=1", timeout=15.0)
CALLER_ID_STATE = Command("AT+CLIP?", re.compile(r"\+CLIP: ?\d(?: ?, ?\d)?$"), timeout=15.0)
# The network's own name for a caller, as "Scam Likely" (27.007 CNAP).
CALLER_NAME = Command("AT+CNAP=1", timeout=15.0)
RING_KIND = Command("AT+CRC=1")
CALL_WAITING = Command("AT+CCWA=1", timeout=15.0)
FORWARD_NOTICES = Command("AT+CSSN=1,1")
TELL_REGISTRATION = Command("AT+CREG=1")
# The modem's clock follows the network's, and it says so (27.007 CTZU, CTZR).
KEEP_TIME, TELL_TIME = Command("AT+CTZU=1"), Command("AT+CTZR=1")
HEAR_CALLS = (
    *(CALLER_ID, CALLER_NAME, RING_KIND, CALL_WAITING, FORWARD_NOTICES, TELL_REGISTRATION),
    *(KEEP_TIME, TELL_TIME),
)
CAUSE = Command("AT+CEER", _answer("+CEER"))
BOOKS = Command("AT+CPBS=?", _answer("+CPBS"))
MISSED_BOOK = Command('AT+CPBS="MC"', timeout=10.0)
BOOK_EXTENT = Command("AT+CPBR=?", _answer("+CPBR"), timeout=15.0)
CALLS = Command("AT+CLCC", re.compile(r"\+CLCC: ?\d+,"))
INDICATORS = Command("AT+CIND=?", _answer("+CIND"))
ANSWER = Command("ATA", timeout=30.0, dial=True)
HANG_UP = Command("AT+CHUP", timeout=10.0)
HANG_UP_V25 = Command("ATH", timeout=10.0)
PDU_MODE = Command("AT+CMGF=0")
PDU_MODE_STATE = Command("AT+CMGF?", _answer("+CMGF"))
STORAGES = Command("AT+CPMS=?", _answer("+CPMS"))
STORAGE_STATE = Command("AT+CPMS?", _answer("+CPMS"))
LIST_ALL = Command("AT+CMGL=4", _answer("+CMGL"), _PDU_LINE, timeout=30.0)
# The radio link stays up between the parts of a long text (27.005 CMMS).
KEEP_LINK = Command("AT+CMMS=1")
# What is announced of texts and reports, best first (27.005 CNMI: mode, mt, bm, ds, bfr): a text stored and
# announced, reports direct, else stored, else none; mode 1 for modems that advertise 2 and refuse it.
TELL_TEXTS = tuple(Command(f"AT+CNMI={mode},1,0,{ds},0") for mode in (2, 1) for ds in (1, 2, 0))
TELL_TEXTS_STATE = Command("AT+CNMI?", _answer("+CNMI"))
# For modems that store nothing: handed over directly, each to be acknowledged (27.005 CSMS 1, CNMA).
PHASE_2_PLUS = Command("AT+CSMS=1", _answer("+CSMS"))
SERVICE = Command("AT+CSMS?", _answer("+CSMS"))
HAND_OVER_TEXTS = tuple(Command(f"AT+CNMI={mode},2,0,{ds},0") for mode in (2, 1) for ds in (1, 0))
ACKNOWLEDGE = Command("AT+CNMA")


# A modem that falls silent at one of these twice is not asked it again: the line matters more than what it
# would tell.
OPTIONAL = frozenset(
    command.text
    for command in (
        *(
            CALLER_NAME,
            FORWARD_NOTICES,
            TELL_REGISTRATION,
            KEEP_TIME,
            TELL_TIME,
            INDICATORS,
            STORAGES,
            SERVICE,
            KEEP_LINK,
        ),
        *(REGISTRATION, LTE_REGISTRATION, OPERATOR, SIGNAL, CLOCK, SMSC, OWN_NUMBER, *ICCIDS),
        *(CAUSE, BOOKS, MISSED_BOOK, BOOK_EXTENT, PIN_TRIES),
    )
)
ENOUGH = 2


def pin(digits: str) -> Command:
    """Unlock the SIM (27.007 CPIN)."""
    return Command(f'AT+CPIN="{digits}"', timeout=10.0)


def use_storage(*names: str) -> Command:
    """Select where texts are read and deleted, and with more names where they are written and arrive (27.005
    CPMS).

    >>> use_storage("SM").text, use_storage("ME", "SM", "ME").text
    ('AT+CPMS="SM"', 'AT+CPMS="ME","SM","ME"')
    """
    quoted = ",".join(f'"{name}"' for name in names)
    return Command(f"AT+CPMS={quoted}", _answer("+CPMS"), timeout=15.0)


def book(first: int, last: int) -> Command:
    """Read these places of the selected phone book (27.007 CPBR)."""
    return Command(f"AT+CPBR={first},{last}", _answer("+CPBR"), timeout=30.0)


def read(index: int) -> Command:
    """Read one stored message (27.005 CMGR)."""
    return Command(f"AT+CMGR={index}", _answer("+CMGR"), _PDU_LINE, timeout=10.0)


def delete(index: int) -> Command:
    """Delete one stored message (27.005 CMGD)."""
    return Command(f"AT+CMGD={index}", timeout=25.0)


def send(tpdu_octets: int) -> Command:
    """Announce a TPDU of this many octets, without the SMSC's (27.005 CMGS in PDU mode)."""
    return Command(f"AT+CMGS={tpdu_octets}", _answer("+CMGS"), timeout=10.0, prompt=True)


def hangs_up(command: Command) -> bool:
    """Does it end the call that is connected, or else reject the one that rings (27.007 CHUP, V.250 ATH)?"""
    return command.text in ("ATH", "ATH0", HANG_UP.text) or command.text.startswith("AT+QHUP")


def surely_hangs_up(command: Command) -> bool:
    """Does OK to it mean that the call is over? Not to ATH: with AT+CVHU=1, which is the default of
    Qualcomm's modems, they say OK and leave voice calls alone (27.007 CVHU).

    >>> surely_hangs_up(HANG_UP), surely_hangs_up(HANG_UP_V25)
    (True, False)
    """
    return not command.text.startswith("ATH")


def recorded(text: str) -> Command:
    """The command that a recorded line of a host is, for replay: ours where it is one of ours.

    >>> recorded("AT+CLCC") is CALLS, recorded("ATD+447400900456;").dial
    (True, True)
    """
    known = next((c for c in _KNOWN if c.text == text), None)
    prefix = re.match(r"AT(\+\w+)", text)
    return known or Command(
        text,
        _answer(prefix[1]) if prefix else None,
        dial=text.startswith(("ATD", "ATA")),
        prompt="+CMGS" in text,
    )


_KNOWN = tuple(value for value in vars().values() if isinstance(value, Command))
