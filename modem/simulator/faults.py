"""What can go wrong on purpose: armed by name, used up as often as was asked for; it changes nothing by itself."""

from dataclasses import dataclass
from enum import StrEnum

KINDS = {
    "error": "a command that begins with `match` is answered by `answer` (ERROR, +CME ERROR: 14, ...)",
    "silence": "a command that begins with `match` is answered by nothing, nor is what follows for `seconds` "
    "(0: that command only; null: until `unhang`)",
    "stuck": "no command is answered from one that begins with `match` on, until AT+CFUN=1,1 restarts the modem",
    "line": "the line `answer` is printed before the answer to a command that begins with `match`",
    "no_prompt": "AT+CMGS is answered by nothing",
    "cms_error": "the PDU of a text is refused with +CMS ERROR: `code`",
    "accepted": "the network takes the text, and the modem says nothing",
    "late": "the network takes the text, and +CMGS comes after `seconds`",
    "unplug": "the modem vanishes at the step `match` of sending (cmgs, prompt, pdu, taken, sent) or of a text that comes in "
    "(announced, header, handed), or at a command that begins with `match`: before it is carried out, in the middle of its "
    "answer (`when` half) or after it (after)",
    "reset": "the modem restarts there",
    "hang": "the modem falls silent there, until `unhang` or AT+CFUN=1,1",
}


class Break(StrEnum):
    """Those of KINDS that end the modem's work where they strike."""

    UNPLUG = "unplug"
    RESET = "reset"
    HANG = "hang"


WHEN = ("before", "half", "after")
_BREAKS = tuple(Break)
# As `times`: again and again.
ALWAYS = 0


@dataclass
class Fault:
    """One armed fault, its kind one of KINDS. match: how the command line begins, with its AT, a CR being its end; seconds:
    real ones, whatever the speed. Raises ValueError for a kind or moment that is none."""

    kind: str
    match: str = ""
    code: int = 500
    answer: str = "ERROR"
    seconds: float | None = 5.0
    times: int = 1
    when: str = "before"

    def __post_init__(self) -> None:
        if self.when not in WHEN:
            raise ValueError(f"{self.when!r} is no moment; there are {', '.join(WHEN)}")
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is no fault; there are {', '.join(KINDS)}")


class Faults:
    """The armed faults of one modem."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        """From now on it strikes where it fits."""
        self._armed.append(fault)

    @property
    def armed(self) -> tuple[Fault, ...]:
        """Those that are not used up."""
        return tuple(self._armed)

    def disarm(self) -> None:
        """None is armed any more."""
        self._armed.clear()

    def take_break(self, text: str, when: str) -> Break | None:
        """The break that is armed for this step or command by its name, used up once."""
        if not any(fault.kind in _BREAKS and fault.match and fault.when == when for fault in self._armed):
            return None
        return next((kind for kind in Break if self.take(kind, text, when)), None)

    def take(self, kind: str, text: str = "", when: str = "before") -> Fault | None:
        """The armed fault of this kind that fits `text`, used up once."""
        for fault in self._armed:
            fits = fault.kind == kind and fault.when == when
            if fits and text.upper().startswith(fault.match.upper()):
                if fault.times == 1:
                    self._armed.remove(fault)
                elif fault.times != ALWAYS:
                    fault.times -= 1
                return fault
        return None
