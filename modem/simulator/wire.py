"""The pseudo-terminal, its thread and its timers: bytes in and out, at their time; it knows no AT."""

import contextlib
import errno
import heapq
import itertools
import os
import select
import threading
import time
import tty
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

# How often to look whether somebody has opened the port again (seconds); the kernel does not tell.
LOOK_AGAIN = 0.02


@dataclass(frozen=True)
class Entry:
    """One line of the log. who: host, modem or event. at: monotonic seconds."""

    at: float
    who: str
    text: str


@dataclass(order=True)
class _Timer:
    at: float
    order: int
    act: Callable[[], None] = field(compare=False)


class Log:
    """Everything that went over the wire or happened, with its time; may be waited for from any thread."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._news = threading.Condition()

    def add(self, who: str, text: str) -> None:
        with self._news:
            self.entries.append(Entry(time.monotonic(), who, text))
            self._news.notify_all()

    def wait_for(self, wanted: Callable[[Entry], bool], timeout: float = 30.0, start: int = 0) -> Entry:
        """The first entry from place `start` on that is wanted. Raises TimeoutError."""
        over = time.monotonic() + timeout
        with self._news:
            while True:
                for entry in self.entries[start:]:
                    if wanted(entry):
                        return entry
                start = len(self.entries)
                if not self._news.wait(over - time.monotonic()):
                    raise TimeoutError(f"nothing of the kind within {timeout} s")


class Wire:
    """A pty behind `link`. `received` is called with what the host writes, in the wire's own thread, as are timers."""

    def __init__(self, link: Path, received: Callable[[bytes], None]) -> None:
        self.link = link
        self.log = Log()
        self.lock = threading.RLock()
        self._received = received
        self._timers: list[_Timer] = []
        self._order = itertools.count()
        self._master: int | None = None
        self._watched: dict[int, Callable[[], None]] = {}
        self._poll = select.poll()
        self._wake_read, self._wake_write = os.pipe()
        self._poll.register(self._wake_read, select.POLLIN)
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="simulated modem", daemon=True)

    # ---- life

    def start(self) -> None:
        self.plug()
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self.wake()
        self._thread.join()
        self.unplug()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def plug(self) -> None:
        """A new port behind the same link, as after re-enumeration."""
        with self.lock:
            if self._master is not None:
                return
            master, slave = os.openpty()
            tty.setraw(slave)
            os.set_blocking(master, False)
            name = os.ttyname(slave)
            os.close(slave)
            self._master = master
            fresh = self.link.with_name(self.link.name + ".new")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(name)
            fresh.replace(self.link)
        self.after(0, self._look)

    def unplug(self) -> None:
        """The port vanishes; whoever has it open is hung up on."""
        with self.lock:
            if self._master is None:
                return
            self._forget_master()
            os.close(self._master)
            self._master = None
            self.link.unlink(missing_ok=True)

    # ---- writing, timers

    def write(self, data: bytes) -> None:
        """To the host; dropped where nobody listens, as on a real wire."""
        with self.lock:
            if self._master is None:
                return
            try:
                os.write(self._master, data)
            except OSError as error:
                if error.errno not in (errno.EIO, errno.EAGAIN):
                    raise

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something in the wire's thread, so many seconds from now."""
        with self.lock:
            heapq.heappush(self._timers, _Timer(time.monotonic() + seconds, next(self._order), act))
        self.wake()

    def watch(self, descriptor: int, act: Callable[[], None]) -> None:
        """Call `act` in the wire's thread whenever this descriptor is readable."""
        self._watched[descriptor] = act
        self._poll.register(descriptor, select.POLLIN)
        self.wake()

    def unwatch(self, descriptor: int) -> None:
        if self._watched.pop(descriptor, None):
            self._poll.unregister(descriptor)

    def wake(self) -> None:
        os.write(self._wake_write, b"w")

    # ---- the thread

    def _run(self) -> None:
        while not self._stopping:
            for descriptor, events in self._poll.poll(self._patience()):
                if descriptor == self._wake_read:
                    os.read(descriptor, 4096)
                elif act := self._watched.get(descriptor):
                    act()
                else:
                    self._read(events)
            self._fire()

    def _patience(self) -> float | None:
        with self.lock:
            return max(0.0, (self._timers[0].at - time.monotonic()) * 1000) if self._timers else None

    def _fire(self) -> None:
        while True:
            with self.lock:
                if not self._timers or self._timers[0].at > time.monotonic():
                    return
                timer = heapq.heappop(self._timers)
                timer.act()

    def _read(self, events: int) -> None:
        with self.lock:
            if self._master is None:
                return
            try:
                data = os.read(self._master, 4096)
            except OSError:
                data = b""
            if data:
                self._received(data)
            elif events & select.POLLHUP:
                self._forget_master()  # nobody has the port open: look again by timer, a hang-up is always "ready"
                self.after(LOOK_AGAIN, self._look)

    def _look(self) -> None:
        if self._master is None or self._stopping:
            return
        probe = select.poll()
        probe.register(self._master, select.POLLIN)
        ready = probe.poll(0)
        if ready and ready[0][1] & select.POLLHUP and not ready[0][1] & select.POLLIN:
            self.after(LOOK_AGAIN, self._look)
        else:
            self._poll.register(self._master, select.POLLIN)

    def _forget_master(self) -> None:
        assert self._master is not None
        with contextlib.suppress(KeyError):
            self._poll.unregister(self._master)
