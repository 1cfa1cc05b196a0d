"""Reads what the files of a Linux machine say: /proc, /sys, the kernel's log. Text in, facts out."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import PurePath

_DISK = re.compile(r"(mmcblk\d+|nvme\d+n\d+|loop\d+)p\d+|([a-z]+)\d+")
_ESCAPE = re.compile(r"\\([0-7]{3})")
# What the kernel says of a disk that fails, with the disk's name where it has one; of the slot of a card, `slot`.
_ERRORS = (
    re.compile(r"I/O error,? .*?\b(?:dev|device) (?P<disk>\w+)"),
    re.compile(r"(?P<disk>mmcblk\d+\w*): .*\berror -?\d+"),
    re.compile(r"(?P<slot>mmc\d+): (?!.*SDIO)(?:.*\berror -\d+|.*[Tt]imeout waiting for|.*never left busy)"),
    re.compile(r"EXT4-fs error \(device (?P<disk>\w+)\)"),
    re.compile(r"EXT4-fs \((?P<disk>\w+)\): Remounting filesystem read-only"),
    re.compile(r"Aborting journal on device (?P<disk>\w+)"),
)
_LOW_VOLTAGE = re.compile(r"under-?voltage detected", re.IGNORECASE)
# What older and newer ways of making a Pi's card read-only say on the kernel's command line.
_OVERLAY = re.compile(r"\boverlayroot=(?!disabled|\"?\"?(?:\s|$))|\bboot=overlay\b")


@dataclass(frozen=True)
class Mount:
    """A line of /proc/self/mountinfo. number: the disk's, such as 179:2. options: of the file system, for whoever looks."""

    point: str
    number: str
    kind: str
    source: str
    options: frozenset[str]

    @property
    def name(self) -> str:
        """Its disk, as the kernel calls it: mmcblk0p2."""
        return PurePath(self.source).name


def throttled(text: str) -> int | None:
    """The bits of `vcgencmd get_throttled`.

    >>> throttled("throttled=0x50005"), throttled("VCHI initialization failed")
    (327685, None)
    """
    found = re.fullmatch(r"throttled=(0x[0-9a-fA-F]+)", text.strip())
    return int(found[1], 16) if found else None


def degrees(text: str) -> float | None:
    """Degrees Celsius, of the thousandths in /sys/class/thermal.

    >>> degrees("48312\\n")
    48.3
    """
    found = re.fullmatch(r"-?\d{1,6}", text.strip())
    return round(int(found[0]) / 1000, 1) if found else None


def model(text: str) -> str:
    """What the device tree calls the board.

    >>> model("Raspberry Pi Zero 2 W Rev 1.0\\0")
    'Raspberry Pi Zero 2 W Rev 1.0'
    """
    return text.strip("\0\n ")


def system_name(text: str) -> str:
    """The operating system's name, of /etc/os-release.

    >>> system_name('ID=debian\\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\\n')
    'Debian GNU/Linux 12 (bookworm)'
    """
    found = re.search(r"^PRETTY_NAME=[\"']?(.*?)[\"']?$", text, re.MULTILINE)
    return found[1] if found else ""


def mounts(text: str) -> tuple[Mount, ...]:
    """The lines of /proc/self/mountinfo. A service that systemd has locked up sees its disks read-only; whether the file
    system itself is, its own options say, which stand last.

    >>> mounts("27 1 179:2 / / ro,noatime shared:1 - ext4 /dev/mmcblk0p2 rw,commit=60")[0].options == {"rw", "commit=60"}
    True
    """
    found = []
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        fields, more = before.split(), after.split()
        if len(fields) >= 6 and len(more) >= 3:
            kind, source, options = more[:3]
            point = _ESCAPE.sub(lambda octal: chr(int(octal[1], 8)), fields[4])
            found.append(Mount(point, fields[2], kind, source, frozenset(options.split(","))))
    return tuple(found)


def mount_of(folder: PurePath, there: Iterable[Mount]) -> Mount | None:
    """The file system that a folder lies on: the last one that was mounted over it.

    >>> of_root = Mount("/", "179:2", "ext4", "/dev/mmcblk0p2", frozenset())
    >>> usb = Mount("/mnt/usb", "8:1", "vfat", "/dev/sda1", frozenset())
    >>> mount_of(PurePath("/mnt/usb/x"), [of_root, usb]).name, mount_of(PurePath("/mnt/us"), [of_root, usb]).name
    ('sda1', 'mmcblk0p2')
    """
    over = [mount for mount in there if folder.is_relative_to(mount.point)]
    longest = max((len(mount.point) for mount in over), default=0)
    return next((mount for mount in reversed(over) if len(mount.point) == longest), None)


def is_read_only(mount: Mount) -> bool:
    """Has the system stopped writing to it? Newer kernels keep `rw` and add a word."""
    return bool(mount.options & {"ro", "emergency_ro"})


def is_lost_at_restart(mount: Mount, command_line: str, there: Collection[Mount]) -> bool:
    """Is what is written to it only in memory: an overlay over the card? Not every overlay is; a container's is on a disk."""
    if mount.kind != "overlay":
        return False
    upper = next((one.partition("=")[2] for one in mount.options if one.startswith("upperdir=")), "")
    on = mount_of(PurePath(upper), [one for one in there if one.point != "/"]) if upper else None
    return bool(_OVERLAY.search(command_line)) or (on is not None and on.kind == "tmpfs")


def disk_of(name: str) -> str:
    """The disk that a partition is on.

    >>> [disk_of(name) for name in ("mmcblk0p2", "sda1", "nvme0n1p2", "vda", "mmcblk0")]
    ['mmcblk0', 'sda', 'nvme0n1', 'vda', 'mmcblk0']
    """
    found = _DISK.fullmatch(name)
    return (found[1] or found[2]) if found and not re.fullmatch(r"mmcblk\d+", name) else name


def kernel_lines(text: str) -> list[str]:
    """The messages in /dev/kmsg, or in what dmesg or journalctl print, without what stands before them.

    >>> kernel_lines("6,339,5140900,-;mmc0: new card\\n SUBSYSTEM=mmc\\n[    5.140900] usb 1-1: new\\nplain")
    ['mmc0: new card', 'usb 1-1: new', 'plain']
    """
    found = []
    for line in text.splitlines():
        if not line.startswith(" "):
            found.append(re.sub(r"^(?:\d+,\d+,\d+,[^;]*;|\[ *\d+\.\d+\] )", "", line))
    return found


def last_error(lines: Iterable[str], disks: Collection[str]) -> str:
    """The last line of the kernel's log about an error of one of these disks, "" if there is none."""
    return next((line for line in reversed(list(lines)) if _is_error(line, disks)), "")


def _is_error(line: str, disks: Collection[str]) -> bool:
    found = next(filter(None, (pattern.search(line) for pattern in _ERRORS)), None)
    if found is None:
        return False
    if (slot := found.groupdict().get("slot")) is not None:
        return slot.replace("mmc", "mmcblk") in disks
    return disk_of(found["disk"]) in disks


def voltage_was_low(lines: Iterable[str]) -> bool:
    """Does the kernel's log tell of a voltage that was too low?"""
    return any(_LOW_VOLTAGE.search(line) for line in lines)
