"""What follows from a refused text, as data: try again and when, give up, or stop the line's queue and tell the owner."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Policy:
    """again: after how many minutes the first, the second, ... further try; then it has failed. stops: after so many
    refusals of such a kind in a row nothing more goes out of the line until a person has seen to it; 0: never."""

    again: tuple[int, ...] = ()
    stops: int = 0


# By contract.TextFailed.kind. Where every way out is shut, more tries only anger the operator.
POLICIES = {
    "recipient": Policy(),
    "away": Policy((10, 60)),
    "account": Policy((), stops=1),
    "maybe_account": Policy((10,), stops=2),
    "network": Policy((1, 5, 15)),
    "outage": Policy((10, 30, 120)),
    "ambiguous": Policy((5,)),
    "device": Policy((1, 5)),
    "ours": Policy(),
    "sim": Policy((), stops=1),
    "storage": Policy((1, 5)),
}
# A stopped queue tries one text so often, in case the contract is in order again: nobody may be looking.
PROBE = timedelta(hours=1)


def next_try(kind: str, tries: int) -> timedelta | None:
    """How long to wait after the refusal number `tries` (from 1), None to give up.

    >>> next_try("network", 2), next_try("network", 4), next_try("recipient", 1)
    (datetime.timedelta(seconds=300), None, None)
    """
    again = POLICIES[kind].again
    return timedelta(minutes=again[tries - 1]) if tries <= len(again) else None


def stops(kind: str, refusals: int) -> bool:
    """Does refusal number `refusals` in a row stop the queue?

    >>> stops("maybe_account", 1), stops("maybe_account", 2), stops("network", 9)
    (False, True, False)
    """
    limit = POLICIES[kind].stops
    return 0 < limit <= refusals
