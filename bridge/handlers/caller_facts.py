"""What the policy may know of a caller, from what the database has."""

from bridge.records import caller_history
from bridge.rules import policy


def caller_facts(past: caller_history.CallerHistory) -> policy.CallerFacts:
    """What the policy may know of a caller's past."""
    return policy.CallerFacts(
        last_automatic=past.last_automatic,
        last_automatic_id=past.last_automatic_id,
        pending_id=past.pending_id,
        contact_since=past.contact_since,
        opted_out=past.opted_out,
        doubtful=past.doubtful,
        kind=past.kind,
        unreachable=past.unreachable,
        blocked=past.blocked,
        stranger=past.stranger,
    )
