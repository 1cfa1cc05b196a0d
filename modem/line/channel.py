"""An open port with one AT dialogue on it: bytes in and out, errors as troubles; it decides
nothing."""

import errno
import fcntl
import os
import termios
import time

import serial

from modem.at.dialogue import AtEvent, Command, Dialogue
from modem.errors import PortLost
from modem.ports.holders import who_holds
from modem.recording.recorder import Recorder
from modem.troubles import Trouble, TroubleCode

# Leaves the text entry mode in which a cut-off AT+CMGS may have left the modem (27.005 CMGS: ESC cancels).
ESCAPE = b"\x1b\r"
PROBE = b"AT\r"
READ_SIZE = 4096
WRITE_SECONDS = 5.0

_CANNOT_OPEN = {
    errno.ENOENT: TroubleCode.PORT_MISSING,
    errno.EACCES: TroubleCode.PORT_FORBIDDEN,
    errno.EBUSY: TroubleCode.PORT_HELD,
    errno.EAGAIN: TroubleCode.PORT_HELD,
    errno.ENOTTY: TroubleCode.PORT_NOT_SERIAL,
    errno.EISDIR: TroubleCode.PORT_IS_FOLDER,
}


class Channel:
    """The port at `path`, opened for us alone; raises PortLost where that cannot be done, and from each
    method where it can't be read or written any more. baud: bits per second. recorder: keeps what goes over
    the wire."""

    def __init__(self, path: str, baud: int, recorder: Recorder) -> None:
        self.path = path
        self._recorder = recorder
        self.dialogue = Dialogue()
        self._port = _open(path, baud)
        self.escape()

    def fileno(self) -> int:
        """What `select` waits for."""
        return int(self._port.fileno())

    def close(self) -> None:
        """Give the port back."""
        self._port.close()

    def read(self) -> list[AtEvent]:
        """What has come, as responses, prompts and URCs; to be called when the port is readable. Raises PortLost."""
        try:
            data = os.read(self.fileno(), READ_SIZE)
        except BlockingIOError:
            return []
        except OSError as error:
            raise self._lost(error) from error
        if not data:
            raise self._lost(None)  # readable without bytes: the far end has hung up
        now = time.monotonic()
        self._recorder.heard(data, now)
        return self.dialogue.receive(data, now)

    def send(self, command: Command) -> None:
        """Write a command; only one may run at a time."""
        self._recorder.wrote(command.text, time.monotonic())
        self.write(self.dialogue.send(command))

    def escape(self) -> None:
        """Leave text entry mode, whatever state the modem is in, and begin a new line (27.005 CMGS: ESC
        cancels)."""
        self.dialogue.abandon()
        self.write(ESCAPE)

    def probe(self) -> None:
        """Ask a modem that owes an answer whether it is still the same: one that has restarted says OK at once, to whatever it
        is that the dialogue waits for; any other goes on as it was."""
        self.write(PROBE)

    def send_body(self, pdu: str) -> None:
        """Write the PDU in hex that answers a prompt (27.005 CMGS)."""
        self.write(self.dialogue.body(pdu))

    def write(self, data: bytes) -> None:
        """Write these bytes without the dialogue's knowing. Raises PortLost."""
        try:
            self._port.write(data)
        except (OSError, serial.SerialException) as error:
            raise self._lost(error) from error

    def _lost(self, error: Exception | None) -> PortLost:
        if error is None:
            return PortLost(Trouble.of(TroubleCode.MODEM_HUNG_UP, path=self.path))
        return PortLost(Trouble.of(TroubleCode.MODEM_GONE, path=self.path, error=str(error)))


def _open(path: str, baud: int) -> serial.Serial:
    """The port, locked twice: pyserial's `exclusive` is a flock, which other programs may ignore; TIOCEXCL is
    enforced by the kernel."""
    try:
        port = serial.Serial(path, baud, timeout=0, write_timeout=WRITE_SECONDS, exclusive=True)
        fcntl.ioctl(port.fileno(), termios.TIOCEXCL)
    except (OSError, serial.SerialException, termios.error) as error:
        raise PortLost(_cannot_open(path, error)) from error
    return port


def _cannot_open(path: str, error: Exception) -> Trouble:
    code = getattr(error, "errno", None) or (error.args[0] if isinstance(error, termios.error) else None)
    if os.path.isdir(path):
        code = errno.EISDIR
    elif "lock" in str(error):
        code = errno.EBUSY
    elif "configure port" in str(error):
        code = errno.ENOTTY
    match _CANNOT_OPEN.get(code or 0, TroubleCode.PORT_NOT_OPENED):
        case TroubleCode.PORT_HELD as trouble:
            return Trouble.of(trouble, path=path, holder=who_holds(path))
        case TroubleCode.PORT_NOT_OPENED as trouble:
            return Trouble.of(trouble, path=path, error=str(error))
        case trouble:
            return Trouble.of(trouble, path=path)
