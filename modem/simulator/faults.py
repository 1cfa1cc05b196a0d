"""What can go wrong on purpose: armed by name, used up as often as was asked for; it changes nothing by itself."""

from dataclasses import dataclass

KINDS = {
    "cms_error": "the PDU of a text is refused with +CMS ERROR: `code`",
    "error": "a command that begins with `match` is answered by ERROR, or by `answer`",
    "no_prompt": "AT+CMGS is answered by nothing",
    "silence": "a command that begins with `match` is answered by nothing",
    "accepted": "the network takes the text, and the modem says nothing",
    "late": "the answer to a text comes after `seconds`",
    "unplug": "the modem vanishes at the step `match`: cmgs, prompt, pdu",
    "reset": "the modem restarts at the step `match`",
}
ALWAYS = 1 << 30


@dataclass
class Fault:
    kind: str
    match: str = ""
    code: int = 500
    answer: str = "ERROR"
    seconds: float = 5.0
    times: int = 1


class Faults:
    """The armed faults of one modem."""

    def __init__(self) -> None:
        self.armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        if fault.kind not in KINDS:
            raise ValueError(f"{fault.kind!r} is no fault; there are {', '.join(KINDS)}")
        self.armed.append(fault)

    def take(self, kind: str, text: str = "") -> Fault | None:
        """The armed fault of this kind that fits `text`, used up once."""
        for fault in self.armed:
            if fault.kind == kind and text.upper().startswith(fault.match.upper()):
                fault.times -= 1
                if fault.times <= 0:
                    self.armed.remove(fault)
                return fault
        return None
