"""How much a request may bring: the largest body for each address of the page; it reads no request and refuses none."""

from bridge.rules.limits import LARGEST_BACKUP as LARGEST_BACKUP
from bridge.rules.limits import LARGEST_FILE as LARGEST_FILE

KIB, MIB = 1024, 1024 * 1024

# The largest form: a hundred thousand fields would cost more memory than a small box has. In bytes.
FORM = 64 * KIB
# What a body may have beside its file, and up to which size nobody counts files.
BESIDE, SMALL_FILE = MIB, 1 * MIB
# Under which paths programs find the API; what they bring, a list of numbers at most, may be larger than a form.
API_PREFIXES = ("/api/v1", "/3rdparty/v1")
API = MIB
# The addresses that take files, and how large those may be; all others take forms.
FILES = {"/contacts/import": LARGEST_FILE, "/welcome/restore": LARGEST_BACKUP}


def largest(path: str) -> int:
    """The most bytes that a body at this address may have.

    >>> largest("/login") == FORM, largest("/contacts/import") == LARGEST_FILE + BESIDE, largest("/api/v1/messages") == API
    (True, True, True)
    """
    if is_api(path):
        return API
    return FILES[path] + BESIDE if path in FILES else FORM


def is_api(path: str) -> bool:
    """Is this an address of the API?

    >>> is_api("/api/v1/messages"), is_api("//api/v1//message"), is_api("/api/v1"), is_api("/api/v10")
    (True, True, True, False)
    """
    plain = "/" + path.lstrip("/")
    return any(plain == prefix or plain.startswith(f"{prefix}/") for prefix in API_PREFIXES)


def in_words(size: int) -> str:
    """A size as people read it.

    >>> in_words(FORM), in_words(LARGEST_FILE)
    ('64 kB', '32 MB')
    """
    return f"{size // MIB} MB" if size >= MIB else f"{size // KIB} kB"
