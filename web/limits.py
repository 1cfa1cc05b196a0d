"""How much a request may bring: the largest body for each address of the page; it reads no request and refuses none."""

from bridge.rules.limits import LARGEST_FILE as LARGEST_FILE

KIB, MIB = 1024, 1024 * 1024

# The largest form: a hundred thousand fields would cost more memory than a small box has. In bytes.
FORM = 64 * KIB
# What a body with the largest file may have, and up to which size nobody counts them.
FILE, SMALL_FILE = LARGEST_FILE + MIB, 1 * MIB
# The addresses that take files; all others take forms.
FILES = frozenset({"/contacts/import"})


def largest(path: str) -> int:
    """The most bytes that a body at this address may have.

    >>> largest("/login") == FORM, largest("/contacts/import") == FILE
    (True, True)
    """
    return FILE if path in FILES else FORM


def in_words(size: int) -> str:
    """A size as people read it.

    >>> in_words(FORM), in_words(LARGEST_FILE)
    ('64 kB', '32 MB')
    """
    return f"{size // MIB} MB" if size >= MIB else f"{size // KIB} kB"
