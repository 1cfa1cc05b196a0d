"""The box is textback.local: two of them on a cable, each with D-Bus and avahi of Debian's and a network of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bridge.service import lan_name
from tests.appliance.roots import root
from tests.support.box import DEADLINE, until
from tests.support.needs import needs

pytestmark = needs("mmdebstrap")

DAEMONS = """\
mkdir -p /run/dbus /run/avahi-daemon; chown avahi /run/avahi-daemon
printf '[server]\\nhost-name={host}\\nuse-ipv6=no\\n' > /run/avahi.conf
dbus-daemon --system --nofork --nopidfile & echo $! > /run/dbus.pid
until [ -S /run/dbus/system_bus_socket ]; do sleep 0.1; done
avahi-daemon --file /run/avahi.conf --no-chroot --no-rlimits & echo $! > /run/avahi.pid
wait
"""
PROGRAM = "from bridge.cli import main; main()"


class Host:
    """A machine of this name, whose /run is a folder of the test's."""

    def __init__(self, folder: Path, host: str) -> None:
        self._run, self._host = folder / "run", host
        self._name = folder / "name"
        self._said = folder / "said"
        self._program: subprocess.Popen[bytes] | None = None
        for made in (self._run, self._name):
            made.mkdir(parents=True)

    def __enter__(self) -> "Host":
        there = root("trixie")
        mounts = f"mount --bind {self._run} {there}/run && mount --rbind /dev {there}/dev && mount -t proc proc {there}/proc"
        begin = f'{mounts} && exec chroot {there} bash -c "$1"'
        command = ["unshare", "--net", "--mount", "--propagation", "private", "bash", "-c", begin, "-"]
        with (self._run / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [*command, DAEMONS.format(host=self._host)], stdout=log, stderr=log
            )
        until((self._run / "avahi-daemon" / "socket").exists, "avahi")
        return self

    def __exit__(self, *_: object) -> None:
        if self._program:
            self._program.kill()
            self._program.wait()
        for daemon in ("avahi", "dbus"):
            self.run(f"kill $(cat /run/{daemon}.pid)", None)
        self.process.wait(DEADLINE)

    def run(self, command: str, code: int | None = 0) -> str:
        """What it prints there."""
        entered = [
            "nsenter",
            f"--target={self.process.pid}",
            "--net",
            "--mount",
            "chroot",
            str(root("trixie")),
        ]
        done = subprocess.run([*entered, "bash", "-c", command], capture_output=True, text=True, check=False)
        assert code in (None, done.returncode), done.stderr
        return done.stdout

    def begin(self) -> None:
        """The program that the test is about, as its unit starts it, at this machine's D-Bus."""
        entered = ["nsenter", f"--target={self.process.pid}", "--net"]
        environment = {
            **os.environ,
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self._run}/dbus/system_bus_socket",
            "RUNTIME_DIRECTORY": str(self._name),
        }
        with self._said.open("wb") as said:
            self._program = subprocess.Popen(
                [*entered, sys.executable, "-c", PROGRAM, "name", "--port", "80"],
                env=environment,
                stderr=said,
                cwd=Path(__file__).parents[2],
            )

    def ended(self) -> tuple[int, str]:
        """How the program ended by itself, and what it said last."""
        assert self._program
        return self._program.wait(DEADLINE), self._said.read_text().splitlines()[-1]

    @property
    def name(self) -> str | None:
        """What the program says that the box is called."""
        return lan_name.known(self._name)

    def finds(self, name: str, address: str) -> bool:
        """Does somebody on this machine get this address for the name?"""
        return self.run(f"timeout 5 avahi-resolve -4 -n {name}", None).split() == [name, address]


@pytest.fixture
def cable(tmp_path: Path) -> Iterator[tuple[Host, Host]]:
    with Host(tmp_path / "a", "raspberrypi") as one, Host(tmp_path / "b", "till") as other:
        one.run(f"ip link add dev eth0 type veth peer name eth0 netns {other.process.pid}")
        for host, address in ((one, "192.168.77.1"), (other, "192.168.77.2")):
            host.run(f"ip addr add {address}/24 dev eth0 && ip link set dev eth0 up")
        yield one, other


def test_it_is_found_whatever_the_machine_is_called_and_whatever_its_address(
    cable: tuple[Host, Host],
) -> None:
    one, other = cable
    one.begin()
    until(lambda: other.finds("textback.local", "192.168.77.1"), "the name")
    until(lambda: one.name == "textback.local", "what the program says")
    until(lambda: other.finds("raspberrypi.local", "192.168.77.1"), "the machine's own name")
    # Devices that look for services are shown the page.
    shown = "=;eth0;IPv4;textback;Web Site;local;textback.local;192.168.77.1;80;"
    until(lambda: shown in other.run("timeout 5 avahi-browse -rpt _http._tcp", None), "the service")
    # It gets another address, of another network: the old one is no longer told.
    one.run("ip addr add 10.7.7.1/24 dev eth0 && ip addr del 192.168.77.1/24 dev eth0")
    other.run("ip addr add 10.7.7.2/24 dev eth0")
    until(lambda: other.finds("textback.local", "10.7.7.1"), "the new address")
    # Without any it has no name, until there is one again.
    one.run("ip addr del 10.7.7.1/24 dev eth0")
    until(lambda: one.name is None, "the end of the name")
    one.run("ip addr add 10.7.7.3/24 dev eth0")
    until(lambda: other.finds("textback.local", "10.7.7.3"), "the address after that")


def test_two_boxes_find_names_of_their_own(cable: tuple[Host, Host]) -> None:
    one, other = cable
    one.begin()
    until(lambda: one.name == "textback.local", "the first one's name")
    other.begin()
    until(lambda: other.name == "textback-2.local", "the second one's name")
    for host in cable:
        until(partial(host.finds, "textback.local", "192.168.77.1"), "the first one")
        until(partial(host.finds, "textback-2.local", "192.168.77.2"), "the second one")


def test_a_machine_that_is_called_textback_needs_no_other_name(tmp_path: Path) -> None:
    with Host(tmp_path / "a", "textback") as host:
        host.run("ip link add dev eth0 type veth peer name eth1 && ip addr add 192.168.77.1/24 dev eth0")
        host.run("ip link set dev eth0 up && ip link set dev eth1 up")
        host.begin()
        until(lambda: host.name == "textback.local", "its own name")


def test_without_avahi_it_ends_with_a_sentence_and_is_started_again(cable: tuple[Host, Host]) -> None:
    """By systemd; the next start finds the avahi of then."""
    one, _ = cable
    one.begin()
    until(lambda: one.name is not None, "the name")
    one.run("kill $(cat /run/avahi.pid)")
    code, said = one.ended()
    assert (code, said.startswith("textback: The network cannot be told a name of this box: ")) == (1, True)
