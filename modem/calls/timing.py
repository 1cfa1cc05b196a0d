"""The times by which calls are told apart, as one value that is handed in; nothing here reads a clock."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class CallTiming:
    """How long what may last, in seconds."""

    # A ringing call is over after so long without a sign. RINGs are 1 to 7 s apart, by maker.
    silence: float = 10.0
    # A call whose state the modem tells by itself may ring without RINGs, and its end will be told.
    stateful_silence: float = 120.0
    # A call that waits is announced once by some modems, again and again by others (27.007 CCWA).
    waiting_silence: float = 30.0
    # A call whose end line was lost must not keep the line busy for ever.
    longest_talk: float = 7200.0
    # How often AT+CLCC is asked; while a call is connected, only in case its end line is lost.
    poll_ringing: float = 1.0
    poll_connected: float = 5.0
    # A list that is asked for right after the first RING may still be empty: so long, absence proves nothing.
    list_grace: float = 3.0
    # Empty lists for so long end a connected call even where no list has ever shown one.
    list_doubt: float = 60.0
    # The lines that describe one end come within about two seconds of each other.
    echo: float = 2.5
    # MISSED_CALL, which has a number, may be later than that.
    aftermath: float = 5.0
    # RINGs that are printed several times per second are of one call.
    burst: float = 1.0
    # The RINGs of one call are no further apart than that.
    cadence: float = 8.0
    # +CSSU may come so long before the RING of the call that it is about.
    mark_before: float = 2.0
    # A RING that was on its way when we hung up or picked up comes no later than that.
    stray: float = 1.5

    def scaled(self, factor: float) -> "CallTiming":
        """The same times, each multiplied by `factor`: for a modem whose calls go faster.

        >>> CallTiming().scaled(1 / 5).silence
        2.0
        """
        return CallTiming(*(getattr(self, field.name) * factor for field in fields(self)))
