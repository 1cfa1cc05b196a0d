"""Which ports ModemManager would open: a table of what it sees of them, and a machine that is made of files."""

from dataclasses import replace
from pathlib import Path

import pytest

from modem.ports import modem_manager
from modem.ports.discovery import Port
from modem.ports.modem_manager import STRICT, Seen, reaches

EC25 = Port("/dev/ttyUSB2", 0x2C7C, 0x0125, 2, "1-1", driver="option")
NEWER = Port("/dev/ttyUSB2", 0x3333, 0x0001, 2, "1-1", driver="qcserial")
BY_MAKER = Port("/dev/ttyACM0", 0x1546, 0x1102, 0, "1-1", driver="cdc_acm")
HAT = Port("/dev/ttyUSB0", 0x1A86, 0x7523, 0, "1-2", driver="ch341-uart")
UART = Port("/dev/serial0")
ACM = Port("/dev/ttyACM0", 0x3333, 0x0002, 0, "1-1", triple=(2, 2, 1), driver="cdc_acm")
NOT_AT = replace(ACM, triple=(2, 2, 0))


@pytest.mark.parametrize(
    ("seen", "policy", "opens"),
    [
        (Seen(EC25), STRICT, True),
        (Seen(NEWER), STRICT, True),
        (Seen(BY_MAKER), STRICT, True),
        (Seen(HAT), STRICT, False),
        (Seen(HAT, network=True), STRICT, True),
        (Seen(UART), STRICT, False),
        (Seen(ACM), STRICT, False),
        (Seen(ACM, ports=2), STRICT, True),
        (Seen(NOT_AT, ports=2), STRICT, False),
        (Seen(EC25, ignored=True), STRICT, False),
        (Seen(EC25, device_ignored=True), STRICT, False),
        (Seen(EC25), "whitelist-only", False),
        (Seen(EC25), "allowlist-only", False),
        (Seen(EC25, processed=True), "allowlist-only", True),
        (Seen(EC25, processed=True, device_ignored=True), STRICT, True),
        (Seen(EC25, processed=True, ignored=True), STRICT, False),
        (Seen(HAT, processed=True), STRICT, True),
        (Seen(HAT), "default", True),
        (Seen(UART), "default", False),
        (Seen(HAT, device_ignored=True), "default", False),
    ],
)
def test_it_opens_what_its_filter_lets_through(seen: Seen, policy: str, opens: bool) -> None:
    assert reaches(seen, policy) == opens


@pytest.mark.parametrize(
    ("arguments", "policy"),
    [
        ((), STRICT),
        (("/usr/sbin/ModemManager", ""), STRICT),
        (("/usr/sbin/ModemManager", "--debug", "--filter-policy=ALLOWLIST-ONLY", ""), "allowlist-only"),
        (("/usr/sbin/ModemManager", "--filter-policy", "whitelist-only", ""), "whitelist-only"),
        (("/usr/sbin/ModemManager", "--filter-policy=default"), "default"),
        (("/usr/sbin/ModemManager", "--filter-policy"), STRICT),
    ],
)
def test_its_policy_is_told_by_how_it_was_started(arguments: tuple[str, ...], policy: str) -> None:
    assert modem_manager.policy_in(arguments) == policy


class Machine:
    """What /proc, /run/udev and /sys say of a ModemManager and one stick with a port."""

    def __init__(self, folder: Path, port: Port) -> None:
        self.folder = folder
        self.port = replace(port, path=str(folder / "dev" / "ttyUSB2"))
        self.put("dev/ttyUSB2", "")
        self.put("sys/1-1/idVendor", "2c7c")
        self.put("sys/1-1/dev", "189:4\n")
        self.put("sys/1-1/1-1:1.2/ttyUSB2/bulk", "")
        self.put("sys/tty/ttyUSB2/dev", "188:2\n")
        (folder / "sys/tty/ttyUSB2/device").symlink_to(folder / "sys/1-1/1-1:1.2/ttyUSB2")

    def put(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def starts(self, *arguments: str) -> None:
        self.put("proc/77/comm", "ModemManager\n")
        self.put("proc/77/cmdline", "\0".join(("/usr/sbin/ModemManager", *arguments, "")))

    def opens(self, path: str = "") -> bool:
        folders = self.folder / "proc", self.folder / "udev", self.folder / "sys/tty"
        return modem_manager.may_open(path or self.port.path, [self.port, UART], *folders)


def test_one_that_does_not_run_opens_nothing(tmp_path: Path) -> None:
    assert not Machine(tmp_path, EC25).opens()


def test_rules_are_believed_once_udev_has_applied_them(tmp_path: Path) -> None:
    machine = Machine(tmp_path, EC25)
    machine.starts()
    assert machine.opens()
    machine.put("udev/c188:2", "S:modem-at\nI:1\nE:ID_MM_CANDIDATE=1\nE:ID_MM_PORT_IGNORE=0\n")
    assert machine.opens()
    machine.put("udev/c188:2", "S:modem-at\nI:1\nE:ID_MM_CANDIDATE=1\nE:ID_MM_PORT_IGNORE=1\n")
    assert not machine.opens()
    machine.put("udev/c188:2", "")
    machine.put("udev/c189:4", "E:ID_MM_DEVICE_IGNORE=1\n")
    assert not machine.opens()
    machine.put("udev/c188:2", "E:ID_MM_DEVICE_PROCESS=1\n")
    assert machine.opens()


def test_a_port_is_the_same_under_all_its_names(tmp_path: Path) -> None:
    machine = Machine(tmp_path, EC25)
    machine.starts()
    (tmp_path / "modem-at").symlink_to(machine.port.path)
    assert machine.opens(str(tmp_path / "modem-at"))
    assert not machine.opens("/dev/serial0")


def test_an_adapter_is_left_alone_unless_it_has_a_network_card(tmp_path: Path) -> None:
    machine = Machine(tmp_path, HAT)
    machine.starts()
    assert not machine.opens()
    machine.put("sys/1-1/1-1:1.4/net/wwan0/address", "")
    assert machine.opens()


def test_a_policy_that_wants_rules_opens_nothing_without(tmp_path: Path) -> None:
    machine = Machine(tmp_path, EC25)
    machine.starts("--filter-policy=allowlist-only")
    assert not machine.opens()
    machine.put("udev/c188:2", "E:ID_MM_DEVICE_PROCESS=1\n")
    assert machine.opens()
