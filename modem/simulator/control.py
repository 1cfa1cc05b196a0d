"""A unix socket that takes orders as JSON lines, one answer a line: the verbs of `Simulator`, by name."""

import json
import socket
from dataclasses import asdict
from pathlib import Path
from typing import Any

from modem.simulator.simulator import Simulator
from modem.simulator.wire import Wire

VERBS = frozenset(
    {
        "call",
        "hang_up",
        "answer",
        "outgoing",
        "text",
        "deliver",
        "report",
        "fault",
        "unplug",
        "replug",
        "reset",
        "print",
    }
)
# Attributes that {"do": "set", ...} may change.
KNOBS = frozenset(
    {
        "speed",
        "reports",
        "network_delay",
        "report_delay",
        "registered",
        "sim_present",
        "locked",
        "split",
        "lose_every",
    }
)


class Control:
    """Serves one simulator on one socket, in the simulator's own thread."""

    def __init__(self, simulator: Simulator, wire: Wire, path: Path) -> None:
        self._simulator = simulator
        self._wire = wire
        self._path = path
        self._path.unlink(missing_ok=True)
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen()
        self._buffers: dict[socket.socket, bytes] = {}
        wire.watch(self._server.fileno(), self._accept)

    def close(self) -> None:
        for client in list(self._buffers):
            self._drop(client)
        self._wire.unwatch(self._server.fileno())
        self._server.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        client, _ = self._server.accept()
        self._buffers[client] = b""
        self._wire.watch(client.fileno(), lambda: self._read(client))

    def _drop(self, client: socket.socket) -> None:
        self._buffers.pop(client, None)
        self._wire.unwatch(client.fileno())
        client.close()

    def _read(self, client: socket.socket) -> None:
        try:
            data = client.recv(65536)
            if not data:
                self._drop(client)
                return
            *lines, self._buffers[client] = (self._buffers[client] + data).split(b"\n")
            for line in lines:
                client.sendall(json.dumps(order(self._simulator, line)).encode() + b"\n")
        except OSError:
            self._drop(client)


def order(simulator: Simulator, line: bytes) -> dict[str, Any]:
    """Carry out one order: {"do": VERB, ...arguments}. The answer is {"ok": true, "result": ...} or {"error": "..."}."""
    try:
        wish = json.loads(line)
        verb = wish.pop("do")
        if verb in VERBS:
            return {"ok": True, "result": getattr(simulator, verb)(**wish)}
        if verb == "set":
            return _set(simulator, wish)
        if verb == "log":
            return {
                "ok": True,
                "result": [asdict(entry) for entry in simulator.log.entries[wish.get("start", 0) :]],
            }
        if verb == "sent":
            return {"ok": True, "result": [asdict(text) for text in simulator.sent]}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    return {"error": f"there is no verb {verb!r}; there are {', '.join(sorted(VERBS))}, set, log, sent"}


def _set(simulator: Simulator, knobs: dict[str, Any]) -> dict[str, Any]:
    unknown = set(knobs) - KNOBS
    if unknown:
        return {"error": f"{', '.join(sorted(unknown))} cannot be set; there are {', '.join(sorted(KNOBS))}"}
    for name, value in knobs.items():
        setattr(simulator, name, value)
    return {"ok": True, "result": None}
