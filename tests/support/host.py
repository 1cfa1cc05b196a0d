"""The host's end of a simulated modem's wire: plain pyserial, none of our own modem code."""

import re
import time
from collections.abc import Callable

import serial

from modem.simulator import Simulator
from tests.support.box import DEADLINE

ANN, BOB = "+447400123456", "+447400123457"
# So much faster than a real modem the simulated one is.
SPEED = 50.0
LINE = re.compile(r"[\r\n]*([^\r\n]+)[\r\n]")
FINALS = ("OK", "ERROR", "+CME ERROR", "+CMS ERROR", "NO CARRIER")
# A SUBMIT of "Hi" to BOB that asks for a report, made by hand: SMSC, type, MR, address, PID, DCS, VP, length, data.
SUBMIT = "00" + "31000C91" + "444700214375" + "0000A7" + "02" + "C834"
LENGTH = len(SUBMIT) // 2 - 1


class Host:
    """The other end of the wire: plain pyserial, and lines taken off one by one."""

    def __init__(self, port: str) -> None:
        self._port = serial.Serial(port, 115200, timeout=0.05)
        self._data = ""

    def close(self) -> None:
        self._port.close()

    def write(self, data: str) -> None:
        self._port.write(data.encode("latin-1"))

    def octets(self, enough: Callable[[str], bool]) -> str:
        """Everything that comes until it is enough, and not taken as lines before."""
        over = time.monotonic() + DEADLINE
        while not enough(self._data):
            assert time.monotonic() < over, f"only {self._data!r} came"
            self._data += self._port.read(max(1, self._port.in_waiting)).decode("latin-1")
        taken, self._data = self._data, ""
        return taken

    def line(self) -> str:
        """The next line that is not empty."""
        found = LINE.match(self._data)
        while not found:
            self._data = self.octets(lambda data: LINE.match(data) is not None)
            found = LINE.match(self._data)
        self._data = self._data[found.end() :]
        return found[1]

    def until(self, *beginnings: str) -> list[str]:
        """The lines that come, up to and with the first that begins so."""
        lines = [self.line()]
        while not lines[-1].startswith(beginnings):
            lines.append(self.line())
        return lines

    def ask(self, command: str) -> list[str]:
        """The answer to a command, its echo taken off."""
        self.write(command + "\r")
        return [line for line in self.until(*FINALS) if line != command]

    def set_up(self, *commands: str) -> "Host":
        for command in (
            "ATE0",
            "AT+CMEE=1",
            "AT+CLIP=1",
            "AT+CRC=1",
            "AT+CCWA=1",
            "AT+CNMI=2,1,0,1,0",
            *commands,
        ):
            assert self.ask(command)[-1] == "OK", command
        return self

    def send(self, pdu: str = SUBMIT, length: int = LENGTH) -> None:
        self.write(f"AT+CMGS={length}\r")
        self.octets(lambda data: data.endswith("\r\n> "))
        self.write(pdu + "\x1a")

    def sends_into_nothing(self) -> bool:
        """Does the port vanish while a text is sent?"""
        try:
            self.send()
            self.octets(lambda data: False)
        except OSError:
            return True
        return False


def lines_of(modem: Simulator, host: Host) -> list[str]:
    """What has been printed up to now; vendors' noise taken out."""
    modem.print("+MARK")
    noise = (*modem.profile.noise, "^RSSI", "+ZUSIMR", "+MARK")
    return [line for line in host.until("+MARK") if not line.startswith(noise)]
