"""Which of the machine's ports carries a modem's AT commands and URCs: the likely ones in order, each with its reason, and
why the others are left alone. What USB tells ranks them; that it is a modem, only its answer to AT proves (see
modem/line/keeper).

`judge`, `candidates`, `hints` and `same_place` are pure; `ports` and `devices` look at the machine.
"""

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo
from serial.tools.list_ports_linux import SysFS

SYSFS_USB = Path("/sys/bus/usb/devices")
# The name of the Pi's own UART, where hats are.
PI_UART = "/dev/serial0"


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


@dataclass(frozen=True)
class Layout:
    """The interfaces of a modem. at: those that carry AT and URCs, the best first; never: diagnosis, position, sound."""

    vendor: int
    products: tuple[int, ...]
    name: str
    at: tuple[int, ...]
    never: tuple[int, ...] = ()


# From ModemManager's and chan_dongle's tables; an empty `products` stands for all others of the vendor's. One id can hide
# two layouts (1e0e:9011), so the other interfaces are asked too, after these.
LAYOUTS = (
    Layout(0x12D1, (0x1001,), "Huawei E1550, E169, E173", (2,), (1,)),
    Layout(0x12D1, (0x140C,), "Huawei E17xx", (3,), (2,)),
    Layout(0x12D1, (0x1436, 0x14AC), "Huawei E1750, E153", (4,), (3,)),
    Layout(0x12D1, (0x1506,), "Huawei E171, E3131, E3372", (3,), (2,)),
    Layout(0x12D1, (), "Huawei", (2, 3)),
    Layout(0x1E0E, (0x9001,), "SIMCom SIM7000, SIM7500, SIM7600", (2, 3), (0, 1, 4)),
    Layout(0x1E0E, (0x9011,), "SIMCom A7600, A7670, or SIM7600 in RNDIS mode", (4, 2, 5)),
    Layout(0x1E0E, (0x9205, 0x9206), "SIMCom SIM7070, SIM7080", (2, 3), (0, 1)),
    Layout(0x1E0E, (), "SIMCom", (2, 4)),
    Layout(0x2C7C, (0x0125, 0x0121, 0x0191, 0x0195, 0x0306, 0x0512, 0x0296), "Quectel", (2, 3), (0, 1)),
    Layout(0x2C7C, (), "Quectel", (2, 3)),
    Layout(0x05C6, (0x9215,), "Quectel EC20", (2, 3), (0, 1)),
    Layout(0x05C6, (0x908B,), "u-blox LARA-R6", (1, 2)),
    Layout(0x1BC7, (0x1031, 0x1033), "Telit LE910C1-EUX", (1, 2), (0,)),
    Layout(0x1BC7, (0x1201,), "Telit LE910C1, LE910C4", (4, 5), (0,)),
    Layout(0x1BC7, (0x1204,), "Telit LE910C1, LE910C4 (MBIM)", (5, 6)),
    Layout(0x1BC7, (0x7010, 0x7011), "Telit LE910S1", (4, 3)),
    Layout(0x1BC7, (0x7020, 0x7021), "Telit LE910Q1", (6, 2)),
    Layout(0x1BC7, (), "Telit", (1, 4, 0)),
    Layout(0x1546, (0x1102,), "u-blox LISA-U2, SARA-U2", (0, 2, 4)),
    Layout(0x1546, (0x1104,), "u-blox LISA-U2, SARA-U2", (0,)),
    Layout(0x1546, (0x1010,), "u-blox TOBY-L4", (6,)),
    Layout(0x1546, (0x1110, 0x110A), "u-blox LARA-R2", (0, 2, 4)),
    Layout(0x19D2, (0x0117, 0x0016), "ZTE MF", (2,)),
    Layout(0x19D2, (), "ZTE MF", (3, 2)),
    Layout(0x1199, (0xC001,), "Sierra HL7812", (0,)),
    Layout(0x1199, (), "Sierra MC, EM (data and texts; most have no voice)", (3,), (0, 2)),
    Layout(0x1E2D, (0x0061, 0x0053), "Cinterion PLS8, PHS8", (2,), (0,)),
    Layout(0x1E2D, (), "Cinterion", (2, 0)),
    Layout(0x0BDB, (), "Ericsson", (1, 0)),
)
# Huawei numbers its interfaces anew with every firmware; class, subclass and protocol tell them apart.
HUAWEI = 0x12D1
HUAWEI_URC_PORT = {(0xFF, 1, 2), (0xFF, 2, 2), (0xFF, 1, 0x32)}
HUAWEI_DATA_PORT = {(0xFF, 1, 1), (0xFF, 2, 1), (0xFF, 1, 0x31)}
# The kernel's drivers for modems and nothing else, whoever made them; each knows its makers' ids.
MODEM_DRIVERS = frozenset({"option", "qcserial", "sierra", "hso"})
# Makers of modems alone, whose ids are newer than the kernel or than the table above.
MODEM_MAKERS = {
    0x2DEE: "MeiG",
    0x2CB7: "Fibocom",
    0x05C6: "Qualcomm",
    0x0AF0: "Option",
    0x1410: "Novatel",
    0x1C9E: "Longcheer",
    0x1BBB: "Alcatel",
    0x2020: "BroadMobi",
    0x305A: "Gosuncn",
    0x2949: "Neoway",
}
# Ports that USB itself says to be for diagnosis, on chips of Qualcomm.
DIAGNOSIS = (0xFF, 0xFF, 0x30)
# Serial ports that pyserial does not look for: those of the driver hso.
HSO_PORTS = "ttyHS*"
# A communication device that speaks V.25ter AT commands by its USB class.
CDC_AT = (0x02, 0x02, 0x01)
# Chips between USB and a UART: behind one may be a modem or anything else.
BRIDGES = {0x1A86: "CH340", 0x10C4: "CP210x", 0x0403: "FTDI", 0x067B: "PL2303", 0x04E2: "Exar"}
# Makers of what is no modem, u-blox' satellite receivers, and words by which other things name themselves.
OTHER_VENDORS = {
    0x2341: "an Arduino",
    0x2A03: "an Arduino",
    0x239A: "an Adafruit board",
    0x303A: "an Espressif board",
    0x2E8A: "a Raspberry Pi Pico",
    0x1366: "a J-Link",
    0x0483: "an ST board",
    0x16C0: "a Teensy or the like",
    0x1CF1: "a Zigbee stick",
    0x0658: "a Z-Wave stick",
    0x2C99: "a Prusa printer",
    0x1D6B: "a Linux gadget",
    0x0D28: "a micro:bit",
    0x091E: "a Garmin",
}
GNSS = (0x1546, range(0x01A0, 0x01B0))
OTHER_WORDS = re.compile(
    r"zigbee|z-?wave|conbee|raspbee|sonoff|skyconnect|arduino|teensy|micro:bit|printer|prusa|marlin|creality|gps|gnss|"
    r"weather|meter\b|barcode|scanner|scale\b|rfid|nfc|j-?link|st-?link|jtag|esp32|esp8266|meshtastic|lora|rtl-?sdr|ups\b",
    re.IGNORECASE,
)
# Sticks that show themselves as a drive first, and such as are network cards only: neither has an AT port.
AS_DRIVE = {
    (0x12D1, 0x1446), (0x12D1, 0x14FE), (0x12D1, 0x1F01), (0x12D1, 0x1505), (0x12D1, 0x155B), (0x12D1, 0x157D),
    (0x12D1, 0x1C0B), (0x19D2, 0x2000), (0x1E0E, 0xF000),
}  # fmt: skip
AS_NETWORK_CARD = {(0x12D1, 0x14DB), (0x12D1, 0x14DC)}

KNOWN, SECOND, BY_DRIVER, BY_CLASS, BRIDGE, UART = range(6)


def judge(port: Port) -> Candidate | LeftAlone:
    """What one port is, by what the machine tells of it.

    >>> judge(Port("/dev/ttyUSB2", 0x2C7C, 0x0125, 2)).why
    'the AT port of Quectel (2c7c:0125, interface 2)'
    >>> judge(Port("/dev/ttyUSB0", 0x10C4, 0xEA60, 0, words="Sonoff Zigbee 3.0")).why
    'names itself "Sonoff Zigbee 3.0"'
    """
    if port.path == PI_UART:
        return Candidate(UART, port.path, "the Pi's own UART, where a hat may be")
    if port.vendor is None or port.product is None:
        return LeftAlone(
            port.path, "not on USB; name it in config.ini under [modem] port if a modem is there"
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
        return LeftAlone(port.path, f'names itself "{port.words}"')
    if port.vendor in BRIDGES:
        return Candidate(BRIDGE, port.path, f"a {BRIDGES[port.vendor]} chip ({which}): a modem, or not")
    if port.triple == CDC_AT:
        return Candidate(BY_CLASS, port.path, f"a modem by its USB class ({which})")
    return LeftAlone(port.path, f"not known to be a modem ({which}); if it is, name it in config.ini")


def _of_modem(port: Port, layout: Layout, which: str) -> Candidate | LeftAlone:
    if port.vendor == HUAWEI and port.triple in HUAWEI_URC_PORT:
        return Candidate(KNOWN, port.path, f"the port for AT and URCs of {layout.name} ({which})")
    if port.vendor == HUAWEI and port.triple in HUAWEI_DATA_PORT:
        return Candidate(
            SECOND, port.path, f"the data port of {layout.name} ({which}): rings, but no numbers"
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


def hints(seen: list[tuple[int, int]]) -> list[str]:
    """Sentences about sticks that are plugged in and have no port to speak to.

    >>> hints([(0x12D1, 0x14DC)])[0][:60]
    'The stick 12d1:14dc is a network card with a page of its own'
    """
    sentences = []
    for vendor, product in seen:
        if (vendor, product) in AS_DRIVE:
            sentences.append(
                f"The stick {vendor:04x}:{product:04x} is in storage mode. Plug it in again, or install usb-modeswitch."
            )
        if (vendor, product) in AS_NETWORK_CARD:
            sentences.append(
                f"The stick {vendor:04x}:{product:04x} is a network card with a page of its own (HiLink): it can take no "
                "calls. Use another one, such as a Huawei E173 or a SIM7600."
            )
    return sentences


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


def account(found: list[Port], seen: list[tuple[int, int]]) -> list[str]:
    """A line for each port, and each stick without one: what it is taken for."""
    judged = [judge(port) for port in found]
    return [f"{one.path}: {one.why}" for one in judged] + hints(seen)


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


def devices() -> list[tuple[int, int]]:
    """Vendor and product of every USB device."""
    found = []
    with suppress(OSError):
        for folder in SYSFS_USB.iterdir():
            vendor, product = _hex(str(folder), "idVendor"), _hex(str(folder), "idProduct")
            if vendor is not None and product is not None:
                found.append((vendor, product))
    return found
