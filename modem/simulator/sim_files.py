"""The files on the SIM that programs read (TS 51.011, chapters 9 and 10), as octets; who may ask for them, a command knows."""

from dataclasses import dataclass

from modem.simulator import pdu
from modem.simulator.conditions import Conditions
from modem.simulator.settings import NETWORK

# Status words: all is well; the length is wrong; it is no file of this kind; the PIN is wanted; there is no such file, no such
# record, no such instruction.
WELL, WRONG_LENGTH, WRONG_KIND, NO_ACCESS = 0x9000, 0x6700, 0x6981, 0x6982
NO_FILE, NO_RECORD, NO_INSTRUCTION = 0x6A82, 0x6A83, 0x6D00
# Octets for a name before a number (10.5.1), and what comes behind it.
NAME, NUMBER = 14, 14
# What +CRSM answers: a status word, and what was read.
Outcome = tuple[int, bytes]


@dataclass(frozen=True)
class SimFile:
    """One file. record: how long each of its records is, 0 where it has none. locked: it cannot be read before the PIN."""

    octets: bytes
    record: int = 0
    locked: bool = False

    def binary(self, offset: int, length: int) -> Outcome:
        """READ BINARY (9.2.3); length 0: up to its end."""
        if self.record:
            return WRONG_KIND, b""
        read = self.octets[offset : offset + length if length else None]
        return (WELL, read) if length in (0, len(read)) else (WRONG_LENGTH, b"")

    def one_record(self, place: int, length: int) -> Outcome:
        """READ RECORD (9.2.5) by its place, the first being 1; length 0: all of it."""
        if not self.record:
            return WRONG_KIND, b""
        if not 1 <= place <= len(self.octets) // self.record:
            return NO_RECORD, b""
        if length not in (0, self.record):
            return WRONG_LENGTH, b""
        return WELL, self.octets[(place - 1) * self.record : place * self.record]

    def response(self, name: int, length: int) -> Outcome:
        """GET RESPONSE (9.2.1): what SELECT tells of it, 15 octets or as many as are asked for; name: its own."""
        size, access = len(self.octets).to_bytes(2), b"\x1f\xff\xff" if self.locked else b"\x0f\xff\xff"
        kind = bytes([1, self.record]) if self.record else b"\x00\x00"
        told = b"\0\0" + size + name.to_bytes(2) + b"\x04\x00" + access + b"\x01\x02" + kind
        return WELL, told[: length or None]


def files(conditions: Conditions) -> dict[int, SimFile]:
    """Those that there are, by their names."""
    return {
        0x2FE2: SimFile(pdu.semi_octets(conditions.iccid).ljust(10, b"\xff")),
        0x6F07: SimFile(_imsi(conditions.imsi), locked=True),
        0x6F40: _records(_number(conditions.own_number)),
        0x6F42: _records(_centre()),
        0x6F46: SimFile(b"\x00" + bytes(pdu.septets(NETWORK) or ()).ljust(16, b"\xff")),
        0x6FAD: SimFile(bytes([0, 0, 0, 2])),
        0x6FB7: SimFile(b"".join(map(_emergency, ("112", "999", "", "", "")))),
    }


def _records(*records: bytes) -> SimFile:
    return SimFile(b"".join(records), len(records[0]), locked=True)


def _imsi(digits: str) -> bytes:
    """EF IMSI (10.3.2): its length, then a nibble that says whether its digits are odd in number, and the digits."""
    packed = pdu.semi_octets(("9" if len(digits) % 2 else "1") + digits)
    return (bytes([len(packed)]) + packed).ljust(9, b"\xff")


def _emergency(number: str) -> bytes:
    """One place of EF ECC (10.3.27)."""
    return pdu.semi_octets(number).ljust(3, b"\xff")


def _number(number: str) -> bytes:
    """EF MSISDN (10.5.5), without a name; all FF where there is no number."""
    if not number:
        return b"\xff" * (NAME + NUMBER)
    packed = pdu.semi_octets(number.removeprefix("+"))
    kind = 0x91 if number.startswith("+") else 0x81
    return b"\xff" * NAME + (bytes([1 + len(packed), kind]) + packed).ljust(NUMBER, b"\xff")


def _centre() -> bytes:
    """EF SMSP (10.5.6): of its parameters only the number of the text centre is there."""
    return b"\xff" * NAME + b"\xfd" + b"\xff" * 12 + bytes.fromhex(pdu.SMSC).ljust(12, b"\xff") + b"\xff" * 3
