"""Address books as files: vCard (2.1, 3.0, 4.0) and CSV, read whatever phones and spreadsheets make of them, and written; pure.

The parser is our own because vobject (0.9.9) gives up a whole file at one card without an end and at unknown character sets.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from bridge.rules.addressbook.card import MAX_ENTRIES, Read, _Book, _TooLarge, _TooMany
from bridge.rules.addressbook.table import _read_csv
from bridge.rules.addressbook.vcard import _read_vcard
from bridge.rules.limits import LARGEST_FILE
from bridge.rules.text_files import octet_lines

# In so many lines at its beginning a file of cards shows that it is one.
HEAD = 40
# More lines than MAX_ENTRIES cards have are none of an address book.
MAX_LINES = 2_000_000


def read(data: bytes | Iterable[bytes], region: str) -> Read:
    """The cards in a file of any kind. data: its octets, whole or in pieces of any size, of which no more than one card or row
    is kept at a time, and no picture. region: ISO code, for numbers written the national way. Never raises.

    >>> [(card.number, card.name) for card in read(b"Name;Mobile\\r\\nAnn;07400 123456\\r\\nBob;12345", "GB").cards]
    [('+447400123456', 'Ann')]
    >>> read(b"Name;Mobile\\r\\nAnn;07400 123456\\r\\nBob;12345", "GB").troubles
    ('Line 3, Bob: 12345 is not a phone number and was left out.',)
    """
    pieces = iter([data] if isinstance(data, bytes) else data)
    first = next(pieces, b"")
    if first[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        return Read(troubles=("This looks like a spreadsheet file; save it as CSV and import that.",))
    book = _Book(region)
    lines = octet_lines(_counted(chain([first], pieces)))
    try:
        head = [line for _, line in zip(range(HEAD), lines, strict=False)]
        if any(
            re.match(rb"(?i)[^\w\n]{0,9}BEGIN[ \t]*:[ \t]*VCARD", line.replace(b"\0", b"")) for line in head
        ):
            _read_vcard(chain(head, lines), book)
        else:
            _read_csv(chain(head, lines), book)
    except _TooLarge:
        return Read(
            troubles=("The file is larger than 32 MB and was not read; split it and import the parts.",)
        )
    except _TooMany:
        return Read(
            troubles=(
                f"The file has more than {MAX_ENTRIES:,} entries and was not read; split it and import the parts.",
            )
        )
    return book.read()


def _counted(pieces: Iterable[bytes]) -> Iterator[bytes]:
    size = lines = 0
    for piece in pieces:
        size += len(piece)
        lines += piece.count(b"\n") + piece.count(b"\r")
        if size > LARGEST_FILE:
            raise _TooLarge
        if lines > MAX_LINES:
            raise _TooMany
        yield piece
