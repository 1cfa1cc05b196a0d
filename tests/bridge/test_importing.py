"""What the readers of other programs' files make of them, the joining of parts, and what is planned to be brought over."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import gammu
import pytest

from bridge.rules.importing import (
    gammu_backup,
    gammu_database,
    gammu_dump,
    gammu_files,
    smsgate,
    smstools,
)
from bridge.rules.importing.file import File
from bridge.rules.importing.old_text import History, OldText
from bridge.rules.importing.plan import plan
from bridge.rules.states import ConsentKind, Direction, MessageStatus
from tests.support.box import ANN, BOB

IN, OUT = Direction.IN, Direction.OUT
BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SENT, READ, DELIVERED, FAILED = (
    MessageStatus.SENT,
    MessageStatus.READ,
    MessageStatus.DELIVERED,
    MessageStatus.FAILED,
)


def told(history: History) -> list[tuple[str, str, str, str]]:
    """Number, direction, words and status of each."""
    return [(text.number, text.direction, text.body, text.status) for text in history.texts]


# ---- gammu-smsd's database


def inbox(
    key: int, body: str, udh: str = "", time: str = "2026-03-01 13:00:00", **more: object
) -> dict[str, object]:
    row = {
        "ID": key,
        "SenderNumber": ANN,
        "ReceivingDateTime": time,
        "UDH": udh,
        "Coding": "Default_No_Compression",
    }
    return {**row, "Text": body.encode("utf-16-be", "surrogatepass").hex(), "TextDecoded": body, **more}


def sent(key: int, body: str, status: str = "SendingOK", part: int = 1, **more: object) -> dict[str, object]:
    row = {"ID": key, "DestinationNumber": BOB, "SendingDateTime": "2026-03-01 13:00:00", "Status": status}
    text = body.encode("utf-16-be").hex()
    return {
        **row,
        "SequencePosition": part,
        "Text": text,
        "TextDecoded": body,
        "DeliveryDateTime": None,
        **more,
    }


def test_a_row_of_the_inbox_is_a_text_at_its_local_time() -> None:
    history = gammu_database.read([inbox(1, "Is my car ready? {€}")], [], BERLIN)
    assert history.texts == [OldText(ANN, IN, "Is my car ready? {€}", NOON, READ)]
    assert history.troubles == []


def test_parts_are_joined_by_their_header_and_an_emoji_that_was_cut_is_whole() -> None:
    rows = [
        inbox(2, "\ude01 end", "050003C50202", "2026-03-01 13:00:09"),
        inbox(1, "so \ud83d", "050003C50201"),
        inbox(3, "another", "050003C50201", "2026-03-02 13:00:00"),
        inbox(4, " text", "050003C50202", "2026-03-02 13:00:01"),
        inbox(5, "of 16 bits", "06080400C50101"),
    ]
    history = gammu_database.read(rows, [], BERLIN)
    assert [(text.body, text.parts) for text in history.texts] == [
        ("so 😁 end", 2),
        ("another text", 2),
        ("of 16 bits", 1),
    ]


def test_a_part_of_days_later_is_of_another_text() -> None:
    rows = [inbox(1, "one", "050003C50201"), inbox(2, "two", "050003C50202", "2026-03-03 13:00:00")]
    assert len(gammu_database.read(rows, [], None).texts) == 2


def test_a_part_that_never_came_is_named() -> None:
    history = gammu_database.read([inbox(7, "the end", "050003C50302")], [], None)
    assert history.texts[0].body == " [part 1 of 3 never came] the end [part 3 of 3 never came] "
    assert history.troubles == [
        "inbox 7: of this text of 3 parts there is no part 1, 3; it came over without."
    ]


@pytest.mark.parametrize(
    ("states", "status"),
    [
        (["SendingOK"], SENT),
        (["SendingOKNoReport"], SENT),
        (["DeliveryPending"], SENT),
        (["DeliveryUnknown"], SENT),
        (["DeliveryOK"], DELIVERED),
        (["DeliveryFailed"], FAILED),
        (["SendingError"], FAILED),
        (["Error"], FAILED),
        (["DeliveryOK", "DeliveryOK"], DELIVERED),
        (["DeliveryOK", "DeliveryPending"], SENT),
        (["DeliveryOK", "SendingError"], FAILED),
    ],
)
def test_a_sent_text_has_the_state_of_its_parts(states: list[str], status: MessageStatus) -> None:
    rows = [sent(1, f"part {part} ", state, part) for part, state in enumerate(states, 1)]
    (text,) = gammu_database.read([], rows, BERLIN).texts
    assert (text.number, text.direction, text.status, text.parts) == (BOB, OUT, status, len(states))
    assert text.body == "".join(f"part {part} " for part in range(1, len(states) + 1))


def test_the_time_of_delivery_is_kept() -> None:
    rows = [sent(1, "Hi", "DeliveryOK", DeliveryDateTime="2026-03-01 13:00:05")]
    (text,) = gammu_database.read([], rows, BERLIN).texts
    assert text.delivered == NOON + timedelta(seconds=5)


def test_what_other_programs_have_put_into_the_table_has_plain_words_only() -> None:
    rows = [sent(1, "x", Text="", TextDecoded="Plain"), sent(2, "x", Text=None, TextDecoded="Plainer")]
    assert [text.body for text in gammu_database.read([], rows, None).texts] == ["Plain", "Plainer"]


@pytest.mark.parametrize(
    ("row", "trouble"),
    [
        (inbox(1, "x", Coding="8bit"), "inbox 1: it is data for a program, not a text, and was left out."),
        (inbox(2, "x", SenderNumber=""), "inbox 2: it has no number and was left out."),
        (inbox(3, "x", time="yesterday"), "inbox 3: its time yesterday cannot be read and was left out."),
        (inbox(4, "x", time=""), "inbox 4: it has no time and was left out."),
    ],
)
def test_a_row_that_cannot_be_taken_is_named(row: dict[str, object], trouble: str) -> None:
    history = gammu_database.read([row, inbox(9, "good")], [], None)
    assert [text.body for text in history.texts] == ["good"]
    assert history.troubles == [trouble]


def test_a_dump_of_mysql_is_the_same_rows() -> None:
    xml = b"""<?xml version="1.0"?>
<mysqldump xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><database name="smsd">
<table_structure name="inbox"><field Field="ID" /></table_structure>
<table_data name="inbox"><row><field name="ID">1</field><field name="SenderNumber">+447400123456</field>
<field name="ReceivingDateTime">2026-03-01 13:00:00</field><field name="UDH"></field>
<field name="Text">00480069</field></row></table_data>
<table_data name="sentitems"><row><field name="ID">4</field><field name="DestinationNumber">+447400123457</field>
<field name="SendingDateTime">2026-03-01 13:00:00</field><field name="DeliveryDateTime" xsi:nil="true" />
<field name="Text">0059006F</field><field name="Status">DeliveryOK</field></row></table_data></database></mysqldump>"""
    rows = list(gammu_dump.rows(io.BytesIO(xml)))
    read = gammu_database.read(
        [row for table, row in rows if table == "inbox"],
        [row for table, row in rows if table == "sentitems"],
        BERLIN,
    )
    assert told(read) == [(ANN, IN, "Hi", READ), (BOB, OUT, "Yo", DELIVERED)]


# ---- gammu's backups, by gammu itself


def of_gammu(number: str, text: str, **more: object) -> dict[str, object]:
    plain = {"SMSC": {"Number": "+447000"}, "Class": -1, "Folder": 1, "InboxFolder": 1, "State": "Read"}
    kind = {"Type": "Deliver", "Coding": "Default_No_Compression", "DateTime": datetime(2026, 3, 1, 13)}  # noqa: DTZ001 -- gammu's
    return {**plain, **kind, "Number": number, "Text": text, **more}


def part(place: int) -> dict[str, object]:
    return {
        "Type": "ConcatenatedMessages",
        "Text": bytes([5, 0, 3, 7, 2, place]),
        "ID8bit": 7,
        "PartNumber": place,
        "AllParts": 2,
    }


def test_a_backup_that_gammu_has_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "x.smsbackup"
    texts = [
        of_gammu(ANN, 'Is my "car" ready? {€}\nAnn; = #'),
        of_gammu(BOB, "Пока ✓ 😁", Type="Submit", State="Sent", Coding="Unicode_No_Compression"),
        of_gammu("Parcels", "a" * 153, UDH=part(1)),
        of_gammu("Parcels", "bb", UDH=part(2)),
        of_gammu(BOB, "A draft", Type="Submit", State="UnSent"),
    ]
    gammu.SaveSMSBackup(str(file), texts)
    history = gammu_backup.read(file.read_text("utf-8"), file.name, BERLIN)
    assert told(history) == [
        (ANN, IN, 'Is my "car" ready? {€}\nAnn; = #', READ),
        (BOB, OUT, "Пока ✓ 😁", SENT),
        ("Parcels", IN, "a" * 153 + "bb", READ),
    ]
    assert {text.at for text in history.texts} == {NOON}
    assert history.troubles == ["x.smsbackup, SMSBackup004: it was never sent and was left out."]


def test_a_backup_with_damaged_words_names_the_section() -> None:
    text = '[SMSBackup007]\nDateTime = 20260301T130000Z\nNumber = "+447400123456"\nText00 = 004\n'
    assert gammu_backup.read(text, "x", None).troubles == [
        "x, SMSBackup007: its words are damaged and was left out."
    ]


# ---- gammu-smsd's folders


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("inbox/IN20260301_130000_00_+447400123456_00.txt", b"Gr\xc3\xbc\xc3\x9fe", (ANN, IN, "Grüße", READ)),
        ("inbox/IN20260301_130000_00_Parcels_00.txt", b"\xfe\xff\x27\x13", ("Parcels", IN, "✓", READ)),
        ("sent/OUT+447400123457.txt", b"Back at 3", (BOB, OUT, "Back at 3", SENT)),
        ("sent/OUTG_+447400123457_01.txtd", b"Back at 3", (BOB, OUT, "Back at 3", SENT)),
        ("sent/OUTC20260301_130000_00_+447400123457_sms0.txt", b"Hi", (BOB, OUT, "Hi", SENT)),
        ("error/OUTC20260301_130000_00_+447400123457_sms0.txt", b"Hi", (BOB, OUT, "Hi", FAILED)),
    ],
)
def test_a_file_of_gammu_smsd_is_a_text(
    name: str, content: bytes, expected: tuple[str, str, str, str]
) -> None:
    history = gammu_files.read([File(name, content, NOON)], BERLIN)
    assert told(history) == [expected]
    assert history.texts[0].at == NOON


def test_the_parts_of_gammu_smsd_are_files_of_one_text() -> None:
    name = "IN20260301_130000_00_+447400123456_0{}.txt"
    history = gammu_files.read([File(name.format(1), b"two"), File(name.format(0), b"one ")], BERLIN)
    assert [(text.body, text.parts) for text in history.texts] == [("one two", 2)]


@pytest.mark.parametrize(
    ("name", "trouble"),
    [
        ("inbox/IN20260301_130000_00_+447400123456_00.bin", "it is data for a program, not a text,"),
        ("inbox/IN20261301_130000_00_+447400123456_00.txt", "its time 20261301_130000 cannot be read"),
        ("inbox/IN20260301_130000_00__00.txt", "it has no number"),
        ("outbox/OUT+447400123457.txt", "it has not been sent"),
        ("inbox/notes.odt", "its name is not one that gammu-smsd gives to a text"),
    ],
)
def test_a_file_that_is_none_of_gammu_smsd_is_named(name: str, trouble: str) -> None:
    history = gammu_files.read([File(name, b"x")], None)
    assert (history.texts, history.troubles) == ([], [f"{name}: {trouble} and was left out."])


# ---- smstools

HEADERS = "From: 447400123456\nFrom_SMSC: 447000\nSent: 26-03-01 12:59:58\nReceived: 26-03-01 13:00:00\nSubject: GSM1\n"


def arrived(body: bytes, headers: str = "Alphabet: ISO\nUDH: false\n", end: str = "\n") -> File:
    return File("incoming/GSM1.a", (HEADERS + headers + end).encode() + body)


@pytest.mark.parametrize(
    ("file", "body"),
    [
        (arrived(b"Is my car ready? \xa4"), "Is my car ready? €"),
        (arrived("Is my car ready? €".encode()), "Is my car ready? €"),
        (arrived("Пока ✓".encode("utf-16-be"), "Alphabet: UCS2\n"), "Пока ✓"),
        (arrived(b"one\n\ntwo\n"), "one\n\ntwo\n"),
        (File("incoming/x", HEADERS.replace("\n", "\r\n").encode() + b"\r\nHi"), "Hi"),
    ],
)
def test_what_came_to_smstools_is_read_in_its_alphabet(file: File, body: str) -> None:
    history = smstools.read([file], BERLIN)
    assert (told(history), history.troubles) == ([(ANN, IN, body, READ)], [])
    assert history.texts[0].at == NOON


def test_parts_of_smstools_are_joined_by_their_header() -> None:
    files = [
        arrived(b"one ", "UDH-DATA: 05 00 03 C5 02 01\nUDH: true\n"),
        arrived(b"two", "UDH-DATA: 05 00 03 C5 02 02\nUDH: true\n"),
    ]
    assert [text.body for text in smstools.read(files, BERLIN).texts] == ["one two"]


def gone(folder: str, headers: str = "Message_id: 17\n") -> File:
    return File(
        f"{folder}/x", f"To: 447400123457\nSent: 26-03-01 13:00:00\n{headers}\nBack at 3".encode(), NOON
    )


def report(status: str, reference: int = 17) -> File:
    words = f"SMS STATUS REPORT\nMessage_id: {reference}\nDischarge_timestamp: 26-03-01 13:00:05\nStatus: {status}\n"
    return File("report/r", (HEADERS.replace("123456", "123457") + "\n" + words).encode())


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ([gone("sent")], SENT),
        ([gone("failed")], FAILED),
        ([gone("sent"), report("0,Ok,short message received by the SME")], DELIVERED),
        ([gone("sent"), report("70,Error,expired")], FAILED),
        ([gone("sent"), report("0,Ok", 18)], SENT),
    ],
)
def test_a_text_of_smstools_is_as_its_folder_and_its_report_say(
    files: list[File], status: MessageStatus
) -> None:
    (text,) = smstools.read(files, BERLIN).texts
    assert (text.number, text.direction, text.status, text.at) == (BOB, OUT, status, NOON)
    assert text.delivered == (NOON + timedelta(seconds=5) if status is DELIVERED else None)


def test_a_report_from_before_is_of_another_text_with_its_number() -> None:
    later = File("sent/x", b"To: 447400123457\nSent: 26-03-01 14:00:00\nMessage_id: 17\n\nBack at 3")
    assert [text.status for text in smstools.read([later, report("0,Ok")], BERLIN).texts] == [SENT]


@pytest.mark.parametrize(
    ("file", "trouble"),
    [
        (arrived(b"\1\2", "Alphabet: binary\n"), "it is data for a program, not a text,"),
        (arrived(b"?", "Error: Cannot decode PDU\n"), "smstools could not read it"),
        (File("outgoing/x", b"To: 44740\n\nHi"), "it has not been sent"),
        (File("phonecalls/x", HEADERS.encode() + b"\nCALL MISSED"), "it is a call, not a text,"),
        (report("48,Error,still trying"), "it is a report that says nothing final"),
        (File("stats/x", b"some statistics"), "it has no headers of smstools"),
    ],
)
def test_what_smstools_has_besides_texts_is_named(file: File, trouble: str) -> None:
    history = smstools.read([file], None)
    assert (history.texts, history.troubles) == ([], [f"{file.name}: {trouble} and was left out."])


# ---- SMSGate

MESSAGE = {
    "id": "m1",
    "state": "Delivered",
    "isHashed": False,
    "isEncrypted": False,
    "textMessage": {"text": "Back at 3"},
    "recipients": [{"phoneNumber": BOB, "state": "Delivered"}],
    "states": {
        "Pending": "2026-03-01T12:59:00.000+01:00",
        "Sent": "2026-03-01T13:00:00.000+01:00",
        "Delivered": "2026-03-01T13:00:05.000+01:00",
    },
}
CAME = {
    "id": "i1",
    "type": "SMS",
    "sender": ANN,
    "contentPreview": "Hi",
    "createdAt": "2026-03-01T13:00:00.000+01:00",
}


def test_what_a_phone_answers_is_texts_with_their_states() -> None:
    history = smsgate.read([MESSAGE], [CAME])
    assert history.texts == [
        OldText(BOB, OUT, "Back at 3", NOON, DELIVERED, NOON + timedelta(seconds=5)),
        OldText(ANN, IN, "Hi", NOON, READ),
    ]


def test_each_recipient_has_a_text_of_their_own() -> None:
    two = [{"phoneNumber": ANN, "state": "Failed"}, {"phoneNumber": BOB, "state": "Pending"}]
    history = smsgate.read([{**MESSAGE, "recipients": two}], [])
    assert told(history) == [(ANN, OUT, "Back at 3", FAILED)]
    assert history.troubles == ["message m1: it has not been sent and was left out."]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"isHashed": True}, "the phone has kept only a hash of it"),
        ({"textMessage": None}, "the answer has no words (it needs includeContent=true)"),
        ({"textMessage": None, "dataMessage": {"data": "aGk="}}, "it is data for a program, not a text,"),
        ({"textMessage": {"text": "$aes-256-cbc/pbkdf2-sha1$i=75000$x$y"}}, "it is encrypted"),
        ({"recipients": []}, "it has no number"),
        ({"states": {}}, "it has no time"),
    ],
)
def test_what_of_a_phone_cannot_be_taken_is_named(change: dict[str, object], why: str) -> None:
    history = smsgate.read([{**MESSAGE, **change}], [])
    assert (history.texts, history.troubles) == ([], [f"message m1: {why} and was left out."])


@pytest.mark.parametrize("kind", ["MMS", "MMS_DOWNLOADED"])
def test_pictures_are_named(kind: str) -> None:
    assert smsgate.read([], [{**CAME, "type": kind}]).troubles == [
        "inbox i1: it is a picture message (MMS) and was left out."
    ]


@pytest.mark.parametrize(
    "saved",
    [[MESSAGE, CAME], {"messages": [MESSAGE], "inbox": [CAME]}, {"inbox": [CAME], "messages": [MESSAGE]}],
)
def test_a_saved_answer_may_hold_both(saved: object) -> None:
    assert smsgate.from_json(json.dumps(saved)) == ([MESSAGE], [CAME])


@pytest.mark.parametrize("text", ["", "Hi", "[1]", '"x"', '{"messages": [2]}'])
def test_another_file_is_none_of_smsgate(text: str) -> None:
    with pytest.raises(smsgate.NoSmsgate):
        smsgate.from_json(text)


# ---- what is planned


def old(body: str, minutes: int = 0, number: str = ANN, direction: Direction = IN) -> OldText:
    return OldText(
        number, direction, body, NOON + timedelta(minutes=minutes), READ if direction is IN else SENT
    )


def planned(*texts: OldText, since: datetime = NOON - timedelta(days=1)) -> object:
    made = plan(texts, "GB", since, NOON + timedelta(days=1), "Reply STOP to opt out.")
    return {address: (one.kind, one.words) for address, one in made.said.items()}


OPTED, MAY = ConsentKind.OUT, ConsentKind.DOUBT


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([old("Is my car ready?")], {}),
        ([old("STOP")], {ANN: (OPTED, "STOP")}),
        ([old("STOP", 0), old("Is my car ready?", 1)], {ANN: (OPTED, "STOP")}),
        ([old("STOP", 0), old("START", 1)], {}),
        ([old("START", 0), old("Stop.", 1)], {ANN: (OPTED, "Stop.")}),
        ([old("STOP", 1), old("START", 0)], {ANN: (OPTED, "STOP")}),
        ([old("Cancel my appointment please")], {ANN: (MAY, "Cancel my appointment please")}),
        ([old("Cancel my appointment please"), old("Thanks!", 1)], {}),
        ([old("STOP"), old("Cancel my appointment please", 1)], {ANN: (OPTED, "STOP")}),
        ([old("STOP", 0, "07400 123456"), old("START", 1)], {}),
        ([old("STOP", direction=OUT)], {}),
        (
            [
                old("We are open. Reply STOP to end", 0, direction=OUT),
                old('Liked "We are open. Reply STOP to end"', 1),
            ],
            {},
        ),
    ],
)
def test_stop_counts_until_start_and_a_doubt_until_the_next_words(
    texts: list[OldText], said: dict[str, tuple[ConsentKind, str]]
) -> None:
    assert planned(*texts) == said


def test_stop_counts_even_in_a_text_that_is_too_old_to_keep() -> None:
    made = plan([old("STOP"), old("x", 60)], "GB", NOON + timedelta(minutes=30), NOON + timedelta(days=1), "")
    assert ([one.text.body for one in made.texts], made.too_old, set(made.said)) == (["x"], 1, {ANN})


def test_a_text_of_the_future_is_left_out_and_counted() -> None:
    made = plan([old("x"), old("STOP", 60)], "GB", NOON, NOON + timedelta(minutes=1), "")
    assert (len(made.texts), made.future, dict(made.said)) == (1, 1, {})


def test_a_ticket_is_the_same_out_of_whichever_file() -> None:
    one, two = (
        plan(texts, "GB", NOON, NOON + timedelta(days=1), "").texts
        for texts in (
            [old("x"), old("y", 1)],
            [OldText("07400 123456", IN, "x", NOON.astimezone(UTC), READ), old("before", -1)],
        )
    )
    assert [text.ticket for text in two] == [one[0].ticket]


def test_the_same_words_twice_in_one_second_are_two_texts() -> None:
    texts = plan([old("x"), old("x")], "GB", NOON, NOON + timedelta(days=1), "").texts
    assert len({text.ticket for text in texts}) == 2
