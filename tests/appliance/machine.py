"""A whole machine by qemu's software emulation, as small as a Zero 2 W: its disk, its systemd, and a stick in its USB port
that is the simulated modem outside, whose log survives whatever is done to the machine."""

import json
import shutil
import socket
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from modem.simulator import Simulator
from tests.support.box import until

AGENT = Path(__file__).with_name("agent.py")
# An emulated machine on a busy one takes minutes to boot.
PATIENCE = 900.0
MEMORY_MB, DISK_MB = 512, 3072
UNIT = """\
[Unit]
Description=What runs the commands from outside
DefaultDependencies=no
After=systemd-udevd.service local-fs.target
Before=shutdown.target
Conflicts=shutdown.target
[Service]
ExecStart=/usr/bin/python3 -S /usr/local/sbin/agent.py
Restart=always
[Install]
WantedBy=multi-user.target
"""


def make_disk(root: Path, disk: Path) -> None:
    """The machine's disk, with this root (a folder) and the agent. Raises CalledProcessError."""
    shutil.copy(AGENT, root / "usr/local/sbin/agent.py")
    (root / "etc/systemd/system/agent.service").write_text(UNIT)
    wanted = root / "etc/systemd/system/multi-user.target.wants/agent.service"
    wanted.unlink(missing_ok=True)
    wanted.symlink_to("../agent.service")
    (root / "etc/fstab").write_text("/dev/vda / ext4 noatime 0 1\n")
    (root / "etc/hostname").write_text("textback\n")
    part = disk.with_suffix(".part")
    with part.open("wb") as file:
        file.truncate(DISK_MB << 20)
    subprocess.run(
        ["mke2fs", "-q", "-t", "ext4", "-d", root, part], check=True, capture_output=True, text=True
    )
    part.rename(disk)


class Machine:
    """One machine on a disk of its own, which begins as a copy of `base`. parcel: a file that it finds as /dev/vdb.

    kernel, initrd: outside the disk, as qemu starts them.
    """

    def __init__(
        self,
        folder: Path,
        base: Path,
        kernel: Path,
        initrd: Path,
        modem: Simulator,
        parcel: Path | None = None,
    ) -> None:
        self.folder, self.modem = folder, modem
        self.disk = folder / "disk.qcow2"
        if not self.disk.exists():
            kind = "qcow2" if base.suffix == ".qcow2" else "raw"
            subprocess.run(
                ["qemu-img", "create", "-q", "-f", "qcow2", "-F", kind, "-b", base, self.disk], check=True
            )
        self._start = ["-kernel", str(kernel), "-initrd", str(initrd)]
        self._parcel = parcel
        self._process: subprocess.Popen[bytes] | None = None
        self._agent: socket.socket | None = None
        self._rest = b""
        self._asks = 0

    def __enter__(self) -> "Machine":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind:
            with suppress(OSError):
                print((self.folder / "console").read_text("utf-8", "replace")[-3000:])
        self.cut()
        self.wait_until_off()

    def start(self) -> None:
        """Switches it on, and waits until it takes commands."""
        agent = self.folder / "agent"
        agent.unlink(missing_ok=True)
        (self.folder / "monitor").unlink(missing_ok=True)
        drives = ["-drive", f"file={self.disk},if=virtio,format=qcow2,cache=writeback"]
        if self._parcel:
            drives += ["-drive", f"file={self._parcel},if=virtio,format=raw,readonly=on"]
        command = ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-m", str(MEMORY_MB)]
        command += ["-smp", "2", "-nodefaults", "-display", "none", *self._start, *drives]
        command += ["-append", "root=/dev/vda rw console=ttyS0 quiet"]
        command += [
            "-chardev",
            f"file,id=console,path={self.folder / 'console'}",
            "-serial",
            "chardev:console",
        ]
        command += ["-chardev", f"socket,id=agent,path={agent},server=on,wait=off"]
        command += ["-device", "virtio-serial", "-device", "virtserialport,chardev=agent,name=agent"]
        command += ["-chardev", f"socket,id=monitor,path={self.folder / 'monitor'},server=on,wait=off"]
        command += ["-mon", "chardev=monitor,mode=control"]
        command += ["-chardev", f"serial,id=modem,path={self.modem.port}"]
        command += ["-device", "qemu-xhci", "-device", "usb-serial,chardev=modem,id=stick"]
        with (self.folder / "qemu").open("wb") as said:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=said)
        self._connect(agent)

    def _connect(self, agent: Path) -> None:
        until(lambda: agent.exists() or self._ended(), "the start of qemu")
        assert agent.exists(), (self.folder / "qemu").read_text()
        self._agent = socket.socket(socket.AF_UNIX)
        self._agent.connect(str(agent))
        self._rest = b""
        self.run("true")

    def run(self, command: str, code: int | None = 0) -> str:
        """What this command of a shell prints there, run by root; code: how it is to end, None for anyhow."""
        answer = self._asked(command, PATIENCE)
        assert code in (None, answer["code"]), f"{command}: {answer['code']}\n{answer['output']}"
        return str(answer["output"])

    def _asked(self, command: str, seconds: float) -> dict[str, Any]:
        """The answer. Raises TimeoutError; what was asked may have been lost, or be answered later to nobody."""
        assert self._agent is not None
        self._asks += 1
        self._agent.settimeout(seconds)
        self._agent.sendall(json.dumps({"number": self._asks, "command": command}).encode() + b"\n")
        while True:
            while b"\n" not in self._rest:
                data = self._agent.recv(65536)
                assert data, f"the machine was gone before the end of {command}"
                self._rest += data
            line, _, self._rest = self._rest.partition(b"\n")
            if line.strip():
                answer: dict[str, Any] = json.loads(line)
                if answer["number"] == self._asks:
                    return answer

    def until(self, command: str, what: str) -> str:
        """Waits until this command ends well; what it printed."""
        over = time.monotonic() + PATIENCE
        said = ""
        while time.monotonic() < over:
            said = self.run(f"if {command}; then echo; echo YES; fi", None)
            if said.rstrip().endswith("YES"):
                return said.rstrip().removesuffix("YES").rstrip()
            threading.Event().wait(0.5)
        raise AssertionError(f"{what} did not happen: {said}")

    def _ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def off(self) -> None:
        """Switches it off as one should."""
        self.run("systemctl poweroff", None)
        self.wait_until_off()

    def wait_until_off(self) -> None:
        """Until it is off, whoever switches it off."""
        if self._process:
            self._process.wait(PATIENCE)
        if self._agent:
            self._agent.close()
        self._agent = None

    def cut(self) -> None:
        """Takes the power away, from any thread."""
        if self._process:
            self._process.kill()

    def reboot(self) -> None:
        """As somebody does who asks it to; back once it takes commands again."""
        name = "cat /proc/sys/kernel/random/boot_id"
        before = self._asked(name, PATIENCE)["output"]
        self._asked("systemctl reboot", PATIENCE)
        over = time.monotonic() + PATIENCE
        while time.monotonic() < over:
            # What is asked while nobody is there to answer is lost.
            with suppress(TimeoutError):
                if self._asked(name, 10)["output"] != before:
                    return
        raise AssertionError("it did not come back")

    def pull(self) -> None:
        """Pulls the stick out."""
        self._ask({"execute": "device_del", "arguments": {"id": "stick"}}, "DEVICE_DELETED")

    def plug(self) -> None:
        """Puts the stick in."""
        self._ask(
            {
                "execute": "device_add",
                "arguments": {"driver": "usb-serial", "chardev": "modem", "id": "stick"},
            },
            "return",
        )

    def _ask(self, words: dict[str, object], answer: str) -> None:
        with socket.socket(socket.AF_UNIX) as monitor:
            monitor.settimeout(PATIENCE)
            monitor.connect(str(self.folder / "monitor"))
            lines = monitor.makefile("rwb")
            lines.readline()
            for word in ({"execute": "qmp_capabilities"}, words):
                lines.write(json.dumps(word).encode() + b"\n")
                lines.flush()
                if word is not words:
                    lines.readline()
            while answer not in (said := json.loads(lines.readline())) and said.get("event") != answer:
                assert "error" not in said, said
