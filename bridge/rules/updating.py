"""The steps of an update, and what follows from what came of each: pure. bridge/service/update does them.

The data of before are put back only where the new release was never ready, for then nothing has come in since. Where it was,
and has changed the tables, the box stays with it: a release that runs badly is better than lost calls and opt-outs.
"""

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """What is done, in its order. Each may be done once more after a power cut."""

    KEEP = "keep"  # the package that is installed is kept as a file
    INSTALL = "install"  # the new one
    WAIT = "wait"  # until the new one is ready
    PUT_BACK = "put_back"  # the data from before
    INSTALL_OLD = "install_old"  # the one that was kept
    WAIT_OLD = "wait_old"


class Outcome(StrEnum):
    """What has become of an update. Each has a sentence in bridge/words/updates."""

    DONE = "update_done"
    NOT_BEGUN = "update_not_begun"  # nothing was changed
    WENT_BACK = "update_went_back"
    STAYED = "update_stayed"  # the new one is not well, and the old one could not read what has come in since
    STUCK = "update_stuck"  # the old one is not well either


# Somebody has to look at the box.
UNWELL = (Outcome.STAYED, Outcome.STUCK)
# Of these the owner is told: the box has been away, and is not as it was wanted.
ALARMING = (Outcome.WENT_BACK, *UNWELL)


@dataclass(frozen=True)
class Facts:
    """How things stand after a step. well: did it do what it was for? unchanged: is the old release still the one that is
    installed, whole? same_tables: are the tables those of before? was_ready: has the service been ready since the update
    began? has_copy: is there a copy of the data from before?"""

    well: bool
    unchanged: bool = False
    same_tables: bool = True
    was_ready: bool = True
    has_copy: bool = False


def following(step: Step, came: Facts) -> Step | Outcome:
    """What is done after this step."""
    match step:
        case Step.KEEP:
            return Step.INSTALL if came.well else Outcome.NOT_BEGUN
        case Step.INSTALL if came.well:
            return Step.WAIT
        case Step.INSTALL if came.unchanged:
            return Outcome.NOT_BEGUN
        case Step.WAIT if came.well:
            return Outcome.DONE
        case Step.INSTALL | Step.WAIT:
            return _back(came)
        case Step.PUT_BACK:
            return Step.INSTALL_OLD if came.well else Outcome.STAYED
        case Step.INSTALL_OLD:
            return Step.WAIT_OLD if came.well else Outcome.STUCK
        case Step.WAIT_OLD:
            return Outcome.WENT_BACK if came.well else Outcome.STUCK


def _back(came: Facts) -> Step | Outcome:
    if came.same_tables:
        return Step.INSTALL_OLD
    return Step.PUT_BACK if came.has_copy and not came.was_ready else Outcome.STAYED
