"""What is asked of avahi-daemon, over D-Bus: to tell the network a name of this machine, and the page under it (RFC 6762 and
6763). It knows no names itself."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Any, Self

from jeepney import DBusAddress, DBusErrorResponse, MatchRule, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.low_level import HeaderFields, Message, MessageType
from jeepney.wrappers import unwrap_msg

AVAHI = "org.freedesktop.Avahi"
SERVER, GROUP = f"{AVAHI}.Server", f"{AVAHI}.EntryGroup"
COLLISION = f"{AVAHI}.CollisionError"
# On every interface, over IPv4 and IPv6 (AVAHI_IF_UNSPEC, AVAHI_PROTO_UNSPEC).
EVERYWHERE = -1
# An address keeps the name that it leads back to (AVAHI_PUBLISH_NO_REVERSE).
NO_REVERSE = 16
# Whether a name is free is known after a second; avahi that says nothing for so long has stopped (seconds).
PATIENCE = 20.0


class Gone(Exception):
    """There is no avahi, or there is none any more."""


class _Taken(Exception):
    """Another machine, or this one, has the name."""


class State(IntEnum):
    """How names that were asked for are (AvahiEntryGroupState)."""

    UNCOMMITTED, REGISTERING, ESTABLISHED, COLLISION, FAILURE = range(5)


class Avahi:
    """A connection to it; what it tells the network ends with the connection. Raises Gone, here and later, and OSError where
    there is no D-Bus."""

    def __init__(self) -> None:
        self._bus: DBusConnection = open_dbus_connection("SYSTEM")
        self._group = ""
        self._state = State.UNCOMMITTED
        gone = MatchRule(type="signal", member="NameOwnerChanged")
        gone.add_arg_condition(0, AVAHI)
        for rule in (gone, MatchRule(type="signal", sender=AVAHI)):
            self._told(message_bus.AddMatch(rule))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bus.close()

    def fileno(self) -> int:
        """What `select` waits for: readable when there is something to `take`."""
        return int(self._bus.sock.fileno())

    def own_name(self) -> str:
        """What the machine is called on the network now."""
        return str(self._ask(SERVER, "/", "GetHostNameFqdn")[0])

    def publish(self, name: str, addresses: Iterable[tuple[int, str]], service: str, port: int) -> bool:
        """Tell the network this name, with these addresses, each on the interface of this number; and the page at this port
        as a service of this name. False if another machine has one of the two. `withdraw` comes first."""
        self._group = str(self._ask(SERVER, "/", "EntryGroupNew")[0])
        self._state = State.UNCOMMITTED
        try:
            for interface, address in addresses:
                entry = (interface, EVERYWHERE, NO_REVERSE, name, address)
                self._ask(GROUP, self._group, "AddAddress", "iiuss", entry)
            page: tuple[object, ...] = (
                EVERYWHERE,
                EVERYWHERE,
                0,
                service,
                "_http._tcp",
                "local",
                name,
                port,
                [],
            )
            self._ask(GROUP, self._group, "AddService", "iiussssqaay", page)
            self._ask(GROUP, self._group, "Commit")
        except _Taken:
            return False
        try:
            while self._state in (State.UNCOMMITTED, State.REGISTERING):
                self._note(self._receive(PATIENCE))
        except TimeoutError as error:
            raise Gone("avahi does not answer") from error
        if self._state is State.FAILURE:
            raise Gone("avahi cannot tell the network a name of this machine")
        return self._state is State.ESTABLISHED

    def withdraw(self) -> None:
        """Tell the network nothing any more."""
        if self._group:
            self._ask(GROUP, self._group, "Free")
        self._group = ""

    def take(self) -> bool:
        """Note what it has said. False if what was published holds no longer."""
        try:
            while True:
                self._note(self._receive(0))
        except TimeoutError:
            return not self._group or self._state is State.ESTABLISHED

    # ---- D-Bus

    def _ask(
        self, interface: str, path: str, method: str, signature: str | None = None, body: Any = ()
    ) -> Any:
        asked = new_method_call(DBusAddress(path, AVAHI, interface), method, signature, body)
        return self._told(asked)

    def _told(self, asked: Message) -> Any:
        """The answer; what else is said meanwhile is noted."""
        serial = next(self._bus.outgoing_serial)
        try:
            self._bus.send(asked, serial=serial)
            while True:
                message = self._receive(PATIENCE)
                if message.header.fields.get(HeaderFields.reply_serial) == serial:
                    return unwrap_msg(message)
                self._note(message)
        except DBusErrorResponse as error:
            raise (
                _Taken if error.name == COLLISION else Gone(f"avahi cannot be asked ({error.name})")
            ) from error
        except TimeoutError as error:
            raise Gone("avahi does not answer") from error

    def _receive(self, seconds: float) -> Message:
        try:
            return self._bus.receive(timeout=seconds)
        except ConnectionError as error:
            raise Gone("D-Bus has ended") from error

    def _note(self, message: Message) -> None:
        fields = message.header.fields
        if message.header.message_type != MessageType.signal:
            return
        match fields.get(HeaderFields.member):
            case "NameOwnerChanged" if message.body[0] == AVAHI and message.body[1]:
                raise Gone("avahi has ended")
            case "StateChanged" if fields.get(HeaderFields.path) == self._group:
                self._state = State(message.body[0])
