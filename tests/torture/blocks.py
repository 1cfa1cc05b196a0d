"""Power cuts under a real file system: every write of a block and every flush of an ext4 is logged by qemu-storage-daemon's
blklogwrites, and disks are rebuilt as they would have been at any place of that log."""

import os
import random
import shutil
import struct
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from bridge import config
from bridge.records.engine import open_engine
from tests.support.box import until
from tests.support.old_release import ROWS, as_0_1_0
from tests.torture import images
from tests.torture.bench import BIN, Bench
from tests.torture.traffic import Traffic
from tests.torture.verdict import Verdict, rows

SIZE_MB = 64
# Of the log (the kernel's Documentation/admin-guide/device-mapper/log-writes.rst): its first block and each entry take a
# sector.
MAGIC = 0x6A736677736872
SUPER, ENTRY = struct.Struct("<QQQI"), struct.Struct("<QQQQ")
FLUSH, FUA, DISCARD = 1, 2, 4
# Of what was written after the last flush, a card may have kept nothing, anything or everything.
WAYS = ("none", "some", "all")
# So many disks are made for each second that the campaign may take; and one service is started for so many seconds.
PER_SECOND, SECONDS_PER_START = 10, 8


@dataclass(frozen=True)
class Write:
    """One entry of the log. begin, end: bytes of the log that it takes; sector: where its data belongs."""

    begin: int
    end: int
    sector: int
    flags: int
    data: bytes


@dataclass
class Known:
    """What must be on the disk once the log has reached a place: that place in bytes, and the fact."""

    handed_over: list[tuple[int, str]] = field(default_factory=list)
    deleted: list[tuple[int, tuple[str, str]]] = field(default_factory=list)
    backups: list[tuple[int, str]] = field(default_factory=list)
    # The rows of an old database, where it has begun with one; the log's place then.
    old: dict[str, int] = field(default_factory=dict)
    begun: int = 0


@dataclass
class Recorded:
    """What happened on one disk: as it was made, what was written then, and what must be known when."""

    empty: Path
    log: list[Write]
    known: Known


def missing() -> str:
    """What this machine lacks for it, in words; "" for nothing."""
    for program, package in (("qemu-storage-daemon", "qemu-system-common"), ("fusermount3", "fuse3")):
        if not shutil.which(program):
            return f"Debian's {package} is not installed"
    if os.geteuid() or not os.access("/dev/fuse", os.W_OK) or not Path("/dev/loop-control").exists():
        return "it needs root, /dev/fuse and /dev/loop-control"
    return ""


def _run(*command: object) -> str:
    return subprocess.run([*map(str, command)], check=True, capture_output=True, text=True).stdout


@contextmanager
def _mounted(device: object, point: Path, *options: str) -> Iterator[Path]:
    point.mkdir(exist_ok=True)
    _run("mount", "-t", "ext4", "-o", ",".join(("noatime", *options)), device, point)
    try:
        yield point
    finally:
        _run("umount", point)


@contextmanager
def _logged(folder: Path) -> Iterator[Path]:
    """The mounted file system, of which each write is logged."""
    disk, log, export = folder / "disk", folder / "log", folder / "export"
    with disk.open("wb") as file:
        file.truncate(SIZE_MB << 20)
    _run("mke2fs", "-q", "-t", "ext4", disk)
    shutil.copy(disk, folder / "empty")
    for file_ in (log, export):
        file_.touch()
    daemon = subprocess.Popen(
        [
            "qemu-storage-daemon",
            *("--blockdev", f"driver=file,filename={disk},node-name=d"),
            *("--blockdev", f"driver=file,filename={log},node-name=l"),
            *("--blockdev", "driver=blklogwrites,file=d,log=l,node-name=w"),
            *("--export", f"type=fuse,id=e,node-name=w,mountpoint={export},writable=on"),
        ]
    )
    with ExitStack() as ends:
        ends.callback(daemon.wait)
        ends.callback(daemon.terminate)
        until(lambda: export.stat().st_size == SIZE_MB << 20, "the exported disk")
        device = _run("losetup", "-f", "--show", export).strip()
        ends.callback(_run, "losetup", "-d", device)
        ends.enter_context(_mounted(device, folder / "mounted"))
        yield folder / "mounted"


def _read(log: Path) -> list[Write]:
    data = log.read_bytes()
    magic, _, count, sector_size = SUPER.unpack_from(data)
    assert magic == MAGIC, "this is no log of writes"
    at, found = sector_size, []
    for _ in range(count):
        begin = at
        sector, sectors, flags, _ = ENTRY.unpack_from(data, at)
        at += sector_size
        size = 0 if flags & DISCARD else sectors * sector_size
        found.append(Write(begin, at + size, sector * sector_size, flags, data[at : at + size]))
        at += size
    return found


def record(folder: Path, seed: int, events: int, old: bool = False) -> Recorded:
    """A first start, calls and texts one after the other and a backup meanwhile, an orderly stop and a second start. old: it
    begins with a database of 0.1.0."""
    known = Known()
    log = folder / "log"
    with _logged(folder) as place, tempfile.TemporaryDirectory(prefix="torture-") as away:

        def here() -> int:
            return log.stat().st_size

        shop = place / "shop"
        shop.mkdir()
        bench = Bench(shop, reports="off")
        bench.log = Path(away) / "log"
        if old:
            engine = open_engine(bench.storage)
            as_0_1_0(engine, texts=True)
            engine.dispose()
            known.old = {table: len(found) for table, found in ROWS.items() if table in ("call", "message")}
        os.sync()
        known.begun = here()
        taken: list[int] = []

        def step(name: str) -> None:
            if name == "taken":
                taken.append(here())

        with bench:
            bench.on_step = step
            traffic = Traffic(bench, seed)
            bench.start()
            for number in range(events):
                traffic.call(rings=2)
                until(lambda: len(taken) == len(traffic.said.callers), "the texts")
                writer = traffic.text(parts=1)
                until(lambda: len(traffic.said.texts) == _deleted(bench), "the empty SIM")
                known.deleted.append((here(), (writer, traffic.said.texts[writer])))
                if number == events // 2:
                    name = f"{number}.zip"
                    _run(BIN / "textback", "backup", "-c", bench.config, shop / name)
                    known.backups.append((here(), name))
                    assert bench.stop() == 0
                    bench.start()
            bench.stop()
            known.handed_over = [
                (at, one.number) for at, one in zip(taken, bench.simulator.submitted, strict=True)
            ]
    return Recorded(folder / "empty", _read(log), known)


def _deleted(bench: Bench) -> int:
    entries = bench.simulator.log.entries
    return sum(entry.who == "host" and entry.text.startswith("AT+CMGD=") for entry in entries)


def cuts(recorded: Recorded, chance: random.Random, count: int) -> Iterator[tuple[int, str, Path]]:
    """So many disks after a cut: the place in the log, what the card had kept of what came after the last flush, and a file
    with the disk, which is written anew for the next."""
    log, begun = recorded.log, recorded.known.begun
    possible = [place for place in range(1, len(log)) if log[place - 1].end >= begun]
    places = sorted(chance.sample(possible, min(len(possible), count // len(WAYS))))
    flushed, cut = recorded.empty.with_name("flushed"), recorded.empty.with_name("cut")
    shutil.copy(recorded.empty, flushed)
    done, last = 0, 0
    for place in places:
        for number in range(last, place):
            if recorded.log[number].flags & (FLUSH | FUA):
                last = number + 1
        with flushed.open("r+b") as file:
            for write in recorded.log[done:last]:
                _put(file.fileno(), write)
        done = last
        after = recorded.log[last:place]
        for way in WAYS:
            kept = {"none": [], "some": [w for w in after if chance.random() < 0.5], "all": after}[way]
            if way != "none" and not after:
                continue
            # A new file each time: the loop device of the last one may let go of its own late.
            cut.unlink(missing_ok=True)
            shutil.copy(flushed, cut)
            with cut.open("r+b") as file:
                for write in kept:
                    _put(file.fileno(), write)
            yield recorded.log[place - 1].end, way, cut


def _put(file: int, write: Write) -> None:
    if write.data:
        os.pwrite(file, write.data, write.sector)


def check(shop: Path, place: int, known: Known) -> list[tuple[str, str]]:
    """What is wrong in this folder after a cut at that place of the log: ("lost", ...) or ("stuck", ...)."""
    file = shop / "textback.db"
    url = f"sqlite:///{file}"
    handed_over = [number for at, number in known.handed_over if at <= place]
    deleted = [text for at, text in known.deleted if at <= place]
    wrong = []
    for at, name in known.backups:
        archive = shop / name
        if archive.exists() and zipfile.ZipFile(archive).testzip() is not None:
            wrong.append(("lost", f"{name} is broken"))
        if at <= place and not archive.exists():
            wrong.append(("lost", f"{name} is gone"))
    try:
        if (shop / "config.ini").exists() or place > (known.handed_over or [(0, "")])[0][0]:
            config.load(shop / "config.ini")
        if held := images.opens(url):
            return [*wrong, ("stuck", held)]
        now = rows(url)
    except (DatabaseError, config.ConfigError, zipfile.BadZipFile) as error:
        return [*wrong, ("stuck", repr(error))]
    out = {row[6]: row[4] for row in now.messages if row[1] == "out"}
    calls = {number for row in now.calls for number in row[:2]}
    came = {(row[6], row[3]) for row in now.messages if row[1] == "in"}
    for number in handed_over:
        if out.get(number) in (None, "queued"):
            wrong.append(("doubled", f"the text to {number} was handed over and is {out.get(number)}"))
        if number not in calls:
            wrong.append(("lost", f"the call of {number}"))
    wrong += [("lost", f"the text of {number}") for number, body in deleted if (number, body) not in came]
    if len(now.calls) < known.old.get("call", 0) or len(now.messages) < known.old.get("message", 0):
        wrong.append(("lost", "rows of the old release"))
    return wrong


def run(seed: int, seconds: float) -> Verdict:
    """Record twice, one of it with the update of an old database; then make disks for about so long, and start the service from
    some: of each recording, one from its beginning."""
    verdict, chance = Verdict(), random.Random(f"blocks {seed}")
    count = max(30, int(seconds * PER_SECOND)) // 2
    with tempfile.TemporaryDirectory(prefix="torture-") as name:
        for old in (False, True):
            folder = Path(name) / ("old" if old else "new")
            folder.mkdir()
            recorded = record(folder, seed, events=2 if old else 4, old=old)
            verdict.seen["blocks written"] += len(recorded.log)
            verdict.seen["flushes"] += sum(bool(one.flags & (FLUSH | FUA)) for one in recorded.log)
            every, started = count // max(1, int(seconds / SECONDS_PER_START) // 2), 0
            for made, (place, way, disk) in enumerate(cuts(recorded, chance, count)):
                verdict.n += 1
                found, files = _seen(disk, place, recorded)
                if not files:
                    verdict.seen["before the tables"] += 1
                elif made % every == 0 or not started:
                    # The first that has tables was cut in the first start, or in the update.
                    started += 1
                    verdict.seen["services started"] += 1
                    found += images.start_from(files, _truth(place, recorded.known))
                for what, sentence in found:
                    getattr(verdict, what).append(f"{folder.name}, cut at {place}, {way}: {sentence}")
    return verdict


def _truth(place: int, known: Known) -> images.Truth:
    truth = images.Truth()
    truth.handed_over = [number for at, number in known.handed_over if at <= place]
    return truth


def _seen(disk: Path, place: int, recorded: Recorded) -> tuple[list[tuple[str, str]], dict[str, bytes]]:
    """What is wrong on this disk, and its files; these are none where there is no database yet."""
    known = recorded.known
    with _mounted(disk, disk.with_name("after"), "loop") as there:
        shop = there / "shop"
        if not (shop / "textback.db").exists():
            gone = bool(known.old) or any(at <= place for at, _ in known.handed_over)
            return ([("lost", "the database is not there")] if gone else []), {}
        files = {path.name: path.read_bytes() for path in shop.iterdir() if path.is_file()}
        return check(shop, place, known), files
