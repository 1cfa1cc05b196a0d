"""What the machine's files say, and what of it is wrong: tables of what kernels and firmware write, and a folder of files."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path, PurePath

import pytest

from bridge.rules.machine import INCIDENTS, ClockSetter, Journal, Machine, reading, troubles
from bridge.rules.troubles import MachineTrouble
from bridge.service import machine

GIGABYTE = 1024**3
WELL = Machine(
    model="Raspberry Pi 3 Model B Plus Rev 1.3",
    firmware=0,
    low_voltage=False,
    degrees=50.0,
    free=10 * GIGABYTE,
    size=32 * GIGABYTE,
    errors="",
    log_open=True,
)

# ---- what is wrong


@pytest.mark.parametrize(
    ("now", "codes"),
    [
        ({}, []),
        ({"firmware": None, "low_voltage": None, "degrees": None, "free": None, "errors": None}, []),
        ({"firmware": 0x50005}, [MachineTrouble.WEAK_POWER]),
        ({"firmware": 0x50000}, [MachineTrouble.WEAK_POWER]),  # since the start
        ({"firmware": 0x80008}, []),  # a soft limit of heat
        ({"firmware": None, "low_voltage": True}, [MachineTrouble.WEAK_POWER]),
        ({"firmware": 0, "low_voltage": True}, [MachineTrouble.WEAK_POWER]),
        ({"degrees": 80.0}, []),
        ({"degrees": 80.1}, [MachineTrouble.HOT]),
        ({"degrees": 95.0, "model": ""}, []),  # a PC
        ({"free": 200 * 2**20 - 1}, [MachineTrouble.NEARLY_FULL]),
        ({"free": 200 * 2**20}, []),
        ({"free": 50 * 2**20, "size": 100 * 2**20}, []),  # a small disk that is half empty
        ({"free": 9 * 2**20, "size": 100 * 2**20}, [MachineTrouble.NEARLY_FULL]),
        ({"errors": "mmcblk0: error -110"}, [MachineTrouble.CARD_ERRORS]),
        ({"read_only": True, "errors": "x"}, [MachineTrouble.READ_ONLY, MachineTrouble.CARD_ERRORS]),
        ({"in_memory": True}, [MachineTrouble.NOT_KEPT]),
    ],
)
def test_what_is_wrong(now: dict[str, object], codes: list[MachineTrouble]) -> None:
    assert [trouble.code for trouble in troubles(replace(WELL, **now))] == codes  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "still", "over"),
    [
        (MachineTrouble.HOT, {"degrees": 75.1}, {"degrees": 75.0}),
        (MachineTrouble.NEARLY_FULL, {"free": 300 * 2**20 - 1}, {"free": 300 * 2**20}),
    ],
)
def test_what_was_wrong_is_over_only_when_it_is_clearly_better(
    code: MachineTrouble, still: dict[str, float], over: dict[str, float]
) -> None:
    for now, before, found in ((still, [], []), (still, [code], [code]), (over, [code], [])):
        assert [one.code for one in troubles(replace(WELL, **now), before)] == found  # type: ignore[arg-type]


def test_each_trouble_but_those_that_cannot_be_stored_is_an_incident_of_its_own() -> None:
    assert set(MachineTrouble) - set(INCIDENTS) == {MachineTrouble.READ_ONLY, MachineTrouble.NO_LED}
    assert len(set(INCIDENTS.values())) == len(INCIDENTS)


# ---- what the files say

CARD = ("mmcblk0",)
KERNEL = [
    ("[  192.866128] mmc0: Timeout waiting for hardware interrupt - cmd12.", True),
    (
        "[202.875486] mmcblk0: error -110 sending stop command, original cmd response 0x900, card status 0x900",
        True,
    ),
    ("mmcblk0: error -84 transferring data, sector 3409592, nr 8, cmd response 0x900, card status 0x0", True),
    ("mmc0: error -110 whilst initialising SD card", True),
    ("mmc0: Card stuck in wrong state! card never left busy state", True),
    (
        "blk_update_request: I/O error, dev mmcblk0, sector 10240 op 0x1:(WRITE) flags 0x800 phys_seg 1 prio class 0",
        True,
    ),
    (
        "3,1042,88123456,-;I/O error, dev mmcblk0, sector 2048 op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 2",
        True,
    ),
    ("print_req_error: I/O error, dev mmcblk0, sector 21213", True),
    ("Buffer I/O error on dev mmcblk0p2, logical block 0, lost sync page write", True),
    (
        "EXT4-fs error (device mmcblk0p2): ext4_find_entry:1463: inode #2: comm systemd: reading directory lblock 0",
        True,
    ),
    ("EXT4-fs (mmcblk0p2): Remounting filesystem read-only", True),
    ("Aborting journal on device mmcblk0p2-8.", True),
    ("mmc0: new high speed SDHC card at address aaaa", False),
    ("mmc0: reducing overclock due to errors", False),
    ("mmcblk0: mmc0:aaaa SL32G 29.7 GiB", False),
    ("mmc1: error -110 whilst initialising SDIO card", False),
    ("mmc1: Timeout waiting for hardware interrupt.", False),  # the Wi-Fi's
    ("EXT4-fs (mmcblk0p2): mounted filesystem with ordered data mode. Quota mode: none.", False),
    ("EXT4-fs (mmcblk0p2): recovery complete", False),
    ("EXT4-fs (mmcblk0p2): re-mounted. Opts: (null). Quota mode: none.", False),
    (
        "I/O error, dev sda, sector 0 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2",
        False,
    ),  # a stick pulled out
    (
        "EXT4-fs error (device sda1): ext4_find_entry:1463: inode #2: comm ls: reading directory lblock 0",
        False,
    ),
    ("textback: error -110", False),
]


@pytest.mark.parametrize(("line", "is_error"), KERNEL)
def test_errors_of_the_card_are_told_from_the_rest(line: str, is_error: bool) -> None:
    (message,) = reading.kernel_lines(line)
    assert reading.last_error([message], CARD) == (message if is_error else "")


def test_the_last_error_of_the_disk_that_is_meant_is_told() -> None:
    lines = [line for line, _ in KERNEL]
    assert "journal" in reading.last_error(lines, CARD)
    assert "device sda1" in reading.last_error(lines, ("sda",))
    assert reading.last_error(lines, ("vda",)) == ""


@pytest.mark.parametrize(
    ("line", "low"),
    [
        ("hwmon hwmon1: Undervoltage detected!", True),
        ("Under-voltage detected! (0x00050005)", True),
        ("hwmon hwmon1: Voltage normalised", False),
        ("Voltage normalised (0x00000000)", False),
    ],
)
def test_the_kernel_tells_of_a_weak_supply(line: str, low: bool) -> None:
    assert reading.voltage_was_low(["usb 1-1: new", line]) is low


ROOT_MOUNT = "27 1 179:2 / / rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw"
SEEN_BY_SERVICE = """\
310 300 179:2 / / ro,noatime - ext4 /dev/mmcblk0p2 rw
311 310 179:2 /var/lib/textback /var/lib/textback rw,noatime - ext4 /dev/mmcblk0p2 rw
312 310 8:1 / /mnt/my\\040stick rw - vfat /dev/sda1 rw"""
OVERLAYROOT = """\
24 1 0:21 / / rw,relatime shared:1 - overlay overlayroot rw,lowerdir=/media/root-ro,upperdir=/media/root-rw/overlay
25 24 179:2 / /media/root-ro ro,relatime shared:2 - ext4 /dev/mmcblk0p2 ro
26 24 0:20 / /media/root-rw rw,relatime shared:3 - tmpfs tmpfs-root rw"""
OLDER_OVERLAY = (
    "24 1 0:21 / / rw,noatime - overlay overlay rw,lowerdir=/lower,upperdir=/upper/data,workdir=/upper/work"
)
CONTAINER = (
    "24 1 0:21 / / rw - overlay overlay rw,lowerdir=/var/lib/a,upperdir=/var/lib/docker/b,workdir=/var/lib/c"
)
DATA_BESIDE = f"{OVERLAYROOT}\n30 24 179:3 / /var/lib/textback rw - ext4 /dev/mmcblk0p3 rw"


@pytest.mark.parametrize(
    ("mountinfo", "command_line", "read_only", "lost"),
    [
        (ROOT_MOUNT, "", False, False),
        (ROOT_MOUNT.replace("mmcblk0p2 rw", "mmcblk0p2 ro"), "", True, False),
        (ROOT_MOUNT.replace("mmcblk0p2 rw", "mmcblk0p2 rw,emergency_ro"), "", True, False),
        (SEEN_BY_SERVICE, "", False, False),
        (OVERLAYROOT, "console=tty1 overlayroot=tmpfs rootwait", False, True),
        (OVERLAYROOT, "", False, True),
        (OLDER_OVERLAY, "boot=overlay console=tty1", False, True),
        (CONTAINER, "console=ttyS0 quiet", False, False),
        (ROOT_MOUNT, "overlayroot=disabled", False, False),
        (DATA_BESIDE, "overlayroot=tmpfs", False, False),
    ],
)
def test_where_the_database_lies_may_be_read_only_or_lost_at_the_next_start(
    mountinfo: str, command_line: str, read_only: bool, lost: bool
) -> None:
    mounts = reading.mounts(mountinfo)
    mount = reading.mount_of(PurePath("/var/lib/textback"), mounts)
    assert mount is not None
    assert reading.is_read_only(mount) is read_only
    assert reading.is_lost_at_restart(mount, command_line, mounts) is lost


def test_a_mount_with_a_blank_is_found_by_its_name() -> None:
    mount = reading.mount_of(PurePath("/mnt/my stick/backups"), reading.mounts(SEEN_BY_SERVICE))
    assert mount is not None
    assert (mount.name, mount.kind) == ("sda1", "vfat")


@pytest.mark.parametrize("text", ["", "soon", "-", "12345678901", "48.3"])
def test_what_is_no_temperature_is_none(text: str) -> None:
    assert reading.degrees(text) is None


# ---- a folder of such files

Put = Callable[[Mapping[str, str]], None]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Lays files into a folder that looks like a Raspberry Pi: path -> text."""

    def lay(files: Mapping[str, str]) -> None:
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    return lay


def pi(put: Put, root: Path) -> None:
    put(
        {
            "proc/device-tree/model": "Raspberry Pi 4 Model B Rev 1.4\0",
            "proc/cmdline": "console=tty1 root=PARTUUID=1c0b-02 rootfstype=ext4 fsck.repair=yes rootwait",
            "proc/self/mountinfo": "27 1 179:2 / / rw,noatime shared:1 - ext4 /dev/root rw",
            "etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n',
            "sys/class/thermal/thermal_zone0/temp": "48312\n",
            "sys/class/hwmon/hwmon0/name": "cpu_thermal\n",
            "sys/class/hwmon/hwmon1/name": "rpi_volt\n",
            "sys/class/hwmon/hwmon1/in0_lcrit_alarm": "0\n",
            "sys/devices/mmc0/block/mmcblk0/mmcblk0p2/partition": "2\n",
            "sys/fs/ext4/mmcblk0p2/errors_count": "0\n",
            "dev/kmsg": "6,339,5140900,-;mmc0: new high speed SDHC card at address aaaa\n SUBSYSTEM=mmc\n",
            "etc/fake-hwclock.data": "2026-11-27 12:00:00\n",
            "run/systemd/timesync/synchronized": "",
            "run/log/journal/0123/system.journal": "x" * 5000,
        }
    )
    (root / "sys/dev/block").mkdir(parents=True)
    (root / "sys/dev/block/179:2").symlink_to(root / "sys/devices/mmc0/block/mmcblk0/mmcblk0p2")


def test_a_pi_that_is_well(put: Put, tmp_path: Path) -> None:
    pi(put, tmp_path)
    seen = machine.look(tmp_path, tmp_path)
    assert seen.free is not None
    assert seen.size is not None
    assert replace(seen, free=None, size=None) == Machine(
        model="Raspberry Pi 4 Model B Rev 1.4",
        system="Debian GNU/Linux 12 (bookworm)",
        low_voltage=False,
        degrees=48.3,
        errors="",
        log_open=True,
        journal=Journal(False, 5000),
        setters=(ClockSetter.SAVED, ClockSetter.INTERNET),
        synchronised=True,
    )


SICK: list[tuple[str, str, str, object]] = [
    ("sys/class/thermal/thermal_zone0/temp", "82100\n", "degrees", 82.1),
    ("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n", "low_voltage", True),
    ("dev/kmsg", "2,9,8,-;hwmon hwmon1: Undervoltage detected!\n", "low_voltage", True),
    ("dev/kmsg", "3,9,8,-;I/O error, dev mmcblk0, sector 1\n", "errors", "I/O error, dev mmcblk0, sector 1"),
    ("sys/fs/ext4/mmcblk0p2/errors_count", "12\n", "errors", "ext4 has counted 12 errors on mmcblk0p2"),
    ("proc/self/mountinfo", "27 1 179:2 / / rw - ext4 /dev/root ro", "read_only", True),
    ("proc/self/mountinfo", OVERLAYROOT, "in_memory", True),
    (
        "sys/class/rtc/rtc0/name",
        "rpi-rtc\n",
        "setters",
        (ClockSetter.CHIP, ClockSetter.SAVED, ClockSetter.INTERNET),
    ),
    ("var/log/journal/0123/system.journal", "x", "journal", Journal(True, 1)),
]


@pytest.mark.parametrize(("file", "text", "field", "value"), SICK)
def test_each_file_is_heeded(
    put: Put, tmp_path: Path, file: str, text: str, field: str, value: object
) -> None:
    pi(put, tmp_path)
    assert getattr(machine.look(tmp_path, tmp_path), field) != value
    put({file: text})
    assert getattr(machine.look(tmp_path, tmp_path), field) == value


def test_where_nothing_may_be_read_nothing_is_known(tmp_path: Path) -> None:
    seen = machine.look(None, tmp_path / "nothing")
    assert seen == Machine()
    assert troubles(seen) == ()


def test_the_firmware_is_asked_where_that_is_allowed(
    put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pi(put, tmp_path)
    put({"bin/vcgencmd": "#!/bin/sh\n[ $1 = get_throttled ] && echo throttled=0x50000\n"})
    (tmp_path / "bin/vcgencmd").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    assert machine.look(tmp_path, tmp_path).firmware is None
    put({"dev/vcio": ""})
    assert machine.look(tmp_path, tmp_path).firmware == 0x50000


def test_a_program_that_is_not_there_is_told() -> None:
    assert machine.asked(["no-such-program-here"]) == (
        None,
        "There is no no-such-program-here on this machine.",
    )
    assert machine.asked(["false"]) == (1, "")
