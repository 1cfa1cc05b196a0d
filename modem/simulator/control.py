"""A unix socket that takes orders as JSON lines, one answer a line: the verbs of `Simulator`, by name."""

import json
import socket
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from modem.simulator.log import Entry
from modem.simulator.simulator import Simulator

VERBS = (
    "call", "hangup", "answer", "outgoing", "text", "deliver_pdu", "report", "fault", "heal", "unhang", "unplug",
    "replug", "reset", "register", "print", "raw",
)  # fmt: skip

Answer = dict[str, Any]


class Control:
    """Serves one simulator on one socket, in the simulator's own thread. Raises OSError where it cannot listen."""

    def __init__(self, simulator: Simulator, path: Path) -> None:
        self._simulator = simulator
        self._path = path
        self._path.unlink(missing_ok=True)
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen()
        self._buffers: dict[socket.socket, bytes] = {}
        self._following: dict[socket.socket, Callable[[], None]] = {}
        simulator.watch(self._server.fileno(), self._accept)

    def close(self) -> None:
        """Closes the socket and its connections, in the simulator's thread."""
        self._simulator.do(self._close)

    def _close(self) -> None:
        for client in list(self._buffers):
            self._drop(client)
        self._simulator.unwatch(self._server.fileno())
        self._server.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        client, _ = self._server.accept()
        client.settimeout(1.0)
        self._buffers[client] = b""
        self._simulator.watch(client.fileno(), lambda: self._read(client))

    def _drop(self, client: socket.socket) -> None:
        if client in self._buffers:
            del self._buffers[client]
            self._following.pop(client, lambda: None)()
            self._simulator.unwatch(client.fileno())
            client.close()

    def _read(self, client: socket.socket) -> None:
        try:
            data = client.recv(65536)
        except OSError:
            data = b""
        if not data:
            self._drop(client)
            return
        *lines, self._buffers[client] = (self._buffers[client] + data).split(b"\n")
        for line in lines:
            self._order(client, line)

    def _order(self, client: socket.socket, line: bytes) -> None:
        answer = carry_out(self._simulator, line)
        follow = answer.pop("follow", False)
        self._send(client, answer)
        if follow and client in self._buffers:
            self._following[client] = self._simulator.log.follow(
                lambda entry: self._send(client, asdict(entry))
            )

    def _send(self, client: socket.socket, answer: Answer) -> None:
        """One line; a client that does not read its lines is dropped."""
        if client in self._buffers:
            try:
                client.sendall(json.dumps(answer).encode() + b"\n")
            except OSError:
                self._drop(client)


def carry_out(simulator: Simulator, line: bytes) -> Answer:
    """Carry out one order: {"do": VERB, ...arguments}. The answer is {"ok": true, "result": ...} or {"error": "..."}."""
    try:
        order = json.loads(line)
        verb = order.pop("do")
        if verb in VERBS:
            return {"ok": True, "result": getattr(simulator, verb)(**order)}
        if verb == "set":
            return _set(simulator, order)
        if verb == "log":
            return _log(simulator.log.entries, **order)
        if verb == "sent":
            return {"ok": True, "result": [asdict(text) for text in simulator.sent]}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    return {"error": f"there is no verb {verb!r}; there are {', '.join(VERBS)}, set, log, sent"}


def _set(simulator: Simulator, conditions: dict[str, Any]) -> Answer:
    try:
        simulator.set(**conditions)
    except ValueError as error:
        return {"error": str(error)}
    return {"ok": True, "result": None}


def _log(entries: list[Entry], start: int = 0, follow: bool = False) -> Answer:
    """The log from place `start` on; with `follow`, what comes later follows, one entry a line."""
    return {"ok": True, "result": [asdict(entry) for entry in entries[start:]], "follow": follow}
