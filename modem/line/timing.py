"""How long the modem thread waits for what, as one value that is handed in; nothing here reads a clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from modem.at.dialogue import Command
from modem.calls.timing import CallTiming


@dataclass(frozen=True)
class Timing:
    """All times of one line, in seconds."""

    calls: CallTiming = field(default_factory=CallTiming)
    # Other limits than each command's own, by the command's name: {"AT+CMGS": 2.0} holds for AT+CMGS=23.
    answers: Mapping[str, float] = field(default_factory=dict)
    # How long +CMGS may take after the PDU. 27.005 leaves it to the network; vendors name up to 120 s. A text that has no
    # reference by then is unconfirmed.
    send: float = 150.0

    # A modem that has not answered a PDU for so long is asked whether it is still the same: networks take a text within ten
    # seconds, and a modem that has restarted meanwhile would keep the line deaf until the limit.
    send_doubt: float = 30.0
    # After RING, +CLIP comes within a tenth of a second; without it for so long, the modem may have restarted.
    name: float = 0.5
    # An OK to that question may come together with +CMGS; so long it is waited for, lest it be taken for the next command's.
    stray_answer: float = 0.5

    # Other programs and silent resets change settings, and the line may get worse: looked at so often, when idle.
    check: float = 300.0
    # A line without network is looked at sooner.
    check_unregistered: float = 60.0
    # Reasons to look may come many at once: no sooner after the last look.
    check_pause: float = 3.0
    # A modem that prints a boot banner at each setting-up must not be set up over and over: no sooner after the last one.
    setup_pause: float = 20.0
    # The parts of a long text follow each other within seconds; so long after the last one the storages are looked through.
    parts: float = 8.0
    # The phone book of missed calls is read so long after a call: the text to the caller goes first.
    book: float = 20.0

    # Between two tries to get the modem back, the last one again and again.
    backoff: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 10.0)
    # A port that has just appeared gets its rights and names within so long; then it is tried, whatever the pause.
    settle: float = 0.2
    # A line that was up for less is not well yet: the next try waits longer.
    well_after: float = 60.0
    # How long a modem that was told to restart is left alone, and how long it is not told so again.
    restart: float = 15.0
    between_restarts: float = 600.0
    # How long a stop waits for the end of a text that is on its way.
    stop: float = 10.0

    def limit(self, command: Command) -> float:
        """How long the final result of this command may take.

        >>> Timing(answers={"AT+CMGR": 2.0}).limit(Command("AT+CMGR=3", timeout=10.0)), Timing().limit(Command("AT"))
        (2.0, 5.0)
        """
        return self.answers.get(command.name, command.timeout)
