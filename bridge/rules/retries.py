"""What follows from a refused text, as data: try again and when, give up, or stop the line's queue and tell the owner."""

from dataclasses import dataclass
from datetime import timedelta

from modem.contract import Refusal


@dataclass(frozen=True)
class Policy:
    """again: after how many minutes the first, the second, ... further try; then it has failed. stops: after so many
    refusals of such a kind in a row nothing more goes out of the line until a person has seen to it; 0: never."""

    again: tuple[int, ...] = ()
    stops: int = 0


# One for each kind of refusal. Where every way out is shut, more tries only anger the operator.
POLICIES: dict[Refusal, Policy] = {
    Refusal.RECIPIENT: Policy(),
    Refusal.AWAY: Policy((10, 60)),
    Refusal.ACCOUNT: Policy((), stops=1),
    Refusal.MAYBE_ACCOUNT: Policy((10,), stops=2),
    Refusal.NETWORK: Policy((1, 5, 15)),
    Refusal.OUTAGE: Policy((10, 30, 120)),
    Refusal.AMBIGUOUS: Policy((5,)),
    Refusal.DEVICE: Policy((1, 5)),
    Refusal.OURS: Policy(),
    Refusal.SIM: Policy((), stops=1),
    Refusal.STORAGE: Policy((1, 5)),
}
# A stopped queue tries one text so often, in case the contract is in order again: nobody may be looking.
PROBE = timedelta(hours=1)


def next_try(kind: Refusal, tries: int) -> timedelta | None:
    """How long to wait after the refusal number `tries` (from 1), None to give up.

    >>> next_try(Refusal.NETWORK, 2), next_try(Refusal.NETWORK, 4), next_try(Refusal.RECIPIENT, 1)
    (datetime.timedelta(seconds=300), None, None)
    """
    again = POLICIES[kind].again
    return timedelta(minutes=again[tries - 1]) if tries <= len(again) else None


def stops(kind: Refusal, refusals: int) -> bool:
    """Does refusal number `refusals` in a row stop the queue?

    >>> stops(Refusal.MAYBE_ACCOUNT, 1), stops(Refusal.MAYBE_ACCOUNT, 2), stops(Refusal.NETWORK, 9)
    (False, True, False)
    """
    limit = POLICIES[kind].stops
    return 0 < limit <= refusals
