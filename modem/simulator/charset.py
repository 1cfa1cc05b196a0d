"""Strings in the host's character set, as AT+CSCS has chosen it (27.007, 5.5); octets on the wire are latin-1 here."""

from modem.simulator import pdu

# <dcs> of a string in the default alphabet, and of one in UCS2 (23.038, 5).
DEFAULT, UCS2 = 15, 72


def to_host(text: str, charset: str) -> tuple[str, int]:
    """The string, and its <dcs>: the default alphabet in the host's character set, else UCS2, always as hex.

    >>> to_host("£5", "GSM"), to_host("£5", "HEX"), to_host("£5", "UCS2"), to_host("5 ₴", "GSM")
    (('\\x015', 15), ('0135', 15), ('00A30035', 15), ('0035002020B4', 72))
    """
    codes = pdu.septets(text)
    if codes is None:
        return _hex(text.encode("utf-16-be")), UCS2
    match charset:
        case "HEX":
            return _hex(bytes(codes)), DEFAULT
        case "UCS2":
            return _hex(text.encode("utf-16-be")), DEFAULT
        case "GSM":
            return bytes(codes).decode("latin-1"), DEFAULT
        case _:
            return text.encode("ascii", "replace").decode(), DEFAULT


def from_host(string: str, charset: str, dcs: int) -> str:
    """What the host has written as this string. Raises ValueError where it cannot be that.

    >>> from_host("*100#", "IRA", 15), from_host("002A003100300030", "UCS2", 15), from_host("2A313030", "HEX", 15)
    ('*100#', '*100', '*100')
    """
    if dcs == UCS2 or charset == "UCS2":
        return bytes.fromhex(string).decode("utf-16-be")
    if charset == "HEX":
        return pdu.characters([octet & 0x7F for octet in bytes.fromhex(string)])
    return pdu.characters([ord(char) & 0x7F for char in string]) if charset == "GSM" else string


def _hex(octets: bytes) -> str:
    return octets.hex().upper()
