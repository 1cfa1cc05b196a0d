"""PDUs as the simulated network makes and takes them (23.040); small on purpose, and independent of the box's own coder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = {10: "\f", 20: "^", 40: "{", 41: "}", 47: "\\", 60: "[", 61: "~", 62: "]", 64: "|", 101: "€"}
_TO_EXTENDED = {char: code for code, char in EXTENDED.items()}
GSM7, OCTETS, UCS2 = 0x00, 0x04, 0x08
# The message centre that texts come from, as it stands before a TPDU.
SMSC = "0791448720003023"


@dataclass(frozen=True)
class Submitted:
    """One SMS-SUBMIT that the host handed over. part: (reference, total, place), or None."""

    pdu: str
    number: str
    text: str
    dcs: int
    wants_report: bool
    part: tuple[int, int, int] | None
    mr: int = 0
    at: float = 0.0


# ---- septets


def septets(text: str) -> list[int] | None:
    """Codes of the default alphabet, None if a character is not in it."""
    codes: list[int] = []
    for char in text:
        if char in _TO_EXTENDED:
            codes += [0x1B, _TO_EXTENDED[char]]
        elif char in BASIC and char != "\x1b":
            codes.append(BASIC.index(char))
        else:
            return None
    return codes


def pack(codes: list[int], fill: int = 0) -> bytes:
    """Septets as octets, after `fill` bits of padding (23.038)."""
    bits = sum(code << (7 * place) for place, code in enumerate(codes)) << fill
    return bits.to_bytes((7 * len(codes) + fill + 7) // 8, "little")


def unpack(octets: bytes, count: int, fill: int = 0) -> list[int]:
    """`count` septets out of octets, after `fill` bits of padding (23.038)."""
    bits = int.from_bytes(octets, "little") >> fill
    return [bits >> (7 * place) & 0x7F for place in range(count)]


def characters(codes: list[int]) -> str:
    """Septets of the default alphabet as text; an escaped code without a character is a blank (23.038)."""
    text, escaped = "", False
    for code in codes:
        if escaped:
            text, escaped = text + EXTENDED.get(code, " "), False
        elif code == 0x1B:
            escaped = True
        else:
            text += BASIC[code]
    return text


# ---- addresses and times


def semi_octets(digits: str) -> bytes:
    """Digits as octets, two each, the first in the low half; an odd number is filled with F (23.040)."""
    padded = digits + "F" * (len(digits) % 2)
    return bytes.fromhex("".join(padded[i + 1] + padded[i] for i in range(0, len(padded), 2)))


def address(number: str) -> bytes:
    """A TP address: length, type, digits; letters make it alphanumeric (9.1.2.5)."""
    digits = number.removeprefix("+")
    if digits.isdecimal():
        return bytes([len(digits), 0x91 if number[0] == "+" else 0x81]) + semi_octets(digits)
    packed = pack(septets(number) or [])
    used = -(-len(septets(number) or []) * 7 // 4)
    return bytes([used, 0xD0]) + packed


def read_address(octets: bytes) -> tuple[str, bytes]:
    """The number at the head of these octets, and what follows it."""
    length, kind = octets[0], octets[1]
    size = (length + 1) // 2
    if kind & 0x70 == 0x50:
        return characters(unpack(octets[2 : 2 + size], length * 4 // 7)), octets[2 + size :]
    digits = "".join(f"{octet & 15:X}{octet >> 4:X}" for octet in octets[2 : 2 + size])[:length]
    return ("+" if kind & 0x70 == 0x10 else "") + digits, octets[2 + size :]


def timestamp(moment: datetime) -> bytes:
    """SCTS (9.2.3.11): semi-octets, the zone in quarters of an hour with its sign in bit 3."""
    offset = moment.utcoffset()
    quarters = int(offset.total_seconds() // 900) if offset else 0
    stamp = semi_octets(f"{moment:%y%m%d%H%M%S}")
    zone = semi_octets(f"{abs(quarters):02}")[0] | (0x08 if quarters < 0 else 0)
    return stamp + bytes([zone])


# ---- PDUs


def deliver(
    sender: str,
    text: str,
    moment: datetime,
    *,
    reference: int = 1,
    alphabet: str = "auto",
    dcs: int | None = None,
    pid: int = 0,
) -> list[str]:
    """The SMS-DELIVERs (9.2.2.1) that carry this text, hex with an SMSC. dcs: overrides the octet, not the coding.

    Raises ValueError for an alphabet that is none, and for a text that does not fit it.
    """
    coding, pieces = _pieces(text, alphabet)
    return [
        _deliver(sender, moment, coding if dcs is None else dcs, pid, piece, (reference, len(pieces), place))
        for place, piece in enumerate(pieces, 1)
    ]


def _pieces(text: str, alphabet: str) -> tuple[int, Sequence[list[int] | bytes]]:
    if alphabet not in ("auto", "gsm7", "ucs2", "8bit"):
        raise ValueError(f"{alphabet!r} is no alphabet; there are auto, gsm7, ucs2, 8bit")
    codes = septets(text) if alphabet in ("auto", "gsm7") else None
    if codes is not None:
        return GSM7, _split_septets(codes)
    if alphabet == "gsm7":
        raise ValueError(f"{text!r} has characters that are not in the GSM alphabet")
    if alphabet == "8bit":
        return OCTETS, _split_octets(text.encode("latin-1"))
    return UCS2, _split_octets(text.encode("utf-16-be", "surrogatepass"))


def _split_septets(codes: list[int]) -> list[list[int]]:
    if len(codes) <= 160:
        return [codes]
    pieces: list[list[int]] = []
    while codes:
        size = 152 if codes[152:153] == [0x1B] and len(codes) > 153 else 153
        pieces.append(codes[:size])
        codes = codes[size:]
    return pieces


def _split_octets(octets: bytes) -> list[bytes]:
    """Cut anywhere, even through an emoji: phones do."""
    return [octets] if len(octets) <= 140 else [octets[i : i + 134] for i in range(0, len(octets), 134)]


def _user_data(content: list[int] | bytes, header: bytes) -> bytes:
    """TP-UDL and TP-UD (9.2.3.24)."""
    if isinstance(content, bytes):
        return bytes([len(header) + len(content)]) + header + content
    fill = -len(header) * 8 % 7
    return bytes([len(content) + (len(header) * 8 + fill) // 7]) + header + pack(content, fill)


def _deliver(
    sender: str,
    moment: datetime,
    dcs: int,
    pid: int,
    content: list[int] | bytes,
    part: tuple[int, int, int],
) -> str:
    reference, total, place = part
    header = bytes([5, 0, 3, reference & 0xFF, total, place]) if total > 1 else b""
    first = bytes([0x44 if header else 0x04])
    tpdu = first + address(sender) + bytes([pid, dcs]) + timestamp(moment) + _user_data(content, header)
    return (SMSC + tpdu.hex()).upper()


def submit(number: str, text: str) -> str:
    """The SMS-SUBMIT (9.2.2.2) that a modem in text mode makes of a text; what does not fit one is cut off."""
    codes = septets(text)
    content = text.encode("utf-16-be", "surrogatepass")[:140] if codes is None else codes[:160]
    dcs = UCS2 if codes is None else GSM7
    return (
        "00" + (b"\x11\x00" + address(number) + bytes([0, dcs, 0xA7]) + _user_data(content, b"")).hex()
    ).upper()


def status_report(recipient: str, mr: int, moment: datetime, status: int) -> str:
    """SMS-STATUS-REPORT (9.2.2.3)."""
    stamp = timestamp(moment)
    return ("00" + (bytes([0x06, mr]) + address(recipient) + stamp + stamp + bytes([status])).hex()).upper()


def read_submit(pdu: str) -> Submitted:
    """What an SMS-SUBMIT says. Raises ValueError or IndexError if it is none."""
    octets = bytes.fromhex(pdu)
    octets = octets[1 + octets[0] :]
    first = octets[0]
    if first & 3 != 1:
        raise ValueError("not a SUBMIT")
    number, rest = read_address(octets[2:])
    dcs = rest[1]
    rest = rest[2 + {0: 0, 2: 1, 1: 7, 3: 7}[first >> 3 & 3] :]
    length, data = rest[0], rest[1:]
    header = data[: 1 + data[0]] if first & 0x40 else b""
    return Submitted(pdu, number, _text(dcs, length, data, header), dcs, bool(first & 0x20), _part(header))


def read_any(pdu: str) -> tuple[str, str, str]:
    """Number, time and text of a stored DELIVER or SUBMIT, as text mode shows them. Raises ValueError, IndexError."""
    octets = bytes.fromhex(pdu)
    octets = octets[1 + octets[0] :]
    if octets[0] & 3:
        read = read_submit(pdu)
        return read.number, "", read.text
    number, rest = read_address(octets[1:])
    digits = "".join(f"{octet & 15:X}{octet >> 4:X}" for octet in rest[2:9])
    year, month, day, hour, minute, second, zone = (digits[i : i + 2] for i in range(0, 14, 2))
    data = rest[10:]
    header = data[: 1 + data[0]] if octets[0] & 0x40 else b""
    return (
        number,
        f"{year}/{month}/{day},{hour}:{minute}:{second}+{zone}",
        _text(rest[1], rest[9], data, header),
    )


def join(texts: list[str]) -> str:
    """Parts put together again, and with them the characters that were cut through."""
    return "".join(texts).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _text(dcs: int, length: int, data: bytes, header: bytes) -> str:
    if dcs & 0x0C == UCS2:
        return data[len(header) : length].decode("utf-16-be", "surrogatepass")
    if dcs & 0x0C == OCTETS:
        return data[len(header) : length].decode("latin-1")
    fill = -len(header) * 8 % 7
    return characters(unpack(data[len(header) :], length - (len(header) * 8 + fill) // 7, fill))


def _part(header: bytes) -> tuple[int, int, int] | None:
    if header[1:3] == b"\x00\x03":
        return header[3], header[4], header[5]
    return None


def tpdu_length(pdu: str) -> int:
    """Octets without the SMSC's, as +CMGR, +CMT and AT+CMGS count them."""
    return len(pdu) // 2 - 1 - int(pdu[:2], 16)
