"""What systemd is told of the service: that it is ready, alive, about to end (sd_notify(3)); nothing where nobody listens."""

import os
import socket
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

# Pings go out at most so often (seconds), and at least twice within the time that systemd allows.
OFTEN = 10.0
# A modem's thread that has done nothing for so long has stopped (seconds). It looks up once a minute at least, and while a
# text is on its way too, which may take the 150 s of AT+CMGS (27.005).
LOOKS_UP = 210.0


class Systemd:
    """environment: where systemd says how it wants to be told (NOTIFY_SOCKET, WATCHDOG_USEC)."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        allowed = environment.get("WATCHDOG_USEC", "")
        self.every = min(OFTEN, int(allowed) / 2_000_000) if allowed.isdecimal() and int(allowed) else None

    def ready(self) -> None:
        """The page is served."""
        self._tell("READY=1")

    def alive(self) -> None:
        """Everything goes on."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """The end has begun."""
        self._tell("STOPPING=1")

    def _tell(self, what: str) -> None:
        if not self._address:
            return
        # An abstract address begins with a NUL, for which systemd writes @.
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.sendto(what.encode(), address)


class Watchdog:
    """Fed by the loop; it hands on that the service is alive as long as each thread of a modem is. pulses: when each of them
    last did something, in monotonic seconds."""

    def __init__(self, systemd: Systemd, pulses: Callable[[], Iterable[float]]) -> None:
        self._systemd = systemd
        self._pulses = pulses
        self._next = 0.0

    def feed(self, now: float) -> None:
        """The loop has come round. now: in monotonic seconds."""
        every = self._systemd.every
        if every is None or now < self._next:
            return
        if all(now - pulse < LOOKS_UP for pulse in self._pulses()):
            self._systemd.alive()
            self._next = now + every
