"""The small fields that TPDUs are made of: a reader over octets, addresses and time stamps (23.040 9.1.2 and 9.2.3.11).

It does not know which message they stand in. Every octet may come from a stranger.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Literal

from modem.errors import PduError
from modem.sms import gsm7

# semi-octets of an address (23.040 9.1.2.3); 1111 is fill and stands for nothing
DIGITS = "0123456789*#abc"
INTERNATIONAL, ALPHANUMERIC = 1, 5


class Octets:
    """Octets read from the front; what is not there is a PduError that names the field."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._at = 0

    def take(self, count: int, field: str) -> bytes:
        """The next `count` octets. Raises PduError where fewer are left."""
        taken = self._octets[self._at : self._at + count]
        if len(taken) < count:
            left = len(taken)
            raise PduError(f"the PDU ends within {field} (at octet {self._at}: {count} wanted, {left} left)")
        self._at += count
        return taken

    def octet(self, field: str) -> int:
        """The next octet as a number. Raises PduError at the end."""
        return self.take(1, field)[0]

    def rest(self) -> bytes:
        """All that is left, possibly nothing."""
        left = self._octets[self._at :]
        self._at = len(self._octets)
        return left


@dataclass(frozen=True)
class Address:
    """An originating, destination or recipient address (23.040 9.1.2.5).

    number: digits, with "+" where TON says international, or the words of an alphanumeric sender.
    ton, npi: type of number and numbering plan, as received.
    """

    number: str
    kind: Literal["num", "alnum"]
    ton: int
    npi: int


def semi_octets(octets: bytes) -> str:
    """The digits of swapped nibbles, without fill.

    >>> semi_octets(bytes.fromhex("6171957291F8"))
    '16175927198'
    """
    nibbles = (nibble for octet in octets for nibble in (octet & 0x0F, octet >> 4))
    return "".join(DIGITS[nibble] for nibble in nibbles if nibble != 0x0F)


def address(octets: Octets, field: str) -> Address:
    """Reads length in semi-octets, type of address and value (9.1.2.5).

    >>> address(Octets(bytes.fromhex("14D04937BD2C7797E9D3E614")), "TP-OA").number
    'InternetSMS'
    """
    length = octets.octet(field)
    kind = octets.octet(field)
    value = octets.take((length + 1) // 2, field)
    ton, npi = kind >> 4 & 7, kind & 0x0F
    if ton == ALPHANUMERIC:
        return Address(_name(value, length), "alnum", ton, npi)
    return Address(_number(semi_octets(value)[:length], ton), "num", ton, npi)


def _name(value: bytes, length: int) -> str:
    """The words of an alphanumeric address of `length` semi-octets (9.1.2.5). Senders who round the length up to whole octets,
    or to a field of a fixed size, leave padding, which reads as `@`; controls, which names do not have, are dropped."""
    septets = gsm7.unpack(value, length * 4 // 7)
    if septets.endswith(b"\0\0") or (septets.endswith(b"\0") and len(septets) % 8 == 0):
        septets = septets.rstrip(b"\0")
    return "".join(character for character in gsm7.decode(septets) if character.isprintable()).strip()


def service_centre(octets: Octets) -> str | None:
    """Reads the SMSC number that precedes the TPDU (27.005 3.1): a length in octets, type and digits; None if left out.

    >>> service_centre(Octets(bytes.fromhex("07912104442961F4")))
    '+12404492164'
    """
    value = octets.take(octets.octet("the SMSC length"), "the SMSC number")
    return _number(semi_octets(value[1:]), value[0] >> 4 & 7) if value else None


def _number(digits: str, ton: int) -> str:
    return "+" + digits if ton == INTERNATIONAL and digits else digits


def timestamp(octets: bytes) -> datetime | None:
    """A time stamp (9.2.3.11) with its offset: two-digit years from 90 are 199x; None if it is not a time.

    >>> timestamp(bytes.fromhex("1120821105050A")).isoformat()
    '2011-02-28T11:50:50-05:00'
    """
    digits = semi_octets(octets[:6])
    zone = octets[6]
    quarters = (zone & 0x07) * 10 + (zone >> 4)
    if not (len(digits) == 12 and digits.isdecimal() and zone >> 4 <= 9):
        return None
    year, month, day, hour, minute, second = (int(digits[i : i + 2]) for i in range(0, 12, 2))
    year += 1900 if year >= 90 else 2000
    offset = timedelta(minutes=15 * quarters) * (-1 if zone & 0x08 else 1)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset))
    except ValueError:
        return None
