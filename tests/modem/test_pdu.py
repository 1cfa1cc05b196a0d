"""Encoding of our own texts: other people's cases, properties, and gammu's decoder as a second opinion."""

import json
from typing import Any

import gammu
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modem.errors import PduError
from modem.sms.decode import Submit, decode, join
from modem.sms.encode import EncodedPart, encode, relative_validity
from modem.sms.gsm7 import LOCKING, SINGLE_SHIFT, mend, segments
from tests.support.paths import SHARED

CASES_FILE = SHARED / "vectors" / "encode_cases.jsonl"

Case = dict[str, Any]


def load() -> list[Case]:
    """All cases but the two with an absolute validity, which we never send."""
    lines = CASES_FILE.read_text().splitlines() if CASES_FILE.exists() else []
    return [case for case in map(json.loads, lines) if not isinstance(case["vp"], str)]


CASES = load()


def submits(parts: tuple[EncodedPart, ...]) -> list[Submit]:
    read = [decode(part.pdu) for part in parts]
    return [message for message in read if isinstance(message, Submit)]


def text_of(parts: tuple[EncodedPart, ...]) -> str:
    return join(message.text or "" for message in submits(parts))


def test_the_shared_cases_are_there() -> None:
    if not CASES:
        pytest.skip(f"there is no {CASES_FILE}")
    assert len(CASES) == 77


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES])
def test_case(case: Case) -> None:
    parts = encode(
        case["number"],
        case["text"],
        reference=case["ref"] or 0,
        validity_minutes=case["vp"],
        report=case["srr"],
        message_class=case["cls"],
        smsc=case["smsc"],
    )
    messages = submits(parts)
    assert len(messages) == len(parts) == case["parts"] == segments(case["text"]).parts
    assert text_of(parts) == case["text"]
    assert case["alpha"] in (None, segments(case["text"]).alphabet)
    number = "+" + case["number"][2:] if case["numtype"] == "any" else case["number"]
    for at, message in enumerate(messages, 1):
        assert (message.recipient.number, message.smsc) == (number, case["smsc"])
        assert (message.alphabet, message.message_class) == (segments(case["text"]).alphabet, case["cls"])
        assert (message.report, minutes(message.validity)) == (case["srr"], case["vp"])
        assert not message.truncated
        assert (message.concat is not None) == (len(parts) > 1)
        if message.concat is not None:
            concat = message.concat
            assert (concat.reference, concat.total, concat.part) == (case["ref"] or 0, len(parts), at)
    for part, expected in zip(parts, case["expect"] or [], strict=False):
        assert sayable(part.pdu) == sayable(expected)


def minutes(octet: object) -> int | None:
    """A relative validity in minutes, by the table of 23.040 9.2.3.12.1."""
    assert octet is None or isinstance(octet, int)
    if octet is None or octet <= 143:
        return None if octet is None else (octet + 1) * 5
    if octet <= 167:
        return 12 * 60 + (octet - 143) * 30
    return (octet - 166) * 1440 if octet <= 196 else (octet - 192) * 7 * 1440


def sayable(pdu: str) -> object:
    """The PDU itself, but for a message class, which has two data coding schemes that mean the same."""
    message = decode(pdu)
    if isinstance(message, Submit) and message.message_class is not None:
        return {key: value for key, value in vars(message).items() if key != "dcs"}
    return pdu


def test_length_counts_the_octets_behind_the_smsc() -> None:
    (part,) = encode("+34616585119", "hola", reference=0, report=False)
    assert part == EncodedPart("0001000B914316565811F9000004E8373B0C", 17)
    (part,) = encode("+34616585119", "hola", reference=0, report=False, smsc="+34646456456")
    assert part == EncodedPart("07914346466554F601000B914316565811F9000004E8373B0C", 17)


NUMBERS = [
    "",
    "+",
    "00",
    "*100#",
    "+44 7911 123456",
    "07911-123456",
    "abc",
    "٣٤",
    "1" * 21,
    "+1\n",
    "info@x.de",
]


@pytest.mark.parametrize("number", NUMBERS)
def test_only_digits_with_an_optional_plus_are_a_number(number: str) -> None:
    with pytest.raises(PduError, match="number"):
        encode(number, "hello", reference=0)


def test_the_smsc_is_checked_too() -> None:
    with pytest.raises(PduError, match="SMSC"):
        encode("+447911123456", "hello", reference=0, smsc="none")


def test_fifty_parts_are_the_most() -> None:
    assert len(encode("+447911123456", "x" * 153 * 50, reference=9)) == 50
    assert len(encode("+447911123456", "Ж" * 67 * 50, reference=9)) == 50
    with pytest.raises(PduError, match="51 parts"):
        encode("+447911123456", "x" * (153 * 50 + 1), reference=9)


@pytest.mark.parametrize(
    "wrong", [{"reference": 256}, {"reference": -1}, {"message_class": 4}, {"validity_minutes": 0}]
)
def test_values_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(PduError, match="not"):
        encode("+447911123456", "hello", **({"reference": 0} | wrong))


@pytest.mark.parametrize(
    "text", ["Ж~", "~~~Ж", "Ж~~a~", "\0a\0", "Ж\x01~", "\ue000~Ж\ue001", "~" * 40 + "👍" + "~" * 40]
)
def test_what_gammu_eats_in_ucs2_gets_through(text: str) -> None:
    assert text_of(encode("+447911123456", text, reference=1)) == text


@given(st.integers(1, 700_000))
def test_a_validity_is_rounded_up_to_the_next_that_can_be_said(wanted: int) -> None:
    octet = relative_validity(wanted)
    said = minutes(octet)
    assert said is not None
    assert said >= min(wanted, 635_040)
    if octet:
        before = minutes(octet - 1)
        assert before is not None
        assert before < wanted


GSM = "".join(LOCKING[0].values()) + "".join(SINGLE_SHIFT[0].values())
CHARACTERS = st.one_of(
    st.sampled_from(GSM),
    st.sampled_from("€~^|[]{}\\"),
    st.sampled_from("👍😁~¹ç’Ж\0\x01\ue000"),
    st.characters(exclude_categories=()),
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Texts of both alphabets and of one to some four parts, with their rare characters at the seams."""
    alphabet = draw(
        st.sampled_from([st.sampled_from(GSM), st.sampled_from("€x"), st.sampled_from("👍Ж~"), CHARACTERS])
    )
    start = draw(st.sampled_from("xЖ")) * draw(st.integers(0, 160))
    return start + "".join(draw(st.lists(alphabet, max_size=300)))


# How much one part holds, alone and beside the header that joins it to others (23.040 9.2.3.24.1).
ROOM = {("gsm7", False): 160, ("gsm7", True): 153, ("ucs2", False): 70, ("ucs2", True): 67}


@settings(max_examples=150)
@given(texts(), st.integers(0, 255))
def test_any_text_comes_back_and_makes_as_many_parts_as_was_said(text: str, reference: int) -> None:
    parts = encode("+447911123456", text, reference=reference)
    said = segments(text)
    messages = submits(parts)
    assert text_of(parts) == mend(text)
    assert len(parts) == said.parts
    assert {message.alphabet for message in messages} == {said.alphabet}
    for message in messages:
        assert message.text == mend(message.text or "")  # no pair is split over two parts
        assert message.concat is None or message.concat.reference == reference
    last = segments(messages[-1].text or "")
    if last.alphabet == said.alphabet:
        assert ROOM[said.alphabet, said.parts > 1] - last.units == said.left


@pytest.mark.parametrize("character", sorted(set(GSM)))
def test_every_character_of_the_alphabet_goes_out_as_gsm7(character: str) -> None:
    (part,) = encode("+447911123456", f"a{character}b", reference=0)
    (message,) = submits((part,))
    assert (message.alphabet, message.text) == ("gsm7", f"a{character}b")


@settings(max_examples=50)
@given(
    st.text(alphabet="".join(LOCKING[0].values()), min_size=1, max_size=160),
    st.from_regex(r"\+?[1-9][0-9]{2,14}", fullmatch=True),
)
def test_gammu_reads_its_own_work_after_our_patches(text: str, number: str) -> None:
    (part,) = encode(number, text, reference=0, validity_minutes=60)
    theirs = gammu.DecodePDU(bytes.fromhex(part.pdu), True)
    assert (theirs["Number"], theirs["Text"]) == (number, text)
