"""The whole box on the simulated modem: what callers do, what goes out, what comes in, and what the page is told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from bridge.contract.answers import Done, Rejected
from bridge.contract.requests import AnswerCall, HangUp, TryAgain, WriteText
from bridge.records import views
from bridge.records.tables import Message
from bridge.rules.wording import plain
from bridge.words.troubles import sentence
from modem.simulator import PROFILES, Simulator
from tests.support.box import ANN, BOB, CEM, MESSAGE, Box, FastClock, a_box, until

SPEED = 20.0


def said(box: Box, text: str, start: int = 0) -> None:
    """Wait until the modem or the host has said this."""
    box.simulator.wait_for(lambda entry: entry.text.startswith(text), start=start)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with Simulator(speed=SPEED, reports="manual") as simulator, a_box(tmp_path, simulator) as box:
        yield box


@pytest.mark.parametrize("profile", PROFILES)
class TestEveryProfile:
    @pytest.fixture
    def box(self, profile: str, tmp_path: Path) -> Iterator[Box]:
        # A list that is asked for once a second must have seen the call: no faster than that.
        speed = 4.0 if profile == "silent-clcc" else SPEED
        with Simulator(profile, speed=speed, reports="off") as simulator, a_box(tmp_path, simulator) as box:
            yield box

    def test_an_abandoned_call_gets_one_text_and_the_next_none(self, box: Box) -> None:
        box.simulator.call(ANN, rings=3)
        call = box.settled()[0]
        assert (call.address, call.outcome, call.textback, call.reason) == (ANN, "abandoned", "sent", None)
        assert [(text.number, text.text) for text in box.simulator.sent] == [(ANN, MESSAGE)]
        box.simulator.call(ANN, rings=2)
        again = box.settled(2)[0]
        assert (again.textback, again.reason, again.message_id) == ("skipped", "cooldown", call.message_id)
        assert len(box.simulator.sent) == 1

    def test_withheld_data_answered_and_rejected_calls_get_none(self, box: Box, profile: str) -> None:
        box.simulator.call(None, rings=2)
        assert (box.settled()[0].address, box.settled()[0].reason) == (None, "withheld")
        box.simulator.call(BOB, rings=2, kind="data")
        said(box, "call 2 is over")
        box.simulator.call(CEM, rings=40)
        until(lambda: box.service.loop.status.lines[0].ringing == CEM, "the ringing")
        assert box.service.bridge.request(AnswerCall("main")) == Done()
        said(box, "ATA")
        answered = box.settled(2)[0]
        assert (answered.address, answered.outcome, answered.reason) == (CEM, "answered", "not_missed")
        box.simulator.call(BOB, rings=40)
        until(lambda: box.service.loop.status.lines[0].ringing == BOB, "the ringing")
        assert box.service.bridge.request(HangUp("main")) == Done()
        rejected = box.settled(3)[0]
        assert (rejected.address, rejected.outcome, rejected.reason) == (BOB, "rejected", "not_missed")
        assert box.simulator.sent == []
        assert len(box.calls()) == 3

    def test_an_outgoing_call_is_none_of_ours(self, box: Box) -> None:
        box.simulator.outgoing(BOB)
        said(box, "call 1 is over")
        box.simulator.call(ANN, rings=1)
        assert box.settled()[0].address == ANN
        assert len(box.calls()) == 1


@pytest.mark.parametrize("clip", ["early", "once", "late"])
def test_the_number_may_come_early_once_or_late(box: Box, clip: str) -> None:
    box.simulator.call(ANN, rings=3, clip=clip)
    assert (box.settled()[0].address, box.settled()[0].textback) == (ANN, "sent")


def test_a_number_that_never_comes_is_unknown_unless_the_list_has_it(tmp_path: Path) -> None:
    with Simulator("silent", speed=SPEED) as simulator, a_box(tmp_path, simulator) as box:
        simulator.call(ANN, rings=2, clip="missing")
        call = box.settled()[0]
        assert (call.address, call.withheld, call.reason) == (None, False, "unknown")


def test_a_waiting_caller_who_gives_up_is_texted(tmp_path: Path) -> None:
    with Simulator(reports="off") as simulator, a_box(tmp_path, simulator) as box:
        simulator.call(ANN, rings=100)
        until(lambda: box.service.loop.status.lines[0].ringing == ANN, "the ringing")
        box.service.bridge.request(AnswerCall("main"))
        said(box, "ATA")
        simulator.call(BOB, rings=1, spacing=2)
        calls = {call.address: call for call in box.settled(2)}
        assert (calls[BOB].outcome, calls[BOB].textback) == ("waiting", "sent")
        assert calls[ANN].outcome == "answered"


REPLIES = [
    "€ [ ] { } ~ \\ ^ |",
    "Grüße & 👍🏽 — bis später 🥖",
    "x" * 161,
    "Ж" * 71,
    "👨‍👩‍👧 " * 30,
    "<script>alert(1)</script>",
]


@pytest.mark.parametrize("body", REPLIES, ids=range(len(REPLIES)))
def test_a_reply_is_stored_as_it_was_sent(box: Box, body: str) -> None:
    box.simulator.text(ANN, body)
    until(box.messages, "the text")
    message = box.messages()[0]
    assert (message.address, message.body, message.direction, message.status) == (ANN, body, "in", "received")
    until(lambda: not box.simulator.stored(), "the SIM's being emptied")


@pytest.mark.parametrize("order", [[1, 2, 3], [3, 1, 2], [2, 3, 1], [3, 2, 1], [1, 1, 2, 3]])
def test_three_parts_in_any_order(box: Box, order: list[int]) -> None:
    body = "".join(f"{n:04} " for n in range(80))
    box.simulator.text(ANN, body, order=order)
    until(box.messages, "the text")
    assert [message.body for message in box.messages()] == [body]
    assert box.messages()[0].parts == 3


def test_an_alphanumeric_sender_is_kept_and_cannot_be_answered(box: Box) -> None:
    box.simulator.text("info@x.de", "Your parcel is here.")
    until(box.messages, "the text")
    assert box.messages()[0].address == "info@x.de"
    answer = box.service.bridge.request(WriteText("info@x.de", "thanks", "ann"))
    assert isinstance(answer, Rejected)


def test_one_bad_message_does_not_block_the_rest(box: Box) -> None:
    box.simulator.deliver_pdu("07911326040000F0040C91")
    box.simulator.text(ANN, "still here")
    until(lambda: len(box.messages()) == 2, "both")
    assert box.messages()[0].body == "still here"
    assert box.messages()[1].kind == "system"


def test_a_reply_by_hand_goes_out_and_its_report_is_shown(box: Box) -> None:
    body = "It’s ready – see you at 5 😀 " * 6
    assert isinstance(box.service.bridge.request(WriteText("07400 123456", body, "ann")), Done)
    until(lambda: box.messages() and box.messages()[0].status == "sent", "sending")
    message, sent = box.messages()[0], box.simulator.sent[0]
    assert (message.kind, message.author, message.address) == ("manual", "ann", ANN)
    assert (sent.number, sent.text, len(sent.parts)) == (ANN, plain(body.strip()), message.parts)
    for part in sent.parts:
        box.simulator.report(part.mr)
    until(lambda: box.messages()[0].status == "delivered", "the report")
    assert box.messages()[0].delivered is not None


def test_a_report_that_says_no_makes_it_failed(box: Box) -> None:
    box.simulator.call(ANN, rings=1)
    assert box.settled()[0].textback == "sent"
    box.simulator.report(status=0x46)
    until(lambda: box.calls()[0].textback == "failed", "the report")


@pytest.mark.parametrize(
    ("code", "status"), [(1, "failed"), (196, "failed"), (111, "failed"), (332, "unconfirmed")]
)
def test_what_a_cms_error_makes_of_a_text(box: Box, code: int, status: str) -> None:
    box.simulator.fault("cms_error", code=code)
    box.simulator.call(ANN, rings=1)
    assert box.settled()[0].textback == status
    assert f"{code}" in (box.messages()[0].error or "")
    assert box.simulator.sent == []


@pytest.mark.parametrize("code", [27, 38, 41, 42, 47, 500, 302, 314, 322])
def test_what_passes_by_itself_is_tried_again_within_half_a_minute(box: Box, code: int) -> None:
    box.simulator.fault("cms_error", code=code)
    box.simulator.call(ANN, rings=1)
    text = until(lambda: next((m for m in box.messages() if m.error), None), "the refusal")
    assert text.status == "queued"
    assert text.due is not None
    assert timedelta(seconds=20) <= text.due - text.created
    assert text.due - (datetime.now(UTC)) <= timedelta(seconds=30)
    with Session(box.service.engine) as session, session.begin():
        session.get_one(Message, text.id).due = text.created  # the time has come
    assert box.settled()[0].textback == "sent"
    assert [sent.text for sent in box.simulator.sent] == [MESSAGE]


@pytest.mark.parametrize(("code", "refusals"), [(50, 1), (330, 1), (8, 2)])
def test_a_sim_that_may_not_send_stops_the_queue_until_somebody_says_go_on(
    box: Box, code: int, refusals: int
) -> None:
    box.simulator.fault("cms_error", code=code, times=refusals)
    for number in (ANN, BOB)[:refusals]:
        box.simulator.call(number, rings=1, wait=True)
    until(lambda: box.service.loop.status.lines[0].stopped, "the queue's stop")
    asked = len([entry for entry in box.simulator.log.entries if entry.text.startswith("AT+CMGS")])
    box.simulator.call(CEM, rings=1)
    assert box.ended(refusals + 1)[0].textback == "scheduled"
    box.turn()
    assert "No texts are being sent." in sentence(box.service.loop.status.troubles[0])
    assert len([e for e in box.simulator.log.entries if e.text.startswith("AT+CMGS")]) == asked
    assert box.service.bridge.request(TryAgain("main")) == Done()
    until(lambda: CEM in {text.number for text in box.simulator.sent}, "the texts that waited")
    until(lambda: box.service.loop.status.lines[0].stopped is None, "the end of the stop")


@pytest.mark.parametrize(
    ("code", "textback", "reason"), [(81, "sent", None), (196, "skipped", "not_textable")]
)
def test_after_a_failed_text_the_next_call_is_texted_unless_the_number_takes_none(
    box: Box, code: int, textback: str, reason: str | None
) -> None:
    box.simulator.fault("cms_error", code=code)
    box.simulator.call(ANN, rings=1)
    assert box.settled()[0].textback == "failed"
    box.simulator.call(ANN, rings=1)
    call = box.settled(2)[0]
    assert (call.textback, call.reason) == (textback, reason)


def test_a_delay_gives_the_caller_time_to_get_in_touch(tmp_path: Path) -> None:
    clock = FastClock()
    with (
        Simulator(speed=SPEED) as simulator,
        a_box(tmp_path, simulator, "delay_seconds = 300", clock=clock) as box,
    ):
        simulator.call(ANN, rings=1)
        assert box.ended()[0].textback == "scheduled"
        simulator.text(ANN, "Never mind, found it.")
        until(lambda: len(box.messages()) == 2, "the text")
        clock.advance(300)
        call = box.settled()[0]
        assert (call.textback, call.reason) == ("cancelled", "superseded")
        assert call.trace[-1]["verdict"] == "stop"
        assert simulator.sent == []


def test_switched_off_in_the_running_box_and_a_bad_edit(box: Box) -> None:
    path = box.service.settings.path
    good = path.read_text()
    path.write_text(good.replace("[textback]\n", "[textback]\nenabled = maybe\n"))
    complaint = until(lambda: box.service.loop.status.config, "the complaint")
    assert "line 7: enabled in [textback]: “maybe” is neither yes nor no" in sentence(complaint)
    path.write_text(good.replace("[textback]\n", "[textback]\nenabled = no\n"))
    until(lambda: not box.service.loop.settings.textback.enabled, "the change")
    until(lambda: box.service.loop.status.config is None, "the complaint's end")
    box.simulator.call(ANN, rings=1)
    assert box.settled()[0].reason == "disabled"


def test_unplugged_and_plugged_in_again(box: Box) -> None:
    box.simulator.call(ANN, rings=50)
    until(lambda: box.service.loop.status.lines[0].ringing == ANN, "the ringing")
    box.simulator.unplug()
    call = box.ended()[0]
    assert call.outcome == "lost"
    until(lambda: not box.service.loop.status.lines[0].up, "the loss")
    assert "plug" in sentence(box.service.loop.status.lines[0].why_not_up or "").lower()
    box.simulator.replug()
    box.ready()
    assert box.settled()[0].textback == "sent"
    assert len(box.simulator.sent) == 1


def test_unplugged_while_a_text_is_on_its_way(box: Box) -> None:
    box.simulator.fault("accepted")
    box.simulator.call(ANN, rings=1)
    said(box, "submitted")
    box.simulator.unplug()
    assert box.settled()[0].textback == "unconfirmed"
    box.simulator.replug()
    box.ready()
    box.simulator.report()
    until(lambda: box.calls()[0].textback == "delivered", "the report")
    assert len(box.simulator.sent) == 1


def test_unplugged_before_a_text_was_handed_over(box: Box) -> None:
    box.simulator.fault("unplug", match="cmgs")
    box.simulator.call(ANN, rings=1)
    until(lambda: not box.service.loop.status.lines[0].up, "the loss")
    box.simulator.replug()
    assert box.settled()[0].textback == "sent"
    assert len(box.simulator.sent) == 1


def test_a_modem_that_restarts_is_set_up_again(box: Box) -> None:
    box.simulator.reset()
    said(box, "reset")
    until(lambda: box.simulator.setting("+CLIP") == "1", "the settings")
    box.ready()
    box.simulator.call(ANN, rings=2)
    assert (box.settled()[0].address, box.settled()[0].textback) == (ANN, "sent")


def test_texts_that_came_before_the_start_are_read(tmp_path: Path) -> None:
    with Simulator(speed=SPEED) as simulator:
        for n in range(3):
            simulator.text(ANN, f"early {n}")
        until(lambda: len(simulator.stored("SM")) == 3, "the texts' being stored")
        with a_box(tmp_path, simulator) as box:
            until(lambda: len(box.messages()) == 3, "all three")
            until(lambda: not simulator.stored("SM"), "the SIM's being emptied")


def test_bytes_in_pieces(tmp_path: Path) -> None:
    with Simulator(speed=SPEED) as simulator:
        simulator.set(split=1)
        with a_box(tmp_path, simulator) as box:
            simulator.call(ANN, rings=2)
            assert box.settled()[0].textback in ("sent", "delivered")


def test_a_call_that_another_phone_diverted_is_marked(box: Box) -> None:
    box.simulator.call(ANN, rings=2, forwarded=True)
    assert box.ended()[0].forwarded
    box.simulator.call(BOB, rings=1)
    assert not box.ended(2)[0].forwarded


def test_a_call_that_turns_out_to_be_a_fax_is_forgotten(box: Box) -> None:
    box.simulator.change_setting(
        "+CRC", "0"
    )  # another program has changed it: a fax call rings like any other
    box.simulator.call(CEM, rings=30, kind="fax")
    until(lambda: box.calls(), "the ringing")
    until(lambda: not box.calls(), "its being forgotten")
    with Session(box.service.engine) as session:
        assert views.contacts(session) == []
    assert box.simulator.sent == []
