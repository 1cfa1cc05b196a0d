"""The content of a DELIVER or SUBMIT: data coding scheme (23.038 4), user data header (23.040 9.2.3.24) and
text.

It does not know who sent it, when, or where in the TPDU it stood. Every octet may come from a stranger.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from modem.errors import PduError
from modem.sms import gsm7, words

Alphabet = Literal["gsm7", "8bit", "ucs2"]

MOST_OCTETS = 140  # of user data in one TPDU (23.040 9.2.3.24)
DATA_DOWNLOAD = 0x7F  # TP-PID (9.2.3.9)
WAITING = ("voicemail", "fax", "email", "other")  # 23.038 4, groups 1100 to 1110, bits 1 and 0


@dataclass(frozen=True)
class Concat:
    """Which part of a long message this is (23.040 9.2.3.24.1, .8): 1 <= part <= total. width in bits."""

    reference: int
    total: int
    part: int
    width: Literal[8, 16]


@dataclass(frozen=True)
class Mwi:
    """Message waiting indication: is something of this type waiting, and should the message itself be kept?

    count: how many are waiting, where the user data header told (255 = 255 or more); the DCS never does.
    """

    active: bool
    type: str
    store: bool
    count: int | None = None


@dataclass(frozen=True)
class Coding:
    """What a data coding scheme says."""

    alphabet: Alphabet
    message_class: int | None
    mwi: Mwi | None


@dataclass(frozen=True)
class Header:
    """What a user data header says; `languages` are the identifiers of locking and single shift, 0 =
    default."""

    concat: Concat | None = None
    ports: tuple[int, int] | None = None
    languages: tuple[int, int] | None = None
    mwi: Mwi | None = None


@dataclass(frozen=True, kw_only=True)
class Content:
    """What DELIVER and SUBMIT have in common.

    text: the characters, None where an 8-bit message is none or for a program; those of UCS2 as the standard has their
    octets, lone surrogates, marks and padding included, because they may be half of what the next part goes on with:
    `words` reads them. data: the octets of an 8-bit message, else None. truncated: the PDU held less than its
    length says. mwi: what the DCS says is waiting; header_mwi: what the header says (9.2.3.24.2); `waiting`
    weighs the two. ports: destination and originator (9.2.3.24.3 and .4). languages: locking and single shift
    (9.2.3.24.15 and .16).
    """

    pid: int
    dcs: int
    alphabet: Alphabet
    message_class: int | None
    mwi: Mwi | None
    header_mwi: Mwi | None
    concat: Concat | None
    ports: tuple[int, int] | None
    languages: tuple[int, int] | None
    text: str | None
    data: bytes | None
    truncated: bool

    @property
    def waiting(self) -> Mwi | None:
        """The message waiting indication, from wherever it came; the header, which can count, goes first."""
        return self.header_mwi or self.mwi

    @property
    def is_silent(self) -> bool:
        """A short message type 0: the phone acknowledges and forgets it (9.2.3.9)."""
        return self.pid == 0x40

    @property
    def is_binary(self) -> bool:
        """Meant for a program: 8-bit data that is no text, an application port, or (U)SIM data download (PID 0x7F,
        9.2.3.9)."""
        return self.text is None or self.ports is not None or self.pid == DATA_DOWNLOAD

    @property
    def replace_type(self) -> int | None:
        """1 to 7: replaces the earlier message of this type from the same sender and SMSC (PID 0x41 to
        0x47)."""
        return self.pid - 0x40 if 0x41 <= self.pid <= 0x47 else None


def coding(dcs: int) -> Coding:
    """Reads a data coding scheme (23.038 4); reserved ones are the default alphabet. Raises PduError if
    compressed.

    >>> coding(0xC8).mwi
    Mwi(active=True, type='voicemail', store=False, count=None)
    """
    group = dcs >> 4
    if group < 0b1000:
        if dcs & 0x20:
            raise PduError(f"the text is compressed (DCS {dcs:02X}): that cannot be read")
        alphabets: tuple[Alphabet, ...] = ("gsm7", "8bit", "ucs2", "gsm7")
        return Coding(alphabets[dcs >> 2 & 3], dcs & 3 if dcs & 0x10 else None, None)
    if group == 0b1111:
        return Coding("8bit" if dcs & 4 else "gsm7", dcs & 3, None)
    if group >= 0b1100:
        waiting = Mwi(bool(dcs & 8), WAITING[dcs & 3], store=group != 0b1100)
        return Coding("ucs2" if group == 0b1110 else "gsm7", None, waiting)
    return Coding("gsm7", None, None)


def elements(octets: bytes) -> Iterator[tuple[int, bytes]]:
    """The information elements of a header without its length octet, up to the first that does not fit."""
    while len(octets) >= 2 and len(octets) >= 2 + octets[1]:
        end = 2 + octets[1]
        yield octets[0], octets[2:end]
        octets = octets[end:]


def header(octets: bytes) -> Header:
    """Reads all information elements; of two that say the same the last valid one counts (23.040 9.2.3.24).

    >>> header(bytes.fromhex("000341020105040B8423F0"))
    Header(concat=Concat(reference=65, total=2, part=1, width=8), ports=(2948, 9200), languages=None, mwi=None)
    """
    concat, ports, mwi = None, None, None
    languages = {}
    for identifier, value in elements(octets):
        match identifier, len(value):
            case (0x00, 3) | (0x08, 4):
                concat = _concat(value) or concat
            case (0x01, 2):  # type 3 is "other", those above are reserved
                mwi = Mwi(value[1] > 0, WAITING[min(value[0] & 0x1F, 3)], bool(value[0] & 0x80), value[1])
            case (0x04, 2) | (0x05, 4):
                half = len(value) // 2
                ports = (int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big"))
            case (0x24 | 0x25, 1):
                languages[identifier] = value[0]
    shifts = (languages.get(0x25, 0), languages.get(0x24, 0)) if languages else None
    return Header(concat, ports, shifts, mwi)


def _concat(value: bytes) -> Concat | None:
    """A concatenation element, None if its numbers are impossible: such an element is ignored
    (9.2.3.24.1)."""
    reference, total, part = int.from_bytes(value[:-2], "big"), value[-2], value[-1]
    return Concat(reference, total, part, 8 if len(value) == 3 else 16) if 1 <= part <= total else None


def content(pid: int, dcs: int, has_header: bool, length: int, octets: bytes) -> Content:
    """Puts together what TP-PID, TP-DCS, TP-UDHI, TP-UDL and the octets after it say.

    length: in septets for the default alphabet, else in octets (9.2.3.16). Octets beyond it are ignored,
    fewer mark the content truncated. Raises PduError for over 140 octets, a header larger than the user data,
    compression.
    """
    scheme = coding(dcs)
    wanted = (length * 7 + 7) // 8 if scheme.alphabet == "gsm7" else length
    octets = octets[:wanted]
    if len(octets) > MOST_OCTETS:
        raise PduError(f"the user data has {len(octets)} octets, {MOST_OCTETS} is the most")
    skip = 1 + octets[0] if has_header and octets else 0
    if skip > len(octets):
        raise PduError(f"the user data header has {skip} octets, the user data only {len(octets)}")
    said = header(octets[1:skip])
    for_program = said.ports is not None or pid == DATA_DOWNLOAD
    text, data = _body(scheme.alphabet, octets, skip, length, said.languages or (0, 0), for_program)
    return Content(
        pid=pid,
        dcs=dcs,
        alphabet=scheme.alphabet,
        message_class=scheme.message_class,
        mwi=scheme.mwi,
        header_mwi=said.mwi,
        concat=said.concat,
        ports=said.ports,
        languages=said.languages,
        text=text,
        data=data,
        truncated=len(octets) < wanted,
    )


def _body(
    alphabet: Alphabet,
    octets: bytes,
    skip: int,
    length: int,
    languages: tuple[int, int],
    for_program: bool,
) -> tuple[str | None, bytes | None]:
    """Text or data behind the first `skip` octets; septets begin on a septet boundary of the whole
    (9.2.3.24)."""
    after = octets[skip:]
    if alphabet == "8bit":
        return None if for_program else words.of_octets(after), after
    if alphabet == "ucs2":
        return words.units(after), None
    header_septets = (skip * 8 + 6) // 7
    fill = header_septets * 7 - skip * 8
    return gsm7.decode(gsm7.unpack(after, max(0, length - header_septets), fill), *languages), None
