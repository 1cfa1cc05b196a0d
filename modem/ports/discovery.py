"""Which of the machine's ports carries a modem's AT commands and URCs: the likely ones in order, each with its reason, and
why the others are left alone. What USB tells ranks them; that it is a modem, only its answer to AT proves (see
modem/line/keeper).

`judge`, `candidates`, `hints`, `account` and `same_place` are pure; `ports`, `devices` and `switcher` look at the machine.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo
from serial.tools.list_ports_linux import SysFS

from modem.ports.layouts import (
    AS_DRIVE,
    AS_NETWORK_CARD,
    BRIDGES,
    CDC_AT,
    DIAGNOSIS,
    GNSS,
    HUAWEI,
    HUAWEI_DATA_PORT,
    HUAWEI_URC_PORT,
    LAYOUTS,
    MASS_STORAGE,
    MODEM_DRIVERS,
    MODEM_MAKERS,
    OTHER_VENDORS,
    OTHER_WORDS,
    Layout,
)

SYSFS_USB = Path("/sys/bus/usb/devices")
# The name of the Pi's own UART, where hats are.
PI_UART = "/dev/serial0"
# Serial ports that pyserial does not look for: those of the driver hso.
HSO_PORTS = "ttyHS*"
# The program of usb-modeswitch, which Debian's udev rules start.
SWITCHER = Path("/usr/sbin/usb_modeswitch")
# What to do with a stick in storage mode, without that program and with it.
SWITCH = "Install usb-modeswitch, then plug it in again"
STILL = "Plug it in again. If that does not help, usb-modeswitch does not know it: use another one"


@dataclass(frozen=True)
class Port:
    """One serial port. place: where it is plugged in, such as "1-1.4"; interface: USB interface number; triple: its class,
    subclass and protocol; words: what maker and product call themselves; driver: the kernel's, of the interface."""

    path: str
    vendor: int | None = None
    product: int | None = None
    interface: int | None = None
    place: str = ""
    serial: str = ""
    triple: tuple[int, int, int] | None = None
    words: str = ""
    driver: str = ""


@dataclass(frozen=True)
class Device:
    """One USB device. classes: of its interfaces; words: as a port has them."""

    vendor: int
    product: int
    classes: frozenset[int] = frozenset()
    words: str = ""


@dataclass(frozen=True)
class Candidate:
    """A port to be asked. rank: the lower the likelier."""

    rank: int
    path: str
    why: str


@dataclass(frozen=True)
class LeftAlone:
    """A port that is not touched."""

    path: str
    why: str


KNOWN, SECOND, BY_DRIVER, BY_CLASS, BRIDGE, UART = range(6)


def judge(port: Port) -> Candidate | LeftAlone:
    """What one port is, by what the machine tells of it.

    >>> judge(Port("/dev/ttyUSB2", 0x2C7C, 0x0125, 2)).why
    'the AT port of Quectel (2c7c:0125, interface 2)'
    >>> judge(Port("/dev/ttyUSB0", 0x10C4, 0xEA60, 0, words="Sonoff Zigbee 3.0")).why
    'calls itself "Sonoff Zigbee 3.0"'
    """
    if port.path == PI_UART:
        return Candidate(UART, port.path, "the Pi's own serial port, where a hat may be")
    if port.vendor is None or port.product is None:
        return LeftAlone(
            port.path, "not on USB; if a modem is there, name it in config.ini under [modem] port"
        )
    layout = next(
        (
            layout
            for layout in LAYOUTS
            if layout.vendor == port.vendor and (not layout.products or port.product in layout.products)
        ),
        None,
    )
    which = f"{port.vendor:04x}:{port.product:04x}" + (
        "" if port.interface is None else f", interface {port.interface}"
    )
    if port.vendor == GNSS[0] and port.product in GNSS[1]:
        return LeftAlone(port.path, "a satellite receiver")
    if layout is not None:
        return _of_modem(port, layout, which)
    if port.driver in MODEM_DRIVERS or (port.vendor in MODEM_MAKERS and port.triple != CDC_AT):
        return _of_unknown_modem(port, which)
    if port.vendor in OTHER_VENDORS:
        return LeftAlone(port.path, OTHER_VENDORS[port.vendor])
    if OTHER_WORDS.search(port.words):
        return LeftAlone(port.path, f'calls itself "{port.words}"')
    if port.vendor in BRIDGES:
        return Candidate(BRIDGE, port.path, f"a {BRIDGES[port.vendor]} chip ({which}): may be a modem")
    if port.triple == CDC_AT:
        return Candidate(BY_CLASS, port.path, f"a modem by its USB class ({which})")
    return LeftAlone(port.path, f"probably not a modem ({which}); if it is one, name it in config.ini")


def _of_modem(port: Port, layout: Layout, which: str) -> Candidate | LeftAlone:
    if port.vendor == HUAWEI and port.triple in HUAWEI_URC_PORT:
        return Candidate(KNOWN, port.path, f"the port for AT and URCs of {layout.name} ({which})")
    if port.vendor == HUAWEI and port.triple in HUAWEI_DATA_PORT:
        return Candidate(
            SECOND, port.path, f"the data port of {layout.name} ({which}): it shows calls, but no numbers"
        )
    if port.interface in layout.never:
        return LeftAlone(port.path, f"the port of {layout.name} for diagnosis, position or sound ({which})")
    if port.interface is None or port.interface == layout.at[0]:
        return Candidate(KNOWN, port.path, f"the AT port of {layout.name} ({which})")
    return Candidate(SECOND, port.path, f"another port of {layout.name} ({which})")


def _of_unknown_modem(port: Port, which: str) -> Candidate | LeftAlone:
    by = (
        f"the kernel's driver {port.driver}" if port.driver else f"its maker {MODEM_MAKERS[port.vendor or 0]}"
    )
    if port.triple == DIAGNOSIS:
        return LeftAlone(port.path, f"a modem's port for diagnosis, by its USB class ({which})")
    return Candidate(BY_DRIVER, port.path, f"a port of a modem, by {by} ({which})")


def candidates(found: list[Port]) -> list[Candidate]:
    """The ports to ask, the likeliest first, those of one stick together in their order."""
    judged = (judge(port) for port in found)
    return sorted(
        (one for one in judged if isinstance(one, Candidate)),
        key=lambda one: (one.rank, len(one.path), one.path),
    )


def hints(seen: list[Device], switcher: bool = False) -> list[str]:
    """Sentences, without the last full stop, about sticks that are plugged in and have no port to speak to. switcher: is there
    a program that brings them out of storage mode?

    >>> hints([Device(0x12D1, 0x14DC)])[0][:50]
    'The stick 12d1:14dc only works as a network card w'
    """
    sentences = []
    for device in seen:
        which = f"{device.vendor:04x}:{device.product:04x}"
        if _is_drive(device):
            sentences.append(f"The stick {which} is in storage mode. " + (STILL if switcher else SWITCH))
        if (device.vendor, device.product) in AS_NETWORK_CARD:
            sentences.append(
                f"The stick {which} only works as a network card with its own page (HiLink): "
                "it cannot receive calls. Use another one, such as a Huawei E173 or a SIM7600"
            )
    return sentences


def _is_drive(device: Device) -> bool:
    """Is this a modem that shows itself as a drive and as nothing else? A maker of modems makes no others, but for phones.

    >>> _is_drive(Device(0x12D1, 0x1446)), _is_drive(Device(0x19D2, 0x1225, frozenset({8})))
    (True, True)
    >>> _is_drive(Device(0x0781, 0x5567, frozenset({8}))), _is_drive(Device(0x12D1, 0x1001, frozenset({8, 255})))
    (False, False)
    """
    maker = device.vendor in MODEM_MAKERS or any(layout.vendor == device.vendor for layout in LAYOUTS)
    only_drive = maker and device.classes == {MASS_STORAGE} and "android" not in device.words.lower()
    return (device.vendor, device.product) in AS_DRIVE or only_drive


def same_place(port: Port, found: list[Port]) -> str | None:
    """Where the port is now that was at another name before: the same interface in the same socket, or of the same stick
    by its serial number."""
    for now in found:
        same_stick = (now.vendor, now.product, now.interface) == (port.vendor, port.product, port.interface)
        if (
            same_stick
            and port.vendor is not None
            and (now.place == port.place or (port.serial and now.serial == port.serial))
        ):
            return now.path
    return None


def account(found: list[Port], seen: list[Device], switcher: bool = False) -> list[str]:
    """A line for each port, and each stick without one: what it is taken for. Ports that are left alone for the same reason,
    such as those of a PC's board, share a line."""
    lines: dict[tuple[str, str], list[str]] = {}
    for one in map(judge, found):
        shared = "" if isinstance(one, LeftAlone) else one.path
        lines.setdefault((one.why, shared), []).append(one.path)
    return [f"{', '.join(paths)}: {why}" for (why, _), paths in lines.items()] + hints(seen, switcher)


# ---- the machine


def ports() -> list[Port]:
    """The serial ports that are there now."""
    found = [_port(info) for info in list_ports.comports()]
    found += [_port(SysFS(str(path))) for path in sorted(Path("/dev").glob(HSO_PORTS))]
    if os.path.exists(PI_UART) and not _is_console(PI_UART):
        found.append(Port(PI_UART))
    return found


def _port(info: ListPortInfo) -> Port:
    folder = getattr(info, "usb_interface_path", None)
    place, _, tail = (info.location or "").partition(":")
    number = tail.rpartition(".")[2]
    return Port(
        info.device,
        info.vid,
        info.pid,
        int(number) if number.isdigit() else _hex(folder, "bInterfaceNumber"),
        place,
        info.serial_number or "",
        _triple(folder),
        " ".join(word for word in (info.manufacturer, info.product) if word),
        _driver(folder),
    )


def _driver(folder: str | None) -> str:
    """The kernel's driver of the interface in this folder of sysfs, "" where it has none."""
    driver = Path(folder or "/nowhere") / "driver"
    return driver.resolve().name if driver.is_symlink() else ""


def _triple(folder: str | None) -> tuple[int, int, int] | None:
    numbers = [_hex(folder, f"bInterface{name}") for name in ("Class", "SubClass", "Protocol")]
    major, minor, protocol = numbers
    return None if major is None or minor is None or protocol is None else (major, minor, protocol)


def _hex(folder: str | None, name: str) -> int | None:
    with suppress(OSError, ValueError):
        return int((Path(folder or "/nowhere") / name).read_text(), 16)
    return None


def _is_console(path: str) -> bool:
    """Does the kernel talk to people on this port? Then no modem is there."""
    name = os.path.basename(os.path.realpath(path))
    with suppress(OSError):
        return f"console={name}" in Path("/proc/cmdline").read_text().replace("serial0", name)
    return False


def devices(sysfs: Path = SYSFS_USB) -> list[Device]:
    """Every USB device."""
    found = []
    with suppress(OSError):
        for folder in sysfs.iterdir():
            vendor, product = _hex(str(folder), "idVendor"), _hex(str(folder), "idProduct")
            if vendor is not None and product is not None:
                classes = (_hex(str(interface), "bInterfaceClass") for interface in folder.glob("*:*"))
                words = " ".join(filter(None, (_text(folder / name) for name in ("manufacturer", "product"))))
                found.append(Device(vendor, product, frozenset(filter(None, classes)), words))
    return found


def _text(file: Path) -> str:
    with suppress(OSError):
        return file.read_text("utf-8", "replace").strip()
    return ""


def switcher() -> bool:
    """Is there a program that brings sticks out of storage mode?"""
    return SWITCHER.exists()
