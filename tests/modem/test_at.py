"""The AT dialogue: whose line is it, wherever the bytes are cut and whatever comes in between."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modem.at import commands
from modem.at.dialogue import MAX_LINE, AtEvent, Command, Dialogue, Prompt, Response, Urc
from modem.errors import CmeError, CmsError, CommandError

PDU = "07915155100000F0040B915155214365F700007121320144744004D4F29C0E"
CMT = f"\r\n+CMT: ,23\r\n{PDU}\r\n"


@dataclass(frozen=True)
class Talk:
    """What is sent, what comes back in pieces that are lines, and what that must mean."""

    name: str
    sent: Command | None
    pieces: tuple[str, ...]
    lines: tuple[str, ...] = ()
    final: str | None = "OK"
    urcs: tuple[str, ...] = ()
    prompts: int = 0


TALKS = (
    Talk("plain OK", commands.AT, ("\r\n", "OK\r\n")),
    Talk("echo", commands.AT, ("AT\r", "\r\nOK\r\n")),
    Talk("echo without doubled line ends", commands.CALLS, ("AT+CLCC\r\n", "ERROR\r\n"), final="ERROR"),
    Talk("CR CR LF", commands.AT, ("\r\r\n", "OK\r\r\n")),
    Talk("bare CR", commands.AT, ("\r", "OK\r")),
    Talk("NULs before", commands.AT, ("\0\0\r\n", "OK\r\n")),
    Talk(
        "an answer",
        commands.CALLS,
        ("\r\n", '+CLCC: 1,1,4,0,0,"+15551234567",145\r\n', "\r\nOK\r\n"),
        lines=('+CLCC: 1,1,4,0,0,"+15551234567",145',),
    ),
    Talk(
        "NO CARRIER inside CLCC is a URC",
        commands.CALLS,
        ("\r\nNO CARRIER\r\n", "\r\nOK\r\n"),
        urcs=("NO CARRIER",),
    ),
    Talk(
        "NO CARRIER ends ATA, and is heard",
        commands.ANSWER,
        ("\r\nNO CARRIER\r\n",),
        final="NO CARRIER",
        urcs=("NO CARRIER",),
    ),
    Talk("CONNECT ends ATA", commands.ANSWER, ("\r\nCONNECT\r\n",), final="CONNECT"),
    Talk(
        "what is late is not the answer to what insists on one",
        commands.IN_STEP,
        ("\r\nOK\r\n", "\r\n+CMS ERROR: 500\r\n", "\r\n+CMEE: 1\r\n", "\r\nOK\r\n"),
        lines=("+CMEE: 1",),
    ),
    Talk("what insists has no end without an answer", commands.IN_STEP, ("\r\nOK\r\n",), final=None),
    Talk("numbered error", commands.read(3), ("\r\n+CMS ERROR: 321\r\n",), final="+CMS ERROR: 321"),
    Talk("error without number", commands.read(3), ("\r\n+CMS ERROR:\r\n",), final="+CMS ERROR:"),
    Talk("vendor's error", commands.CALLS, ("\r\nCOMMAND NOT SUPPORT\r\n",), final="COMMAND NOT SUPPORT"),
    Talk(
        "unsolicited registration",
        commands.REGISTRATION,
        ("\r\n+CREG: 1\r\n", "\r\n+CREG: 0,1\r\n", "\r\nOK\r\n"),
        lines=("+CREG: 0,1",),
        urcs=("+CREG: 1",),
    ),
    Talk(
        "a caller inside CLIP?",
        commands.CALLER_ID_STATE,
        ('\r\n+CLIP: "+15551234567",145\r\n', "\r\n+CLIP: 1,1\r\n", "\r\nOK\r\n"),
        lines=("+CLIP: 1,1",),
        urcs=('+CLIP: "+15551234567",145',),
    ),
    Talk(
        "a stored text",
        commands.read(1),
        ("\r\n+CMGR: 0,,23\r\n", f"{PDU}\r\n", "\r\nOK\r\n"),
        lines=("+CMGR: 0,,23", PDU),
    ),
    Talk(
        "all stored texts",
        commands.LIST_ALL,
        ("\r\n+CMGL: 1,0,,23\r\n", f"{PDU}\r\n", "+CMGL: 2,1,,23\r\n", f"{PDU}\r\n", "\r\nOK\r\n"),
        lines=("+CMGL: 1,0,,23", PDU, "+CMGL: 2,1,,23", PDU),
    ),
    Talk("a maker's name", commands.MANUFACTURER, ("\r\nhuawei\r\n", "\r\nOK\r\n"), lines=("huawei",)),
    Talk(
        "NO CARRIER is no maker",
        commands.MODEL,
        ("\r\nNO CARRIER\r\n", "\r\nE173\r\n", "\r\nOK\r\n"),
        lines=("E173",),
        urcs=("NO CARRIER",),
    ),
    Talk(
        "IMEI without prefix",
        commands.IMEI,
        ("\r\n490154203237518\r\n", "\r\nOK\r\n"),
        lines=("490154203237518",),
    ),
    Talk(
        "nobody asked",
        None,
        ("\r\nRING\r\n", '\r\n+CLIP: "",128\r\n'),
        final=None,
        urcs=("RING", '+CLIP: "",128'),
    ),
    Talk("stray OK", None, ("\r\nOK\r\n",), final=None, urcs=("OK",)),
    Talk(
        "sending",
        commands.send(23),
        ("\r\n", "> ", "\r\n+CMGS: 240\r\n", "\r\nOK\r\n"),
        lines=("+CMGS: 240",),
        prompts=1,
    ),
    Talk(
        "sending with echo",
        commands.send(23),
        ("AT+CMGS=23\r\r\n", ">", f"{PDU}\x1a\r\n", "+CMGS: 240\r\n", "\r\nOK\r\n"),
        lines=("+CMGS: 240",),
        prompts=1,
    ),
    Talk("refused before the prompt", commands.send(23), ("\r\n+CMS ERROR: 38\r\n",), final="+CMS ERROR: 38"),
    Talk(
        "refused after the prompt",
        commands.send(23),
        ("\r\n> ", "\r\n+CMS ERROR: 332\r\n"),
        final="+CMS ERROR: 332",
        prompts=1,
    ),
)
URCS = {
    "RING": "\r\nRING\r\n",
    "caller": '\r\n+CLIP: "+447700900123",145,"",128,"Smith, 24h",0\r\n',
    "text": CMT,
}


def play(talk: Talk, chunks: list[bytes]) -> list[AtEvent]:
    dialogue = Dialogue()
    if talk.sent is not None:
        dialogue.send(talk.sent)
    events: list[AtEvent] = []
    for piece in (piece for chunk in chunks for piece in upto_prompt(chunk)):
        for event in dialogue.receive(piece):
            events.append(event)
            if isinstance(event, Prompt):
                dialogue.body(PDU)
    return events


def upto_prompt(chunk: bytes) -> tuple[bytes, bytes]:
    """No modem answers the body before it has been written: what follows the prompt comes after."""
    cut = chunk.find(b">") + 1
    return chunk[:cut], chunk[cut:]


def check(talk: Talk, events: list[AtEvent], extra: tuple[Urc, ...] = ()) -> None:
    responses = [event for event in events if isinstance(event, Response)]
    if talk.final is None:
        assert responses == []
    else:
        assert talk.sent is not None
        assert responses == [Response(talk.sent, talk.lines, talk.final)]
    assert sum(isinstance(event, Prompt) for event in events) == talk.prompts
    heard = [event for event in events if isinstance(event, Urc)]
    assert [urc for urc in heard if urc not in extra] == [Urc(line) for line in talk.urcs]
    assert [urc for urc in heard if urc in extra] == list(extra)


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.name)
class TestEveryTalk:
    def test_whole(self, talk: Talk) -> None:
        check(talk, play(talk, ["".join(talk.pieces).encode()]))

    def test_byte_by_byte(self, talk: Talk) -> None:
        data = "".join(talk.pieces).encode()
        check(talk, play(talk, [data[i : i + 1] for i in range(len(data))]))

    def test_cut_at_every_position(self, talk: Talk) -> None:
        data = "".join(talk.pieces).encode()
        for cut in range(len(data) + 1):
            check(talk, play(talk, [data[:cut], data[cut:]]))

    @pytest.mark.parametrize("urc", URCS)
    def test_with_a_urc_between_any_two_lines(self, talk: Talk, urc: str) -> None:
        extra = (Urc("+CMT: ,23", PDU),) if urc == "text" else (Urc(URCS[urc].strip()),)
        if set(extra) & {Urc(line) for line in talk.urcs}:
            return
        for place in range(len(talk.pieces) + 1):
            if place and talk.pieces[place - 1].endswith(("> ", ">")) and "echo" in talk.name:
                continue  # the echo follows its prompt at once
            pieces = [*talk.pieces[:place], URCS[urc], *talk.pieces[place:]]
            check(talk, play(talk, ["".join(pieces).encode()]), extra)


def test_a_urc_between_the_two_lines_of_another() -> None:
    dialogue = Dialogue()
    dialogue.send(commands.read(1))
    data = f"\r\n+CMGR: 0,,23\r\n+CMT: ,23\r\nRING\r\n{PDU}\r\n{PDU}\r\nOK\r\n"
    events = dialogue.receive(data.encode())
    assert events == [
        Urc("RING"),
        Urc("+CMT: ,23", PDU),
        Response(commands.read(1), ("+CMGR: 0,,23", PDU), "OK"),
    ]


def test_the_length_tells_whose_pdu_it_is() -> None:
    dialogue = Dialogue()
    dialogue.send(commands.read(1))
    other = "0004038021F300007121320144744004D4F29C0E"
    events = dialogue.receive(f"\r\n+CMGR: 0,,19\r\n\r\n+CMT: ,23\r\n{other}\r\n{PDU}\r\nOK\r\n".encode())
    assert events == [Urc("+CMT: ,23", PDU), Response(commands.read(1), ("+CMGR: 0,,19", other), "OK")]


def test_one_command_at_a_time_and_a_body_only_after_a_prompt() -> None:
    dialogue = Dialogue()
    dialogue.send(commands.AT)
    with pytest.raises(RuntimeError):
        dialogue.send(commands.AT)
    with pytest.raises(RuntimeError):
        dialogue.body(PDU)


def test_an_abandoned_line_does_not_fuse_with_the_next() -> None:
    dialogue = Dialogue()
    dialogue.send(commands.CALLS)
    dialogue.receive(b"\r\n+CLCC: 1,1,4,0,0\r\n+CLC")
    assert dialogue.abandon() == ("+CLCC: 1,1,4,0,0",)
    assert dialogue.receive(b"RING\r\n") == [Urc("RING")]


def test_a_line_without_end_is_dropped_and_costs_no_memory() -> None:
    dialogue = Dialogue()
    assert dialogue.receive(b"x" * (MAX_LINE * 50)) == []
    assert len(dialogue._buffer) <= MAX_LINE
    assert dialogue.receive(b"\r\nRING\r\n") == [Urc("RING")]


@pytest.mark.parametrize(
    ("final", "kind", "code"),
    [
        ("+CMS ERROR: 38", CmsError, 38),
        ("+CME ERROR: 14", CmeError, 14),
        ("+CMS ERROR:", CmsError, None),
        ("+CME ERROR: SIM not inserted", CmeError, None),
        ("ERROR", CommandError, None),
    ],
)
def test_errors_by_kind_and_number(final: str, kind: type, code: int | None) -> None:
    error = Response(commands.AT, (), final).error()
    assert type(error) is kind
    assert error.code == code


@given(
    st.lists(st.binary(max_size=40), max_size=20),
    st.sampled_from([None, commands.CALLS, commands.send(20), commands.ANSWER]),
)
def test_any_bytes_at_all(chunks: list[bytes], command: Command | None) -> None:
    dialogue = Dialogue()
    if command is not None:
        dialogue.send(command)
    for chunk in chunks:
        for event in dialogue.receive(chunk):
            assert isinstance(event, Response | Prompt | Urc)
    dialogue.abandon()
    assert dialogue.receive(b"\r\nRING\r\n")[-1] == Urc("RING")


def test_what_a_stranger_wrote_in_text_mode_is_no_line_of_the_modem() -> None:
    dialogue = Dialogue()
    header = '+CMT: "+447700900123",,"22/09/01,15:40:28+02"'
    assert dialogue.receive(f"\r\n{header}\r\nRING\r\n\r\nRING\r\n".encode()) == [Urc(header), Urc("RING")]


def test_an_empty_text_does_not_swallow_the_end_of_the_answer() -> None:
    dialogue = Dialogue()
    dialogue.send(commands.read(1))
    events = dialogue.receive(
        b'\r\n+CMGR: "REC READ","+447700900123",,"22/09/01,15:40:28+02"\r\n\r\n\r\nOK\r\n'
    )
    assert [type(event) for event in events] == [Response]
