"""The package is installed in one machine; each test begins with a copy of it."""

import shutil
from collections.abc import Iterator

import pytest

from modem.simulator import Simulator
from tests.appliance import old_package
from tests.appliance.boxes import READY, Boxes
from tests.appliance.machine import make_disk
from tests.appliance.roots import package, root, run


@pytest.fixture(scope="session")
def boxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Boxes]:
    folder = tmp_path_factory.mktemp("machine")
    there = folder / "root"
    run(["cp", "-a", "--reflink=auto", str(root("trixie")), str(there)])
    bare = folder / "bare.img"
    make_disk(there, bare)
    (kernel,) = (there / "boot").glob("vmlinuz-*")
    (initrd,) = (there / "boot").glob("initrd.img-*")
    for file in (kernel, initrd):
        shutil.move(file, folder / file.name)
    run(["rm", "-rf", str(there)])
    parcel = folder / "parcel.tar"
    debs = [package("amd64"), old_package.build(folder)]
    run(["tar", "-cf", str(parcel), *[word for deb in debs for word in ("-C", str(deb.parent), deb.name)]])
    boxes = Boxes(
        folder, folder / kernel.name, folder / initrd.name, parcel, folder / "first" / "disk.qcow2", ""
    )
    with Simulator() as modem, boxes.machine("first", modem, bare) as machine:
        machine.run("tar -xf /dev/vdb -C /root")
        boxes.said = machine.run(f"dpkg -i /root/{package('amd64').name}")
        machine.until(READY, "the line's being ready")
        machine.off()
    yield boxes
    shutil.rmtree(folder, ignore_errors=True)
