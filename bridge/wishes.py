"""What people at the page ask for, done or refused in a sentence. Runs inside the loop's transactions."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session

from bridge import conversation, deeds, hours, numbers, people
from bridge.decisions import Decider
from bridge.desk import (
    AddNote,
    Assign,
    CalledBack,
    CloseShop,
    Describe,
    Foretell,
    Forget,
    Granted,
    Mark,
    MarkRead,
    OpenShop,
    Pause,
    PickUp,
    PutDown,
    ReadSettings,
    Refused,
    Release,
    Resume,
    SaveReply,
    SendAgain,
    SendSample,
    Settle,
    TakeIn,
    TryAgain,
    Wish,
    WriteText,
)
from bridge.hours import Closure
from bridge.outbox import write_text
from bridge.records import alerts, calls, consents, forgetting, incidents, lines, memo, views
from bridge.records.tables import Contact, Message
from bridge.shop import BREAKER, Shop
from modem import contract
from modem.contract import Request

# What is about one person, by its address.
OfPerson = MarkRead | CalledBack | Describe | Forget | Mark | Settle | Assign | AddNote
ForNow = Pause | Resume | CloseShop | OpenShop
AGAIN = ("failed", "unconfirmed", "expired")


class Wishes:
    """Grants them."""

    def __init__(self, shop: Shop, decider: Decider) -> None:
        self._shop = shop
        self._decider = decider

    def wish(
        self, session: Session, wish: Wish, by: str | None
    ) -> tuple[Granted | Refused, Sequence[tuple[str, Request]]]:
        """Do what somebody on the page asks for, or say why not. What changes more than a conversation is logged."""
        contact = self._contact(session, wish.address) if isinstance(wish, OfPerson) else None
        try:
            answer = self._grant(session, wish, by, contact)
        except ValueError as error:
            answer = Refused(str(error))
        words = deeds.in_words(wish)
        if words and isinstance(answer, Granted):
            whom = None if isinstance(wish, Forget) else contact
            deeds.note(session, by or "somebody", words, self._shop.clock.utc(), whom)
        match wish:
            case PickUp(line):
                return answer, [(line, contract.Answer())]
            case PutDown(line):
                return answer, [(line, contract.HangUp())]
        return answer, ()

    def _grant(
        self, session: Session, wish: Wish, by: str | None, contact: Contact | None
    ) -> Granted | Refused:
        now = self._shop.clock.utc()
        match wish:
            case WriteText():
                return self._write(session, wish)
            case SendAgain():
                return self._again(session, wish, by)
            case MarkRead() if contact is None:
                return Granted()
            case MarkRead() | CalledBack() | Describe() | Forget() | Mark() | Settle() | Assign() | AddNote():
                if contact is None:
                    return Refused("Nobody has this number here.")
                return self._of_person(session, wish, by, contact)
            case Pause() | Resume() | CloseShop() | OpenShop():
                return self._for_now(session, wish)
            case SendSample():
                return self._test_text(session, by)
            case Foretell():
                return Granted(foretold=self._decider.foretell(session, wish))
            case TakeIn():
                for card in wish.cards:
                    people.take_in(session, card, now)
            case SaveReply(body=body, id=None):
                conversation.save_reply(session, body)
            case SaveReply(id=int(key)):
                conversation.drop_reply(session, key)
            case TryAgain(line):
                if line not in {modem.name for modem in self._shop.settings.modems}:
                    return Refused("The box has no such line.")
                lines.queue_goes_on(session, lines.line_called(session, line), now)
            case Release():
                self._release(session)
            case PickUp() | PutDown() | ReadSettings():
                pass  # the loop and the modem see to it
        return Granted()

    def _write(self, session: Session, wish: WriteText) -> Granted | Refused:
        answer = write_text(session, wish, self._shop.settings, self._shop.region, self._shop.clock.utc())
        if isinstance(answer, Granted) and (contact := self._contact(session, wish.address)):
            alerts.conversation_is_seen(session, contact)
        return answer

    def _again(self, session: Session, wish: SendAgain, by: str | None) -> Granted | Refused:
        """The ticket sees to it that a text is sent again only once; if that fails too, the new one can be sent again."""
        message = session.get(Message, wish.message_id)
        if message is None or message.direction != "out" or message.status not in AGAIN:
            return Refused("This text cannot be sent again: it has gone out, or is not there any more.")
        contact = session.get_one(Contact, message.contact_id)
        ticket = f"again:{message.id}"
        return self._write(session, WriteText(contact.address, message.body, by, wish.despite_stop, ticket))

    def _release(self, session: Session) -> None:
        memo.remember(session, BREAKER, None)
        self._shop.breaker = None
        for line in {line.name for line in views.lines(session)}:
            incidents.incident_ends(session, line, "breaker", self._shop.clock.utc())

    def _mark(self, session: Session, mark: Mark, by: str | None, contact: Contact) -> Granted | Refused:
        if mark.kind in ("block", "unblock"):
            contact.blocked = mark.kind == "block"
        elif mark.kind in ("out", "in", "fine"):
            words = f"settled by {by}" if by else "settled on the box"
            consents.consent(session, contact, mark.kind, "page", words, self._shop.clock.utc())
        else:
            return Refused(f"{mark.kind!r} is no mark.")
        return Granted()

    def _contact(self, session: Session, address: str) -> Contact | None:
        return views.contact_at(session, numbers.e164(address, self._shop.region) or address)

    def _of_person(
        self, session: Session, wish: OfPerson, by: str | None, contact: Contact
    ) -> Granted | Refused:
        """What the shop keeps of somebody. Raises ValueError with a sentence where that will not do."""
        now = self._shop.clock.utc()
        match wish:
            case Mark():
                return self._mark(session, wish, by, contact)
            case MarkRead():
                conversation.is_read(session, contact)
                alerts.conversation_is_seen(session, contact)
            case CalledBack():
                calls.was_called_back(session, contact, by, now)
                conversation.we_answered(session, contact, now)
                alerts.conversation_is_seen(session, contact)
            case Settle(done=done):
                conversation.settle(session, contact, done)
                if done:
                    alerts.conversation_is_seen(session, contact)
            case Assign(user=user):
                conversation.assign(session, contact, user)
            case AddNote(body=body):
                conversation.note(session, contact, by or "somebody", body, now)
            case Describe(name=name, notes=notes, kind=kind):
                people.describe(contact, name, notes, kind)
            case Forget():
                if calls.is_being_dealt_with(session, contact):
                    return Refused("A call or a text of this person is under way. Try again in a minute.")
                forgetting.forget(session, contact)
        return Granted()

    def _for_now(self, session: Session, wish: ForNow) -> Granted | Refused:
        """What somebody here says for now."""
        now = self._shop.clock.utc()
        midnight = hours.at_clock(
            now.astimezone(self._shop.zone).date() + timedelta(days=1), 0, self._shop.zone
        )
        match wish:
            case Pause(minutes=minutes, today=today):
                self._shop.pause(
                    session, now + timedelta(minutes=minutes) if minutes else midnight if today else None
                )
            case Resume():
                self._shop.resume(session)
            case CloseShop(back=None | ""):
                self._shop.close(session, Closure(midnight, back=False))
            case CloseShop(back=str(back)):
                until = hours.today_at(back, now, self._shop.zone)
                if until is None:
                    return Refused(
                        f"{back!r} is no time of today that is still to come; write it like 15:00."
                    )
                self._shop.close(session, Closure(until, back=True))
            case OpenShop():
                self._shop.close(session, None)
        return Granted()

    def _test_text(self, session: Session, author: str | None) -> Granted | Refused:
        """The text that a stranger would get now, to the owner."""
        scene = self._shop.scene()
        if scene.mobile is None:
            return Refused("The owner's mobile is not known: write it into config.ini, [notify] sms_to.")
        body = self._shop.words(scene.mobile, "", scene.now, True, self._shop.opening(scene.now), scene.now)
        return write_text(
            session, WriteText(scene.mobile, body, author), self._shop.settings, self._shop.region, scene.now
        )
