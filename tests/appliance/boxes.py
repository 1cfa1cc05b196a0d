"""Machines in which the package is installed, and how they are asked what has come of a caller."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from modem.simulator import Simulator
from tests.appliance import old_package
from tests.appliance.machine import PATIENCE, Machine, make_disk
from tests.appliance.roots import kept, package, root, run

PAGE = "python3 -c \"import urllib.request as r; print(r.urlopen('http://127.0.0.1{}').read().decode())\""


@dataclass
class Boxes:
    """What machines are made of. said: what the installation printed."""

    folder: Path
    kernel: Path
    initrd: Path
    parcel: Path
    disk: Path
    said: str

    def machine(
        self, name: str, modem: Simulator, disk: Path | None = None, parcel: Path | None = None
    ) -> Machine:
        """One in which the package is installed, or with another disk to begin with, or another parcel."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return Machine(folder, disk or self.disk, self.kernel, self.initrd, modem, parcel or self.parcel)


READY = "journalctl -b -u textback -o cat | grep -q 'is ready'"


@contextmanager
def installed(folder: Path) -> Iterator[Boxes]:
    """Machines that begin as one in which the package was just installed, in a folder that is gone afterwards."""
    deb = hashlib.sha256(package("amd64").read_bytes()).hexdigest()[:16]
    there = kept(f"installed-{root('trixie').name}-{deb}", _install)
    yield Boxes(
        folder,
        there / "vmlinuz",
        there / "initrd.img",
        there / "parcel.tar",
        there / "disk.qcow2",
        (there / "said").read_text(),
    )
    shutil.rmtree(folder, ignore_errors=True)


def _install(folder: Path) -> None:
    """Into this folder: a disk on which the package was just installed, with its kernel, and what dpkg said."""
    for older in folder.parent.glob("installed-*"):
        if older.is_dir():
            shutil.rmtree(older)
    folder.mkdir()
    bare, system = folder / "bare.img", folder / "root"
    run(["cp", "-a", "--reflink=auto", str(root("trixie")), str(system)])
    make_disk(system, bare)
    for name in ("vmlinuz", "initrd.img"):
        (file,) = (system / "boot").glob(f"{name}-*")
        shutil.move(file, folder / name)
    run(["rm", "-rf", str(system)])
    debs = [package("amd64"), old_package.build(folder)]
    parcel = ["tar", "-cf", str(folder / "parcel.tar")]
    run([*parcel, *[word for deb in debs for word in ("-C", str(deb.parent), deb.name)]])
    boxes = Boxes(folder, folder / "vmlinuz", folder / "initrd.img", folder / "parcel.tar", bare, "")
    with Simulator() as modem, boxes.machine("first", modem) as machine:
        machine.run("tar -xf /dev/vdb -C /root")
        (folder / "said").write_text(machine.run(f"dpkg -i /root/{package('amd64').name}"))
        machine.until(READY, "the line's being ready")
        machine.off()
    # One file, which does not need the one that it began as.
    run(["qemu-img", "convert", "-O", "qcow2", str(machine.disk), str(folder / "disk.qcow2")])
    bare.unlink()
    shutil.rmtree(folder / "first")


def ready_after(machine: Machine, begin: str) -> None:
    """Waits for a line that is ready since this moment of the journal's (its cursor)."""
    machine.until(
        f"journalctl -u textback -o cat --after-cursor='{begin}' | grep -q 'is ready'",
        "the line's being ready",
    )


def now(machine: Machine) -> str:
    """The journal's cursor."""
    said = machine.run("journalctl -n 0 --show-cursor")
    return said.rpartition("-- cursor: ")[2].strip()


def rows(machine: Machine, what: str) -> list[dict[str, object]]:
    """What `textback calls` or `textback messages` tells."""
    said = machine.run(f"textback {what} --json")
    return [json.loads(line) for line in said.splitlines()]


def texted(modem: Simulator, number: str) -> None:
    """Somebody calls in vain, and is texted; else an AssertionError."""
    modem.call(number, rings=2)
    modem.wait_for(lambda _: any(one.number == number for one in modem.submitted), PATIENCE)


def number(count: int) -> str:
    return f"+447400{200_000 + count}"
