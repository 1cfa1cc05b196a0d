"""What other threads hand to the modem thread: requests, and that it is to end. It wakes the thread and carries out
nothing."""

import os
from queue import Empty, SimpleQueue

from modem import contract


class Requests:
    """A queue, and a pipe that is readable while something is in it. stopping: the thread is to end."""

    def __init__(self) -> None:
        self.stopping = False
        self._closed = False
        self._queue: SimpleQueue[contract.Request] = SimpleQueue()
        self._readable, self._wake = os.pipe()
        os.set_blocking(self._readable, False)

    def fileno(self) -> int:
        """What `select` waits for."""
        return self._readable

    def put(self, request: contract.Request) -> None:
        """Hand a request in; after `close` it is dropped."""
        if not self._closed:
            self._queue.put(request)
            os.write(self._wake, b"r")

    def stop(self) -> None:
        """The thread is to end."""
        self.stopping = True
        os.write(self._wake, b"s")

    def close(self) -> None:
        """The thread has ended. For the thread that also calls `put`."""
        self._closed = True
        os.close(self._readable)
        os.close(self._wake)

    def take(self) -> list[contract.Request]:
        """All that was handed in, to be called when it is readable."""
        os.read(self._readable, 4096)
        requests = []
        while True:
            try:
                requests.append(self._queue.get_nowait())
            except Empty:
                return requests
