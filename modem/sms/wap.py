"""The one thing worth knowing of a WAP push (WAP-230 WSP, OMA MMS encapsulation): is it the notice of a picture message, and
from whom? Pure, and for any octets."""

import re

# UDH destination port of a WAP push (23.040 9.2.3.24.4, IANA wap-push).
PUSH_PORT = 2948
# Its content type: the words, or the well-known number 0x3E with the top bit set.
_MMS = (b"application/vnd.wap.mms-message", b"\xbe")
# The header From (0x89), its length, "address present" (0x80), the number and its kind.
_FROM = re.compile(rb"\x89.\x80(\+?\d{3,15})/TYPE=PLMN", re.DOTALL)


def is_picture(port: int | None, data: bytes) -> bool:
    """Is this 8-bit message, or its first part, the notice that a picture message waits at the operator?

    >>> is_picture(2948, bytes.fromhex("4A0603BEAF84")), is_picture(9204, b"BEGIN:VCARD")
    (True, False)
    """
    # Transaction id, PDU type push (6), length of the headers, then the content type.
    return port == PUSH_PORT and data[1:2] == b"\x06" and any(data[3:].startswith(kind) for kind in _MMS)


def picture_sender(octets: str) -> str | None:
    """The number of who sent the picture, from the octets of the whole notice as characters 0 to 255; None without.

    >>> picture_sender("\\x8c\\x82\\x89\\x1a\\x80+447400123456/TYPE=PLMN\\x00")
    '+447400123456'
    """
    found = _FROM.search(octets.encode("latin-1", "replace"))
    return found[1].decode("ascii") if found else None
