"""The states of what the bridge keeps, as enumerations, and the sets of them that mean something; the database and JSON hold
the bare word. Reasons for not texting are in policy, outcomes of calls in modem.contract."""

from enum import StrEnum

from modem.contract import CallOutcome


class Direction(StrEnum):
    """Which way a text went."""

    IN = "in"  # to this box
    OUT = "out"  # from it


class MessageKind(StrEnum):
    """Who wrote a text, or what for."""

    AUTO = "auto"  # the text back after a missed call
    MANUAL = "manual"  # a person, here or there
    API = "api"  # a program of the shop's, such as reminders
    SYSTEM = "system"  # answers to STOP, START and HELP, notices of the operator, words to and from the owner


class MessageStatus(StrEnum):
    """How far a text has got; the last two are of texts that came in."""

    QUEUED = "queued"  # waits until it is due
    SENDING = "sending"  # handed to the modem
    SENT = "sent"  # the SMSC has it
    DELIVERED = "delivered"  # a status report says so
    UNCONFIRMED = "unconfirmed"  # it may have gone out; never sent again by itself
    FAILED = "failed"  # refused for good
    CANCELLED = "cancelled"  # something made it superfluous before it went out
    EXPIRED = "expired"  # too old before it could go out
    RECEIVED = "received"  # nobody here has read it
    READ = "read"  # somebody has, or nobody needs to

    @property
    def went_out(self) -> bool:
        """Has it left the box, as far as is known?"""
        return self in (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.UNCONFIRMED)

    @property
    def pending(self) -> bool:
        """Is it still to go out?"""
        return self in (MessageStatus.QUEUED, MessageStatus.SENDING)

    @property
    def starts_cooldown(self) -> bool:
        """Does an automatic text in this state keep its number cooling down?"""
        return self is MessageStatus.SENDING or self.went_out


class Textback(StrEnum):
    """What has become of the text back after a call."""

    NONE = "none"  # the call is not over, or there is nothing to tell
    SCHEDULED = "scheduled"  # it waits until it is due
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    CANCELLED = "cancelled"  # it was decided, and then there was contact
    SKIPPED = "skipped"  # there is none, for a reason


class ContactKind(StrEnum):
    """What somebody is to the shop; only nobody in particular is texted automatically."""

    NONE = ""
    STAFF = "staff"
    SUPPLIER = "supplier"
    NEVER = "never"


class InvitationEnd(StrEnum):
    """Why an invitation lets nobody in any more, besides its age."""

    USED = "used"  # somebody has joined with it
    TAKEN_BACK = "taken_back"


class Role(StrEnum):
    """What somebody who may log in may do."""

    OWNER = "owner"  # everything
    STAFF = "staff"  # neither settings nor people


class IncidentKind(StrEnum):
    """What went wrong with a line."""

    LINE = "line"  # the modem, its port or its SIM
    NETWORK = "network"
    QUEUE = "queue"  # no text goes out
    STORAGE = "storage"  # hardly any room for texts
    BREAKER = "breaker"  # too many strangers
    CLOCK = "clock"  # the box's, not the line's
    PUT_ASIDE = "put_aside"  # what it told could not be stored
    DATABASE = "database"  # the box's: gone, replaced or damaged
    # The machine's, by its own account.
    POWER = "power"  # its supply is too weak
    HEAT = "heat"
    ROOM = "room"  # hardly any on the disk
    CARD = "card"  # it has errors
    OVERLAY = "overlay"  # it keeps nothing
    BACKUP = "backup"  # the box's: the last one was not made, or not copied


class ConsentKind(StrEnum):
    """A step of opting out or in again, or of the shop's own wish about texts to somebody."""

    OUT = "out"  # no more automatic texts
    IN = "in"  # automatic texts again
    HELP = "help"  # asked what this is
    DOUBT = "doubt"  # wrote what may be an opt-out: somebody has to look
    FINE = "fine"  # somebody has looked, and it was none
    NEVER = "never"  # the shop wants no texts to them: one of the staff, a supplier, or anybody else
    WELCOME = "welcome"  # the shop wants them no more than others to be left out


class AlertKind(StrEnum):
    """What the owner is told of."""

    REPLY = "reply"  # a customer wrote
    URGENT = "urgent"  # a caller rings again and again
    SICK = "sick"  # an incident of a line
    DIGEST = "digest"  # the summary of a day or week


# Calls that nobody answered and nobody turned down: their callers wait to hear from the shop.
MISSED = frozenset(
    {
        CallOutcome.ABANDONED,
        CallOutcome.NO_ANSWER,
        CallOutcome.WAITING,
        CallOutcome.LOST,
        CallOutcome.NOTICE,
    }
)
ANSWERED = frozenset({CallOutcome.ANSWERED, CallOutcome.ANSWERED_ELSEWHERE})
# The sets as tuples, for queries.
WENT_OUT = tuple(status for status in MessageStatus if status.went_out)
PENDING = tuple(status for status in MessageStatus if status.pending)
# Texts that somebody here, or a program of theirs, has written for others.
WRITTEN = (MessageKind.MANUAL, MessageKind.API)
# Of a text that somebody here wrote: it answers them, or soon will.
ANSWERING = PENDING + WENT_OUT
COOLING = tuple(status for status in MessageStatus if status.starts_cooldown)
