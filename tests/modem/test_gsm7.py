"""The alphabets of 23.038 and the arithmetic of parts, by the tables of the standard and by properties."""

import pytest
from gsmcodecs.charmaps import GSMCHARMAPS
from hypothesis import given
from hypothesis import strategies as st

from modem.sms.gsm7 import LOCKING, SINGLE_SHIFT, Segments, decode, mend, pack, segments, septets, unpack

# 23.038 6.2.1 row by row, written out by hand; septet 0x1B is ESC
ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}


def test_the_default_alphabet_is_that_of_the_standard() -> None:
    assert LOCKING[0] == {septet: c for septet, c in enumerate(ALPHABET) if c != "\x1b"}
    assert {septet: SINGLE_SHIFT[0][septet] for septet in EXTENSION} == EXTENSION


@pytest.mark.parametrize("septet", sorted(EXTENSION))
def test_extension_characters_are_read_behind_esc_and_cost_two(septet: int) -> None:
    assert decode(bytes([0x41, 0x1B, septet, 0x42])) == f"A{EXTENSION[septet]}B"
    assert septets(EXTENSION[septet]) == 2


def test_an_unmapped_extension_shows_the_base_character() -> None:
    assert decode(b"\x1ba\x1bA") == "aA"


def test_a_double_esc_is_a_space_and_a_lone_one_at_the_end_is_dropped() -> None:
    assert decode(b"a\x1b\x1bb\x1b") == "a b"


def test_national_tables_are_taken_by_identifier_and_unknown_ones_are_the_default() -> None:
    assert decode(b"\x0b\x0c", locking=1) == "Ğğ"
    assert decode(b"\x1bc", single_shift=1) == "ç"
    assert decode(b"\x1ba", single_shift=2) == "á"
    assert decode(b"\x0b\x1be", locking=200, single_shift=200) == "Ø€"
    assert set(LOCKING) == set(SINGLE_SHIFT) == set(GSMCHARMAPS)


@given(st.binary(max_size=200).map(lambda octets: bytes(o & 0x7F for o in octets)), st.integers(0, 6))
def test_unpack_undoes_pack(values: bytes, fill: int) -> None:
    assert unpack(pack(values, fill), len(values), fill) == values


def test_unpack_stops_where_the_octets_end() -> None:
    assert unpack(b"\xc8\x34", 160) == unpack(b"\xc8\x34", 2) == b"Hi"
    assert unpack(b"", 5, 3) == b""


@given(st.text(alphabet=ALPHABET.replace("\x1b", "") + "".join(EXTENSION.values())))
def test_septets_counts_what_the_alphabet_holds(text: str) -> None:
    assert septets(text) == len(text) + sum(text.count(c) for c in EXTENSION.values())


@pytest.mark.parametrize("text", ["ç", "’", "¹", "`", "\t", "\0", "😁", "Ж", "a\u00a0b"])
def test_what_the_alphabet_lacks_needs_ucs2(text: str) -> None:
    assert septets(text) is None
    assert segments(text).alphabet == "ucs2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments("gsm7", 0, 1, 160)),
        ("x" * 160, Segments("gsm7", 160, 1, 0)),
        ("x" * 161, Segments("gsm7", 161, 2, 145)),
        ("x" * 306, Segments("gsm7", 306, 2, 0)),
        ("x" * 307, Segments("gsm7", 307, 3, 152)),
        ("x" * 152 + "€" + "x" * 20, Segments("gsm7", 174, 2, 131)),
        ("x" * 158 + "€", Segments("gsm7", 160, 1, 0)),
        ("Ж" * 70, Segments("ucs2", 70, 1, 0)),
        ("Ж" * 71, Segments("ucs2", 71, 2, 63)),
        ("Ж" * 66 + "👍" + "Ж" * 10, Segments("ucs2", 78, 2, 55)),
        ("👍" * 35, Segments("ucs2", 70, 1, 0)),
    ],
)
def test_segments(text: str, expected: Segments) -> None:
    assert segments(text) == expected


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_mend_leaves_only_whole_characters(text: str) -> None:
    mended = mend(text)
    assert mended.encode() is not None
    assert mend(mended) == mended
