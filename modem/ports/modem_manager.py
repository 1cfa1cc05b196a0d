"""Whether ModemManager would open a port: what udev's rules say to it, its filter policy, and what the port is. `reaches` and
`policy_in` are pure, after its src/mm-filter.c; the others look at the machine."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from modem.ports import holders
from modem.ports.discovery import Port
from modem.ports.layouts import LAYOUTS, MODEM_DRIVERS, MODEM_MAKERS

NAME = "ModemManager"
# Its policies: what looks like a modem, which is the default; only what a rule names. Older ones take nearly everything.
STRICT, LISTED = "strict", frozenset({"allowlist-only", "whitelist-only"})
# Drivers and makers whose ports it takes for those of modems.
DRIVERS = MODEM_DRIVERS | {"option1", "qcaux", "nozomi"}
MAKERS = frozenset(layout.vendor for layout in LAYOUTS) | MODEM_MAKERS.keys()
# A communication device (class, subclass) that speaks AT by one of these protocols.
ACM, AT_PROTOCOLS = (2, 2), range(1, 7)
# Where udev keeps what its rules have said of each device, and the kernel its ports.
UDEV = Path("/run/udev/data")
SYSFS_TTY = Path("/sys/class/tty")


@dataclass(frozen=True)
class Seen:
    """One port as ModemManager sees it. ignored: a rule tells it to leave the port alone, device_ignored: all ports of its
    device; processed: to take it. ports: how many its device has; network: it has a network card too."""

    port: Port
    ignored: bool = False
    device_ignored: bool = False
    processed: bool = False
    ports: int = 1
    network: bool = False


def reaches(seen: Seen, policy: str) -> bool:
    """Would it open this port?

    >>> reaches(Seen(Port("/dev/ttyUSB2", 0x2C7C, 0x0125, 2, driver="option")), STRICT)
    True
    >>> reaches(Seen(Port("/dev/ttyUSB0", 0x1A86, 0x7523, 0, driver="ch341-uart")), STRICT)
    False
    """
    if seen.ignored or seen.processed:
        return not seen.ignored
    if seen.device_ignored or policy in LISTED or seen.port.vendor is None:
        return False
    return policy != STRICT or seen.network or _looks_like_a_modem(seen)


def _looks_like_a_modem(seen: Seen) -> bool:
    port = seen.port
    if port.driver in DRIVERS or port.vendor in MAKERS:
        return True
    speaks_at = port.triple is not None and port.triple[:2] == ACM and port.triple[2] in AT_PROTOCOLS
    return port.driver == "cdc_acm" and speaks_at and seen.ports > 1


def policy_in(arguments: Sequence[str]) -> str:
    """The filter policy that a ModemManager was started with.

    >>> policy_in(["/usr/sbin/ModemManager", "--filter-policy=WHITELIST-ONLY"]), policy_in(["ModemManager"])
    ('whitelist-only', 'strict')
    """
    words = " ".join(arguments).replace("=", " ").split()
    if "--filter-policy" not in words[:-1]:
        return STRICT
    return words[words.index("--filter-policy") + 1].lower()


# ---- the machine


def may_open(
    path: str, found: list[Port], proc: Path = holders.PROC, udev: Path = UDEV, tty: Path = SYSFS_TTY
) -> bool:
    """Does a ModemManager run that would open this port? found: all ports."""
    arguments = holders.command_line(NAME, proc)
    return arguments is not None and reaches(_look(path, found, udev, tty), policy_in(arguments))


def _look(path: str, found: list[Port], udev: Path, tty: Path) -> Seen:
    device = os.path.realpath(path)
    port = next((one for one in found if os.path.realpath(one.path) == device), Port(path))
    stick = _stick((tty / os.path.basename(device) / "device").resolve())
    said = _said(udev, _numbers(tty / os.path.basename(device)))
    of_stick = said | _said(udev, _numbers(stick)) if stick else said
    return Seen(
        port,
        ignored=said.get("ID_MM_PORT_IGNORE") == "1",
        device_ignored=of_stick.get("ID_MM_DEVICE_IGNORE") == "1",
        processed="1" in (of_stick.get("ID_MM_DEVICE_PROCESS"), said.get("ID_MM_DEVICE_PROCESS")),
        ports=sum(one.place == port.place for one in found),
        network=stick is not None and any(stick.glob("*/net")),
    )


def _stick(folder: Path) -> Path | None:
    """The USB device that this folder of sysfs belongs to."""
    return next((one for one in (folder, *folder.parents) if (one / "idVendor").exists()), None)


def _numbers(folder: Path) -> str:
    """The numbers of a device, such as 188:0."""
    with suppress(OSError):
        return (folder / "dev").read_text().strip()
    return ""


def _said(udev: Path, numbers: str) -> dict[str, str]:
    """What udev's rules have said of the device with these numbers."""
    with suppress(OSError):
        lines = (udev / f"c{numbers}").read_text("utf-8", "replace").splitlines()
        return dict(line[2:].split("=", 1) for line in lines if line.startswith("E:") and "=" in line)
    return {}
