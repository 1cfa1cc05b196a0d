"""Which events a change of a row means; pure. What a change is about, those know who see it."""

from bridge.rules.hooks.events import HookEvent
from bridge.rules.states import ANSWERED, MISSED, IncidentKind, MessageStatus
from modem.contract import CallOutcome

# It is out of the box, as far as is known.
OUT = (MessageStatus.SENT, MessageStatus.UNCONFIRMED)
TEXTS = {
    **dict.fromkeys(OUT, HookEvent.SMS_SENT),
    MessageStatus.DELIVERED: HookEvent.SMS_DELIVERED,
    MessageStatus.FAILED: HookEvent.SMS_FAILED,
    MessageStatus.EXPIRED: HookEvent.SMS_FAILED,
    MessageStatus.CANCELLED: HookEvent.SMS_CANCELLED,
}
# What keeps a line from its work.
OF_LINES = (IncidentKind.LINE, IncidentKind.NETWORK)


def with_text(before: MessageStatus | None, now: MessageStatus, why: str | None = None) -> list[HookEvent]:
    """A text that goes out. before: None for one that is new. why: what was taken back for a reason has failed, as the API
    tells it. What is delivered was sent: its report may be faster.

    >>> [str(one) for one in with_text(MessageStatus.SENDING, MessageStatus.DELIVERED)]
    ['sms:sent', 'sms:delivered']
    >>> with_text(MessageStatus.SENT, MessageStatus.UNCONFIRMED), with_text(MessageStatus.QUEUED, MessageStatus.SENDING)
    ([], [])
    """
    told = TEXTS.get(now)
    if told is None or before is now or (before in OUT and now in OUT):
        return []
    if now is MessageStatus.CANCELLED and why:
        return [HookEvent.SMS_FAILED]
    if now is MessageStatus.DELIVERED and before not in OUT:
        return [HookEvent.SMS_SENT, told]
    return [told]


def with_call(
    before: CallOutcome | None, now: CallOutcome | None, *, made: bool, was_known: bool, is_known: bool
) -> list[HookEvent]:
    """A call. made: it is new. was_known, is_known: who rings, or that the caller hides it. That it rings is told as soon as
    that is known, and before its end at the latest; of a call that nobody saw ring only the end.

    >>> [str(one) for one in with_call(None, CallOutcome.ABANDONED, made=False, was_known=False, is_known=False)]
    ['call:ringing', 'call:missed', 'call:ended']
    """
    if now is None:
        return [HookEvent.RINGING] if is_known and not was_known else []
    if before is not None:
        return []
    told = [] if made or was_known else [HookEvent.RINGING]
    if now in ANSWERED:
        told.append(HookEvent.ANSWERED)
    elif now in MISSED:
        told.append(HookEvent.MISSED)
    return [*told, HookEvent.ENDED]


def with_line(kind: IncidentKind, *, lasted: bool, lasts: bool) -> list[HookEvent]:
    """An incident. lasted, lasts: something was wrong, and is.

    >>> with_line(IncidentKind.LINE, lasted=True, lasts=False), with_line(IncidentKind.QUEUE, lasted=False, lasts=True)
    ([<HookEvent.LINE_UP: 'line:up'>], [])
    """
    if kind not in OF_LINES or lasted == lasts:
        return []
    return [HookEvent.LINE_DOWN if lasts else HookEvent.LINE_UP]
