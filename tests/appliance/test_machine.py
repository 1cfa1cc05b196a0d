"""The package on a whole machine with systemd, with a stick in its USB port: installed, killed, hung, rebooted, switched off in
the middle, updated, removed."""

from base64 import b64encode
from collections import Counter
from pathlib import Path

from modem.simulator import Simulator
from tests.appliance import old_package
from tests.appliance.boxes import PAGE, READY, Boxes, now, number, ready_after, rows, texted
from tests.appliance.roots import package
from tests.support.needs import needs
from tests.support.old_release import ROWS
from tests.torture.machine import cuts

pytestmark = needs("mmdebstrap", "qemu-system-x86", "debhelper")


def test_installing_ends_with_address_and_code(boxes: Boxes) -> None:
    assert "The page of textback: http://textback.local" in boxes.said
    assert "Type the code " in boxes.said


def test_a_day_of_the_service(boxes: Boxes) -> None:
    """One boot for all of these, for a boot takes long."""
    with Simulator() as modem, boxes.machine("day", modem) as machine:
        machine.until(READY, "the line's being ready")
        # The page, on both ports, and a caller.
        assert "<title>" in machine.run(PAGE.format(":8080/login"))
        assert "<title>" in machine.run(PAGE.format("/login"))
        texted(modem, number(1))
        # Root and a member of the group act as the service's user: no file of root's lies in its folder.
        machine.run(f"textback send {number(2)} 'Hello' && echo x | textback backup /var/lib/textback/x.zip")
        assert machine.run("find /var/lib/textback /etc/textback ! -user textback") == ""
        # Sandboxed, and the stick that is plugged in later is opened all the same.
        exposure = machine.run("systemd-analyze security textback.service --no-pager | tail -1")
        print(exposure)
        assert float(exposure.rpartition("textback.service: ")[2].split()[0]) <= 2.0
        begin = now(machine)
        machine.pull()
        machine.plug()
        ready_after(machine, begin)
        texted(modem, number(3))
        # Killed: systemd starts it again.
        begin = now(machine)
        machine.run("systemctl kill -s KILL textback")
        ready_after(machine, begin)
        texted(modem, number(4))
        # Stopped: the watchdog ends it, and systemd starts it again.
        begin = now(machine)
        machine.run("systemctl kill -s STOP textback")
        machine.until(
            f"journalctl --after-cursor='{begin}' | grep -q 'Watchdog timeout'", "the watchdog's timeout"
        )
        ready_after(machine, begin)
        texted(modem, number(5))
        # A mistake in the configuration does not take the page away.
        machine.run("cp -a /etc/textback/config.ini /root/; echo '[nonsense' >> /etc/textback/config.ini")
        begin = now(machine)
        machine.run("systemctl restart textback")
        assert "<title>" in machine.run(PAGE.format("/login"))
        machine.run("cp -a /root/config.ini /etc/textback/; systemctl restart textback")
        ready_after(machine, begin)
        # Rebooted.
        machine.reboot()
        machine.until(READY, "the line's being ready")
        texted(modem, number(6))
        # Installed over itself, removed, and purged.
        before = machine.run("sha256sum /etc/textback/config.ini")
        machine.run("dpkg --remove textback")
        assert machine.run("sha256sum /etc/textback/config.ini") == before
        assert "textback.db" in machine.run("ls /var/lib/textback")
        machine.run("dpkg --purge textback; ! ls -d /etc/textback /var/lib/textback /usr/lib/textback")
        sent = Counter(one.number for one in modem.submitted)
        assert sent == {number(count): 1 for count in range(1, 7)}


NAMED = """python3 -c "
import urllib.request as r
print(r.urlopen(r.Request('http://127.0.0.1/login', headers={'Host': 'textback.local'})).read().decode())"
"""
STICK = Path(__file__).with_name("stick.py")


def test_plugging_in_and_being_found(boxes: Boxes) -> None:
    """A stick that is a drive first, and the box's name: one boot for both."""
    with Simulator() as modem, boxes.machine("stick", modem) as machine:
        machine.until(READY, "the line's being ready")
        exposure = machine.run("systemd-analyze security textback-name.service --no-pager | tail -1")
        print(exposure)
        assert float(exposure.rpartition("textback-name.service: ")[2].split()[0]) <= 2.0
        # It is textback.local when the machine is not; the page answers to that.
        begin = now(machine)
        machine.run("hostname raspberrypi; systemctl restart avahi-daemon textback")
        machine.run("modprobe dummy; ip link add dev lan type dummy; ip addr add 192.168.7.7/24 dev lan")
        machine.run("ip link set dev lan up multicast on")
        machine.until("grep -qx textback.local /run/textback-name/name", "the name")
        assert machine.run("avahi-resolve -4 -n textback.local").split() == ["textback.local", "192.168.7.7"]
        ready_after(machine, begin)
        assert "<title>" in machine.run(NAMED)
        assert "http://textback.local:8080/" in machine.run("textback welcome")
        # A stick that nobody switches is named.
        machine.pull()
        script = b64encode(STICK.read_bytes()).decode()
        machine.run(f"echo {script} | base64 -d > /root/stick.py; modprobe vhci-hcd; modprobe option")
        machine.run("chmod -x /usr/sbin/usb_modeswitch; systemd-run --unit=stick python3 /root/stick.py")
        machine.until("textback doctor | grep -q 'The stick 12d1:1446 is in storage mode'", "the sentence")
        # One that is switched is a modem, whose port has its name; and it starts the service that was stopped.
        machine.run("systemctl stop stick textback; chmod +x /usr/sbin/usb_modeswitch")
        machine.run("systemd-run --unit=stick-again python3 /root/stick.py")
        machine.until("test -e /dev/modem-at", "the port of the modem")
        told = machine.run("udevadm info --query=property /dev/modem-at")
        for line in ("ID_MODEL_ID=1001", "ID_USB_INTERFACE_NUM=02", "ID_MM_PORT_IGNORE=1"):
            assert line in told.splitlines()
        machine.until("systemctl is-active --quiet textback", "the start of the service")
        # But not one that is disabled.
        machine.run("systemctl stop stick-again; systemctl disable --now textback")
        machine.until("! test -e /dev/modem-at", "the end of the port")
        machine.run("systemd-run --unit=stick-once-more python3 /root/stick.py")
        machine.until("test -e /dev/modem-at", "the port of the modem")
        machine.until(
            "systemctl show --property=ConditionResult textback-plugged | grep -qx ConditionResult=no",
            "the look whether it is enabled",
        )
        assert machine.run("systemctl is-active textback", None).strip() == "inactive"
        # The Pi's own watchdog, as the docs have it.
        machine.run(WATCHDOG)
        assert "15s" in machine.run("systemctl show --property=RuntimeWatchdogUSec")


# As docs/hardware.md has it.
WATCHDOG = (
    "install -D -m 644 /usr/share/doc/textback/examples/watchdog.conf"
    " /etc/systemd/system.conf.d/textback-watchdog.conf; systemctl daemon-reexec"
)


def test_from_0_1_0_with_its_data(boxes: Boxes) -> None:
    with Simulator() as modem, boxes.machine("old", modem) as machine:
        machine.run("dpkg --purge textback")
        machine.run(f"tar -xf /dev/vdb -C /root; dpkg -i /root/{old_package.NAME}")
        before = machine.run("sha256sum /etc/textback/config.ini")
        begin = now(machine)
        machine.run(f"dpkg -i /root/{package('amd64').name}")
        ready_after(machine, begin)
        assert machine.run("sha256sum /etc/textback/config.ini") == before
        texted(modem, number(1))
        assert "started" in rows(machine, "calls")[0]
        assert len(rows(machine, "calls")) == len(ROWS["call"]) + 1
        assert len(rows(machine, "messages")) == len(ROWS["message"]) + 1


CUTS = ("ringing", "cmgs", "pdu", "taken", "sent", "announced")


def test_switched_off_in_the_middle(boxes: Boxes) -> None:
    """Ringing, sending and receiving: whoever called is known and texted once at most, whoever wrote is read once."""
    verdict = cuts(boxes, CUTS)
    print(verdict.figures)
    assert not verdict.bad, str(verdict)
