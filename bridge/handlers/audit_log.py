"""The audit log, who changed what at the page: which requests stand in it, and in which words."""

from datetime import datetime

from sqlmodel import Session

from bridge.contract.requests import (
    AddUser,
    CloseShop,
    Describe,
    Forget,
    ImportContacts,
    LogOut,
    Mark,
    OpenShop,
    Pause,
    ReadSettings,
    RemoveUser,
    Request,
    ResetBreaker,
    Resume,
    SaveReply,
    SetPassword,
    SetRole,
    TakeOver,
    TryAgain,
)
from bridge.records.tables import AuditEntry, Contact

MARKS = {
    "out": "marked as never to be texted",
    "in": "let be texted again",
    "fine": "settled that it was no STOP of",
    "block": "blocked",
    "unblock": "unblocked",
}


def note(session: Session, who: str, what: str, now: datetime, contact: Contact | None = None) -> None:
    session.add(AuditEntry(at=now, who=who, what=what, contact_id=contact.id if contact else None))


def in_words(request: Request, by: str | None = None) -> str | None:
    """What somebody did, without subject and without the person that it was done to; None for the day's work, such as replies.

    >>> in_words(Pause(minutes=60)), in_words(CloseShop("15:00")), in_words(Forget("+447400123456"))
    ('paused automatic texts for 60 minutes', 'closed the shop until 15:00', 'had a person forgotten')
    """
    match request:
        case Pause(minutes=None, today=today):
            return f"paused automatic texts {'for today' if today else 'until further notice'}"
        case Pause(minutes=minutes):
            return f"paused automatic texts for {minutes} minutes"
        case Resume():
            return "let automatic texts go on"
        case CloseShop(back=back):
            return f"closed the shop {f'until {back}' if back else 'for today'}"
        case OpenShop():
            return "let the usual hours count again"
        case ResetBreaker():
            return "let automatic texts go on after a burst of strangers"
        case TryAgain(line=line):
            return f"had the texts of line {line} tried again"
        case ImportContacts(cards=cards):
            return f"took in {len(cards)} contact{'' if len(cards) == 1 else 's'} out of a file"
        case Forget():
            return "had a person forgotten"
        case SaveReply(id=None):
            return "added a saved reply"
        case SaveReply():
            return "dropped a saved reply"
        case ReadSettings(keys=keys, form=form) if keys:
            return f"changed the settings: {', '.join(keys)} in {form}"
        case TakeOver():
            return "logged in first, with the code of the box"
        case AddUser(name=name, role=role):
            return f"let {name} log in as {role}"
        case SetRole(name=name, role=role):
            return f"made {name} {role}"
        case SetPassword(name=name):
            return "took a new password" if name == by else f"gave {name} a new password"
        case LogOut(name=name):
            return "logged out everywhere else" if name == by else f"logged {name} out everywhere"
        case RemoveUser(name=name):
            return f"let {name} log in no more"
        case Describe():
            return "changed name, notes or kind of"
        case Mark(kind=kind):
            return MARKS.get(kind)
    return None
