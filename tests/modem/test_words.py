"""What is text is what the octets say: 8-bit texts, byte orders, marks, NULs, emoji cut in two, names of senders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modem.contract import TextKind, TextReceived
from modem.procedures.received import received
from modem.sms.describe import describe
from modem.sms.gsm7 import pack
from modem.sms.words import join_octets, join_text, of_octets

SENDER = "0C914447000110"
TIME = "62116211430000"


def pdu(octets: bytes, dcs: int, header: str = "", pid: int = 0, sender: str = SENDER + "10") -> str:
    """A DELIVER with these octets of user data behind a header (hex, with its length octet)."""
    content = bytes.fromhex(header) + octets
    first = "44" if header else "04"
    return f"00{first}{sender}{pid:02X}{dcs:02X}{TIME}{len(content):02X}{content.hex().upper()}"


def came(text: str) -> TextReceived:
    event = received("main", 0.0, text, None)
    assert isinstance(event, TextReceived)
    return event


LE, BE = "utf-16-le", "utf-16-be"
UCS2 = {
    "big endian": ("Open today?".encode(BE), "Open today?"),
    "its mark": (b"\xfe\xff" + "Open today?".encode(BE), "Open today?"),
    "the other mark": (b"\xff\xfe" + "Open today?".encode(LE), "Open today?"),
    "the other mark, Cyrillic": (b"\xff\xfe" + "Привет".encode(LE), "Привет"),
    "the other mark, emoji": (b"\xff\xfe" + "so 😁".encode(LE), "so 😁"),
    "the other order without a mark": ("Open today?".encode(LE), "Open today?"),
    "the same, Cyrillic": ("Привет, это я".encode(LE), "Привет, это я"),
    "the same, Arabic": ("مرحبا بكم".encode(LE), "مرحبا بكم"),
    "the same, with emoji": ("See you 😁 there".encode(LE), "See you 😁 there"),
    "the same, padded": ("STOP\0\0".encode(LE), "STOP"),
    "the same, apostrophe": ("it’s me".encode(LE), "it’s me"),
    "padding": ("Hi\0\0".encode(BE), "Hi"),
    "padding after a mark": (b"\xff\xfe" + "Hi\0".encode(LE), "Hi"),
    "nothing but padding": (b"\0\0\0\0", ""),
    "nothing but a mark": (b"\xff\xfe", ""),
    # Not to be turned round.
    "Chinese": ("一开门就来".encode(BE), "一开门就来"),
    "Chinese, one character": ("一一一".encode(BE), "一一一"),
    "two characters that could be OK": ("\u4f00\u4b00".encode(BE), "\u4f00\u4b00"),
    "Japanese": ("ありがとう".encode(BE), "ありがとう"),
    "Korean": ("안녕하세요".encode(BE), "안녕하세요"),
    "Cyrillic and blanks": ("Р Р Р".encode(BE), "Р Р Р"),
    "emoji": ("😁😁😁".encode(BE), "😁😁😁"),
    "an odd octet": (b"\0H\0i\0", "Hi"),
}


@pytest.mark.parametrize("name", UCS2)
@pytest.mark.parametrize("dcs", [0x08, 0x19, 0xE0])
def test_the_order_of_ucs2(name: str, dcs: int) -> None:
    octets, text = UCS2[name]
    assert describe(pdu(octets, dcs))["text"] == text
    event = came(pdu(octets, dcs))
    assert event.body == text
    assert event.kind in (TextKind.TEXT, TextKind.WAITED)


OCTETS: dict[str, tuple[bytes, str | None]] = {
    "ASCII": (b"Is my bike ready?", "Is my bike ready?"),
    "UTF-8": ("Größe 5 €? 😁".encode(), "Größe 5 €? 😁"),
    "UTF-8 with its mark": (b"\xef\xbb\xbfHello", "Hello"),
    "Latin-1": ("Grüße".encode("latin-1"), "Grüße"),
    "Windows-1252": (b"It\x92s ready \x96 come by", "It’s ready – come by"),
    "lines and tabs": (b"a\r\nb\tc", "a\r\nb\tc"),
    "padding": (b"STOP\0\0", "STOP"),
    "UCS2 with a mark": (b"\xff\xfe" + "STOP".encode(LE), "STOP"),
    "UCS2 with the other mark": (b"\xfe\xff" + "STOP".encode(BE), "STOP"),
    "UCS2": ("STOP".encode(BE), "STOP"),
    "UCS2, turned round": ("STOP".encode(LE), "STOP"),
    "noise": (bytes.fromhex("0001020380FF1B07089C"), None),
    "a control character": (b"STOP\x01", None),
    "NUL inside": (b"ST\0OP", None),
    "escape": (b"\x1b[2J", None),
    "C1": (b"\x81\x8d\x8f\x90\x9d", None),
    "too much of Windows-1252": (b"\x91\x92\x93\x94a", None),
    "nothing": (b"", None),
    "NULs": (b"\0\0\0\0", None),
    "blanks": (b"   ", None),
}


@pytest.mark.parametrize("name", OCTETS)
@pytest.mark.parametrize("dcs", [0x04, 0x15, 0xF5])
def test_words_in_8_bit_coding(name: str, dcs: int) -> None:
    octets, text = OCTETS[name]
    said = describe(pdu(octets, dcs))
    assert (said["text"], said["data"]) == (text, octets.hex())
    event = came(pdu(octets, dcs))
    assert event.kind == (TextKind.BINARY if text is None else TextKind.TEXT)
    assert text is None or event.body == text


@pytest.mark.parametrize(
    ("header", "pid"), [("0605040B8423F0", 0), ("0605041F9000FF", 0), ("0404021234", 0), ("", 0x7F)]
)
def test_what_has_a_port_or_is_for_the_sim_stays_data(header: str, pid: int) -> None:
    text = pdu(b"BEGIN:VCARD", 0x04, header, pid)
    assert describe(text)["text"] is None
    assert came(text).kind == TextKind.BINARY


def test_parts_of_an_8_bit_text_are_kept_as_octets_since_the_whole_decides() -> None:
    octets = "Größe €".encode()
    cut = octets.index(b"\xe2") + 1
    one, two = (
        came(pdu(piece, 0x04, f"050003410{2}0{place}"))
        for place, piece in enumerate((octets[:cut], octets[cut:]), 1)
    )
    assert (one.kind, two.kind) == (TextKind.OCTETS, TextKind.OCTETS)
    assert join_octets([one.body.encode("latin-1"), two.body.encode("latin-1")]) == "Größe €"
    assert join_octets([b"words ", b"\0\x01"]) is None
    assert join_octets([b"words ", " (hole) ", b"\0\x01"]) is None
    assert join_octets([b"words", " (hole) ", b"more"]) == "words (hole) more"
    assert join_octets(["(hole)", b"\0\x01"]) is None


def parts(pieces: list[bytes]) -> list[str]:
    header = f"05000341{len(pieces):02X}"
    return [came(pdu(piece, 0x08, f"{header}{place:02X}")).body for place, piece in enumerate(pieces, 1)]


def test_marks_of_byte_order_in_long_texts() -> None:
    little = b"\xff\xfe" + "Open today, so 😁 all of you".encode(LE)
    for cut in range(2, len(little), 2):
        assert join_text(parts([little[:cut], little[cut:]])) == "Open today, so 😁 all of you"
    each = [b"\xff\xfe" + word.encode(LE) for word in ("Open ", "today")]
    assert join_text(parts(each)) == "Open today"
    mixed = [
        b"\xfe\xff" + "Open ".encode(BE),
        "to".encode(BE),
        b"\xff\xfe" + "day ".encode(LE),
        "now".encode(LE),
    ]
    assert join_text(parts(mixed)) == "Open today now"
    unmarked = "Открыто сегодня".encode(LE)
    assert join_text(parts([unmarked[:14], unmarked[14:]])) == "Открыто сегодня"


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=100), st.integers(1, 100))
def test_an_emoji_that_is_cut_comes_out_whole(text: str, place: int) -> None:
    octets = ("so: " + text).encode(BE)[:130]
    cut = min(place * 2, len(octets))
    wanted = octets.decode(BE, "replace")
    assert join_text(parts([octets[:cut], octets[cut:]])).replace("\ufeff", "") == wanted.replace(
        "\ufeff", ""
    )


@pytest.mark.parametrize("dcs", [0x00, 0x04, 0x08])
def test_no_control_character_but_line_ends_and_tabs_gets_in(dcs: int) -> None:
    text = "".join(map(chr, range(32))) + "end\x7f"
    octets = text.encode("latin-1") if dcs == 0x04 else text.encode(BE)
    if dcs == 0:
        octets, length = pack(b"a\x1b\x0ab\x0a\x0dc"), 7
        body = came(
            pdu(octets, dcs).replace(
                f"{len(octets):02X}{octets.hex().upper()}", f"{length:02X}{octets.hex()}"
            )
        ).body
        assert body == "a\nb\n\rc"
        return
    event = came(pdu(octets, dcs))
    assert event.kind == (TextKind.BINARY if dcs == 0x04 else TextKind.TEXT)
    assert dcs == 0x04 or event.body == "\t\n\n\rend"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("07D153E4130A", "SHOP"),
        ("07D053E4130A", "SHOP"),
        ("07D553E4130A", "SHOP"),
        ("14D04937BD2C7797E9D3E614", "InternetSMS"),
        ("0ED0" + pack(b"Bakery7").hex(), "Bakery7"),
        ("0ED1" + pack(b"Bakery7\0").hex(), "Bakery7"),
        ("14D0" + pack(b"SHOP").hex() + "000000000000", "SHOP"),
        ("0BD0" + pack(b"Ba\x0dk\x0ay").hex(), "Baky"),
    ],
)
def test_senders_with_letters(address: str, name: str) -> None:
    text = pdu(b"\0H\0i", 0x08, sender=address)
    assert (describe(text)["addr_kind"], describe(text)["number"]) == ("alnum", name)
    assert came(text).sender == name


@given(st.binary(max_size=140))
def test_octets_are_text_or_none_and_text_has_no_controls(octets: bytes) -> None:
    text = of_octets(octets)
    assert text is None or not any(ord(c) < 32 and c not in "\t\r\n" for c in text)
    if (b"\0" not in octets and b"\xff\xfe" != octets[:2] != b"\xfe\xff") and text is not None:
        assert text.encode("utf-8") in (octets, octets.removeprefix(b"\xef\xbb\xbf")) or len(text) == len(
            octets
        )
