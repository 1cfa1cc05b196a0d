"""What people at the page ask for, done or refused in a sentence. Runs inside the loop's transactions."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session

from bridge import alerts, history, hours, numbers, people, store
from bridge.desk import (
    CalledBack,
    CloseShop,
    Describe,
    Forget,
    Granted,
    Mark,
    MarkRead,
    OpenShop,
    Pause,
    PickUp,
    PutDown,
    Refused,
    Release,
    Resume,
    SendSample,
    TakeIn,
    TryAgain,
    Wish,
    WriteText,
)
from bridge.hours import Closure
from bridge.models import Contact
from bridge.outbox import write_text
from bridge.shop import BREAKER, Shop
from modem import contract
from modem.contract import Request


class Wishes:
    """Grants them."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def wish(self, session: Session, wish: Wish) -> tuple[Granted | Refused, Sequence[tuple[str, Request]]]:
        """Do what somebody on the page asks for, or say why not."""
        match wish:
            case WriteText():
                answer = write_text(
                    session, wish, self._shop.settings, self._shop.region, self._shop.clock.utc()
                )
                if isinstance(answer, Granted) and (contact := self._contact(session, wish.address)):
                    alerts.conversation_is_seen(session, contact)
                return answer, ()
            case CalledBack() | Describe() | TakeIn() | Forget():
                return self._of_people(session, wish), ()
            case Pause() | Resume() | CloseShop() | OpenShop() | SendSample():
                return self._for_now(session, wish), ()
            case Mark():
                return self._mark(session, wish), ()
            case MarkRead(address):
                contact = history.contact_at(session, address)
                if contact is not None:
                    store.conversation_is_read(session, contact)
                    alerts.conversation_is_seen(session, contact)
                return Granted(), ()
            case TryAgain(line):
                store.queue_goes_on(session, store.line_called(session, line), self._shop.clock.utc())
                return Granted(), ()
            case Release():
                store.remember(session, BREAKER, None)
                self._shop.breaker = None
                for line in self._line_names(session):
                    store.incident_ends(session, line, "breaker", self._shop.clock.utc())
                return Granted(), ()
            case PickUp(line):
                return Granted(), [(line, contract.Answer())]
            case PutDown(line):
                return Granted(), [(line, contract.HangUp())]

    def _line_names(self, session: Session) -> set[str]:
        return {line.name for line in history.lines(session)}

    def _mark(self, session: Session, mark: Mark) -> Granted | Refused:
        contact = history.contact_at(session, mark.address)
        if contact is None:
            return Refused("Nobody has this number here.")
        if mark.kind in ("block", "unblock"):
            contact.blocked = mark.kind == "block"
        elif mark.kind in ("out", "in", "fine"):
            words, now = _mark_words(mark.author), self._shop.clock.utc()
            store.consent(session, contact, mark.kind, "page", words, now)
        else:
            return Refused(f"{mark.kind!r} is no mark.")
        return Granted()

    def _contact(self, session: Session, address: str) -> Contact | None:
        return history.contact_at(session, numbers.e164(address, self._shop.region) or address)

    def _of_people(
        self, session: Session, wish: CalledBack | Describe | TakeIn | Forget
    ) -> Granted | Refused:
        """What the shop keeps of somebody."""
        now = self._shop.clock.utc()
        if isinstance(wish, TakeIn):
            for card in wish.cards:
                people.take_in(session, card, now)
            return Granted()
        contact = self._contact(session, wish.address)
        if contact is None:
            return Refused("Nobody has this number here.")
        match wish:
            case CalledBack(author=author):
                store.was_called_back(session, contact, author, now)
                alerts.conversation_is_seen(session, contact)
            case Describe(name=name, notes=notes, kind=kind):
                people.describe(contact, name, notes, kind)
            case Forget():
                if store.is_being_dealt_with(session, contact):
                    return Refused("A call or a text of this person is under way. Try again in a minute.")
                people.forget(session, contact)
        return Granted()

    def _for_now(
        self, session: Session, wish: Pause | Resume | CloseShop | OpenShop | SendSample
    ) -> Granted | Refused:
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
            case SendSample(author=author):
                return self._test_text(session, author)
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


def _mark_words(author: str | None) -> str:
    return f"settled by {author}" if author else "settled on the box"
