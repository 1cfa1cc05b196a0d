"""The tables and nothing else: no query, no decision."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    delete,
    event,
    insert,
    inspect,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.types import TypeDecorator
from sqlmodel import JSON, AutoString, Field, SQLModel, col

from bridge.records import places
from bridge.rules import numbers
from bridge.rules.folding import fold, words
from bridge.rules.hooks.events import DeliveryState, HookEvent, HookKind
from bridge.rules.policy import Reason
from bridge.rules.states import (
    AlertKind,
    ConsentKind,
    ContactKind,
    Direction,
    IncidentKind,
    InvitationEnd,
    MessageKind,
    MessageStatus,
    Role,
)
from modem.contract import CallOutcome


class Utc(TypeDecorator[datetime]):
    """Aware datetimes in and out, UTC without a zone in the column: the same on SQLite and PostgreSQL."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the column: UTC without a zone. Raises ValueError for a datetime without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; a column of this type takes aware datetimes only")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the column: an aware datetime in UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


State = TypeVar("State", bound=StrEnum)


def coded(states: type[State], column: str) -> type[TypeDecorator[State]]:
    """A column of text that holds members of an enumeration. Any other word, read or written, is a ValueError that names
    the column and the word."""

    def member(word: str) -> State:
        try:
            return states(word)
        except ValueError:
            raise ValueError(f"{word!r} in {column} is no {states.__name__}") from None

    class Coded(TypeDecorator[State]):
        impl = AutoString
        cache_ok = True

        def process_bind_param(self, value: State | None, dialect: Dialect) -> str | None:
            return None if value is None else member(value).value

        def process_result_value(self, value: str | None, dialect: Dialect) -> State | None:
            return None if value is None else member(value)

    return Coded


def folded_contact(name: str, address: str) -> str:
    """What a contact is found by: name and address on a line each, so that no word reaches from one into the other."""
    return f"{fold(name)}\n{fold(address)}"


def _place(**more: Any) -> Any:
    """The column of a row's place in the order in which rows came; before all of them, where somebody writes a row by hand."""
    columns = {"default": places.of_new_row, "server_default": "0"}
    return Field(default=None, sa_type=BigInteger, sa_column_kwargs=columns, **more)


def _as_placed(context: DefaultExecutionContext) -> int:
    """Of a new row: it has changed when it came."""
    row: dict[str, Any] = context.get_current_parameters()  # type: ignore[no-untyped-call]  # SQLAlchemy's
    return int(row["place"])


def _changed() -> Any:
    """The column of the place that was taken when a row changed last. It stands behind `place`."""
    columns = {"default": _as_placed, "server_default": "0"}
    return Field(default=None, sa_type=BigInteger, sa_column_kwargs=columns, index=True)


def _identity(context: DefaultExecutionContext) -> str:
    """The identity of a new contact, by its address."""
    row: dict[str, Any] = context.get_current_parameters()  # type: ignore[no-untyped-call]  # SQLAlchemy's
    return numbers.identity(row["address"])


class Line(SQLModel, table=True):
    """One SIM. `name` is its section in config.ini; a SIM that moves to another section keeps its row. imei: of the modem
    that held it last. msisdn: the number that the SIM tells; typed: the one that an owner has typed, E.164, which belongs to
    the SIM of typed_imsi and to no other.

    refusals: texts in a row that the operator refused for reasons of our contract. stopped: why no text goes out until a
    person has seen to it, and since when; None while all is well.
    """

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(index=True)
    iccid: str | None = Field(default=None, unique=True)
    imsi: str | None = None
    msisdn: str | None = None
    imei: str | None = None
    typed: str | None = None
    typed_imsi: str | None = None
    refusals: int = 0
    stopped: str | None = None
    stopped_at: datetime | None = Field(default=None, sa_type=Utc)

    @property
    def number(self) -> str | None:
        """Under which people reach it, as an owner has typed it, else as the SIM tells it; None where nobody knows."""
        return self.typed if self.typed and self.typed_imsi == self.imsi else self.msisdn


# When somebody was seen who stands in the address book only: before everybody else, whatever a clock has shown.
NEVER_SEEN = datetime(1900, 1, 1, tzinfo=UTC)


class Contact(SQLModel, table=True):
    """Somebody who called or wrote, or whom a file of contacts names (`seen` says which). `address` is E.164, else the sender
    as received, which cannot be texted. identity: what is the same for every spelling of that number (numbers.identity):
    people are found by it; made with the row. folded: name and address as they are searched; made whenever the row is written.

    kind: staff, supplier or never for those who get no automatic texts, else empty. doubtful: wrote something that may be
    an opt-out; nothing automatic goes out until somebody has looked. unreachable: why texts to this number fail for good.
    done: nothing is left to be done in this conversation, until they call or write again. assignee: the user who sees to it.
    first_seen, last_seen: NEVER_SEEN until there is a first call or text, from them or to them. place: of their last sign of
    life, in the order in which things came (records/places); 0 for none. waits_since, waits_place: of the first thing that they
    wrote or rang in vain for and nobody here has answered since; None while nobody has to answer. That somebody has read it
    changes nothing. snoozed_until: somebody here wants to see to it then; until it comes they do not count as waiting.
    """

    __table_args__ = (
        Index("ix_contact_done_place", "done", "place"),
        Index("ix_contact_assignee_place", "assignee", "done", "place"),
    )

    id: int | None = Field(default=None, primary_key=True)
    address: str = Field(unique=True)
    identity: str = Field(default=None, unique=True, index=True, sa_column_kwargs={"default": _identity})
    name: str = ""
    folded: str = Field(default=None)
    notes: str = ""
    opted_out_at: datetime | None = Field(default=None, sa_type=Utc)
    kind: ContactKind = Field(
        default=ContactKind.NONE, sa_type=coded(ContactKind, "contact.kind"), nullable=False
    )
    blocked: bool = False
    doubtful: bool = False
    unreachable: str | None = None
    done: bool = False
    assignee: str | None = None
    source: str
    first_seen: datetime = Field(sa_type=Utc, index=True)
    last_seen: datetime = Field(sa_type=Utc, index=True)
    place: int = _place(index=True)
    waits_since: datetime | None = Field(default=None, sa_type=Utc)
    waits_place: int | None = Field(default=None, sa_type=BigInteger, index=True)
    snoozed_until: datetime | None = Field(default=None, sa_type=Utc, index=True)

    @property
    def excluded(self) -> bool:
        """Is this somebody who is never texted automatically?"""
        return bool(self.kind)

    @property
    def seen(self) -> bool:
        """Was there ever a call or a text? Else it is a name in the address book."""
        return self.last_seen > NEVER_SEEN


class OtherNumber(SQLModel, table=True):
    """A further number of a contact. Whoever calls or writes from it is that contact; texts go to the contact's address.
    was: the id of the contact that it had for itself before the two were merged."""

    identity: str = Field(primary_key=True)
    address: str
    contact_id: int = Field(foreign_key="contact.id", index=True)
    was: int | None = None


class Label(SQLModel, table=True):
    """A word of the shop's for conversations that belong together; it is there as long as one of them has it."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)


class ContactLabel(SQLModel, table=True):
    """This contact, and so the conversation with them, has this label."""

    contact_id: int = Field(foreign_key="contact.id", primary_key=True)
    label_id: int = Field(foreign_key="label.id", primary_key=True, index=True)


@event.listens_for(Contact, "before_insert")
@event.listens_for(Contact, "before_update")
def _fold_contact(_mapper: object, _connection: object, contact: Contact) -> None:
    """Whoever writes a name or an address, this is what they are found by."""
    contact.folded = folded_contact(contact.name, contact.address)


class Call(SQLModel, table=True):
    """One incoming voice call, written at its first indication. `outcome` is None while it rings or runs.

    reason: why no text goes back, a code of rules/policy. message_id: the text that answers this call, or for
    `cooldown` the one that stands in its way (no foreign key: message.call_id already points here). forwarded: another
    phone diverted it to this one. shown: the caller's name as the modem showed it. urgent: rang again and again.
    called_back: when somebody here did, and who says so. place: in the order in which things came (records/places); changed:
    the one that was taken when its outcome, or that somebody called back, changed last.
    """

    __table_args__ = (
        Index("ix_call_contact_started", "contact_id", "started"),
        Index("ix_call_contact_place", "contact_id", "place"),
        Index("ix_call_line_place", "line_id", "place"),
        Index("ix_call_outcome_place", "outcome", "place"),
    )

    id: int | None = Field(default=None, primary_key=True)
    line_id: int = Field(foreign_key="line.id")
    contact_id: int | None = Field(default=None, foreign_key="contact.id")
    number: str | None = None
    e164: str | None = None
    withheld: bool = False
    started: datetime = Field(sa_type=Utc, index=True)
    ended: datetime | None = Field(default=None, sa_type=Utc)
    rings: int | None = None
    outcome: CallOutcome | None = Field(default=None, sa_type=coded(CallOutcome, "call.outcome"))
    cause: int | None = None
    forwarded: bool = False
    shown: str = ""
    urgent: bool = False
    called_back: datetime | None = Field(default=None, sa_type=Utc)
    called_back_by: str | None = None
    trace: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
    reason: Reason | None = Field(default=None, sa_type=coded(Reason, "call.reason"))
    message_id: int | None = Field(default=None, index=True)
    place: int = _place(index=True)
    changed: int = _changed()


class Message(SQLModel, table=True):
    """One text, in or out, whole. `error` is why it did not go, or not arrive (Coded).

    tries: how often the network has refused it. replace_type: 1 to 7 for a text that the next one of this type from the
    same sender takes the place of (23.040 9.2.3.9). answered: when the other side first answered; a person here to a text
    that came in, or its receiver to an automatic one. asks: came in and is the first of those that wait for a person here.
    ticket: of the form that it was typed into; a form that is sent twice, because the connection broke, makes one text.
    answers_since, answers_place: of a text by hand, since when they had waited for it (as in Contact), should it never go out.
    place: in the order in which things came (records/places). turn: the lower goes out first
    (rules/submissions.turn_of). handed: when the modem got it last; settled: when it came to nothing. changed: the place
    that was taken when its status changed last, for who asks what has happened since.
    """

    __table_args__ = (
        Index("ix_message_contact_place", "contact_id", "place"),
        Index("ix_message_contact_created", "contact_id", "created"),
        Index("ix_message_outbox", "status", "turn", "due", "id", "line_id"),
        Index("ix_message_kind_created", "kind", "created", "status", "answered", "parts"),
        Index("ix_message_asks_created", "asks", "created", "answered"),
        Index("ix_message_created", "created"),
    )

    id: int | None = Field(default=None, primary_key=True)
    line_id: int = Field(foreign_key="line.id")
    contact_id: int = Field(foreign_key="contact.id")
    call_id: int | None = Field(default=None, foreign_key="call.id", index=True)
    direction: Direction = Field(sa_type=coded(Direction, "message.direction"))
    kind: MessageKind = Field(sa_type=coded(MessageKind, "message.kind"))
    body: str
    author: str | None = None
    status: MessageStatus = Field(sa_type=coded(MessageStatus, "message.status"))
    error: str | None = None
    created: datetime = Field(sa_type=Utc)
    due: datetime | None = Field(default=None, sa_type=Utc)
    expires: datetime | None = Field(default=None, sa_type=Utc)
    sent: datetime | None = Field(default=None, sa_type=Utc)
    delivered: datetime | None = Field(default=None, sa_type=Utc)
    parts: int = 1
    tries: int = 0
    replace_type: int | None = None
    answered: datetime | None = Field(default=None, sa_type=Utc)
    asks: bool = False
    answers_since: datetime | None = Field(default=None, sa_type=Utc)
    answers_place: int | None = Field(default=None, sa_type=BigInteger)
    ticket: str | None = Field(default=None, index=True, unique=True)
    place: int = _place(index=True)
    turn: int = Field(default=0, sa_type=SmallInteger, sa_column_kwargs={"server_default": "0"})
    handed: datetime | None = Field(default=None, sa_type=Utc)
    settled: datetime | None = Field(default=None, sa_type=Utc)
    changed: int = _changed()


class MessageWords(SQLModel, table=True):
    """The words of a text as they are searched (bridge/rules/folding), with blanks between them; bridge/records/search_index
    has an index of them. Made with the text, and gone with it."""

    __table_args__ = (ForeignKeyConstraint(["id"], ["message.id"], ondelete="CASCADE"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    words: str


@event.listens_for(Message, "after_insert")
def _note_words(_mapper: object, connection: Connection, message: Message) -> None:
    """Whoever writes a text, it is found by its words from then on."""
    connection.execute(insert(MessageWords), {"id": message.id, "words": " ".join(words(message.body))})


@event.listens_for(Message, "after_update")
def _note_other_words(mapper: object, connection: Connection, message: Message) -> None:
    """A part of a long text may come late."""
    if inspect(message).attrs.body.history.has_changes():
        connection.execute(delete(MessageWords).where(col(MessageWords.id) == message.id))
        _note_words(mapper, connection, message)


# What has happened to a row when one of these changes.
_NEWS: dict[type[SQLModel], tuple[str, ...]] = {Message: ("status",), Call: ("outcome", "called_back")}


@event.listens_for(Message, "before_update")
@event.listens_for(Call, "before_update")
def _note_change(_mapper: object, connection: Connection, row: Message | Call) -> None:
    """Whoever changes it, it is found by who asks what has happened since."""
    attributes = inspect(row).attrs
    if any(attributes[name].history.has_changes() for name in _NEWS[type(row)]):
        row.changed = places.take_on(connection)


class MessagePart(SQLModel, table=True):
    """One part of a text that the SMSC took. `status` is TP-ST of its report, None until it comes."""

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    part: int
    mr: int = Field(index=True)
    sent: datetime = Field(sa_type=Utc)
    status: int | None = None


class InboundPart(SQLModel, table=True):
    """One PDU that came in, and the text that it became; message_id is None while other parts are missing.

    digest: of the whole PDU. The modem shows a message again if the box stopped between storing and deleting it.
    body: UTF-16, since a part may end in half an emoji; the octets of an 8-bit message as characters 0 to 255.
    kind: as in contract.TextReceived. scts: when the SMSC got it, which tells one text from the next of the same reference;
    None if that was not a time.
    """

    __table_args__ = (UniqueConstraint("line_id", "digest"),)

    id: int | None = Field(default=None, primary_key=True)
    line_id: int = Field(foreign_key="line.id")
    digest: str
    sender: str
    reference: int
    width: int
    parts: int
    part: int
    body: bytes = Field(sa_type=LargeBinary)
    kind: str = "text"
    received: datetime = Field(sa_type=Utc)
    scts: datetime | None = Field(default=None, sa_type=Utc)
    message_id: int | None = Field(default=None, foreign_key="message.id", index=True)


class ConsentEvent(SQLModel, table=True):
    """One step of opting out or in again, or of what the shop has settled about texts to somebody. source: text, page or
    import; words: what they wrote; by: the user who settled it here."""

    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = Field(foreign_key="contact.id", index=True)
    at: datetime = Field(sa_type=Utc)
    kind: ConsentKind = Field(sa_type=coded(ConsentKind, "consentevent.kind"))
    source: str
    words: str
    by: str | None = None


class Incident(SQLModel, table=True):
    """What went wrong with a line, when, when it was well again, and what was done.

    kind: line (the modem), network, queue, storage, breaker; of each kind one is open at a time. steps: {"step",
    "seconds", "times", "well"}, as in contract.Repair.
    """

    id: int | None = Field(default=None, primary_key=True)
    line: str
    began: datetime = Field(sa_type=Utc, index=True)
    ended: datetime | None = Field(default=None, sa_type=Utc)
    what: str
    kind: IncidentKind = Field(
        default=IncidentKind.LINE, sa_type=coded(IncidentKind, "incident.kind"), nullable=False
    )
    steps: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)


class Alert(SQLModel, table=True):
    """Something that the owner is told: of a conversation or of an incident, once until it is read or over.

    kind: reply, urgent, sick or digest. due: not before, by the quiet hours. told: when it went out. over: it needs no
    more telling; the next thing of the same conversation is a new alert. texted: the owner's SMS is queued. tries: how
    often the Apprise services could not be reached.
    """

    id: int | None = Field(default=None, primary_key=True)
    kind: AlertKind = Field(sa_type=coded(AlertKind, "alert.kind"))
    contact_id: int | None = Field(default=None, foreign_key="contact.id", index=True)
    incident_id: int | None = Field(default=None, foreign_key="incident.id", index=True)
    line_id: int | None = Field(default=None, foreign_key="line.id")
    body: str
    created: datetime = Field(sa_type=Utc)
    due: datetime = Field(sa_type=Utc)
    told: datetime | None = Field(default=None, sa_type=Utc)
    over: bool = Field(default=False, index=True)
    texted: bool = False
    tries: int = 0


class Forgotten(SQLModel, table=True):
    """All that is left of somebody who was forgotten and had opted out: a keyed hash of the number keeps the opt-out."""

    digest: str = Field(primary_key=True)
    opted_out_at: datetime = Field(sa_type=Utc)


class Note(SQLModel, table=True):
    """Something that colleagues tell each other about a conversation; it is never sent. place: in the order in which things
    came (records/places)."""

    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = Field(foreign_key="contact.id", index=True)
    at: datetime = Field(sa_type=Utc)
    author: str
    body: str
    place: int = _place()


class SavedReply(SQLModel, table=True):
    """Words that the shop writes often, to be put into the reply box."""

    id: int | None = Field(default=None, primary_key=True)
    body: str


class AuditEntry(SQLModel, table=True):
    """Who changed what at the page. who: the user's name; what: a code of bridge/rules/audit with its facts (Coded);
    contact: whom it is about, if anybody."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Utc, index=True)
    who: str
    what: str
    contact_id: int | None = Field(default=None, foreign_key="contact.id", index=True)


class User(SQLModel, table=True):
    """Somebody who may log in. `password` is a werkzeug scrypt hash. role: owner, or staff, who cannot change settings or
    users. logins: counts up to log the user out everywhere. language: of the page, a code; empty for that of the browser."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    password: str
    created: datetime = Field(sa_type=Utc)
    role: Role = Field(default=Role.OWNER, sa_type=coded(Role, "user.role"), nullable=False)
    logins: int = 0
    language: str = ""


class Invitation(SQLModel, table=True):
    """Leave to log in, once, for whoever holds the secret of this digest. name: what they are called, may be empty; by: the
    owner who invited them. hour: for how many hours the box had run by then. ended: why it lets nobody in any more."""

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(unique=True)
    name: str = ""
    role: Role = Field(sa_type=coded(Role, "invitation.role"))
    by: str
    created: datetime = Field(sa_type=Utc)
    hour: int
    ended: InvitationEnd | None = Field(default=None, sa_type=coded(InvitationEnd, "invitation.ended"))


class Hook(SQLModel, table=True):
    """Another program that is told of an event. id: as its client gave it, or made. url: where it is told; origin: of that, the
    receiver without what may be secret. by: who made it, a user or a key. secret: what its deliveries are signed with;
    old_secret: the one before, good until old_until."""

    id: str = Field(primary_key=True)
    kind: HookKind = Field(sa_type=coded(HookKind, "hook.kind"))
    event: HookEvent = Field(sa_type=coded(HookEvent, "hook.event"), index=True)
    url: str
    origin: str
    by: str
    created: datetime = Field(sa_type=Utc)
    paused: bool = False
    secret: str = Field(repr=False)
    old_secret: str | None = Field(default=None, repr=False)
    old_until: datetime | None = Field(default=None, sa_type=Utc)


class HookDelivery(SQLModel, table=True):
    """What a hook is told, or was. event_id: by which its receiver knows it again; body: as it is sent. contact_id: whom it is
    about, if anybody. due: when it is tried next; tried: when it was tried last, and tries: how often. status: of the last
    answer (RFC 9110, 15), None where there was none; answer: what came of it, a HookAnswer (Coded)."""

    __table_args__ = (
        Index("ix_hookdelivery_hook_state", "hook_id", "state", "id"),
        Index("ix_hookdelivery_state_created", "state", "created"),
    )

    id: int | None = Field(default=None, primary_key=True)
    hook_id: str = Field(foreign_key="hook.id")
    event: HookEvent = Field(sa_type=coded(HookEvent, "hookdelivery.event"))
    event_id: str = Field(unique=True)
    body: str
    contact_id: int | None = Field(default=None, foreign_key="contact.id", index=True)
    created: datetime = Field(sa_type=Utc)
    due: datetime = Field(sa_type=Utc)
    tried: datetime | None = Field(default=None, sa_type=Utc)
    tries: int = 0
    state: DeliveryState = Field(
        default=DeliveryState.WAITING, sa_type=coded(DeliveryState, "hookdelivery.state"), nullable=False
    )
    status: int | None = None
    answer: str | None = None


class ApiKey(SQLModel, table=True):
    """Leave for a program to use the API. digest: of its secret, which stands nowhere. scopes: what it may do (rules/scopes);
    lines: over which lines, by name, empty for all. by: the user who made it, empty for the command line. used: when it was
    last, noted once an hour. revoked: since when it is worth nothing; the row stays, for what was done with it."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(index=True)
    digest: str = Field(unique=True)
    scopes: list[str] = Field(sa_type=JSON)
    lines: list[str] = Field(default_factory=list, sa_type=JSON)
    by: str = ""
    created: datetime = Field(sa_type=Utc)
    expires: datetime | None = Field(default=None, sa_type=Utc)
    used: datetime | None = Field(default=None, sa_type=Utc)
    revoked: datetime | None = Field(default=None, sa_type=Utc)


class ApiToken(SQLModel, table=True):
    """A token that was made with a key, good until `expires` and no longer than the key. id: its jti. family: those that came
    of one another by refreshing. refresh: is it good for a new one, and for nothing else? ended: it was used up or revoked."""

    id: str = Field(primary_key=True)
    key_id: int = Field(foreign_key="apikey.id", index=True)
    family: str = Field(index=True)
    refresh: bool = False
    scopes: list[str] = Field(sa_type=JSON)
    created: datetime = Field(sa_type=Utc)
    expires: datetime = Field(sa_type=Utc, index=True)
    ended: bool = False


class Submission(SQLModel, table=True):
    """What a program asked to be sent. ref: its id as the program knows it. body: as it was given, encrypted if `sealed`. sim:
    over which line it was wanted, counted from 1. due, expires: when it was wanted, if that was said."""

    id: int | None = Field(default=None, primary_key=True)
    ref: str = Field(unique=True)
    key_id: int = Field(foreign_key="apikey.id", index=True)
    body: str
    sealed: bool = False
    sim: int | None = None
    created: datetime = Field(sa_type=Utc, index=True)
    due: datetime | None = Field(default=None, sa_type=Utc)
    expires: datetime | None = Field(default=None, sa_type=Utc)


class Recipient(SQLModel, table=True):
    """One to whom a submission goes. number: as it was given. identity: of the number (numbers.identity), None where it is
    none. message_id: our text to them; error: why there is none (Coded)."""

    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id", index=True)
    number: str
    identity: str | None = Field(default=None, index=True)
    message_id: int | None = Field(default=None, foreign_key="message.id", index=True)
    error: str | None = None


class PutAside(SQLModel, table=True):
    """What a modem told and the database refused. kind: the event's name; content: the event as JSON, cut where it is very
    long; error: what the database said, masked."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Utc, index=True)
    line: str
    kind: str
    content: str
    error: str


class KeyValue(SQLModel, table=True):
    """Small things that the box itself must remember, such as the key that signs log-ins."""

    name: str = Field(primary_key=True)
    value: str


metadata: Any = SQLModel.metadata
