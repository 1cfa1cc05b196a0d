"""Decoding of PDUs: vectors of the standard and of other people's test suites, fuzz, and gammu as a second opinion."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import gammu
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modem.errors import PduError
from modem.sms.decode import Concat, Deliver, Mwi, StatusReport, Submit, decode, join
from modem.sms.describe import describe, plain
from tests.support.paths import DATA, SHARED

OPEN = SHARED / "vectors" / "pdu_open.jsonl"

Vector = dict[str, Any]

# our name for a field of the reference decoder
RENAMED = {"timestamp": "scts", "alphabet": "encoding"}


def load(path: Path) -> list[Vector]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


SPEC = load(DATA / "spec_pdus.jsonl")
OTHERS = [vector for vector in load(OPEN) if vector["basis"] != "spec"]
VECTORS = SPEC + OTHERS
READABLE = [vector for vector in VECTORS if "ref_error" not in vector]
REFUSED = [vector for vector in VECTORS if "ref_error" in vector]


def each(vectors: list[Vector]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("vector", [pytest.param(vector, id=vector["id"]) for vector in vectors])


def test_the_shared_vectors_are_there() -> None:
    if not OTHERS:
        pytest.skip(f"only the vectors of the standard were tested: there is no {OPEN}")
    assert len(VECTORS) == 269


@each(READABLE)
def test_every_field_is_as_expected(vector: Vector) -> None:
    said = describe(vector["pdu"])
    assert said["type"] == vector["kind"]
    expected = vector["reference"] | vector["expect"]
    expected.pop("invalid", None)
    assert {key: said[RENAMED.get(key, key)] for key in expected} == expected


@each(REFUSED)
def test_what_cannot_be_read_is_refused_in_one_sentence(vector: Vector) -> None:
    with pytest.raises(PduError) as refused:
        decode(vector["pdu"])
    assert describe(vector["pdu"]) == {"error": str(refused.value)}
    assert plain(vector["pdu"]) == f"{'Refused:':<18}{refused.value}"


PLAIN = "07911326040000F0040B911346610089F600006250325195408004D4F29C0E"


def deliver(pid: int = 0, dcs: int = 0, udh: str = "", body: str = "D4F29C0E", length: int = 4) -> Deliver:
    """A DELIVER with these octets in it; with a header the body is octets and DCS should say so."""
    first = "44" if udh else "04"
    message = decode(f"00{first}0B911346610089F6{pid:02X}{dcs:02X}62503251954080{length:02X}{udh}{body}")
    assert isinstance(message, Deliver)
    return message


def test_case_and_white_space_do_not_matter() -> None:
    assert decode(f" {PLAIN[:9].lower()} {PLAIN[9:].lower()}\r\n") == decode(PLAIN)


@pytest.mark.parametrize("pdu", ["", "0", "zz", "٠٠", "07911326040000F0040B9113466100", "\0"])
def test_rubbish_is_refused(pdu: str) -> None:
    with pytest.raises(PduError):
        decode(pdu)


def test_the_three_types() -> None:
    assert isinstance(decode(PLAIN), Deliver)
    submit = decode("0031070B916407281553F800000B021B14")
    assert isinstance(submit, Submit)
    assert (submit.mr, submit.report, submit.validity, submit.text) == (7, True, 11, "{")
    report = decode("0006040D91945152991136F00160124130340A0160124130940A46")
    assert isinstance(report, StatusReport)
    assert (report.mr, report.recipient.number, report.status) == (4, "+4915259911630", 0x46)
    assert report.discharge == datetime.fromisoformat("2010-06-21T14:03:49-05:00")


def test_protocol_identifiers_and_classes() -> None:
    assert deliver(pid=0x40).is_silent
    assert not deliver().is_silent
    assert [deliver(pid=pid).replace_type for pid in (0x40, 0x41, 0x47, 0x48)] == [None, 1, 7, None]
    assert deliver(pid=0x5F).pid == 0x5F
    assert deliver().pid != 0x5F
    assert deliver(dcs=0x10).message_class == 0
    assert deliver(dcs=0xF0).message_class == 0
    assert deliver(dcs=0xF1).message_class != 0
    assert deliver().message_class != 0


def test_what_is_meant_for_a_program_is_binary() -> None:
    assert not deliver().is_binary
    assert deliver(dcs=0xF6).is_binary
    assert deliver(dcs=0xF6).data == bytes.fromhex("D4F29C0E")
    assert deliver(dcs=0xF6).text is None
    assert deliver(pid=0x7F, dcs=0x08, body="0041", length=2).is_binary
    assert deliver(dcs=0x08, udh="0605040B8423F0", body="0041", length=9).ports == (2948, 9200)
    assert deliver(dcs=0x08, udh="0605040B8423F0", body="0041", length=9).is_binary


def test_message_waiting_in_the_dcs_and_in_the_header() -> None:
    assert deliver(dcs=0xC8).waiting == Mwi(active=True, type="voicemail", store=False)
    both = deliver(dcs=0xC8, udh="0401028105", body="", length=5)
    assert both.mwi == Mwi(active=True, type="voicemail", store=False)
    assert both.waiting == Mwi(active=True, type="fax", store=True, count=5)
    assert deliver().waiting is None


@pytest.mark.parametrize(
    ("udh", "concat"),
    [
        ("050003410201", Concat(0x41, 2, 1, 8)),
        ("06080412340202", Concat(0x1234, 2, 2, 16)),
        ("082401010003410201", Concat(0x41, 2, 1, 8)),  # not the first element
        ("0A000341020100034203FF", Concat(0x41, 2, 1, 8)),  # the second is impossible
        ("0A0003410201000342FF03", Concat(0x42, 255, 3, 8)),  # the last one counts
        ("050003410200", None),
        ("050003410001", None),
        ("0400024102", None),
        ("0500FF410201", None),  # an element that does not fit
    ],
)
def test_concatenation(udh: str, concat: Concat | None) -> None:
    assert deliver(dcs=0x08, udh=udh, body="0041", length=len(udh) // 2 + 2).concat == concat


def test_a_header_larger_than_the_user_data_is_refused() -> None:
    with pytest.raises(PduError, match="header"):
        deliver(dcs=0x08, udh="0A2401010003410201", body="", length=9)


@pytest.mark.parametrize("elements", range(12))
def test_septets_begin_on_a_boundary_whatever_the_header_is_long(elements: int) -> None:
    """23.040 9.2.3.24: fill bits, 0 to 6 of them, stand between the header and the first character."""
    udh = bytes(
        [elements, *([0x70, elements - 2, *bytes(elements - 2)] if elements >= 2 else bytes(elements))]
    )
    bits = int.from_bytes(udh, "little")
    start = -(-len(udh) * 8 // 7)
    for at, character in enumerate(b"Test"):
        bits |= character << 7 * (start + at)
    octets = bits.to_bytes(-(-(start + 4) * 7 // 8), "little")
    assert (
        deliver(udh=octets[: len(udh)].hex(), body=octets[len(udh) :].hex(), length=start + 4).text == "Test"
    )


def test_a_length_that_says_more_than_is_there_keeps_what_is_there() -> None:
    short = deliver(body="D4F29C", length=4)
    assert (short.text, short.truncated) == ("Tes", True)
    assert deliver(dcs=0x08, body="00410042DE", length=20).text == "AB"
    assert deliver(body="", length=200).truncated
    assert not deliver().truncated


def test_over_140_octets_are_refused_and_padding_is_ignored() -> None:
    assert deliver(dcs=4, body="41" * 140, length=140).data == b"A" * 140
    with pytest.raises(PduError, match="141 octets"):
        deliver(dcs=4, body="41" * 141, length=141)
    assert deliver(body="D4F29C0E" + "FF" * 150).text == "Test"


def test_a_bad_time_does_not_lose_the_message() -> None:
    message = decode(PLAIN.replace("62503251954080", "FFFFFFFFFFFFFF"))
    assert isinstance(message, Deliver)
    assert (message.scts, message.text) == (None, "Test")


def test_parts_are_joined_before_surrogates_are_mended() -> None:
    assert join(["a\ud83d", "\ude01b"]) == "a😁b"
    assert join(["\ude01a", "b\ud83d"]) == "\ufffdab\ufffd"
    assert join([]) == ""


def test_the_sheet_for_people_escapes_what_would_steer_a_terminal() -> None:
    sheet = plain("00040B911346610089F60008625032519540800A001B005B0041D83D000A")
    assert sheet.splitlines()[-1] == r"Text:             \x1b[A\ud83d\n"


def mutations() -> st.SearchStrategy[str]:
    """Real PDUs with some octets changed, and cut anywhere."""

    def mutate(pdu: str, changes: list[tuple[int, int]], cut: int) -> str:
        octets = bytearray.fromhex(pdu)
        for at, value in changes:
            octets[at % len(octets)] = value
        return octets[: cut % (len(octets) + 1) or None].hex()

    readable = [vector["pdu"] for vector in SPEC if "ref_error" not in vector]
    changes = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=4)
    return st.builds(mutate, st.sampled_from(readable), changes, st.integers(0, 400))


@given(st.one_of(mutations(), st.binary(max_size=400).map(bytes.hex), st.text(max_size=40)))
def test_any_input_is_decoded_or_refused(pdu: str) -> None:
    said = describe(pdu)
    assert json.dumps(said).isascii()
    assert plain(pdu).replace("\n", "").isprintable()
    try:
        message = decode(pdu)
    except PduError:
        assert set(said) == {"error"}
        return
    if not isinstance(message, StatusReport):
        assert (message.text is None) == (message.alphabet == "8bit") == (message.data is not None)
        join([message.text or ""]).encode()


# where gammu's decoder is known to be wrong, so that its opinion does not count
GAMMU_WRONG = {
    "gsm7-ext",
    "gsm7-ext-unmapped",
    "nli",
    "dcs-reserved",
    "split-surrogate",
    "ucs2-special",
    "old-year",
}
GAMMU_WRONG |= {"malformed", "malformed-ucs2", "truncated-ud", "enhanced-vp", "bad-scts", "bad-udh", "nul"}


def second_opinion(vector: Vector) -> dict[str, Any] | None:
    """What gammu reads, or None where it gives up."""
    try:
        read: dict[str, Any] = gammu.DecodePDU(bytes.fromhex(vector["pdu"]), True)
        return read
    except gammu.GSMError:
        return None


def comparisons(
    message: Deliver | Submit | StatusReport, theirs: dict[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    """Field, ours, theirs, in the categories where gammu is right."""
    yield "smsc", message.smsc or "", theirs["SMSC"]["Number"]
    address = message.sender if isinstance(message, Deliver) else message.recipient
    if address.kind == "num" and address.number.strip("+").isdecimal():  # it does not know "*#abc"
        yield (
            "number",
            address.number,
            theirs["Number"][: len(address.number)],
        )  # nor where an odd length ends
    if isinstance(message, StatusReport):
        yield "status", (message.status, message.mr), (theirs["DeliveryStatus"], theirs["MessageReference"])
        if message.scts and message.discharge:
            yield "times", (message.scts, message.discharge), (theirs["DateTime"], theirs["SMSCDateTime"])
        return
    if isinstance(message, Deliver):
        yield "scts", message.scts, theirs["DateTime"]
    if isinstance(message.data or message.text, type(theirs["Text"])):
        yield "content", message.data or message.text, theirs["Text"]


@each([vector for vector in READABLE if not GAMMU_WRONG & {vector["cat"], *vector["cats"]}])
def test_gammu_reads_the_same_where_it_is_right(vector: Vector) -> None:
    theirs = second_opinion(vector)
    if theirs is None:
        pytest.fail("gammu cannot read it at all")
    for field, ours, other in comparisons(decode(vector["pdu"]), theirs):
        assert (field, ours) == (field, other)
