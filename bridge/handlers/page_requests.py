"""What people at the page ask for, done or refused with a code. Runs inside the loop's transactions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import assert_never

from sqlmodel import Session

from bridge.contract.answers import Done, Rejected
from bridge.contract.api_requests import (
    AddKey,
    CancelTexts,
    EndToken,
    KeepApiSettings,
    KeepTokens,
    KeyUsed,
    RevokeKey,
    SubmitTexts,
)
from bridge.contract.requests import (
    AcceptDatabase,
    AddContact,
    AddHook,
    AddNote,
    AddNumber,
    AddUser,
    AnswerCall,
    Assign,
    CalledBack,
    ChangeSecret,
    CloseShop,
    Describe,
    DropHook,
    DryRun,
    EndLogin,
    Forget,
    HangUp,
    ImportContacts,
    InstallRelease,
    Invite,
    Join,
    LogOut,
    MakeBackup,
    Mark,
    MarkDone,
    MarkRead,
    MarkSeveral,
    OpenShop,
    Pause,
    PauseHook,
    ReadSettings,
    RemoveUser,
    Request,
    Reschedule,
    ResetBreaker,
    Resume,
    SaveReply,
    SendAgain,
    SendHookAgain,
    SendSample,
    SetLanguage,
    SetPassword,
    SetRole,
    Snooze,
    StartAgain,
    TakeBack,
    TakeLabel,
    TakeOver,
    TellAgain,
    TestHook,
    TryAgain,
    TryServices,
    TypeNumber,
    Undo,
    WriteText,
)
from bridge.handlers import audit_log, backups, contacts, conversations, database, programs
from bridge.handlers.audit_log import UNDONE
from bridge.handlers.calls import CallHandler
from bridge.handlers.hooks import Hooks
from bridge.handlers.queue_text import reschedule, write_text
from bridge.handlers.shop import ShopState
from bridge.handlers.undoing import Undoing, Undone, states_of
from bridge.handlers.user_changes import change_users, way_back
from bridge.records import alerts, calls, consents, forgetting, incidents, labels, lines, views
from bridge.records.rows import id_of
from bridge.records.tables import Contact, Message
from bridge.rules import hours, numbers
from bridge.rules.audit import Change
from bridge.rules.hours import Closure
from bridge.rules.limits import MOST_AT_ONCE
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.states import ConsentKind, ContactKind, Direction, IncidentKind, MessageStatus
from bridge.rules.typed_hours import today_at
from modem import contract
from modem.contract import Coded

# What is about one person, by its address.
OfPerson = (
    MarkRead
    | CalledBack
    | Describe
    | AddNumber
    | Forget
    | Mark
    | MarkDone
    | Snooze
    | TakeLabel
    | Assign
    | AddNote
)
ForNow = Pause | Resume | CloseShop | OpenShop
# Where a step of consent comes from that somebody has taken here.
PAGE = "page"
# What "Undo" brings back: a STOP that was lifted, a doubt that was settled.
BROUGHT_BACK = {"out_again": ConsentKind.OUT, "doubt_again": ConsentKind.DOUBT}
AGAIN = (MessageStatus.FAILED, MessageStatus.UNCONFIRMED, MessageStatus.EXPIRED)


class PageRequests:
    """Does what the page asks for, or says why not."""

    def __init__(self, shop: ShopState, calls_handler: CallHandler, hooks: Hooks | None = None) -> None:
        self._shop = shop
        self._calls_handler = calls_handler
        self._hooks = hooks or Hooks(shop)
        self._undoing = Undoing()

    def request(
        self, session: Session, request: Request, by: str | None
    ) -> tuple[Done | Rejected, Sequence[tuple[str, contract.Request]]]:
        """Do what somebody on the page asks for, or say why not. What changes more than a conversation is logged."""
        contact = self._contact(session, request.address) if isinstance(request, OfPerson) else None
        touched = self._touched(session, request, contact)
        before = states_of(session, touched)
        try:
            answer = self._grant(session, request, by, contact)
        except Refusal as refusal:
            answer = Rejected(refusal.why)
        if isinstance(answer, Done):
            change = audit_log.change_of(request, by)
            self._note(session, request, by, change, contact)
            if touched:
                undone = UNDONE.get(Change(change.code)) if change else None
                of_whom = Undone(Coded(undone), id_of(touched[0])) if undone else None
                key = self._undoing.keep_states(before, states_of(session, touched), of_whom)
                answer = replace(answer, undo=key)
        match request:
            case AnswerCall(line):
                return answer, [(line, contract.Answer())]
            case HangUp(line):
                return answer, [(line, contract.HangUp())]
        return answer, ()

    def _note(
        self,
        session: Session,
        request: Request,
        by: str | None,
        change: Coded | None,
        contact: Contact | None,
    ) -> None:
        """What was done, for the audit log, if it is more than the day's work."""
        if change is None:
            return
        if isinstance(request, AddContact):
            contact = self._contact(session, request.number)
        whom = None if isinstance(request, Forget) else contact
        audit_log.note(session, by or "somebody", change, self._shop.clock.utc(), whom)

    def _touched(self, session: Session, request: Request, contact: Contact | None) -> list[Contact]:
        """Whose conversation this changes in a way that can be undone."""
        match request:
            case MarkSeveral(addresses=addresses):
                found = (self._contact(session, address) for address in addresses[:MOST_AT_ONCE])
                return list({one.id: one for one in found if one}.values())
            case MarkDone() | Snooze() | CalledBack() | TakeLabel() | Assign() if contact:
                return [contact]
            case Reschedule(message_id=key):
                message = session.get(Message, key)
                return [session.get_one(Contact, message.contact_id)] if message else []
        return []

    def _undo(self, session: Session, key: str, by: str | None, now: datetime) -> None:
        undone = self._undoing.undo(session, key, by, now)
        if undone is not None:
            whom = session.get(Contact, undone.contact_id) if undone.contact_id else None
            audit_log.note(session, by or "somebody", undone.change, now, whom)

    def _save_reply(self, session: Session, request: SaveReply) -> Done:
        if request.id is None or request.body:
            conversations.save_reply(session, request.body, request.id)
            return Done()
        dropped = conversations.drop_reply(session, request.id)
        if dropped is None:
            return Done()
        step = partial(conversations.bring_back_reply, request.id, dropped)
        return Done(undo=self._undoing.keep(step, Undone(Coded(UNDONE[Change.REPLY_DROPPED]))))

    def _grant(
        self, session: Session, request: Request, by: str | None, contact: Contact | None
    ) -> Done | Rejected:
        now = self._shop.clock.utc()
        match request:
            case WriteText():
                return self._write(session, request)
            case Reschedule(message_id=key, due=due):
                reschedule(session, key, due, now)
            case SendAgain():
                return self._again(session, request, by)
            case MarkRead() if contact is None:
                return Done()
            case (
                MarkRead()
                | CalledBack()
                | Describe()
                | AddNumber()
                | Forget()
                | Mark()
                | MarkDone()
                | Snooze()
                | TakeLabel()
                | Assign()
                | AddNote()
            ):
                if contact is None:
                    raise Refusal(Refused.NOBODY_THERE)
                self._of_person(session, request, by, contact)
            case Pause() | Resume() | CloseShop() | OpenShop():
                self._for_now(session, request)
            case SendSample():
                return self._test_text(session, by)
            case TryServices():
                if not self._shop.settings.notify.urls:
                    raise Refusal(Refused.NO_SERVICES)
            case DryRun():
                return Done(decision=self._calls_handler.dry_run(session, request))
            case MarkSeveral():
                self._several(session, request)
            case AddContact():
                contacts.add_contact(session, request, self._shop.region, PAGE)
            case ImportContacts():
                contacts.import_contacts(session, request.cards, by, now)
            case SaveReply():
                return self._save_reply(session, request)
            case Undo(key=undone):
                self._undo(session, undone, by, now)
            case TryAgain(line):
                if line not in {modem.name for modem in self._shop.settings.modems}:
                    raise Refusal(Refused.NO_SUCH_LINE)
                lines.queue_goes_on(session, lines.line_called(session, line), now)
            case TypeNumber(sim_id=key, number=typed):
                number = numbers.e164(typed, self._shop.region)
                if typed and number is None:
                    raise Refusal(Refused.NO_NUMBER, typed=typed)
                lines.type_number(session, key, number)
                self._shop.take_numbers(session)
            case AcceptDatabase():
                database.accept(session, self._shop)
            case MakeBackup():
                if not backups.can_be_made(self._shop):
                    raise Refusal(Refused.NO_BACKUP_NOW)
            case ResetBreaker():
                self._release(session)
            case (
                AddHook()
                | DropHook()
                | PauseHook()
                | ChangeSecret()
                | TestHook()
                | SendHookAgain()
                | TellAgain()
            ):
                self._hooks.request(session, request, by or "somebody")
            case RemoveUser() | TakeBack():
                back = way_back(session, request)
                change_users(session, request, by, now)
                return Done(undo=self._undoing.keep(*back))
            case (
                TakeOver()
                | AddUser()
                | Invite()
                | Join()
                | SetPassword()
                | SetRole()
                | SetLanguage()
                | LogOut()
                | EndLogin()
            ):
                change_users(session, request, by, now)
            case (
                SubmitTexts()
                | CancelTexts()
                | AddKey()
                | RevokeKey()
                | KeyUsed()
                | KeepTokens()
                | EndToken()
                | KeepApiSettings()
            ):
                if isinstance(request, KeepApiSettings) and request.signing_key:
                    self._hooks.are_signed_with(session, request.signing_key)
                return programs.ask(session, self._shop, request, by)
            case AnswerCall() | HangUp() | ReadSettings() | StartAgain() | InstallRelease():
                pass  # the loop and the modem see to it
            case _:
                assert_never(request)
        return Done()

    def _write(self, session: Session, request: WriteText) -> Done | Rejected:
        answer = write_text(session, request, self._shop.settings, self._shop.region, self._shop.clock.utc())
        if isinstance(answer, Done) and (contact := self._contact(session, request.address)):
            alerts.conversation_is_seen(session, contact)
        return answer

    def _again(self, session: Session, request: SendAgain, by: str | None) -> Done | Rejected:
        """The ticket sees to it that a text is sent again only once; if that fails too, the new one can be sent again."""
        message = session.get(Message, request.message_id)
        if message is None or message.direction != Direction.OUT or message.status not in AGAIN:
            raise Refusal(Refused.NOT_SENT_AGAIN)
        contact = session.get_one(Contact, message.contact_id)
        ticket = f"again:{message.id}"
        return self._write(
            session, WriteText(contact.address, message.body, by, request.despite_stop, ticket)
        )

    def _release(self, session: Session) -> None:
        self._shop.reset_breaker(session)
        for line in {line.name for line in views.lines(session)}:
            incidents.incident_ends(session, line, IncidentKind.BREAKER, self._shop.clock.utc())

    def _mark(self, session: Session, mark: Mark, by: str | None, contact: Contact) -> None:
        now = self._shop.clock.utc()
        match mark.kind:
            case "block" | "unblock":
                contact.blocked = mark.kind == "block"
            case "out" | "in" | "fine":
                consents.consent(session, contact, ConsentKind(mark.kind), PAGE, now, by=by)
            case "out_again" | "doubt_again":
                consents.bring_back(session, contact, BROUGHT_BACK[mark.kind], PAGE, now, by)
            case "never" | "welcome" | "staff" | "supplier":
                kind = ContactKind.NONE if mark.kind == "welcome" else ContactKind(mark.kind)
                consents.exclude(session, contact, kind, PAGE, now, by)
            case _:
                raise Refusal(Refused.NO_SUCH_MARK, kind=mark.kind)

    def _several(self, session: Session, request: MarkSeveral) -> None:
        """Marks several conversations; who is not there any more is left out. Raises Refusal."""
        found = (self._contact(session, address) for address in request.addresses[:MOST_AT_ONCE])
        for contact in filter(None, found):
            match request.do:
                case "read":
                    conversations.is_read(session, contact)
                case "done":
                    conversations.mark_done(session, contact, True)
                case "label":
                    conversations.label(session, contact, request.label)
                    continue
                case _:
                    raise Refusal(Refused.NO_SUCH_MARK, kind=request.do)
            alerts.conversation_is_seen(session, contact)

    def _contact(self, session: Session, address: str) -> Contact | None:
        return views.contact_at(session, numbers.e164(address, self._shop.region) or address)

    def _of_person(self, session: Session, request: OfPerson, by: str | None, contact: Contact) -> None:
        """What the shop keeps of somebody. Raises Refusal where that will not do."""
        now = self._shop.clock.utc()
        match request:
            case Mark():
                self._mark(session, request, by, contact)
            case MarkRead():
                conversations.is_read(session, contact)
                alerts.conversation_is_seen(session, contact)
            case CalledBack():
                calls.was_called_back(session, contact, by, now)
                conversations.we_answered(session, contact, now)
                alerts.conversation_is_seen(session, contact)
            case MarkDone(done=done):
                conversations.mark_done(session, contact, done)
                if done:
                    alerts.conversation_is_seen(session, contact)
            case Snooze(until=until):
                conversations.snooze(session, contact, until, now)
                if until is not None:
                    alerts.conversation_is_seen(session, contact)
            case TakeLabel(label=key):
                labels.take_off(session, contact, key)
            case Assign(user=user):
                conversations.assign(session, contact, user)
            case AddNote(body=body):
                conversations.note(session, contact, by or "somebody", body, now)
            case Describe():
                contacts.describe(session, contact, request, PAGE, by, now)
            case AddNumber():
                other = self._contact(session, request.number)
                if any(one and self._shop.context().is_owner(one) for one in (contact, other)):
                    raise Refusal(Refused.OWN_NUMBER)
                contacts.add_number(session, contact, request, self._shop.region)
            case Forget():
                if calls.is_being_dealt_with(session, contact):
                    raise Refusal(Refused.UNDER_WAY)
                forgetting.forget(session, contact)
            case _:
                assert_never(request)

    def _for_now(self, session: Session, request: ForNow) -> None:
        """What somebody here says for now. Raises Refusal for a time that will not do."""
        now = self._shop.clock.utc()
        midnight = hours.midnight_after(now, self._shop.zone)
        match request:
            case Pause(minutes=minutes, today=today):
                self._shop.pause(
                    session, now + timedelta(minutes=minutes) if minutes else midnight if today else None
                )
            case Resume():
                self._shop.resume(session)
            case CloseShop(back=back):
                if not back:
                    self._shop.close(session, Closure(midnight, back=False))
                    return
                until = today_at(back, now, self._shop.zone)
                if until is None:
                    raise Refusal(Refused.NOT_LATER_TODAY, back=back)
                self._shop.close(session, Closure(until, back=True))
            case OpenShop():
                self._shop.close(session, None)
            case _:
                assert_never(request)

    def _test_text(self, session: Session, author: str | None) -> Done | Rejected:
        """The text that a stranger would get now, to the owner."""
        context = self._shop.context()
        if context.mobile is None:
            raise Refusal(Refused.NO_OWNERS_MOBILE)
        body = self._shop.words(
            context.mobile, "", context.now, True, self._shop.opening(context.now), context.now
        )
        return write_text(
            session,
            WriteText(context.mobile, body, author),
            self._shop.settings,
            self._shop.region,
            context.now,
        )
