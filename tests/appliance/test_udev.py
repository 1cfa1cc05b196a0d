"""What udev does when something is plugged in, by the rules of the package and of usb-modeswitch, with devices that umockdev
pretends: a modem's port gets its name and is kept from ModemManager, a drive that is a modem is switched, all else is left."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from modem.ports.layouts import AS_DRIVE, MODEM_DRIVERS
from tests.appliance.roots import SUITES, System, system
from tests.support.needs import needs
from tests.support.paths import ROOT

pytestmark = needs("mmdebstrap")

RULES = sorted((ROOT / "udev").glob("*.rules"))
HUB = "/devices/pci0000:00/0000:00:14.0/usb1"


@dataclass(frozen=True)
class Stick:
    """One USB device with one port or drive: driver and (class, subclass, protocol) of that interface; port: "" for none."""

    vendor: str
    product: str
    interface: str = "00"
    triple: tuple[str, str, str] = ("ff", "ff", "ff")
    driver: str = "option"
    port: str = "ttyUSB0"
    maker: str = "Somebody"

    @property
    def folder(self) -> str:
        """Of what is asked about: the port, or else the interface."""
        interface = f"{HUB}/1-1/1-1:1.{int(self.interface, 16)}"
        return f"{interface}/tty/{self.port}" if self.port else interface

    def described(self) -> str:
        """As umockdev reads it."""
        kind, sub, protocol = self.triple
        product = f"{int(self.vendor, 16):x}/{int(self.product, 16):x}/0"
        described = f"""\
P: {HUB}
E: SUBSYSTEM=usb
E: DEVTYPE=usb_device
A: idVendor=1d6b
A: idProduct=0002

P: {HUB}/1-1
N: bus/usb/001/005
E: SUBSYSTEM=usb
E: DEVTYPE=usb_device
E: DEVNAME=/dev/bus/usb/001/005
E: PRODUCT={product}
E: BUSNUM=001
E: DEVNUM=005
A: idVendor={self.vendor}
A: idProduct={self.product}
A: manufacturer={self.maker}
A: product=Thing
A: bNumConfigurations=1
A: busnum=1
A: devnum=5

P: {HUB}/1-1/1-1:1.{int(self.interface, 16)}
E: SUBSYSTEM=usb
E: DEVTYPE=usb_interface
E: DRIVER={self.driver}
E: PRODUCT={product}
A: bInterfaceNumber={self.interface}
A: bInterfaceClass={kind}
A: bInterfaceSubClass={sub}
A: bInterfaceProtocol={protocol}
L: driver=../../../../../../bus/usb/drivers/{self.driver}
"""
        if self.port:
            described += f"""
P: {self.folder}
N: {self.port}
E: SUBSYSTEM=tty
E: DEVNAME=/dev/{self.port}
E: MAJOR=188
E: MINOR=0
E: USEC_INITIALIZED=1
"""
        return described


@pytest.fixture(scope="module", params=SUITES)
def udev(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with system(request.param, tmp_path_factory.mktemp("udev")) as there:
        for rules in RULES:
            (there.folder / "usr/lib/udev/rules.d" / rules.name).write_text(rules.read_text())
        yield there


def plugged(udev: System, stick: Stick) -> str:
    """What udev says that it would make of it."""
    (udev.folder / "tmp/stick").write_text(stick.described())
    return udev.run(f"umockdev-run -d /tmp/stick -- udevadm test --action=add /sys{stick.folder} 2>&1")


def properties(said: str) -> dict[str, str]:
    return dict(re.findall(r"^\s*([A-Z_]+)=(.*?)\s*$", said, re.MULTILINE))


MODEMS = {
    "Huawei E1550": Stick("12d1", "1001", "02"),
    "Huawei by class": Stick("12d1", "1c05", "01", ("ff", "01", "02")),
    "SIM7600": Stick("1e0e", "9001", "02"),
    "Quectel EC25": Stick("2c7c", "0125", "02"),
    "u-blox SARA-U2": Stick("1546", "1102", "00", ("02", "02", "01"), "cdc_acm", "ttyACM0"),
}
OTHER_PORTS = {
    "the data port of an E1550": Stick("12d1", "1001", "00"),
    "the sound of an E1550": Stick("12d1", "1001", "01"),
    "the data port of a Huawei by class": Stick("12d1", "1c05", "00", ("ff", "01", "01")),
    "the diagnosis of an EC25": Stick("2c7c", "0125", "00"),
}
OTHER_THINGS = {
    "an Arduino": Stick("2341", "0043", "00", ("02", "02", "01"), "cdc_acm", "ttyACM0"),
    "a u-blox GPS": Stick("1546", "01a8", "00", ("02", "02", "01"), "cdc_acm", "ttyACM0"),
    "a CH340": Stick("1a86", "7523", "00", driver="ch341"),
    "a Zigbee stick": Stick("10c4", "ea60", "00", driver="cp210x"),
}
DRIVE = ("08", "06", "50")
NO_MODEMS = {
    "a memory stick": Stick("0781", "5567", "00", DRIVE, "usb-storage", ""),
    "a Huawei phone": Stick("12d1", "107d", "00", DRIVE, "usb-storage", "", "Android"),
    "the card reader of a switched Huawei": Stick("12d1", "1001", "03", DRIVE, "usb-storage", ""),
}


@pytest.mark.parametrize("name", MODEMS)
def test_the_port_for_at_gets_its_name_and_starts_the_service(udev: System, name: str) -> None:
    found = properties(plugged(udev, MODEMS[name]))
    assert "/dev/modem-at" in found["DEVLINKS"].split()
    assert found["ID_MM_PORT_IGNORE"] == "1"
    assert found["SYSTEMD_WANTS"] == "textback-plugged.service"
    assert ":systemd:" in found["TAGS"]


@pytest.mark.parametrize("name", OTHER_PORTS)
def test_the_other_ports_of_a_modem_keep_their_names(udev: System, name: str) -> None:
    found = properties(plugged(udev, OTHER_PORTS[name]))
    assert "/dev/modem-at" not in found.get("DEVLINKS", "").split()
    assert "ID_MM_PORT_IGNORE" not in found


def test_modemmanager_leaves_all_ports_of_a_modem_that_the_table_does_not_know(udev: System) -> None:
    found = properties(plugged(udev, Stick("2dee", "4d07", "03")))
    assert found["ID_MM_PORT_IGNORE"] == "1"
    assert "/dev/modem-at" not in found.get("DEVLINKS", "").split()


@pytest.mark.parametrize("name", OTHER_THINGS)
def test_what_is_no_modem_is_left_alone(udev: System, name: str) -> None:
    found = properties(plugged(udev, OTHER_THINGS[name]))
    assert found["ID_VENDOR_ID"] == OTHER_THINGS[name].vendor
    assert not {"ID_MM_PORT_IGNORE", "ID_MM_DEVICE_IGNORE", "SYSTEMD_WANTS", "TEXTBACK_AT"} & set(found)
    assert "/dev/modem-at" not in found.get("DEVLINKS", "").split()


def drive(vendor: int, product: int) -> Stick:
    return Stick(f"{vendor:04x}", f"{product:04x}", "00", DRIVE, "usb-storage", "")


@pytest.mark.parametrize("ids", sorted(AS_DRIVE), ids=lambda ids: f"{ids[0]:04x}:{ids[1]:04x}")
def test_a_modem_in_storage_mode_is_switched(udev: System, ids: tuple[int, int]) -> None:
    """By usb-modeswitch's own rules, those of Huawei by the interface and all others by the device."""
    stick = drive(*ids)
    said = plugged(udev, stick)
    (udev.folder / "tmp/stick").write_text(stick.described())
    said += udev.run(f"umockdev-run -d /tmp/stick -- udevadm test --action=add /sys{HUB}/1-1 2>&1")
    assert re.search(r"usb_modeswitch '", said)


@pytest.mark.parametrize("name", NO_MODEMS)
def test_no_drive_but_a_modem_is_switched(udev: System, name: str) -> None:
    assert not re.search(r"usb_modeswitch '", plugged(udev, NO_MODEMS[name]))


def test_the_rules_are_sound(udev: System) -> None:
    """Debian 13's udevadm judges them; that of Debian 12 cannot yet."""
    if "trixie" in udev.folder.name:
        files = " ".join(f"/usr/lib/udev/rules.d/{rules.name}" for rules in RULES)
        assert "Success: 2" in udev.run(f"udevadm verify --no-style {files} 2>&1")


def test_a_light_may_be_set_by_the_service(udev: System) -> None:
    """What the rule does, done to files like those of a light, which has no `brightness` here."""
    (rule,) = (line for line in Path(RULES[-1]).read_text().splitlines() if 'SUBSYSTEM=="leds"' in line)
    command = (
        re.findall(r"RUN\+=\"/bin/sh -c '(.*)'\"$", rule)[0].replace("$$", "$").replace("/sys%p", "/tmp/led")
    )
    said = udev.run(
        "groupadd -f textback; mkdir -p /tmp/led; touch /tmp/led/trigger /tmp/led/delay_on /tmp/led/other;"
        f" chmod 644 /tmp/led/*; ({command}); cd /tmp/led; stat -c '%n %G %a' *"
    )
    assert said.splitlines() == ["delay_on textback 664", "other root 644", "trigger textback 664"]


def test_the_drivers_of_modems_are_those_of_the_table() -> None:
    assert f'DRIVERS=="{"|".join(sorted(MODEM_DRIVERS))}"' in RULES[-1].read_text()
