"""What follows from a refused text, as data: try again and when, give up, or stop the line's queue and probe it."""

from dataclasses import dataclass
from datetime import timedelta

from modem.contract import Refusal, Trouble, TroubleCode

SOON, MINUTE = 25, 60


@dataclass(frozen=True)
class Policy:
    """again: after how many seconds the first, the second, ... further try; then it has failed. stops: after so many
    refusals of such a kind in a row nothing more goes out of the line until its cause has passed, or a person has seen to
    it; 0: never."""

    again: tuple[int, ...] = ()
    stops: int = 0


# One for each kind of refusal. What passes by itself has mostly passed after SOON; then the tries thin out over the hour that
# an automatic text is worth sending. Where every way out is shut, more tries only anger the operator.
POLICIES: dict[Refusal, Policy] = {
    Refusal.RECIPIENT: Policy(),
    Refusal.AWAY: Policy((SOON, 10 * MINUTE, 60 * MINUTE)),
    Refusal.ACCOUNT: Policy((), stops=1),
    Refusal.MAYBE_ACCOUNT: Policy((10 * MINUTE,), stops=2),
    Refusal.NETWORK: Policy((SOON, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE)),
    Refusal.NO_NETWORK: Policy((), stops=1),
    Refusal.OUTAGE: Policy((SOON, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, 120 * MINUTE)),
    Refusal.AMBIGUOUS: Policy((SOON, 5 * MINUTE)),
    Refusal.DEVICE: Policy((SOON, MINUTE, 5 * MINUTE)),
    Refusal.OURS: Policy(),
    Refusal.SIM: Policy((), stops=1),
    Refusal.STORAGE: Policy((SOON, MINUTE, 5 * MINUTE)),
}
# What stops a queue and may be over at any moment: the SIM is put back, the network is there again.
PASSING = frozenset(code for code in TroubleCode if code.startswith("refused_sim_")) | {
    TroubleCode.REFUSED_CENTRE_UNKNOWN,
    TroubleCode.REFUSED_EMERGENCY_ONLY,
    TroubleCode.REFUSED_NO_NETWORK,
}
# So often a stopped queue tries one text, in case it goes on and nobody has said so: for a cause that passes, and for one that
# the operator has to see to, which is asked for less often than an automatic text expires.
PROBE, PROBE_CONTRACT = timedelta(seconds=SOON), timedelta(minutes=10)


def next_try(kind: Refusal, tries: int) -> timedelta | None:
    """How long to wait after the refusal number `tries` (from 1), None to give up.

    >>> next_try(Refusal.NETWORK, 1), next_try(Refusal.NETWORK, 6), next_try(Refusal.RECIPIENT, 1)
    (datetime.timedelta(seconds=25), None, None)
    """
    again = POLICIES[kind].again
    return timedelta(seconds=again[tries - 1]) if tries <= len(again) else None


def stops(kind: Refusal, refusals: int) -> bool:
    """Does refusal number `refusals` in a row stop the queue?

    >>> stops(Refusal.MAYBE_ACCOUNT, 1), stops(Refusal.MAYBE_ACCOUNT, 2), stops(Refusal.NETWORK, 9)
    (False, True, False)
    """
    limit = POLICIES[kind].stops
    return 0 < limit <= refusals


def is_passing(stopped: str) -> bool:
    """May what stopped a queue (as a column holds it) be over as soon as the SIM is on the network?

    >>> is_passing("refused_sim_puk?final=%2BCMS%20ERROR%3A%20316"), is_passing("refused_not_allowed")
    (True, False)
    """
    return Trouble.from_text(stopped).code in PASSING
