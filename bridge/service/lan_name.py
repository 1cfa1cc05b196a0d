"""Sees to it that the box is found on the shop's network as textback.local, whatever the machine is called and whatever address
it gets; which name it is then, others read from a file."""

import fcntl
import logging
import os
import select
import socket
import struct
from contextlib import suppress
from pathlib import Path

from bridge.rules import lan_names
from bridge.service.avahi import Avahi
from bridge.service.systemd import Systemd

log = logging.getLogger(__name__)

# Where the service of the name says what it is.
FOLDER = Path("/run/textback-name")
FILE = "name"
# Linux: the address of an interface (netdevice(7)); the kernel's news of interfaces and their addresses (rtnetlink(7)).
SIOCGIFADDR = 0x8915
RTMGRP_LINK, RTMGRP_IPV4_IFADDR = 0x1, 0x10


def known(folder: Path = FOLDER) -> str | None:
    """The name under which the box is found, None if nobody tells the network one."""
    with suppress(OSError, UnicodeDecodeError):
        name = (folder / FILE).read_text("ascii").strip()
        return name if lan_names.is_one(name) else None
    return None


def publish(port: int) -> None:
    """Tell the network the name and the page at this port, and follow the machine's addresses; for ever. Raises Gone where
    there is no avahi, or it has ended, and OSError."""
    folder = Path(os.environ.get("RUNTIME_DIRECTORY", FOLDER))
    systemd = Systemd()
    kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    with kernel, Avahi() as avahi:
        kernel.bind((0, RTMGRP_LINK | RTMGRP_IPV4_IFADDR))
        while True:
            before = own, addresses = _now(avahi)
            _tell(folder, _published(avahi, own, addresses, port))
            systemd.ready()
            # What has changed is asked first: what avahi says meanwhile is found by `take`.
            while _now(avahi) == before and avahi.take():
                ready, _, _ = select.select([avahi.fileno(), kernel.fileno()], [], [])
                if kernel.fileno() in ready:
                    kernel.recv(65536)
            avahi.withdraw()


def _now(avahi: Avahi) -> tuple[str, frozenset[tuple[int, str]]]:
    return avahi.own_name(), _addresses()


def _published(avahi: Avahi, own: str, addresses: frozenset[tuple[int, str]], port: int) -> str | None:
    """The name that the network was told, None without a network, or if all are taken."""
    for name in lan_names.to_try(own) if addresses else ():
        told = frozenset() if name == own.lower() else addresses
        if avahi.publish(name, told, name.partition(".")[0], port):
            return name
        avahi.withdraw()
    return None


def _tell(folder: Path, name: str | None) -> None:
    if name:
        log.info("The box is found on the network as %s.", name)
        # In memory, so bridge/files with all that it knows is not needed: this process does nothing else, and should be small.
        (folder / FILE).write_text(f"{name}\n", "ascii")
    else:
        (folder / FILE).unlink(missing_ok=True)


def _addresses() -> frozenset[tuple[int, str]]:
    """The machine's IPv4 addresses for the shop's devices, each behind the number of its interface."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for number, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            with suppress(OSError):  # it has none
                answer = fcntl.ioctl(asked.fileno(), SIOCGIFADDR, request)
                found.append((number, socket.inet_ntoa(answer[20:24])))
    return lan_names.served(found)
