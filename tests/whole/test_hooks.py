"""Hooks of a whole box: what happens on the line is told to a real HTTP server, which checks who says so as the clients of
SMSGate and of Standard Webhooks do."""

import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from android_sms_gateway.webhooks import SmsReceivedPayload
from sqlmodel import Session, col, select
from standardwebhooks import Webhook

from bridge.contract.answers import Answer, Done, Rejected
from bridge.contract.api_requests import KeepApiSettings
from bridge.contract.requests import (
    AddHook,
    ChangeSecret,
    DropHook,
    DryRun,
    Forget,
    OfHooks,
    PauseHook,
    Reschedule,
    SendHookAgain,
    TestHook,
    WriteText,
)
from bridge.records.hooks import KEPT, KEPT_GIVEN_UP, delete_old
from bridge.records.tables import Hook, HookDelivery
from bridge.rules.hooks import signing
from bridge.rules.hooks.events import DeliveryState, HookAnswer, HookEvent, HookKind, offered
from bridge.rules.refusals import Refused
from modem.simulator import Simulator
from tests.support.box import ANN, BOB, DEADLINE, MESSAGE, Box, FastClock, a_box, until
from tests.support.hook_receiver import HookReceiver, Told, a_receiver, plainly

SECRET, OTHER = signing.secret_of(b"a" * 32), signing.secret_of(b"b" * 32)
ALLOWED = "[hooks]\nallow = 127.0.0.1\n"
CALLS = tuple(str(event) for event in offered(HookKind.CALL))


@pytest.fixture
def receiver() -> Iterator[HookReceiver]:
    with a_receiver() as receiver:
        yield receiver


@pytest.fixture
def clock() -> FastClock:
    return FastClock()


@pytest.fixture
def box(tmp_path: Path, clock: FastClock, receiver: HookReceiver) -> Iterator[Box]:
    with (
        Simulator(speed=20, reports="auto") as simulator,
        a_box(tmp_path, simulator, extra=ALLOWED, clock=clock) as box,
    ):
        yield box


def api_settings(**sections: dict[str, int]) -> KeepApiSettings:
    """What a client has set through the API."""
    return KeepApiSettings(json.dumps(sections), ())


def ask(box: Box, wanted: OfHooks | KeepApiSettings) -> Answer:
    return box.service.bridge.request(wanted, DEADLINE, by="mia")


def hook(box: Box, receiver: HookReceiver, *events: str, path: str = "/hook") -> None:
    """The receiver is told of these events, each by a hook of its own name."""
    for event in events:
        kind = HookEvent(event).kind
        assert ask(box, AddHook(event, kind, event, receiver.url(path), SECRET)) == Done()


def deliveries(box: Box, hook_id: str | None = None) -> list[HookDelivery]:
    with Session(box.service.engine) as session:
        found = session.exec(select(HookDelivery).order_by(col(HookDelivery.id))).all()
        return [one for one in found if hook_id in (None, one.hook_id)]


def states(box: Box, hook_id: str | None = None) -> list[tuple[str, int, int | None]]:
    return [(one.state, one.tries, one.status) for one in deliveries(box, hook_id)]


def first_is(box: Box, state: tuple[str, int, int | None]) -> bool:
    return states(box)[0] == state


def heard(box: Box, text: str, sender: str = ANN) -> None:
    box.simulator.text(sender, text)


def signed(told: Told, secret: str = SECRET) -> bool:
    """As SMSGate's documentation has a receiver check it."""
    message = told.body + told.headers["x-timestamp"].encode()
    return hmac.compare_digest(
        hmac.new(secret.encode(), message, "sha256").hexdigest(), told.headers["x-signature"]
    )


# ---- what is told


def test_a_missed_call_from_its_ringing_to_its_text(box: Box, receiver: HookReceiver) -> None:
    hook(box, receiver, *CALLS, "sms:sent", "sms:delivered")
    box.simulator.call(ANN, rings=3)
    receiver.wait_for("sms:delivered")
    told = {one.event: one.payload for one in receiver.heard(6)}
    assert set(told) == {
        "call:ringing",
        "call:missed",
        "call:ended",
        "text:decision",
        "sms:sent",
        "sms:delivered",
    }
    call, message = box.settled()[0], box.messages()[0]
    ringing = {"callId": call.id, "phoneNumber": ANN, "withheld": False, "line": "main", "simNumber": 1}
    assert ringing.items() <= told["call:ringing"].items()
    assert "outcome" not in told["call:ringing"]
    for event in ("call:missed", "call:ended", "text:decision"):
        assert {**ringing, "outcome": "abandoned", "rings": 3}.items() <= told[event].items()
    decision = told["text:decision"]
    assert (decision["texted"], decision["messageId"], decision["message"]) == (
        True,
        str(message.id),
        MESSAGE,
    )
    sent = {
        "messageId": str(message.id),
        "recipient": ANN,
        "phoneNumber": ANN,
        "simNumber": 1,
        "partsCount": 1,
    }
    assert sent.items() <= told["sms:sent"].items()
    assert told["sms:delivered"]["messageId"] == str(message.id)
    until(lambda: {state for state, *_ in states(box)} == {DeliveryState.DONE}, "all being done")


def test_why_a_caller_is_not_texted(box: Box, receiver: HookReceiver) -> None:
    hook(box, receiver, "text:decision")
    box.simulator.call(None, rings=2)
    decision = receiver.heard()[0].payload
    assert (decision["texted"], decision["reason"]) == (False, "withheld")
    assert decision["reasonText"] == "The caller hid the number."
    assert (decision["withheld"], "phoneNumber" in decision) == (True, False)


def test_a_text_that_came_in_as_the_python_client_reads_it(box: Box, receiver: HookReceiver) -> None:
    hook(box, receiver, "sms:received")
    heard(box, "Grüße! 🥖")
    (told,) = receiver.heard()
    payload = SmsReceivedPayload.from_dict(told.payload)
    message = box.messages()[0]
    assert (payload.message, payload.sender, payload.phone_number) == ("Grüße! 🥖", ANN, ANN)
    assert (payload.message_id, payload.sim_number) == (str(message.id), 1)
    assert abs((payload.received_at - message.created).total_seconds()) < 0.001
    with Session(box.service.engine) as session:
        row = session.exec(select(HookDelivery)).one()
    assert {
        "event": "sms:received",
        "id": row.event_id,
        "webhookId": "sms:received",
    }.items() <= told.json.items()
    assert told.json["deviceId"]


def test_texts_that_fail_and_are_cancelled(box: Box, receiver: HookReceiver) -> None:
    hook(box, receiver, "sms:failed", "sms:cancelled", "sms:sent")
    box.simulator.fault("cms_error", code=1)  # unassigned number
    box.simulator.call(ANN, rings=2)
    failed = receiver.wait_for("sms:failed").payload
    assert (failed["recipient"], failed["messageId"]) == (ANN, str(box.messages()[0].id))
    assert failed["reason"].endswith(".")
    later = box.service.bridge.now() + timedelta(hours=1)
    done = box.service.bridge.request(WriteText(BOB, "Hello", "mia", due=later), DEADLINE)
    assert isinstance(done, Done)
    assert done.message_id
    assert box.service.bridge.request(Reschedule(done.message_id, None), DEADLINE)
    cancelled = receiver.wait_for("sms:cancelled").payload
    assert (cancelled["recipient"], cancelled["messageId"]) == (BOB, str(done.message_id))
    assert receiver.events() == ["sms:failed", "sms:cancelled"]


def test_who_sends_it_can_be_checked(box: Box, receiver: HookReceiver) -> None:
    hook(box, receiver, "call:ended", "sms:sent")
    box.simulator.call(ANN, rings=2)
    of_call, of_text = receiver.wait_for("call:ended"), receiver.wait_for("sms:sent")
    assert signed(of_call)
    assert signed(of_text)
    assert not signed(of_text, OTHER)
    # Standard Webhooks' own library judges the box's own events: over the time stamp too.
    assert Webhook(SECRET).verify(of_call.body, of_call.headers) == of_call.json
    assert of_call.headers["webhook-id"] == of_call.json["id"]
    assert not any(name.startswith("webhook-") for name in of_text.headers)


def test_the_start_of_the_box_is_told_to_who_was_there_before(tmp_path: Path, receiver: HookReceiver) -> None:
    with Simulator(speed=20) as simulator:
        with a_box(tmp_path, simulator, extra=ALLOWED) as box:
            hook(box, receiver, "app:started", "line:up", "line:down")
        assert receiver.told == []
        with a_box(tmp_path, simulator, extra=ALLOWED):
            (told,) = receiver.heard()
    assert told.event == "app:started"
    (card,) = told.payload["simCards"]
    assert {"slotIndex": 0, "simNumber": 1, "carrierName": "main"}.items() <= card.items()


def test_a_line_that_goes_down_and_comes_back(box: Box, receiver: HookReceiver) -> None:
    hook(box, receiver, "line:down", "line:up")
    box.simulator.unplug()
    down = receiver.wait_for("line:down").payload
    assert (down["line"], down["kind"], "until" in down) == ("main", "line", False)
    assert down["message"].startswith("The modem on ")
    box.simulator.replug()
    up = receiver.wait_for("line:up").payload
    assert up["since"] == down["since"]
    assert up["seconds"] >= 0


def test_the_box_says_that_it_is_there_if_somebody_wants_to_know(
    box: Box, receiver: HookReceiver, clock: FastClock
) -> None:
    hook(box, receiver, "system:ping", "call:ended")
    clock.advance(3600)
    box.turn()
    assert ask(box, api_settings(ping={"interval_seconds": 600})) == Done()
    clock.advance(601)
    health = receiver.wait_for("system:ping").payload["health"]
    assert health["status"] == "pass"
    assert all(
        {"status", "observedValue", "observedUnit"} <= set(check) for check in health["checks"].values()
    )
    clock.advance(300)
    box.turn()
    box.simulator.call(ANN, rings=1)
    receiver.wait_for("call:ended")
    assert receiver.events().count("system:ping") == 1  # neither before it was asked for nor twice


def test_what_would_happen_is_told_to_nobody(box: Box, receiver: HookReceiver) -> None:
    hook(box, receiver, *CALLS)
    imagined = DryRun(BOB, box.service.bridge.now(), 3)
    answer = box.service.bridge.request(imagined, DEADLINE)
    assert isinstance(answer, Done)
    assert answer.decision
    assert deliveries(box) == []


# ---- tried again


def test_what_does_not_arrive_is_tried_again_and_nothing_overtakes_it(
    box: Box, receiver: HookReceiver, clock: FastClock
) -> None:
    hook(box, receiver, "sms:received")
    receiver.answer = plainly(503, b"closed")
    heard(box, "one")
    receiver.heard()
    heard(box, "two")
    until(lambda: len(deliveries(box)) == 2, "the second one")
    for tries, wait in enumerate((10, 20, 40), 1):
        until(partial(first_is, box, ("waiting", tries, 503)), f"{tries} tries")
        box.turn()
        assert states(box)[1] == ("waiting", 0, None)
        assert [one.payload["message"] for one in receiver.told] == ["one"] * tries
        if wait == 40:
            receiver.answer = plainly(200)
        clock.advance(wait + 1)
    until(lambda: [state for state, *_ in states(box)] == ["done", "done"], "both being done")
    assert [one.payload["message"] for one in receiver.told] == ["one"] * 4 + ["two"]
    assert len({one.json["id"] for one in receiver.told}) == 2  # by which a receiver knows it again
    assert len({one.headers["x-timestamp"] for one in receiver.told[:4]}) == 4
    assert all(map(signed, receiver.told))


def test_it_is_given_up_in_the_end_and_can_be_sent_again(
    box: Box, receiver: HookReceiver, clock: FastClock
) -> None:
    hook(box, receiver, "sms:received")
    assert ask(box, api_settings(webhooks={"retry_count": 1})) == Done()
    receiver.answer = plainly(500, b"broken")
    heard(box, "one")
    until(lambda: states(box) == [("waiting", 1, 500)], "the first try")
    clock.advance(11)
    until(lambda: states(box) == [("given_up", 2, 500)], "its being given up")
    receiver.answer = plainly(200)
    key = deliveries(box)[0].id or 0
    assert ask(box, SendHookAgain(key)) == Done()
    until(lambda: states(box) == [("done", 1, 200)], "its being taken")
    answer = ask(box, SendHookAgain(99))
    assert isinstance(answer, Rejected)
    assert answer.why.code == Refused.NOT_TOLD_AGAIN
    assert len({told.body for told in receiver.told}) == 1


def test_one_slow_receiver_holds_up_no_other_and_not_the_loop(box: Box, receiver: HookReceiver) -> None:
    with a_receiver() as other:
        hook(box, receiver, "call:ringing", "call:ended", path="/slow")
        hook(box, other, "sms:received", "text:decision")
        box.simulator.call(ANN, rings=2)
        receiver.heard()  # it has been told, and does not answer
        heard(box, "Hello")
        other.wait_for("sms:received")
        other.wait_for("text:decision")
        assert box.settled()[0].textback == "sent"
        assert len(receiver.told) == 1  # one at a time
        receiver.open.set()
        receiver.wait_for("call:ended")


# ---- a thousand


def test_a_thousand_hooks_with_receivers_of_every_kind_and_the_loop_feels_nothing(
    tmp_path: Path, receiver: HookReceiver
) -> None:
    def flood(request: object) -> None:
        plainly(200, b"x" * 10_000_000)(request)  # type: ignore[arg-type]

    receiver.by_path = {
        "/elsewhere": plainly(307, Location=receiver.url("/hook")),
        "/flood": flood,
        "/refuses": plainly(500, b"x" * 10_000_000),
    }
    kinds = [
        receiver.url("/slow"),
        receiver.url("/elsewhere"),
        receiver.url("/flood"),
        receiver.url("/refuses"),
        "http://127.0.0.1:1/dead",
    ]
    with (
        Simulator(speed=20, reports="off") as simulator,
        a_box(tmp_path, simulator, extra=ALLOWED) as box,
        a_receiver() as well,
    ):
        with Session(box.service.engine) as session, session.begin():
            now = box.service.bridge.now()
            for place in range(999):
                url = kinds[place % len(kinds)]
                session.add(
                    Hook(
                        id=f"h{place}",
                        kind=HookKind.CALL,
                        event=HookEvent.ENDED,
                        url=url,
                        origin=url.rpartition("/")[0],
                        by="mia",
                        created=now,
                        secret=SECRET,
                    )
                )
        hook(box, well, "text:decision")
        box.simulator.call(ANN, rings=2)
        call = box.settled()[0]
        assert (call.textback, len(box.simulator.sent)) == ("sent", 1)
        assert len(deliveries(box)) == 1000
        well.wait_for("text:decision")
        # Those are still being told; meanwhile a person is served as ever.
        assert isinstance(box.service.bridge.request(WriteText(BOB, "Hello", "mia"), DEADLINE), Done)
        until(lambda: len(box.simulator.sent) == 2, "the text by hand")
        box.simulator.call(BOB, rings=2)
        assert box.ended(2)[0].address == BOB
        receiver.open.set()


# ---- who asks for what


def test_a_box_without_hooks_writes_nothing(box: Box, receiver: HookReceiver) -> None:
    box.simulator.call(ANN, rings=2)
    box.settled()
    assert deliveries(box) == []
    hook(box, receiver, "call:ended")
    assert ask(box, DropHook("call:ended", HookKind.CALL)) == Done()
    box.simulator.call(BOB, rings=2)
    box.settled(2)
    assert (deliveries(box), receiver.told) == ([], [])


def test_an_id_that_comes_again_is_the_same_hook(box: Box, receiver: HookReceiver) -> None:
    hook(box, receiver, "call:ended")
    assert ask(box, AddHook("call:ended", HookKind.CALL, "call:missed", receiver.url("/other"))) == Done()
    box.simulator.call(ANN, rings=2)
    (told,) = receiver.heard()
    assert (told.path, told.event) == ("/other", "call:missed")
    assert signed(told)  # it keeps its secret


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (AddHook("x", HookKind.SMS, "call:missed", "https://example.com"), Refused.NO_SUCH_EVENT),
        (AddHook("x", HookKind.CALL, "sms:sent", "https://example.com"), Refused.NO_SUCH_EVENT),
        (AddHook("x", HookKind.CALL, "nonsense", "https://example.com"), Refused.NO_SUCH_EVENT),
        (AddHook("x", HookKind.SMS, "sms:sent", "example.com"), Refused.NO_HOOK_ADDRESS),
        (AddHook("x", HookKind.SMS, "sms:sent", "http://[::1]/"), Refused.HOOK_NOT_ALLOWED),
        (AddHook("x", HookKind.SMS, "sms:sent", "http://93.184.216.34/"), Refused.HOOK_NOT_SAFE),
        (AddHook("", HookKind.SMS, "sms:sent", "https://example.com"), Refused.HOOK_NAME),
        (AddHook("x" * 101, HookKind.SMS, "sms:sent", "https://example.com"), Refused.HOOK_NAME),
        (AddHook("call:ended", HookKind.SMS, "sms:sent", "https://example.com"), Refused.HOOK_OF_OTHER_LIST),
        (AddHook("x", HookKind.SMS, "sms:sent", "https://example.com", "x" * 201), Refused.SECRET_LENGTH),
        (ChangeSecret("nobody", SECRET), Refused.NO_SUCH_HOOK),
        (TestHook("nobody"), Refused.NO_SUCH_HOOK),
        (PauseHook("nobody", True), Refused.NO_SUCH_HOOK),
    ],
)
def test_what_is_refused(box: Box, receiver: HookReceiver, wanted: OfHooks, code: Refused) -> None:
    hook(box, receiver, "call:ended")
    answer = ask(box, wanted)
    assert isinstance(answer, Rejected)
    assert answer.why.code == code


@pytest.mark.parametrize("event", [*offered(HookKind.SMS), *offered(HookKind.CALL)])
def test_a_test_of_every_event(box: Box, receiver: HookReceiver, event: HookEvent) -> None:
    hook(box, receiver, event)
    assert ask(box, TestHook(event)) == Done()
    told = receiver.heard()[0]
    assert (told.event, bool(told.payload)) == (event, True)
    if event is HookEvent.SMS_RECEIVED:
        assert SmsReceivedPayload.from_dict(told.payload).message == "A test from your box."


def test_a_hook_that_is_paused_is_told_of_nothing(box: Box, receiver: HookReceiver) -> None:
    hook(box, receiver, "call:ended", "sms:sent")
    assert ask(box, PauseHook("call:ended", paused=True)) == Done()
    box.simulator.call(ANN, rings=2)
    receiver.wait_for("sms:sent")
    assert deliveries(box, "call:ended") == []
    assert ask(box, PauseHook("call:ended", paused=False)) == Done()
    box.simulator.call(BOB, rings=2)
    assert receiver.wait_for("call:ended").payload["phoneNumber"] == BOB


def test_while_a_secret_is_changed_the_old_one_works_too(
    box: Box, receiver: HookReceiver, clock: FastClock
) -> None:
    hook(box, receiver, "call:ended")
    assert ask(box, ChangeSecret("call:ended", OTHER)) == Done()
    receiver.answer = plainly(401)
    box.simulator.call(ANN, rings=2)
    until(lambda: states(box) == [("waiting", 1, 401)], "the first try")
    clock.advance(11)
    until(lambda: states(box) == [("waiting", 2, 401)], "the second try")
    first, second = receiver.told
    assert (signed(first, OTHER), signed(second, SECRET)) == (True, True)
    for told in (first, second):
        for secret in (SECRET, OTHER):
            assert Webhook(secret).verify(told.body, told.headers) == told.json
    clock.advance(86400)
    until(lambda: states(box) == [("waiting", 3, 401)], "the third try")
    assert signed(receiver.told[2], OTHER)
    assert len(receiver.told[2].headers["webhook-signature"].split()) == 1


def test_the_key_of_smsgates_clients_signs_all_hooks_of_their_list(box: Box, receiver: HookReceiver) -> None:
    assert ask(box, AddHook("a", HookKind.SMS, "sms:sent", receiver.url("/a"))) == Done()
    assert ask(box, KeepApiSettings("{}", (), None, "s3cret")) == Done()
    assert ask(box, AddHook("b", HookKind.SMS, "sms:sent", receiver.url("/b"))) == Done()
    box.simulator.call(ANN, rings=2)
    (a,), (b,) = receiver.heard(path="/a"), receiver.heard(path="/b")
    assert signed(a, "s3cret")
    assert signed(b, "s3cret")


# ---- what is kept


def test_who_is_forgotten_is_forgotten_here_too(box: Box, receiver: HookReceiver, clock: FastClock) -> None:
    hook(box, receiver, "sms:received")
    receiver.answer = plainly(500)
    heard(box, "Mill Lane, the blue door")
    until(lambda: states(box) == [("waiting", 1, 500)], "the first try")
    assert box.service.bridge.request(Forget(ANN), DEADLINE) == Done()
    assert deliveries(box) == []
    clock.advance(11)
    box.turn()
    assert len(receiver.told) == 1


def test_old_deliveries_are_deleted_and_no_others(box: Box, receiver: HookReceiver) -> None:
    hook(box, receiver, "call:ended")
    now = box.service.bridge.now()
    with Session(box.service.engine) as session, session.begin():
        for state, age in (
            (DeliveryState.DONE, KEPT * 1.01),
            (DeliveryState.DONE, KEPT * 0.99),
            (DeliveryState.GIVEN_UP, KEPT_GIVEN_UP * 1.01),
            (DeliveryState.GIVEN_UP, KEPT_GIVEN_UP * 0.99),
        ):
            session.add(
                HookDelivery(
                    hook_id="call:ended",
                    event=HookEvent.ENDED,
                    event_id=f"{state} {age}",
                    body="{}",
                    created=now - age,
                    due=now - age,
                    state=state,
                    answer=HookAnswer.NO_HTTP,
                )
            )
        session.flush()
        assert delete_old(session, now)
        assert not delete_old(session, now)
    left = {one.event_id for one in deliveries(box)}
    assert left == {f"{DeliveryState.DONE} {KEPT * 0.99}", f"{DeliveryState.GIVEN_UP} {KEPT_GIVEN_UP * 0.99}"}


def test_no_secret_and_no_path_stands_in_the_log(
    box: Box, receiver: HookReceiver, clock: FastClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    hook(box, receiver, "call:ended", path="/key-in-the-path")
    receiver.answer = plainly(500)
    box.simulator.call(ANN, rings=2)
    until(lambda: states(box) == [("waiting", 1, 500)], "the first try")
    assert f"did not reach {receiver.url('')}: hook_refused" in caplog.text
    assert SECRET not in caplog.text
    assert "key-in-the-path" not in caplog.text
    with Session(box.service.engine) as session:
        assert SECRET not in repr(session.get_one(Hook, "call:ended"))
