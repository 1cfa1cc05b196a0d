"""One try to tell another program: resolved, judged, connected to the very address that was judged, and answered within bounds.
It decides nothing of when, and knows no row."""

import io
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from importlib.metadata import version

from bridge.rules.hooks.events import HookAnswer
from bridge.rules.hooks.receivers import Receiver, why_not
from bridge.rules.one_line import one_line
from modem.contract import Coded

# How long a try may take in all, and to connect to one address (seconds).
IN_ALL, TO_CONNECT = 30.0, 10.0
# So much of an answer is read (bytes), and so much of what a receiver says about it is kept (characters).
MOST_READ, MOST_SAID = 8 * 1024, 200


@dataclass(frozen=True)
class SendHook:
    """Tell this, once. slot: who of the senders does it. allowed: config.ini names the host."""

    slot: int
    delivery_id: int
    receiver: Receiver
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    allowed: bool = False


@dataclass(frozen=True)
class HookTried:
    """What came of it. status: of the answer, None where there was none; answer: a HookAnswer."""

    slot: int
    delivery_id: int
    status: int | None
    answer: Coded


class _NotAllowed(Exception):
    """No address of the host may be connected to; `why` says why not."""

    def __init__(self, why: HookAnswer) -> None:
        self.why = why
        super().__init__(why)


def send(job: SendHook) -> HookTried:
    """Tells it. Never raises what another program can cause."""
    status, answer = _told(job)
    return HookTried(job.slot, job.delivery_id, status, answer)


def _told(job: SendHook) -> tuple[int | None, Coded]:
    host = job.receiver.host
    try:
        status, said = _exchange(job, time.monotonic() + IN_ALL)
    except _NotAllowed as error:
        return None, Coded.of(error.why, host=host)
    except socket.gaierror:
        return None, Coded.of(HookAnswer.NAME_NOT_FOUND, host=host)
    except ssl.SSLCertVerificationError as error:
        return None, Coded.of(HookAnswer.UNTRUSTED, error=error.verify_message)
    except TimeoutError:
        return None, Coded.of(HookAnswer.SLOW, seconds=int(IN_ALL))
    except OSError as error:
        return None, Coded.of(
            HookAnswer.UNREACHABLE, error=one_line(error.strerror or str(error))[:MOST_SAID]
        )
    except (HTTPException, ValueError):
        return None, Coded(HookAnswer.NO_HTTP)
    if 200 <= status < 300:
        return status, Coded.of(HookAnswer.TAKEN, status=status)
    if 300 <= status < 400:
        return status, Coded.of(HookAnswer.REDIRECTS, status=status)
    return status, Coded.of(HookAnswer.REFUSED, status=status, said=said)


def _exchange(job: SendHook, over: float) -> tuple[int, str]:
    """The status of the answer, and what it says where that is none of success."""
    with _connected(job, over) as connection:
        asked = HTTPConnection(job.receiver.host, job.receiver.port)
        asked.sock = connection
        connection.settimeout(_left(over))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"textback/{version('textback')}",
            "Connection": "close",
            **job.headers,
        }
        if job.receiver.port in (80, 443):
            headers["Host"] = _bracketed(job.receiver.host)
        asked.request("POST", job.receiver.target, job.body, headers)
        with HTTPResponse(_InTime(connection, over), method="POST") as response:  # type: ignore[arg-type]
            response.begin()
            said = b"" if 200 <= response.status < 400 else _beginning(response)
            return response.status, one_line(said.decode("utf-8", "replace"))[:MOST_SAID]


def _beginning(response: HTTPResponse) -> bytes:
    """Of what it says; what cannot be read any more is left out: the status counts."""
    try:
        return response.read(MOST_SAID * 4)
    except (OSError, HTTPException, ValueError):
        return b""


def _connected(job: SendHook, over: float) -> socket.socket:
    """A connection to the first address of the host that may be told and answers: no second look at the name, which could be
    another by then. Raises _NotAllowed where there is none, and what the system says of the last one."""
    refused: _NotAllowed | OSError = _NotAllowed(HookAnswer.NOT_ALLOWED)
    for address in _addresses(job.receiver):
        why = None if job.allowed else why_not(address, job.receiver.scheme, own=_is_own(address))
        if why is not None:
            refused = _NotAllowed(why)
            continue
        try:
            plain = socket.create_connection((address, job.receiver.port), min(TO_CONNECT, _left(over)))
        except OSError as error:
            refused = error
            continue
        if job.receiver.scheme == "http":
            return plain
        plain.settimeout(_left(over))
        return _verifying().wrap_socket(plain, server_hostname=job.receiver.host)
    raise refused


def _addresses(receiver: Receiver) -> Iterator[str]:
    """What the name of the host stands for now."""
    found = socket.getaddrinfo(receiver.host, receiver.port, type=socket.SOCK_STREAM)
    return iter(dict.fromkeys(str(place[0]) for *_, place in found))


def _is_own(address: str) -> bool:
    """Is this an address of this machine? Only to such can a socket be bound."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


@cache
def _verifying() -> ssl.SSLContext:
    """Certificates are checked, and for the name, whatever address it stands for; by the authorities of the system."""
    return ssl.create_default_context()


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _left(over: float) -> float:
    """How long until then (monotonic); raises TimeoutError when it is over."""
    left = over - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _InTime(io.RawIOBase):
    """An answer, as long as there is time and room for it: neither one that never ends nor one that drips keeps a sender."""

    def __init__(self, connection: socket.socket, over: float) -> None:
        self._connection, self._over, self._room = connection, over, MOST_READ

    def makefile(self, _mode: str) -> io.BufferedReader:
        """As of a socket, for http.client."""
        return io.BufferedReader(self, 1024)

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """The next octets; 0 where there are none, or no more are wanted."""
        if not self._room:
            return 0
        self._connection.settimeout(_left(self._over))
        read = self._connection.recv_into(buffer[: self._room])
        self._room -= read
        return read
