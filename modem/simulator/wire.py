"""The pseudo-terminal, its thread and its timers: bytes in and out, at their time; it knows no AT."""

import contextlib
import errno
import fcntl
import heapq
import itertools
import os
import select
import termios
import threading
import time
import tty
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

# How long bytes wait for a host that does not read, in seconds; then they are lost, as on a wire without flow control.
PATIENCE = 2.0
# Between two tries, and between the pieces of a line that is cut on purpose (seconds).
PAUSE = 0.002

T = TypeVar("T")


@dataclass(order=True)
class _Timer:
    at: float
    order: int
    act: Callable[[], None] = field(compare=False)


class Wire:
    """A pty behind `link`. `received` is called with what the host writes, in the wire's own thread, as are timers."""

    def __init__(self, link: Path, received: Callable[[bytes], None]) -> None:
        self.link = link
        self._received = received
        self._lock = threading.Lock()
        self._timers: list[_Timer] = []
        self._order = itertools.count()
        self._master: int | None = None
        self._keeper: int | None = None
        self._name = ""
        # What the host has not taken, and whether a pause follows.
        self._queue: list[tuple[bytes, bool]] = []
        self._stuck_since: float | None = None
        self._watched: dict[int, Callable[[], None]] = {}
        self._poll = select.poll()
        self._wake_read, self._wake_write = os.pipe()
        self._poll.register(self._wake_read, select.POLLIN)
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="simulated modem", daemon=True)

    # ---- life; plug, unplug and write are called in the wire's thread, or while it does not run

    def start(self) -> None:
        """Plugs the modem in and starts its thread."""
        self.plug()
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread, waits for it, and closes every descriptor."""
        self._stopping = True
        self._wake()
        self._thread.join()
        self.unplug()
        os.close(self._wake_read)
        os.close(self._wake_write)

    @property
    def own_thread(self) -> bool:
        """Is this the wire's own thread?"""
        return threading.current_thread() is self._thread

    @property
    def plugged(self) -> bool:
        """Is there a port that a host can open?"""
        return self._master is not None

    def plug(self) -> None:
        """A new port behind the same link, as after re-enumeration."""
        if self._master is not None:
            return
        self._master, self._keeper = os.openpty()
        tty.setraw(self._keeper)
        os.set_blocking(self._master, False)
        self._poll.register(self._master, select.POLLIN)
        self._name = os.ttyname(self._keeper)
        fresh = self.link.with_name(self.link.name + ".new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(self._name)
        fresh.replace(self.link)

    def unplug(self) -> None:
        """The port vanishes; whoever has it open is hung up on."""
        if self._master is None:
            return
        self._poll.unregister(self._master)
        self._let_go()
        os.close(self._master)
        self._master = None
        self._queue.clear()
        self.link.unlink(missing_ok=True)

    # ---- the keeper: our own descriptor of the host's side, held while nobody has spoken on the port

    def _let_go(self) -> None:
        """The host speaks: from now on its closing the port is seen as a hang-up.

        Linux keeps TIOCEXCL on a pty beyond the last close, unlike on a serial port, so it is taken off here.
        """
        if self._keeper is not None:
            fcntl.ioctl(self._keeper, termios.TIOCNXCL)
            os.close(self._keeper)
            self._keeper = None

    def _keep(self) -> None:
        """The host has closed the port: what it did not read is gone, as on a serial port."""
        try:
            self._keeper = os.open(self._name, os.O_RDWR | os.O_NOCTTY)
            termios.tcflush(self._keeper, termios.TCIFLUSH)
            self._queue.clear()
        except OSError:
            # Another program was faster and held it alone. If that has gone again too, nobody can open this one any more.
            if self._hung_up():
                self.unplug()
                self.plug()

    def _hung_up(self) -> bool:
        assert self._master is not None
        now = select.poll()
        now.register(self._master, select.POLLIN)
        return any(events & select.POLLHUP for _, events in now.poll(0))

    # ---- writing

    def write(self, *pieces: bytes) -> None:
        """To the host, with a short pause between pieces; lost where there is no port or nobody reads it."""
        if self._master is None:
            return
        waiting = bool(self._queue)
        pause = len(pieces) > 1
        self._queue += ((piece, pause) for piece in pieces)
        if not waiting:
            self._pump()

    def _pump(self) -> None:
        """As much as the host takes, up to a pause; then the rest."""
        while self._master is not None and self._queue:
            piece, pause = self._queue[0]
            done = self._taken(self._master, piece)
            if done < len(piece):
                self._queue[0] = piece[done:], pause
                self._wait_for_host(done)
                return
            del self._queue[0]
            self._stuck_since = None
            if pause and self._queue:
                self.after(PAUSE, self._pump)
                return

    @staticmethod
    def _taken(master: int, piece: bytes) -> int:
        """How many octets the host takes: none where its buffer is full, or the port is not open."""
        try:
            return os.write(master, piece)
        except OSError as error:
            if error.errno not in (errno.EIO, errno.EAGAIN):
                raise
            return 0

    def _wait_for_host(self, done: int) -> None:
        """Try again soon, or give up what is queued when the host has taken nothing for too long."""
        now = time.monotonic()
        if done or self._stuck_since is None:
            self._stuck_since = now
        if now - self._stuck_since > PATIENCE:
            self._queue.clear()
        else:
            self.after(PAUSE, self._pump)

    # ---- timers and descriptors, from any thread

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something in the wire's thread, so many seconds from now."""
        if self._stopping:
            return
        with self._lock:
            heapq.heappush(self._timers, _Timer(time.monotonic() + seconds, next(self._order), act))
        self._wake()

    def do(self, act: Callable[[], T]) -> T:
        """Do something in the wire's thread now, and wait for what comes of it; if it raised, the thread would end."""
        if self.own_thread or not self._thread.is_alive():
            return act()
        results: list[T] = []
        done = threading.Event()

        def carry_out() -> None:
            try:
                results.append(act())
            finally:
                done.set()

        self.after(0, carry_out)
        done.wait()
        return results[0]

    def watch(self, descriptor: int, act: Callable[[], None]) -> None:
        """Call `act` in the wire's thread whenever this descriptor is readable."""
        self._watched[descriptor] = act
        self._poll.register(descriptor, select.POLLIN)
        self._wake()

    def unwatch(self, descriptor: int) -> None:
        """Stops polling this descriptor, if it was polled."""
        if self._watched.pop(descriptor, None):
            self._poll.unregister(descriptor)

    def _wake(self) -> None:
        os.write(self._wake_write, b"w")

    # ---- the thread

    def _run(self) -> None:
        while not self._stopping:
            for descriptor, events in self._poll.poll(self._patience()):
                if descriptor == self._wake_read:
                    os.read(descriptor, 4096)
                elif act := self._watched.get(descriptor):
                    act()
                elif descriptor == self._master:
                    self._read(events)
            self._fire()

    def _patience(self) -> float | None:
        """Milliseconds until the next timer."""
        with self._lock:
            return max(0.0, (self._timers[0].at - time.monotonic()) * 1000) if self._timers else None

    def _fire(self) -> None:
        while True:
            with self._lock:
                if not self._timers or self._timers[0].at > time.monotonic():
                    return
                timer = heapq.heappop(self._timers)
            timer.act()

    def _read(self, events: int) -> None:
        assert self._master is not None
        if events & select.POLLIN:
            with contextlib.suppress(BlockingIOError):
                data = os.read(self._master, 4096)
                self._let_go()
                self._received(data)
        elif events & select.POLLHUP:
            self._keep()
