"""The call machine: every cell of its table of states, and its rules about numbers, lists and silence."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from modem.at import urc
from modem.at.dialogue import Urc
from modem.at.grammar import parse
from modem.at.urc import CallState, CallStatus
from modem.calls.call import CallEvent
from modem.calls.open_calls import MOST_CALLS
from modem.calls.recorded_host import RecordedHost
from modem.calls.timing import CallTiming
from modem.calls.tracker import Tracker
from modem.contract import CallEnded, CallOutcome, CallRinging
from tests.support.paths import TRANSCRIPTS

ANN = '+CLIP: "+447400123456",145,,,,0'
BOB = '+CLIP: "+447400123457",145,,,,0'
HIDDEN = '+CLIP: "",128,,,,1'
TIMING = CallTiming()


class Phone:
    """A call machine on a clock that the test turns; `steps` are lines or what is done to it."""

    def __init__(self, has_list: bool = False) -> None:
        self.calls = Tracker("main")
        self.host = RecordedHost(self.calls)
        self.calls.has_list = has_list
        self.now = 100.0
        self.events: list[CallEvent] = []

    def hear(self, *lines: str, after: float = 1.0) -> "Phone":
        for line in lines:
            self.now += after
            self.events += self.calls.take(parse(Urc(line)), self.now)
        return self

    def listed(self, *states: CallState, after: float = 1.0) -> "Phone":
        self.now += after
        self.calls.polling(self.now)
        self.events += self.calls.listed(states, self.now, self.now)
        return self

    def wait(self, seconds: float) -> "Phone":
        self.now += seconds
        self.events += self.calls.tick(self.now)
        return self

    def hang_up(self, ok: bool = True, sure: bool = True) -> "Phone":
        self.calls.hanging_up()
        self.events += self.calls.hung_up(ok, self.now, sure)
        return self

    def pick_up(self) -> "Phone":
        self.calls.picking_up()
        self.calls.picked_up(self.now)
        return self

    def hold(self, what: str) -> "Phone":
        self.host.holding(what)
        self.events += self.host.held(self.now)
        return self

    def lose_port(self) -> "Phone":
        self.events += self.calls.reset(self.now)
        return self

    @property
    def ended(self) -> list[tuple[str | None, str, int | None]]:
        return [(e.number, e.outcome, e.rings) for e in self.events if isinstance(e, CallEnded)]

    @property
    def forwarded(self) -> list[bool]:
        return [e.forwarded for e in self.events if isinstance(e, CallEnded)]


ANNS = "+447400123456"
BOBS = "+447400123457"


def test_ringing_then_an_end_line() -> None:
    assert Phone().hear("RING", ANN, "RING", ANN, "NO CARRIER").ended == [(ANNS, "abandoned", 2)]


def test_ringing_then_silence() -> None:
    phone = Phone().hear("RING", ANN)
    assert phone.wait(TIMING.silence - 0.1).ended == []
    assert phone.wait(0.2).ended == [(ANNS, "abandoned", 1)]


def test_ringing_then_connected_then_end() -> None:
    assert Phone().hear("RING", ANN).pick_up().wait(600).hear("NO CARRIER").ended == [(ANNS, "answered", 1)]


def test_ringing_and_we_hang_up() -> None:
    assert Phone().hear("RING", ANN).hang_up().hear("NO CARRIER").ended == [(ANNS, "rejected", 1)]


def test_an_end_line_before_the_ok_to_our_hanging_up_is_our_doing() -> None:
    phone = Phone().hear("RING", ANN)
    phone.calls.hanging_up()
    assert phone.hear("NO CARRIER").ended == [(ANNS, "rejected", 1)]


def test_hanging_up_that_fails_changes_nothing() -> None:
    assert Phone().hear("RING", ANN).hang_up(ok=False).hear("NO CARRIER").ended == [(ANNS, "abandoned", 1)]


def test_a_ring_on_its_way_while_we_hang_up_is_no_call() -> None:
    assert Phone().hear("RING", ANN).hang_up().hear("RING", ANN, after=0.3).wait(60).ended == [
        (ANNS, "rejected", 1)
    ]


def test_ringing_and_the_port_is_lost() -> None:
    assert Phone().hear("RING", ANN).lose_port().ended == [(ANNS, "lost", 1)]


def test_connected_and_the_port_is_lost() -> None:
    assert Phone().hear("RING", ANN).pick_up().lose_port().ended == [(ANNS, "answered", 1)]


def test_waiting_then_gone_from_the_list() -> None:
    phone = Phone(has_list=True).hear("RING", ANN).pick_up().hear('+CCWA: "+447400123457",145,1')
    active = CallState(1, CallStatus.ACTIVE, True, number=ANNS)
    phone.listed(active, CallState(2, CallStatus.WAITING, True, number=BOBS)).listed(active)
    assert phone.ended == [(BOBS, "waiting", None)]
    assert phone.hear("NO CARRIER").ended[1:] == [(ANNS, "answered", 1)]


def test_waiting_becomes_the_ringing_call_when_the_first_ends() -> None:
    phone = (
        Phone()
        .hear("RING", ANN)
        .pick_up()
        .hear('+CCWA: "+447400123457",145,1', "NO CARRIER", "RING", BOB, "NO CARRIER")
    )
    assert phone.ended == [(ANNS, "answered", 1), (BOBS, "abandoned", 1)]


def test_waiting_and_the_port_is_lost() -> None:
    phone = Phone().hear("RING", ANN).pick_up().hear('+CCWA: "+447400123457",145,1').lose_port()
    assert sorted(phone.ended) == sorted([(ANNS, "answered", 1), (BOBS, "lost", None)])


def test_a_knocking_data_call_is_none() -> None:
    assert Phone().hear("RING", ANN).pick_up().hear('+CCWA: "+447400123457",145,2').lose_port().ended == [
        (ANNS, "answered", 1)
    ]


def test_release_causes_decide() -> None:
    outcomes = {
        cause: Phone().hear("RING", ANN, f"^CEND:1,0,104,{cause}").ended[0][1]
        for cause in (16, 18, 19, 26, 102)
    }
    expected = {16: "abandoned", 18: "no_answer", 19: "no_answer", 26: "answered_elsewhere", 102: "no_answer"}
    assert outcomes == expected


def test_another_number_is_another_call_and_takes_its_ring_along() -> None:
    phone = Phone().hear("RING", ANN, "RING", ANN, "RING", BOB, "NO CARRIER")
    assert phone.ended == [(ANNS, "abandoned", 2), (BOBS, "abandoned", 1)]


def test_withheld_after_a_number_is_another_call() -> None:
    phone = Phone().hear("RING", ANN, "RING", HIDDEN, "NO CARRIER")
    assert phone.ended == [(ANNS, "abandoned", 1), (None, "abandoned", 1)]
    assert [e.withheld for e in phone.events if isinstance(e, CallEnded)] == [False, True]


def test_a_late_number_is_the_same_call() -> None:
    phone = Phone().hear("RING", "RING", ANN, "NO CARRIER")
    assert phone.ended == [(ANNS, "abandoned", 2)]
    assert [e.number for e in phone.events if isinstance(e, CallRinging)] == [None, ANNS]


def test_two_spellings_of_a_number_are_one_caller() -> None:
    phone = Phone().hear("RING", ANN, '+CLCC: 1,1,4,0,0,"07400123456",129', "NO CARRIER")
    assert phone.ended == [(ANNS, "abandoned", 1)]


def test_the_list_ends_a_call_that_it_has_shown() -> None:
    here = CallState(1, CallStatus.INCOMING, True, number=ANNS)
    phone = Phone(has_list=True).hear("RING", ANN).listed(here)
    assert phone.listed().ended == [(ANNS, "abandoned", 1)]


def test_a_list_that_never_shows_calls_ends_none() -> None:
    phone = Phone(has_list=True).hear("RING", ANN)
    for _ in range(5):
        phone.listed()
    assert phone.ended == []


def test_where_lists_show_calls_absence_ends_one_that_was_never_shown() -> None:
    phone = (
        Phone(has_list=True)
        .hear("RING", ANN)
        .listed(CallState(1, CallStatus.INCOMING, True, number=ANNS))
        .listed()
    )
    phone.hear("RING", BOB).listed(after=TIMING.list_grace - 0.1)
    assert phone.ended == [(ANNS, "abandoned", 1)]
    assert phone.listed(after=0.2).ended[1:] == [(BOBS, "abandoned", 1)]


def test_which_of_two_calls_is_over_only_the_list_tells() -> None:
    phone = Phone(has_list=True).hear("RING", ANN).pick_up().hear('+CCWA: "+447400123457",145,1', after=5)
    phone.hear("NO CARRIER", after=5)
    assert phone.ended == []
    poll = phone.calls.next_poll()
    assert poll is not None
    assert poll <= phone.now
    phone.listed(CallState(1, CallStatus.ACTIVE, True, number=ANNS))
    assert phone.ended == [(BOBS, "waiting", None)]


def test_a_list_that_was_asked_for_before_an_end_is_old_news() -> None:
    phone = Phone(has_list=True).hear("RING", ANN, "NO CARRIER")
    asked = phone.now - 0.5
    assert phone.calls.listed((CallState(1, CallStatus.INCOMING, True, number=ANNS),), asked, phone.now) == []


def test_a_call_whose_state_is_told_needs_no_rings() -> None:
    phone = Phone().hear('+QIND: "ccinfo",2,1,4,0,0,"+447400123456",145').wait(TIMING.silence * 3)
    assert phone.ended == []
    assert phone.wait(TIMING.stateful_silence).ended == [(ANNS, "abandoned", None)]


def test_polls_hurry_while_it_rings_and_stop_when_nothing_does() -> None:
    phone = Phone(has_list=True)
    assert phone.calls.next_poll() is None
    phone.hear("RING")
    first = phone.calls.next_poll()
    assert first is not None
    assert phone.now < first <= phone.now + 1
    assert phone.hear("NO CARRIER").calls.next_poll() is None


def test_outgoing_calls_are_not_ours_to_report() -> None:
    phone = Phone()
    phone.host.dialled()
    assert phone.hear("^ORIG:1,0", "^CONF:1", "^CONN:1,0", "^CEND:1,9,104,16").events == []
    assert not phone.calls.busy


def test_a_lone_missed_call_note_is_a_lost_call() -> None:
    assert Phone().hear("MISSED_CALL: 08:48AM +447400123456").ended == [(ANNS, "lost", None)]


def test_the_echoes_of_an_end_are_not_calls() -> None:
    lines = (
        "VOICE CALL: END",
        "NO CARRIER",
        '+CLCC: 1,1,6,0,0,"+447400123456",145',
        "MISSED_CALL: 08:48AM 447400123456",
    )
    assert Phone().hear("RING", ANN).hear(*lines, after=0.1).ended == [(ANNS, "abandoned", 1)]


def test_a_mark_of_forwarding_is_of_the_call_that_rings_or_of_the_next() -> None:
    marked = Phone().hear("RING", ANN, "+CSSU: 0", "NO CARRIER", "RING", BOB, "NO CARRIER")
    assert marked.forwarded == [True, False]
    assert Phone().hear("+CSSU: 10,,,", "RING", ANN, "NO CARRIER").forwarded == [True]
    assert Phone().hear("+CSSU: 0").wait(3).hear("RING", ANN, "NO CARRIER").forwarded == [False]
    assert Phone().hear("+CSSU: 2", "+CSSI: 0", "RING", ANN, "NO CARRIER").forwarded == [False]


def test_causes_of_every_vendor() -> None:
    ends = {
        "^CEND:1,0,104,19": "no_answer",
        "^CEND: 1,0, 67, 18": "no_answer",
        "^CEND:1,0,29,26": "abandoned",
        "^CEND:1,0,255,255": "abandoned",
        "*ECAV: 1,0,1,08,026": "answered_elsewhere",
        "*ECAV: 1,0,1,08,222": "abandoned",
        "*ECAV: 1,0,1,05,019": "abandoned",
        '^DSCI: 1,1,6,0,0,"+447400123456",145,,102,0,"",0': "no_answer",
        "VOICE NO CARRIER : 19": "no_answer",
        '+ECPI: 1,133,0,0,,,"",,"",26': "answered_elsewhere",
        '%CPI: 1,1,0,1,1,0,"+447400123456",145,"",18,0': "no_answer",
    }
    assert {end: Phone().hear("RING", ANN, end).ended[0][1] for end in ends} == ends
    vendors_own = Phone().hear("RING", ANN, "*ECAV: 1,0,1,08,222")
    assert [e.cause for e in vendors_own.events if isinstance(e, CallEnded)] == [None]


def test_a_cause_that_comes_after_the_end_was_told_changes_nothing() -> None:
    phone = Phone().hear("RING", ANN).hear("STOPRING", "VOICE NO CARRIER : 19", after=0.1)
    assert phone.wait(5).ended == [(ANNS, "abandoned", 1)]


def test_a_call_without_a_number_waits_a_moment_for_its_name() -> None:
    phone = Phone().hear("RING", "NO CARRIER")
    assert phone.ended == []
    assert phone.calls.busy
    assert not phone.calls.ringing
    assert phone.hear("MISSED_CALL: 08:48AM 447400123456").ended == [(ANNS[1:], "abandoned", 1)]
    assert not phone.calls.busy


def test_the_moment_for_a_name_passes() -> None:
    phone = Phone().hear("RING", "NO CARRIER")
    ended_at = phone.now
    assert phone.wait(3).ended == [(None, "abandoned", 1)]
    assert [e.at for e in phone.events if isinstance(e, CallEnded)] == [ended_at]


def test_the_next_call_ends_the_wait_for_a_name() -> None:
    phone = Phone().hear("RING", "NO CARRIER", "RING", BOB, "NO CARRIER")
    assert phone.ended == [(None, "abandoned", 1), (BOBS, "abandoned", 1)]
    assert Phone().hear("RING", "NO CARRIER").lose_port().ended == [(None, "abandoned", 1)]


def test_the_second_word_for_an_end_is_not_the_end_of_the_waiting_call() -> None:
    phone = Phone().hear("RING", ANN).pick_up().hear('+CCWA: "+447400123457",145,1')
    phone.hear("VOICE CALL: END: 000020", "NO CARRIER", after=0.2)
    assert phone.ended == [(ANNS, "answered", 1)]
    assert phone.hear("RING", BOB, "NO CARRIER").ended[1:] == [(BOBS, "abandoned", 1)]


def test_a_ring_that_turns_out_to_be_data_has_an_outcome_of_its_own() -> None:
    phone = Phone().hear("RING", ANN, '+CLCC: 1,1,4,1,0,"+447400123456",145', "RING", "NO CARRIER")
    assert phone.ended == [(ANNS, CallOutcome.DATA, 1)]


def test_an_end_with_the_second_index_is_the_waiting_call() -> None:
    phone = Phone().hear("RING", ANN).pick_up().hear('+CCWA: "+447400123457",145,1', "+WIND: 6,2")
    assert phone.ended == [(BOBS, "waiting", None)]


def test_the_end_of_the_waiting_call_has_no_echo() -> None:
    phone = Phone().hear("RING", ANN).pick_up().hear('+CCWA: "+447400123457",145,1')
    phone.hear('+CLCC: 2,1,6,0,0,"+447400123457",145', "NO CARRIER")
    assert phone.ended == [(BOBS, "waiting", None), (ANNS, "answered", 1)]


def test_ringing_that_goes_on_was_not_taken_whatever_an_indicator_says() -> None:
    phone = Phone().hear("RING", "+CIEV: call,1", ANN).hear("RING", ANN, after=3)
    assert phone.hear("+CIEV: call,0").ended == [(ANNS, "abandoned", 2)]
    taken = Phone().hear("RING", ANN, "+CIEV: call,1").wait(20).hear("RING", BOB, "+CIEV: call,0")
    assert taken.ended == [(ANNS, "answered", 1)]


def test_a_late_clip_of_the_call_that_was_taken_is_no_call() -> None:
    phone = Phone().hear("RING", ANN).pick_up().hear(ANN, after=4).hear("NO CARRIER")
    assert phone.wait(60).ended == [(ANNS, "answered", 1)]


def test_an_outgoing_call_of_a_phone_keeps_the_line_busy() -> None:
    phone = Phone()
    phone.calls.indicators = {"2": "call", "3": "callsetup"}
    assert phone.hear("+CIEV: 3,2").calls.busy
    assert phone.hear("+CIEV: 3,3", "+CIEV: 2,1", "+CIEV: 3,0").calls.busy
    assert not phone.hear("+CIEV: 2,0").calls.busy
    assert not phone.hear("+CIEV: 3,2", "+CIEV: 3,0").calls.busy


def test_holding() -> None:
    def two() -> Phone:
        return Phone().hear("RING", ANN).pick_up().hear('+CCWA: "+447400123457",145,1', after=5)

    assert two().hold("0").lose_port().ended == [(BOBS, "rejected", None), (ANNS, "answered", 1)]
    assert two().hold("1").ended == [(ANNS, "answered", 1)]
    assert two().hold("2").lose_port().ended == [(ANNS, "answered", 1), (BOBS, "answered", None)]


def test_an_outgoing_call_that_the_modem_refuses_is_none() -> None:
    phone = Phone()
    phone.host.dialled()
    phone.host.not_dialled(phone.now)
    assert not phone.calls.busy


def test_a_list_that_stays_empty_ends_what_runs() -> None:
    phone = Phone(has_list=True).hear("RING", ANN).pick_up()
    phone.host.dialled()
    for _ in range(int(TIMING.list_doubt / TIMING.poll_connected) + 1):
        phone.listed(after=TIMING.poll_connected)
    assert phone.ended == [(ANNS, "answered", 1)]
    assert not phone.calls.busy


# What all vendors' modems print, from the transcripts of this project.
LINES = sorted(
    {
        line
        for file in TRANSCRIPTS.glob("*.jsonl")
        for text in file.read_text().splitlines()
        for _, line in json.loads(text)["lines"]
    }
)
LISTS: list[tuple[CallState, ...]] = [
    (),
    (CallState(1, CallStatus.INCOMING, True, number=ANNS),),
    (CallState(1, CallStatus.ACTIVE, True, number=ANNS),),
    (CallState(1, CallStatus.ACTIVE, True, number=ANNS), CallState(2, CallStatus.WAITING, True, number=BOBS)),
    (CallState(1, CallStatus.ACTIVE, False, number=BOBS),),
    (
        CallState(1, CallStatus.ACTIVE, True, voice=False),
        CallState(2, CallStatus.INCOMING, True, withheld=True),
    ),
    (CallState(1, CallStatus.INCOMING, True, voice=False, number=ANNS),),
]
DOINGS: dict[str, Callable[[Phone], object]] = {
    "hang up": Phone.hang_up,
    "hang up, refused": lambda phone: phone.hang_up(ok=False),
    "hang up, not for sure": lambda phone: phone.hang_up(sure=False),
    "pick up": Phone.pick_up,
    "dial": lambda phone: phone.host.dialled(),
    "dial, refused": lambda phone: phone.host.not_dialled(phone.now),
    "hold 0": lambda phone: phone.hold("0"),
    "hold 1": lambda phone: phone.hold("1"),
    "hold 2": lambda phone: phone.hold("2"),
    "lose the port": Phone.lose_port,
}
STEPS = st.one_of(
    st.sampled_from(LINES),
    st.sampled_from(["RING", ANN, BOB, HIDDEN, "NO CARRIER"]),
    st.sampled_from(LISTS),
    st.sampled_from([*DOINGS]).map(lambda name: (name,)),
)
PAUSES = st.one_of(st.floats(0.001, 3.0), st.floats(3.0, 200.0))


@settings(max_examples=500)
@given(st.lists(st.tuples(STEPS, PAUSES), max_size=40), st.booleans())
def test_any_sequence_of_lines(steps: list[tuple[Any, float]], has_list: bool) -> None:
    """Each call begins once and ends once, in that order, with a number that somebody sent and RINGs that were heard; none
    rings for ever, and none keeps the line busy for ever where a list tells the truth."""
    phone = Phone(has_list)
    phone.calls.indicators = {"2": "call", "3": "callsetup", "4": "callheld"}
    heard, rung = [ANNS, BOBS], 0
    for step, gap in steps:
        phone.wait(gap)
        if isinstance(step, str):
            phone.hear(step, after=0.0)
            heard.append(step)
            rung += isinstance(parse(Urc(step)), urc.Ring)
        elif step and isinstance(step[0], str):
            DOINGS[step[0]](phone)
        else:
            phone.listed(*step, after=0.0)
    end = phone.now + 180
    while (tick := phone.calls.next_tick()) is not None and tick < end:
        phone.wait(max(0.0, tick - phone.now))
    assert not phone.calls.ringing
    if has_list:
        for _ in range(15):
            phone.listed(after=TIMING.poll_connected)
        phone.wait(5)
        assert not phone.calls.busy
    phone.lose_port()
    assert not phone.calls.busy
    begun = [e.key for e in phone.events if isinstance(e, CallRinging)]
    ended = [e.key for e in phone.events if isinstance(e, CallEnded)]
    assert len(set(ended)) == len(ended)
    assert set(begun) == set(ended)
    for key in ended:
        of_key = [isinstance(e, CallEnded) for e in phone.events if e.key == key]
        assert of_key == sorted(of_key)
    for event in phone.events:
        assert event.number is None or any(event.number.lstrip("+") in line for line in heard)
    counts = [e.rings or 0 for e in phone.events if isinstance(e, CallEnded)]
    assert min(counts, default=0) >= 0
    assert sum(counts) <= rung


def test_a_call_whose_end_is_lost_does_not_keep_the_line_for_ever_where_no_list_tells() -> None:
    phone = Phone()
    phone.hear("RING").pick_up()
    assert phone.calls.busy
    phone.wait(TIMING.longest_talk - 1)
    assert phone.calls.busy
    phone.wait(2)
    assert not phone.calls.busy
    assert [event.outcome for event in phone.events if isinstance(event, CallEnded)] == ["answered"]


def test_noise_makes_no_more_calls_than_a_network_could() -> None:
    phone = Phone()
    for index in range(1, 50):
        phone.hear(f'+CLCC: {index},1,4,0,0,"+15550100{index:03}",145').hear(f"+CLCC: {index},1,0,0,0")
    begun = {event.key for event in phone.events if isinstance(event, CallRinging)}
    ended = [event.key for event in phone.events if isinstance(event, CallEnded)]
    assert len(begun) - len(ended) <= MOST_CALLS
    assert len(ended) == len(set(ended))


def test_an_outgoing_call_whose_end_is_lost_does_not_keep_the_line_for_ever() -> None:
    phone = Phone().hear("^ORIG:1,0").wait(1)
    assert phone.calls.busy
    phone.wait(TIMING.longest_talk - 2)
    assert phone.calls.busy
    phone.wait(2)
    assert not phone.calls.busy
