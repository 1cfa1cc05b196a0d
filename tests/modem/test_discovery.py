"""Which port is the modem's: judged by what USB tells, found by what answers, and followed where it goes."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

import pytest

from bridge.words.troubles import sentence
from modem.contract import Event, LineDown, LineUp, Trouble, TroubleCode
from modem.line.driver import Driver, Line
from modem.ports import discovery, holders, udev
from modem.ports.discovery import Candidate, Device, LeftAlone, Port
from modem.ports.layouts import AS_DRIVE, LAYOUTS
from modem.simulator import Simulator
from tests.support.box import DEADLINE, until
from tests.support.paths import ROOT

Said = SimpleQueue[Event | BaseException]


def usb(path: str, vendor: int, product: int, interface: int | None = None, **more: Any) -> Port:
    return Port(path, vendor, product, interface, **more)


OTHER_MAKERS = ((0x2DEE, 0x4D07), (0x05C6, 0x6000), (0x2CB7, 0x0104))

# (what is there, the ports in the order in which they are asked)
STICKS = {
    "Quectel EC25": ([usb(f"/dev/ttyUSB{i}", 0x2C7C, 0x0125, i) for i in range(4)], ["2", "3"]),
    "SIM7600": ([usb(f"/dev/ttyUSB{i}", 0x1E0E, 0x9001, i) for i in range(5)], ["2", "3"]),
    "A7670": ([usb(f"/dev/ttyUSB{i - 2}", 0x1E0E, 0x9011, i) for i in (2, 4, 5)], ["2", "0", "3"]),
    "Huawei E173 by number": ([usb(f"/dev/ttyUSB{i}", 0x12D1, 0x1001, i) for i in range(3)], ["2", "0"]),
    "Huawei by class": (
        [
            usb("/dev/ttyUSB0", 0x12D1, 0x1C05, 0, triple=(0xFF, 1, 1)),
            usb("/dev/ttyUSB1", 0x12D1, 0x1C05, 1, triple=(0xFF, 1, 2)),
        ],
        ["1", "0"],
    ),
    "Telit LE910": ([usb(f"/dev/ttyUSB{i}", 0x1BC7, 0x1201, i) for i in (0, 4, 5)], ["4", "5"]),
    "ZTE MF": ([usb(f"/dev/ttyUSB{i}", 0x19D2, 0x0031, i) for i in (1, 2, 3)], ["3", "1", "2"]),
    "CDC modem": ([usb("/dev/ttyACM0", 0x1234, 1, 0, triple=(2, 2, 1))], ["0"]),
    "bridges last": (
        [
            usb("/dev/ttyUSB0", 0x1A86, 0x7523, 0),
            *(usb(f"/dev/ttyUSB{i}", 0x2C7C, 0x0125, i) for i in (2, 3)),
        ],
        ["2", "3", "0"],
    ),
    "drivers after the known": (
        [
            *(usb(f"/dev/ttyUSB{i}", 0x2DEE, 0x4D07, i, driver="option") for i in (0, 1)),
            usb("/dev/ttyUSB3", 0x05C6, 0x6000, 0, driver="qcserial", words="GPS modem"),
            usb("/dev/ttyUSB4", 0x2CB7, 0x0104, 4, driver="option", triple=(0xFF, 0xFF, 0x30)),
            usb("/dev/ttyUSB5", 0x9999, 1, 0, driver="sierra"),
            usb("/dev/ttyHS6", 0x0AF0, 0x7601, 0, driver="hso"),
            usb("/dev/ttyUSB7", 0x2C7C, 0x0125, 2, driver="option"),
            usb("/dev/ttyACM8", 0x1234, 1, 0, triple=(2, 2, 1), driver="cdc_acm"),
        ],
        ["7", "6", "0", "1", "3", "5", "8"],
    ),
    "makers whose ids the kernel does not know": (
        [usb(f"/dev/ttyUSB{vendor % 7}", vendor, product, 2) for vendor, product in OTHER_MAKERS],
        ["1", "2", "5"],
    ),
    "a hat": ([Port("/dev/serial0")], ["serial0"]),
}


@pytest.mark.parametrize("name", STICKS)
def test_the_likeliest_port_is_asked_first(name: str) -> None:
    found, order = STICKS[name]
    asked = [one.path for one in discovery.candidates(found)]
    assert len(asked) == len(order)
    assert all(path.endswith(end) for path, end in zip(asked, order, strict=True)), asked


@pytest.mark.parametrize(
    "port",
    [
        usb("/dev/ttyACM0", 0x2341, 0x0043, 0, triple=(2, 2, 1)),
        usb("/dev/ttyUSB0", 0x10C4, 0xEA60, 0, words="ITead Sonoff Zigbee 3.0 USB Dongle Plus"),
        usb("/dev/ttyACM0", 0x1546, 0x01A8, 0, words="u-blox GNSS receiver", triple=(2, 2, 1)),
        usb("/dev/ttyUSB0", 0x1A86, 0x7523, 0, words="Weather station"),
        usb("/dev/ttyACM0", 0x2C99, 0x0002, 0, triple=(2, 2, 1)),
        usb("/dev/ttyUSB0", 0x2C7C, 0x0125, 1),
        usb("/dev/ttyUSB4", 0x1E0E, 0x9001, 4),
        usb("/dev/ttyUSB0", 0x9999, 0x0001, 0),
        usb("/dev/ttyUSB0", 0x9999, 0x0001, 0, driver="ftdi_sio"),
        usb("/dev/ttyUSB0", 0x2CB7, 0x0104, 4, driver="option", triple=(0xFF, 0xFF, 0x30)),
        usb("/dev/ttyUSB1", 0x2C7C, 0x0125, 1, driver="option"),
        Port("/dev/ttyAMA0"),
    ],
    ids=lambda port: f"{port.vendor}:{port.words or port.path}",
)
def test_what_is_plainly_something_else_is_never_talked_to(port: Port) -> None:
    judged = discovery.judge(port)
    assert isinstance(judged, LeftAlone)
    assert judged.why


def test_each_port_has_its_reason_and_sticks_without_one_are_explained() -> None:
    found = STICKS["bridges last"][0]
    lines = discovery.account(found, [Device(0x12D1, 0x1F01), Device(0x1D6B, 2)])
    assert lines[0] == "/dev/ttyUSB0: a CH340 chip (1a86:7523, interface 0): may be a modem"
    assert lines[1] == "/dev/ttyUSB2: the AT port of Quectel (2c7c:0125, interface 2)"
    assert "storage mode" in lines[-1]


def test_ports_that_are_left_alone_for_one_reason_share_a_line() -> None:
    board = [Port(f"/dev/ttyS{number}") for number in range(4)]
    bridges = [usb(f"/dev/ttyUSB{number}", 0x1A86, 0x7523, 0) for number in range(2)]
    lines = discovery.account([board[0], *bridges, *board[1:]], [])
    assert [line.partition(": ")[0] for line in lines] == [
        "/dev/ttyS0, /dev/ttyS1, /dev/ttyS2, /dev/ttyS3",
        "/dev/ttyUSB0",  # these are asked, and what came of each is told by its path
        "/dev/ttyUSB1",
    ]


DRIVE = frozenset({8})


@pytest.mark.parametrize(
    ("device", "is_one"),
    [
        *((Device(*ids), True) for ids in sorted(AS_DRIVE)),
        (Device(0x19D2, 0x1225, DRIVE), True),
        (Device(0x1C9E, 0xF000, DRIVE), True),
        (Device(0x12D1, 0x1001, frozenset({8, 0xFF})), False),
        (Device(0x12D1, 0x107D, DRIVE, "Android"), False),
        (Device(0x0781, 0x5567, DRIVE), False),
        (Device(0x12D1, 0x1001), False),
    ],
)
def test_a_modem_that_is_only_a_drive_is_said_to_be_one(device: Device, is_one: bool) -> None:
    for switcher, remedy in ((False, "Install usb-modeswitch"), (True, "does not know it")):
        said = discovery.hints([device], switcher)
        assert len(said) == is_one
        assert all("is in storage mode" in one and remedy in one for one in said)


def test_what_sysfs_tells_of_a_stick(tmp_path: Path) -> None:
    stick = tmp_path / "1-1"
    for number in (0, 1):
        (stick / f"1-1:1.{number}").mkdir(parents=True)
        (stick / f"1-1:1.{number}" / "bInterfaceClass").write_text("08\n")
    for name, value in {"idVendor": "12d1", "idProduct": "1446", "manufacturer": "HUAWEI"}.items():
        (stick / name).write_text(f"{value}\n")
    (tmp_path / "1-1:1.0").mkdir()
    assert discovery.devices(tmp_path) == [Device(0x12D1, 0x1446, DRIVE, "HUAWEI")]


@pytest.mark.parametrize(
    ("now", "path"),
    [
        (usb("/dev/ttyUSB5", 0x2C7C, 0x0125, 2, place="1-1.4"), "/dev/ttyUSB5"),
        (usb("/dev/ttyUSB5", 0x2C7C, 0x0125, 2, place="1-1.2", serial="77"), "/dev/ttyUSB5"),
        (usb("/dev/ttyUSB5", 0x2C7C, 0x0125, 3, place="1-1.4", serial="77"), None),
        (usb("/dev/ttyUSB5", 0x2C7C, 0x0125, 2, place="1-1.2", serial="78"), None),
    ],
)
def test_a_stick_is_known_again_by_its_socket_or_its_serial_number(now: Port, path: str | None) -> None:
    before = usb("/dev/ttyUSB2", 0x2C7C, 0x0125, 2, place="1-1.4", serial="77")
    assert discovery.same_place(before, [now]) == path


def test_the_machines_own_ports_are_read_without_harm() -> None:
    assert all(isinstance(discovery.judge(port), Candidate | LeftAlone) for port in discovery.ports())
    assert all(isinstance(device, Device) for device in discovery.devices())


def test_what_sysfs_tells_of_an_interface(tmp_path: Path) -> None:
    for name, value in {"Class": "ff", "SubClass": "01", "Protocol": "02", "Number": "0a"}.items():
        (tmp_path / f"bInterface{name}").write_text(f"{value}\n")
    assert discovery._triple(str(tmp_path)) == (0xFF, 1, 2)
    assert discovery._hex(str(tmp_path), "bInterfaceNumber") == 10
    assert discovery._triple(str(tmp_path / "none")) is None
    (tmp_path / "driver").symlink_to("/sys/bus/usb/drivers/option")
    assert discovery._driver(str(tmp_path)) == "option"
    assert discovery._driver(str(tmp_path / "none")) == discovery._driver(None) == ""


# ---- with modems


def driver_on(line: Line, ports: Callable[[], list[Port]]) -> tuple[Driver, Said]:
    said: Said = SimpleQueue()
    driver = Driver(line, said.put, said.put, ports)
    driver.start()
    return driver, said


E = TypeVar("E", bound=Event)


def heard(said: Said, kind: type[E]) -> E:
    while not isinstance(event := said.get(timeout=DEADLINE), kind):
        assert not isinstance(event, BaseException), event
    return event


def mute_port(tmp_path: Path) -> Path:
    """A port behind which nothing answers."""
    path = tmp_path / "mute"
    _, slave = os.openpty()
    path.symlink_to(os.ttyname(slave))
    return path


def test_auto_finds_the_port_that_answers_among_those_that_do_not(tmp_path: Path) -> None:
    with Simulator(speed=20) as simulator:
        found = [
            usb(str(mute_port(tmp_path)), 0x2C7C, 0x0125, 2, place="1-1"),
            usb(simulator.port, 0x1A86, 0x7523, 0, place="1-2"),
        ]
        driver, said = driver_on(Line("main"), lambda: found)
        up = heard(said, LineUp)
        assert isinstance(up, LineUp)
        assert up.port == simulator.port
        driver.close()


def test_auto_says_what_it_looked_at(tmp_path: Path) -> None:
    zigbee = usb("/dev/ttyUSB9", 0x10C4, 0xEA60, 0, words="Zigbee stick")
    mute = usb(str(mute_port(tmp_path)), 0x1A86, 0x7523, 0)
    driver, said = driver_on(Line("main"), lambda: [zigbee, mute])
    down = heard(said, LineDown)
    assert isinstance(down, LineDown)
    assert sentence(down.trouble).startswith("No modem answers. ")
    assert "mute does not answer" in sentence(down.trouble)
    assert '/dev/ttyUSB9: calls itself "Zigbee stick".' in sentence(down.trouble)
    driver.close()


def test_a_named_port_is_followed_to_another_name(tmp_path: Path) -> None:
    before, after = tmp_path / "ttyUSB2", tmp_path / "ttyUSB3"
    with Simulator(speed=20, link=before) as simulator:
        now = {"path": str(before)}
        driver, said = driver_on(
            Line("main", str(before)), lambda: [usb(now["path"], 0x2C7C, 0x0125, 2, place="1-1.4")]
        )
        heard(said, LineUp)
        simulator.unplug()
        heard(said, LineDown)
        now["path"] = str(after)
        simulator.replug()
        until(before.is_symlink, "the port's return")
        shutil.move(before, after)
        up = heard(said, LineUp)
        assert isinstance(up, LineUp)
        # It may have been caught under the old name before that went away.
        assert up.port in (str(before), str(after))
        driver.close()


def test_each_line_takes_its_own_modem() -> None:
    with Simulator("huawei", speed=20) as one, Simulator("quectel", speed=20) as other:
        one.set(iccid="8944110000000000001")
        other.set(iccid="8944110000000000002")
        found = [
            usb(one.port, 0x12D1, 0x1001, 2, place="1-1"),
            usb(other.port, 0x2C7C, 0x0125, 2, place="1-2"),
        ]
        for line, port in (
            (Line("a", "auto", others=frozenset({one.conditions.iccid})), other.port),
            (Line("b", f"iccid:{one.conditions.iccid}"), one.port),
            (Line("c", f"imei:{other.conditions.imei}"), other.port),
        ):
            driver, said = driver_on(line, lambda: found)
            up = heard(said, LineUp)
            assert isinstance(up, LineUp)
            assert up.port == port, line
            driver.close()


def test_a_modem_that_is_another_ones_is_said_to_be() -> None:
    with Simulator(speed=20) as simulator:
        line = Line("main", "imei:123456789012345")
        driver, said = driver_on(line, lambda: [usb(simulator.port, 0x2C7C, 0x0125, 2)])
        down = heard(said, LineDown)
        assert isinstance(down, LineDown)
        assert "not the one that config.ini names" in sentence(down.trouble)
        driver.close()
        assert not any(entry.text.startswith("AT+CPIN=") for entry in simulator.log.entries)


# ---- who is on the port


def test_the_program_that_holds_the_port_is_named(tmp_path: Path) -> None:
    program = tmp_path / "ModemManager"
    program.symlink_to(shutil.which("sleep") or "/bin/sleep")
    with Simulator() as simulator:
        assert holders.holders(simulator.port) == ()
        with Path(simulator.port).open("rb", buffering=0) as port:
            process = subprocess.Popen([program, "60"], stdin=port)
            try:
                until(lambda: holders.holders(simulator.port) == ("ModemManager",), "its name")
                assert holders.running("ModemManager")
                name = holders.who_holds(simulator.port)
                remedy = sentence(Trouble.of(TroubleCode.PORT_HELD, path=simulator.port, holder=name))
                assert (name, "systemctl mask" in remedy) == ("ModemManager", True)
            finally:
                process.kill()
                process.wait()


def test_the_udev_rules_name_the_same_ports() -> None:
    text = (ROOT / "udev" / "78-textback.rules").read_text()
    assert text == udev.rules()
    rule = r'ENV\{ID_VENDOR_ID\}=="(\w{4})", ENV\{ID_MODEL_ID\}=="(\w{4})", ENV\{ID_USB_INTERFACE_NUM\}=="(\w\w)"'
    named = {tuple(int(word, 16) for word in found) for found in re.findall(rule, text)}
    assert named == {
        (layout.vendor, product, layout.at[0]) for layout in LAYOUTS for product in layout.products
    }
    assert all(
        isinstance(judged := discovery.judge(usb("/dev/ttyUSB9", *ids)), Candidate)
        and judged.rank == discovery.KNOWN
        for ids in named
    )
