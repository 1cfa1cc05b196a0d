"""What hooks may be told of: SMSGate's events and the box's own, in two lists, and what has become of a delivery; pure."""

from enum import StrEnum


class HookKind(StrEnum):
    """Which list a hook stands in: SMSGate's clients fail on an event that they do not know."""

    SMS = "sms"
    CALL = "call"


class HookEvent(StrEnum):
    """An event, by the name that stands in what is sent."""

    # SMSGate's.
    SMS_RECEIVED = "sms:received"
    SMS_SENT = "sms:sent"
    SMS_DELIVERED = "sms:delivered"
    SMS_FAILED = "sms:failed"
    SMS_CANCELLED = "sms:cancelled"
    PING = "system:ping"
    STARTED = "app:started"
    # SMSGate's, which a client may ask for and the box has nothing to tell of.
    DATA_RECEIVED = "sms:data-received"
    MMS_RECEIVED = "mms:received"
    MMS_DOWNLOADED = "mms:downloaded"
    BATCH_RECEIVED = "sms:batch:received"
    BATCH_DATA_RECEIVED = "sms:batch:data-received"
    MMS_BATCH_RECEIVED = "mms:batch:received"
    MMS_BATCH_DOWNLOADED = "mms:batch:downloaded"
    # The box's own.
    RINGING = "call:ringing"
    ANSWERED = "call:answered"
    MISSED = "call:missed"
    ENDED = "call:ended"
    DECISION = "text:decision"
    LINE_DOWN = "line:down"
    LINE_UP = "line:up"
    BALANCE_LOW = "balance:low"  # nothing tells of it yet

    @property
    def kind(self) -> HookKind:
        """The list that it belongs to."""
        return HookKind.CALL if self in OWN else HookKind.SMS


OWN = frozenset(
    {
        HookEvent.RINGING,
        HookEvent.ANSWERED,
        HookEvent.MISSED,
        HookEvent.ENDED,
        HookEvent.DECISION,
        HookEvent.LINE_DOWN,
        HookEvent.LINE_UP,
        HookEvent.BALANCE_LOW,
    }
)
# What the box never tells.
SILENT = frozenset(
    {
        HookEvent.DATA_RECEIVED,
        HookEvent.MMS_RECEIVED,
        HookEvent.MMS_DOWNLOADED,
        HookEvent.BATCH_RECEIVED,
        HookEvent.BATCH_DATA_RECEIVED,
        HookEvent.MMS_BATCH_RECEIVED,
        HookEvent.MMS_BATCH_DOWNLOADED,
        HookEvent.BALANCE_LOW,
    }
)


def events_of(kind: HookKind) -> tuple[HookEvent, ...]:
    """The events of this list, in their order."""
    return tuple(event for event in HookEvent if event.kind is kind)


def offered(kind: HookKind) -> tuple[HookEvent, ...]:
    """Those of them that happen.

    >>> [str(event) for event in offered(HookKind.SMS)][:3]
    ['sms:received', 'sms:sent', 'sms:delivered']
    """
    return tuple(event for event in events_of(kind) if event not in SILENT)


class DeliveryState(StrEnum):
    """How far a delivery has got."""

    WAITING = "waiting"  # for its turn, or for the next try
    DONE = "done"  # the receiver has taken it
    GIVEN_UP = "given_up"


class HookAnswer(StrEnum):
    """What came of a try. Behind each, its facts."""

    TAKEN = "hook_taken"  # status
    REFUSED = "hook_refused"  # status, said: the beginning of what the receiver says
    REDIRECTS = "hook_redirects"  # status
    NO_HTTP = "hook_no_http"
    NAME_NOT_FOUND = "hook_name_not_found"  # host
    UNREACHABLE = "hook_unreachable"  # error: of the system
    UNTRUSTED = "hook_untrusted"  # error: what is wrong with the certificate
    SLOW = "hook_slow"  # seconds
    NOT_ALLOWED = "hook_not_allowed"  # host
    NOT_SAFE = "hook_not_safe"  # host
