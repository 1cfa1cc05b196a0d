"""A ModemManager of the tests' own, on a bus of their own, in its test mode: nothing of the machine's is asked or touched.

Debian's asks polkit before it does anything, on the system's bus. Both of its buses are ours, and on it stands a polkit that
allows everything.
"""

import json
import os
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from select import select
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    new_error,
    new_method_call,
    new_method_return,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from tests.support.box import DEADLINE, until

BUS = """\
<busconfig>
  <type>session</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
"""
NAME, POLKIT = "org.freedesktop.ModemManager1", "org.freedesktop.PolicyKit1"
TESTS = DBusAddress("/org/freedesktop/ModemManager1", NAME, f"{NAME}.Test")
OPTIONS = ("--test-session", "--test-enable", "--test-no-udev", "--test-no-suspend-resume", "--no-auto-scan")


class ModemManager:
    """One that runs. bus: its own; environment: in which mmcli finds it."""

    def __init__(self, bus: DBusConnection, environment: dict[str, str]) -> None:
        self._bus = bus
        self._environment = environment

    def take(self, name: str, port: Path) -> "Modem":
        """Give it the modem at this socket, for its plugin `generic`, and wait until it has made its acquaintance."""
        profile = new_method_call(TESTS, "SetProfile", "ssas", (name, "generic", [str(port)]))
        answer = self._bus.send_and_get_reply(profile, timeout=DEADLINE)
        assert answer.header.message_type is MessageType.method_return, answer.body
        modem = Modem(self, f"/virtual/{name}")
        until(lambda: not self._mmcli("-m", modem.uid).returncode, f"{name}'s being known")
        return modem

    def run(self, *arguments: str) -> str:
        """What mmcli says; an AssertionError if it fails."""
        done = self._mmcli(*arguments)
        assert not done.returncode, done.stdout + done.stderr
        return done.stdout

    def ask(self, *arguments: str) -> Any:
        """What it says, read from its JSON."""
        return json.loads(self.run("-J", *arguments))

    def _mmcli(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = ("mmcli", f"--timeout={DEADLINE:.0f}", *arguments)
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env=self._environment, timeout=DEADLINE
        )


class Modem:
    """One modem that ModemManager has taken."""

    def __init__(self, manager: ModemManager, uid: str) -> None:
        self._manager = manager
        self.uid = uid

    def told(self) -> Any:
        """All that it tells of the modem."""
        return self._manager.ask("-m", self.uid)["modem"]

    def sim(self) -> Any:
        """All that it tells of the SIM."""
        return self._manager.ask("-i", self.told()["generic"]["sim"])["sim"]["properties"]

    def run(self, *arguments: str) -> str:
        """Have something done."""
        return self._manager.run("-m", self.uid, *arguments)

    def texts(self) -> list[Any]:
        """Every text that it knows, sent or received, the oldest first."""
        paths = self._manager.ask("-m", self.uid, "--messaging-list-sms")["modem.messaging.sms"]
        return [self._manager.ask("-s", path)["sms"] for path in sorted(paths, key=_number)]

    def send(self, number: str, text: str) -> None:
        """Write a text and send it."""
        made = self.run(f"--messaging-create-sms=number='{number}',text='{text}'")
        self._manager.run("-s", made.split()[-1], "--send")

    def calls(self) -> list[Any]:
        """Every call that it knows, the oldest first."""
        paths = self._manager.ask("-m", self.uid, "--voice-list-calls")["modem.voice.call"]
        return [self._manager.ask("-o", path)["call"]["properties"] for path in sorted(paths, key=_number)]


def _number(path: str) -> int:
    return int(re.findall(r"\d+", path)[-1])


@contextmanager
def modem_manager(folder: Path) -> Iterator[ModemManager]:
    """folder: for its bus and for what it says."""
    path = folder / "bus"
    (folder / "bus.conf").write_text(BUS.format(path=path))
    address = f"unix:path={path}"
    environment = os.environ | {"DBUS_SESSION_BUS_ADDRESS": address, "DBUS_SYSTEM_BUS_ADDRESS": address}
    with ExitStack() as stack:

        def start(name: str, *command: str) -> None:
            output = stack.enter_context((folder / f"{name}.log").open("wb"))
            daemon = subprocess.Popen(
                command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=environment
            )
            stack.callback(daemon.wait, DEADLINE)
            stack.callback(daemon.terminate)

        start("bus", "dbus-daemon", "--nofork", "--nopidfile", f"--config-file={folder}/bus.conf")
        until(path.exists, "the bus")
        stack.enter_context(_polkit(address))
        bus = stack.enter_context(open_dbus_connection(address))
        start("manager", "/usr/sbin/ModemManager", "--log-level=DEBUG", *OPTIONS)
        until(lambda: _asked(bus, message_bus.NameHasOwner(NAME))[0], "ModemManager")
        yield ModemManager(bus, environment)


def _asked(bus: DBusConnection, message: Message) -> Any:
    return bus.send_and_get_reply(message, timeout=DEADLINE).body


@contextmanager
def _polkit(address: str) -> Iterator[None]:
    """One that allows everything."""
    with open_dbus_connection(address) as bus:
        _asked(bus, message_bus.RequestName(POLKIT))
        thread = threading.Thread(target=_allow, args=(bus,))
        thread.start()
        try:
            yield
        finally:
            bus.sock.shutdown(socket.SHUT_RDWR)
            thread.join(DEADLINE)


def _allow(bus: DBusConnection) -> None:
    with suppress(OSError, EOFError):
        while True:
            asked = bus.receive()
            if asked.header.message_type is not MessageType.method_call:
                continue
            if asked.header.fields[HeaderFields.member] == "CheckAuthorization":
                bus.send(new_method_return(asked, "(bba{ss})", ((True, False, {}),)))
            else:
                bus.send(new_error(asked, "org.freedesktop.DBus.Error.UnknownMethod"))


# ---- a port


@contextmanager
def as_socket(port: str, path: Path) -> Iterator[Path]:
    """The modem at this port as a socket, which is where ModemManager looks for it in its test mode."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        thread = threading.Thread(target=_serve, args=(listener, port))
        thread.start()
        try:
            yield path
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(DEADLINE)


def _serve(listener: socket.socket, port: str) -> None:
    """One host after the other, until nobody listens any more."""
    with suppress(OSError):
        while True:
            host, _ = listener.accept()
            modem = os.open(port, os.O_RDWR | os.O_NOCTTY)
            with host, suppress(OSError):
                _carry(host, modem, listener)
            os.close(modem)


def _carry(host: socket.socket, modem: int, listener: socket.socket) -> None:
    """Octets both ways. Once the listener is shut down it is readable, and it is over."""
    while True:
        ready, _, _ = select([host.fileno(), modem, listener.fileno()], [], [])
        if listener.fileno() in ready:
            return
        if modem in ready:
            host.sendall(os.read(modem, 4096))
        if host.fileno() in ready:
            data = host.recv(4096)
            if not data:
                return
            os.write(modem, data)
