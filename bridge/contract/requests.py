"""What may be asked of the bridge, a frozen class each."""

from dataclasses import dataclass, field
from datetime import datetime

from bridge.contract.api_requests import OfApi
from bridge.rules.addressbook import Card
from bridge.rules.hooks.events import HookKind


@dataclass(frozen=True)
class WriteText:
    """A text by hand. despite_stop: the sender has confirmed that this contact had opted out. ticket: of the form that it
    was typed into; the same once more is the same text. due: when it goes out, if not at once."""

    address: str
    body: str
    author: str | None
    despite_stop: bool = False
    ticket: str | None = None
    due: datetime | None = None


@dataclass(frozen=True)
class Reschedule:
    """A text that was to go out later goes out then; None: not at all."""

    message_id: int
    due: datetime | None


@dataclass(frozen=True)
class SendAgain:
    """A text of ours that failed, or of which nobody knows, once more."""

    message_id: int
    despite_stop: bool = False


@dataclass(frozen=True)
class MarkRead:
    """Somebody has seen the conversation up to now."""

    address: str


@dataclass(frozen=True)
class AnswerCall:
    """Answer the call that rings on this line."""

    line: str


@dataclass(frozen=True)
class HangUp:
    """Hang up on the call that rings or runs on this line."""

    line: str


@dataclass(frozen=True)
class TryAgain:
    """Let the stopped queue of this line go on: somebody has seen to the SIM or its contract."""

    line: str


@dataclass(frozen=True)
class TypeNumber:
    """The number of the SIM of this row, as an owner has typed it; empty: as the SIM tells it."""

    sim_id: int
    number: str


@dataclass(frozen=True)
class AcceptDatabase:
    """Let automatic texts go on that stand still since the database was lost or damaged: with the one that is there now, or
    with a new one where that is damaged."""


@dataclass(frozen=True)
class MakeBackup:
    """Make a backup now, as at night."""


@dataclass(frozen=True)
class StartAgain:
    """End the box: whoever starts it again, it restores what was laid ready before it opens the database."""


@dataclass(frozen=True)
class InstallRelease:
    """Have the system install the newer release that the page has told of. version: of that."""

    version: str


@dataclass(frozen=True)
class Mark:
    """What somebody here has settled about a contact. kind: never (the shop wants no texts to them) or welcome (it does), out
    (they want none), in (they want texts again), fine (what they wrote was no opt-out), block or unblock. What takes such a
    mark back: staff or supplier (what they were before), out_again and doubt_again (what they wrote counts as it did)."""

    address: str
    kind: str


@dataclass(frozen=True)
class MarkDone:
    """Nothing is left to be done in this conversation, or (not done) something is."""

    address: str
    done: bool


@dataclass(frozen=True)
class MarkSeveral:
    """The same for several conversations at once. do: read, done, or label, with the label's name."""

    addresses: tuple[str, ...]
    do: str
    label: str = ""


@dataclass(frozen=True)
class TakeLabel:
    """The label of this id off a conversation."""

    address: str
    label: int


@dataclass(frozen=True)
class Snooze:
    """The conversation needs no reply until then (aware), and comes back by itself; None: it comes back now."""

    address: str
    until: datetime | None


@dataclass(frozen=True)
class Undo:
    """What an answer's `undo` names is taken back, as far as nothing else has changed it since."""

    key: str


@dataclass(frozen=True)
class Assign:
    """This user sees to the conversation; None: nobody in particular."""

    address: str
    user: str | None


@dataclass(frozen=True)
class AddNote:
    """A word to colleagues about somebody."""

    address: str
    body: str


@dataclass(frozen=True)
class SaveReply:
    """Keep words that are written often, in place of those of this id; without words, the one of this id is dropped."""

    body: str
    id: int | None = None


@dataclass(frozen=True)
class DryRun:
    """What would happen if this number rang at that moment, and for so many rings? None: the number is withheld. Nothing is
    stored or sent."""

    number: str | None
    at: datetime
    rings: int
    outcome: str = "abandoned"


@dataclass(frozen=True)
class ReadSettings:
    """config.ini was changed by the page, at these keys of the form of this title: take it up now."""

    keys: tuple[str, ...] = ()
    form: str = ""


@dataclass(frozen=True)
class ResetBreaker:
    """Let automatic texts go on that the breaker has stopped: somebody has looked at the callers."""


@dataclass(frozen=True)
class CalledBack:
    """Somebody here has called this person back."""

    address: str


@dataclass(frozen=True)
class Describe:
    """What the shop writes down about somebody. kind: staff, supplier, never, or empty."""

    address: str
    name: str
    notes: str
    kind: str


@dataclass(frozen=True)
class AddContact:
    """Somebody new in the address book, typed in at the page."""

    number: str
    name: str


@dataclass(frozen=True)
class AddNumber:
    """One more number of somebody. sure: whoever has that number for themselves is the same person, and is merged in."""

    address: str
    number: str
    sure: bool = False


@dataclass(frozen=True)
class ImportContacts:
    """Contacts out of a file."""

    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Forget:
    """Delete a person with all calls and texts."""

    address: str


@dataclass(frozen=True)
class Pause:
    """No automatic texts for so many minutes, for the rest of the day, or (neither) until Resume."""

    minutes: int | None = None
    today: bool = False


@dataclass(frozen=True)
class Resume:
    """Automatic texts go on."""


@dataclass(frozen=True)
class CloseShop:
    """The shop is closed for the rest of the day, or until `back`, a time of today such as 15:00."""

    back: str | None = None


@dataclass(frozen=True)
class OpenShop:
    """The usual hours count again."""


@dataclass(frozen=True)
class SendSample:
    """The automatic text as a stranger would get it now, to the owner's mobile."""


@dataclass(frozen=True)
class TryServices:
    """A test to each of the other services that are told of alerts; what came of it stands in the status."""


@dataclass(frozen=True)
class TakeOver:
    """The first user, an owner, who knows the code of the box. hashed: the password's hash, as in all that follow."""

    code: str
    name: str
    hashed: str = field(repr=False)


@dataclass(frozen=True)
class AddUser:
    """Let somebody log in."""

    name: str
    hashed: str = field(repr=False)
    role: str


@dataclass(frozen=True)
class Invite:
    """Let somebody log in who holds a link, once. digest: of the link's secret, as of records/logins. name: what they are
    called, or nothing."""

    digest: str
    name: str
    role: str


@dataclass(frozen=True)
class TakeBack:
    """The invitation of this id lets nobody in any more."""

    id: int


@dataclass(frozen=True)
class Join:
    """Somebody who was invited has chosen name and password. digest: as of Invite."""

    digest: str
    name: str
    hashed: str = field(repr=False)


@dataclass(frozen=True)
class SetPassword:
    """A new password for a user, who is logged out everywhere by it."""

    name: str
    hashed: str = field(repr=False)


@dataclass(frozen=True)
class SetRole:
    """Make a user an owner, or one of the staff."""

    name: str
    role: str


@dataclass(frozen=True)
class SetLanguage:
    """The language of the page for a user: a code, or nothing for that of the browser."""

    name: str
    language: str


@dataclass(frozen=True)
class LogOut:
    """Log a user out everywhere."""

    name: str


@dataclass(frozen=True)
class EndLogin:
    """Log out on one device: this log-in ends. digest: as of records/logins."""

    digest: str


@dataclass(frozen=True)
class RemoveUser:
    """Do not let this user log in any more."""

    name: str


@dataclass(frozen=True)
class AddHook:
    """Tell another program of an event. The hook of this id, if there is one, has this address and event from now on, and its
    old secret. secret: None for the one that all hooks of SMSGate's clients share."""

    id: str
    kind: HookKind
    event: str
    url: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class DropHook:
    """The hook of this id in this list is told of nothing any more; one that is not there neither."""

    id: str
    kind: HookKind


@dataclass(frozen=True)
class PauseHook:
    """The hook of this id is told of nothing for now, or again."""

    id: str
    paused: bool


@dataclass(frozen=True)
class ChangeSecret:
    """What is told to the hook of this id is signed with this from now on; the old secret is good for a day beside it."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class TestHook:
    """Tell the hook of this id something that is a test; what waits for it is told at once."""

    __test__ = False  # for pytest, which goes by names

    id: str


@dataclass(frozen=True)
class SendHookAgain:
    """The delivery of this id, which was taken or given up, once more."""

    id: int


@dataclass(frozen=True)
class TellAgain:
    """Hooks are told once more of the texts that came in that time (aware)."""

    since: datetime
    until: datetime


OfHooks = AddHook | DropHook | PauseHook | ChangeSecret | TestHook | SendHookAgain | TellAgain
OfUsers = (
    TakeOver
    | AddUser
    | Invite
    | TakeBack
    | Join
    | SetPassword
    | SetRole
    | SetLanguage
    | LogOut
    | EndLogin
    | RemoveUser
)
Request = (
    ResetBreaker
    | AcceptDatabase
    | MakeBackup
    | StartAgain
    | InstallRelease
    | TypeNumber
    | Mark
    | WriteText
    | Reschedule
    | MarkRead
    | AnswerCall
    | HangUp
    | TryAgain
    | CalledBack
    | Describe
    | AddContact
    | AddNumber
    | ImportContacts
    | Forget
    | Pause
    | Resume
    | CloseShop
    | OpenShop
    | SendSample
    | TryServices
    | SendAgain
    | MarkDone
    | MarkSeveral
    | Snooze
    | Undo
    | TakeLabel
    | Assign
    | AddNote
    | SaveReply
    | DryRun
    | ReadSettings
    | OfHooks
    | OfUsers
    | OfApi
)
