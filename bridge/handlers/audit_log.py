"""The audit log, who changed what at the page: which requests stand in it, as which code; bridge/words has the sentences."""

from datetime import datetime
from typing import assert_never

from sqlmodel import Session

from bridge.contract import api_requests, requests
from bridge.records.tables import AuditEntry, Contact
from bridge.rules.audit import Change
from modem.contract import Coded

MARKS = {
    "out": Change.MARKED_OUT,
    "in": Change.MARKED_IN,
    "fine": Change.MARKED_FINE,
    "never": Change.MARKED_NEVER,
    "welcome": Change.MARKED_WELCOME,
    "staff": Change.MARKED_NEVER,
    "supplier": Change.MARKED_NEVER,
    "out_again": Change.MARKED_OUT,
    "doubt_again": Change.MARKED_DOUBT,
    "block": Change.BLOCKED,
    "unblock": Change.UNBLOCKED,
}
# What is noted when a change is undone.
UNDONE = {
    Change.SNOOZED: Change.SNOOZE_ENDED,
    Change.SNOOZE_ENDED: Change.SNOOZED,
    Change.REPLY_DROPPED: Change.REPLY_ADDED,
}


def note(session: Session, who: str, what: Coded, now: datetime, contact: Contact | None = None) -> None:
    """An entry of the log. who: the user's name."""
    key = contact.id if contact else None
    session.add(AuditEntry(at=now, who=who, what=what.to_text(), contact_id=key))


def change_of(request: requests.Request, by: str | None) -> Coded | None:
    """What the user `by` changed with this request; None for everyday work, such as replies.

    >>> change_of(requests.Pause(minutes=60), "mia")
    Coded(code=<Change.PAUSED: 'paused'>, facts=(('minutes', 60),))
    >>> change_of(requests.MarkRead("+447400123456"), "mia")
    """
    match request:
        case requests.Pause(minutes=int(minutes)):
            return Coded.of(Change.PAUSED, minutes=minutes)
        case requests.Pause(today=today):
            return Coded(Change.PAUSED_TODAY if today else Change.PAUSED_OPEN)
        case requests.Resume():
            return Coded(Change.RESUMED)
        case requests.CloseShop(back=back):
            return Coded.of(Change.CLOSED_UNTIL, back=back) if back else Coded(Change.CLOSED_TODAY)
        case requests.OpenShop():
            return Coded(Change.USUAL_HOURS)
        case requests.AcceptDatabase():
            return Coded(Change.DATABASE_ACCEPTED)
        case requests.ResetBreaker():
            return Coded(Change.BREAKER_RESET)
        case requests.TryAgain(line=line):
            return Coded.of(Change.TRIED_AGAIN, line=line)
        case requests.InstallRelease(version=version):
            return Coded.of(Change.UPDATE_WANTED, version=version)
        case requests.TypeNumber():
            return Coded(Change.NUMBER)
        case requests.ImportContacts(cards=cards):
            return Coded.of(Change.IMPORTED, contacts=len(cards))
        case requests.Forget():
            return Coded(Change.FORGOT)
        case requests.SaveReply(body=body, id=key):
            changed = Change.REPLY_CHANGED if body else Change.REPLY_DROPPED
            return Coded(Change.REPLY_ADDED if key is None else changed)
        case requests.ReadSettings(keys=keys, form=form):
            return Coded.of(Change.SETTINGS, keys=", ".join(keys), form=form) if keys else None
        case requests.AddContact():
            return Coded(Change.CONTACT_ADDED)
        case requests.AddNumber():
            return Coded(Change.NUMBER_ADDED)
        case requests.Snooze(until=until):
            return Coded(Change.SNOOZED if until else Change.SNOOZE_ENDED)
        case requests.Describe():
            return Coded(Change.DESCRIBED)
        case requests.Mark(kind=kind):
            return Coded(MARKS[kind]) if kind in MARKS else None
        case (
            requests.WriteText()
            | requests.Reschedule()
            | requests.SendAgain()
            | requests.SendSample()
            | requests.TryServices()
            | requests.MarkRead()
            | requests.MarkDone()
            | requests.MarkSeveral()
            | requests.TakeLabel()
            | requests.Undo()
            | requests.Assign()
            | requests.AddNote()
            | requests.CalledBack()
            | requests.AnswerCall()
            | requests.HangUp()
            | requests.DryRun()
            | requests.MakeBackup()
            | requests.StartAgain()
            # Which hook that was, its own handler notes.
            | requests.AddHook()
            | requests.DropHook()
            | requests.PauseHook()
            | requests.ChangeSecret()
            | requests.TestHook()
            | requests.SendHookAgain()
            | requests.TellAgain()
        ):
            return None
        case (
            api_requests.SubmitTexts()
            | api_requests.CancelTexts()
            | api_requests.KeyUsed()
            | api_requests.KeepTokens()
            | api_requests.EndToken()
        ):
            return None
        case api_requests.AddKey(name=name):
            return Coded.of(Change.KEY_ADDED, name=name)
        case api_requests.RevokeKey(name=name):
            return Coded.of(Change.KEY_REVOKED, name=name)
        case api_requests.KeepApiSettings(keys=keys):
            return Coded.of(Change.API_SETTINGS, keys=", ".join(keys)) if keys else None
        case _:
            return _change_of_users(request, by)


def _change_of_users(request: requests.OfUsers, by: str | None) -> Coded | None:
    match request:
        case requests.TakeOver():
            return Coded(Change.TOOK_OVER)
        case requests.AddUser(name=name, role=role):
            return Coded.of(Change.USER_ADDED, name=name, role=role)
        case requests.Invite(name=name, role=role) if name:
            return Coded.of(Change.INVITED, name=name, role=role)
        case requests.Invite(role=role):
            return Coded.of(Change.INVITED_SOMEBODY, role=role)
        case requests.TakeBack():
            return Coded(Change.INVITATION_TAKEN_BACK)
        case requests.Join():
            return Coded(Change.JOINED)
        case requests.SetRole(name=name, role=role):
            return Coded.of(Change.ROLE, name=name, role=role)
        case requests.SetPassword(name=name):
            return Coded(Change.OWN_PASSWORD) if name == by else Coded.of(Change.PASSWORD, name=name)
        case requests.LogOut(name=name):
            return (
                Coded(Change.LOGGED_OUT_ELSEWHERE) if name == by else Coded.of(Change.LOGGED_OUT, name=name)
            )
        case requests.EndLogin() | requests.SetLanguage():
            return None
        case requests.RemoveUser(name=name):
            return Coded.of(Change.USER_REMOVED, name=name)
        case _:
            assert_never(request)
