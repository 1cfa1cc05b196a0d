"""Address books as files: vCard (2.1, 3.0, 4.0) and CSV, read whatever phones and spreadsheets make of them, and written; pure.

The parser is our own because vobject (0.9.9) gives up a whole file at one card without an end and at unknown character sets.
"""

import re

from bridge.rules.addressbook.card import MAX_BYTES, MAX_ENTRIES, Read, _Book, _decode, _TooMany
from bridge.rules.addressbook.table import _read_csv
from bridge.rules.addressbook.vcard import _read_vcard


def read(data: bytes, region: str) -> Read:
    """The cards in a file of any kind. region: ISO code, for numbers written the national way. Never raises.

    >>> read(b"Name;Mobile\\r\\nAnn;07400 123456\\r\\nBob;12345", "GB").cards
    (Card(number='+447400123456', name='Ann', notes='', mark='', blocked=False),)
    >>> read(b"Name;Mobile\\r\\nAnn;07400 123456\\r\\nBob;12345", "GB").troubles
    ('Line 3, Bob: 12345 is no phone number and was left out.',)
    """
    if len(data) > MAX_BYTES:
        return Read(troubles=("The file is larger than 5 MB and was not read; bring it in parts.",))
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        return Read(troubles=("This looks like a spreadsheet's own file; save it as CSV and bring that.",))
    book = _Book(region)
    try:
        if re.search(rb"(?im)^[^\w\n]{0,9}BEGIN[ \t]*:[ \t]*VCARD", data[:4000].replace(b"\0", b"")):
            _read_vcard(data, book)
        else:
            _read_csv(_decode(data), book)
    except _TooMany:
        return Read(
            troubles=(f"The file has more than {MAX_ENTRIES:,} entries and was not read; bring it in parts.",)
        )
    return book.read()


# --- vCard


# --- CSV
