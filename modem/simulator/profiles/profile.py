"""What makes up a profile of a modem: its fields, the moments of a call, the frames of a line; no vendor's data.

In call lines: {i} index, {d} direction (1 incoming), {n} number, {bare} number without its +, {t} type of number,
{a} name, {s} seconds connected, {c} Q.850 cause, {clock} the module's time, {slcc} the whole list of ^SLCC.
"""

from dataclasses import dataclass, field

Lines = tuple[str, ...]
# Moment of a call -> what is printed. Incoming: `incoming` before the first RING, `rung` after it, `waiting` in place
# of RING during another call, `connected`; at its end `ended` and one of `missed`, `rejected` (by the host before),
# `answered` (given up by the caller after), `released` (by the host after), `dropped` (while waiting).
# Outgoing: `dialled`, `alerting`, `picked_up`, `hung_up`.
Moments = dict[str, Lines]

# How a line may be framed; the first is V.250's.
FRAMES = {
    "normal": "\r\n{}\r\n",
    "doubled": "\r\n\r\n{}\r\n\r\n",
    "crcrlf": "\r\r\n{}\r\r\n",
    "glued": "{}\r\n",
    "bare": "{}\r",
}


@dataclass(frozen=True)
class Profile:
    """One kind of modem: who it says it is, how it frames lines, and what it prints at which moment of a call."""

    name: str
    # AT+CGMI, AT+CGMM, AT+CGMR and AT+CGSN (27.007, chapter 5)
    maker: str = "Generic"
    model: str = "GSM modem"
    revision: str = "1.0"
    imei: str = "490154203237518"
    # a key of FRAMES
    frame: str = "normal"
    # seconds between two RINGs
    spacing: float = 5.0
    # the line of a CLIP (27.007, 7.6) with a number, and with none
    clip: str = '+CLIP: "{n}",{t},"",0,"{a}",0'
    clip_withheld: str = '+CLIP: "",128,"",,"",1'
    # printed after a restart, line by line
    banner: Lines = ("RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready", "SMS Ready")
    # does it know AT+CLCC?
    lists_calls: bool = True
    # switch -> what is printed of a call while that setting is on ("": always), in the order of printing
    calls: dict[str, Moments] = field(default_factory=dict)
    # lines that come between the RINGs and have nothing to do with the call
    noise: Lines = ()
    # the command that asks for the SIM's number
    iccid: str = "+CCID"
    # the vendor's own settings, with their values after power-up
    own: dict[str, str] = field(default_factory=dict)
    # says that the storage in {} is full
    full: str = '^SMMEMFULL: "{}"'
    # where delivery reports are stored; empty: mem3 of AT+CPMS (27.005, 3.2.2)
    reports_in: str = ""
    # the phone books of AT+CPBS
    books: str = '("SM","ME","MC","RC","DC","ON")'


def states(template: str, **codes: int | str) -> Moments:
    """Moment of a call -> the same line with that moment's code in place of STATE."""
    return {moment: (template.replace("STATE", str(code)),) for moment, code in codes.items()}


# Says NO CARRIER (V.250, 6.3.4) of calls that were connected; of all that end.
CONNECTED: Moments = {"answered": ("NO CARRIER",), "hung_up": ("NO CARRIER",)}
ENDS: Moments = CONNECTED | {"missed": ("NO CARRIER",)}
