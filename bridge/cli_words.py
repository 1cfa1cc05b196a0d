"""What a command says that the system refuses something: one sentence that says what would be right."""

import errno
import socket

from bridge import files
from bridge.words.troubles import sentence


def refused(error: OSError) -> str:
    """What the system refused a command, and what to do about it.

    >>> refused(OSError(errno.ENOSPC, "No space left on device", "/tmp/x"))
    '/tmp/x cannot be used. The disk is full: delete files nobody needs, or use a larger card.'
    """
    if error.filename:
        return f"{error.filename} cannot be used. {sentence(files.why(error))}"
    if error.errno == errno.ENOENT:  # no file that anybody has named
        return f"This cannot be done. The system says: {error.strerror}."
    return f"This cannot be done. {sentence(files.why(error))}"


def page_unavailable(error: OSError, host: str, port: int, other_port: str, other_host: str) -> str:
    """Why the page cannot be served there. other_port, other_host: how another one is named, as an imperative.

    >>> page_unavailable(OSError(errno.EADDRINUSE, ""), "::", 80, "take another", "")
    'The page cannot be served at ::, port 80: another program is using this port. Stop that program, or take another.'
    """
    where = f"The page cannot be served at {host}, port {port}"
    if error.errno == errno.EADDRINUSE:
        return f"{where}: another program is using this port. Stop that program, or {other_port}."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"{where}: this user is not allowed to use this port. Use one from 1024 up: {other_port}."
    if isinstance(error, socket.gaierror) or error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
        return (
            f"{where}: this machine has no such address. Use 0.0.0.0 for all of its addresses: {other_host}."
        )
    return f"{where}. {sentence(files.why(error))}"
