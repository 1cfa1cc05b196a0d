"""The lines in which a call shows, by the profile; when each is printed, `calls` knows."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from modem.simulator.call import MODES, CallKind, CallState, Ending, SimulatedCall
from modem.simulator.profiles import Profile


def listing(live: Sequence[SimulatedCall]) -> list[str]:
    """The lines of AT+CLCC (27.007, 7.18)."""
    return [
        f"+CLCC: {_listed(call)}" + (f',"{call.number}",{call.type}' if call.number else "") for call in live
    ]


def _listed(call: SimulatedCall) -> str:
    """What follows `+CLCC: ` or `^SLCC: `, up to the number."""
    assert call.state is not None
    return f"{call.index},{int(call.incoming)},{call.state.value},{MODES[call.kind]},0"


def _slcc(live: Sequence[SimulatedCall]) -> str:
    """The list that Cinterion prints at every change, closed by an empty entry."""
    lines = [f'^SLCC: {_listed(call)},0,"{call.number or ""}",{call.type}' for call in live]
    return "\r\n".join([*lines, "^SLCC: "])


def fill(template: str, call: SimulatedCall, live: Sequence[SimulatedCall], cause: int, now: float) -> str:
    """A template of a profile for this call. live: all calls; cause: of the last one that ended; now: monotonic seconds."""
    return template.format(
        i=call.index,
        d=int(call.incoming),
        n=call.number or "",
        bare=(call.number or "").removeprefix("+"),
        t=call.type,
        a=call.name,
        s=int(now - call.answered_at) + 1 if call.answered_at is not None else 0,
        c=cause,
        clock=f"{datetime.now().astimezone():%I:%M%p}",
        slcc=_slcc(live),
    )


def templates(
    profile: Profile, call: SimulatedCall, moments: Sequence[str], on: Callable[[str], bool]
) -> Iterator[str]:
    """What the profile prints of this call at these moments. on: is a setting switched on?

    Of a call that is no voice call, only that it is over.
    """
    if call.kind is not CallKind.VOICE:
        if {"missed", "answered"} & set(moments) & set(profile.calls.get("", {})):
            yield "NO CARRIER"
        return
    for switch, lines in profile.calls.items():
        if not switch or on(switch):
            yield from (line for moment in moments for line in lines.get(moment, ()))


def end_moments(call: SimulatedCall, how: Ending) -> tuple[str, ...]:
    """The moments of a profile that the end of this call is."""
    if not call.incoming:
        return ("hung_up",)
    if call.answered_at is not None:
        return "ended", "released" if how is Ending.RELEASED else "answered"
    if call.state is CallState.WAITING:
        return "ended", "dropped"
    return "ended", "rejected" if how is Ending.REJECTED else "missed"
