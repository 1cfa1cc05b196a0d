"""Disk images after a power cut, rebuilt from a trace of every write and sync of the service, and started from."""

import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from alembic.util.exc import CommandError
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from bridge import config
from bridge.config.edit import written
from bridge.records import known
from bridge.records.engine import HEAD, open_engine
from bridge.records.tables import metadata
from bridge.service.database_file import DatabaseFile
from modem.line.hand_over import boot_id
from modem.simulator.pdu import read_submit
from tests.support.box import until
from tests.support.old_release import at_revision_empty
from tests.torture.bench import Bench
from tests.torture.disk import WAYS, Disk
from tests.torture.trace import STRACE, Deed, Said, Sync, ended, read
from tests.torture.traffic import Traffic
from tests.torture.verdict import Rows, Verdict, rows

OTHER_BOOT = "00000000-0000-4000-8000-000000000000"
OLD = "0001"
# So many images are made for each second that the campaign may take, and one service is started for so many seconds.
PER_SECOND, SECONDS_PER_START = 20, 10


class Truth:
    """What the modem has been told up to some place of a trace: numbers whose PDU was handed over, how many texts that came
    were deleted."""

    def __init__(self) -> None:
        self.handed_over: list[str] = []
        self.deleted = 0
        self._said = b""

    def take(self, deed: Deed) -> None:
        """The next deed of the trace."""
        if not isinstance(deed, Said):
            return
        *lines, self._said = (
            (self._said + deed.data).replace(b"\x1a", b"\r").replace(b"\x1b", b"").split(b"\r")
        )
        for line in lines:
            if line.startswith(b"AT+CMGD="):
                self.deleted += 1
            elif not line.startswith(b"AT") and len(line) > 20:
                self.handed_over.append(read_submit(line.decode()).number)


class Recorded:
    """A run of the service under strace: what lay there before, what was done, and what came from outside in what order."""

    def __init__(
        self, before: dict[str, bytes], deeds: Sequence[Deed], folder: Path, traffic: Traffic
    ) -> None:
        self.before = before
        self.deeds = deeds
        self.folder = folder
        self.texts = list(traffic.said.texts.items())

    def images(self, chance: random.Random, count: int) -> Iterator[tuple[Disk, Truth]]:
        """The disk and the truth at so many places: at each sync if there are enough, else at some; the rest anywhere."""
        syncs = [place for place, deed in enumerate(self.deeds) if isinstance(deed, Sync)]
        wanted = set(chance.sample(syncs, min(len(syncs), count)))
        others = [place for place, deed in enumerate(self.deeds) if not isinstance(deed, Said | Sync)]
        wanted |= set(chance.sample(others, min(len(others), max(0, count - len(wanted)))))
        disk, truth = Disk(self.folder, self.before), Truth()
        for place, deed in enumerate(self.deeds):
            if place in wanted:
                yield disk, truth
            disk.take(deed)
            truth.take(deed)
        yield disk, truth


def record(folder: Path, seed: int, events: int) -> Recorded:
    """A first start, calls and texts one after the other, changes of config.ini, an orderly stop and a second start."""
    trace = folder / "trace"
    shop = folder / "shop"
    shop.mkdir()

    def stop() -> None:
        assert bench.process is not None
        bench.stop()
        until(partial(ended, trace, bench.process.pid), "the end of the trace")

    with Bench(shop, reports="off") as bench:
        before = {"config.ini": bench.config.read_bytes()}
        traffic = Traffic(bench, seed)
        bench.wrap([*STRACE, str(trace)])
        bench.start()
        for number in range(events):
            traffic.call(rings=2)
            traffic.text(parts=1)
            until(lambda: not bench.simulator.stored(), "the empty SIM")
            wanted = len(traffic.said.callers)
            until(lambda wanted=wanted: len(bench.simulator.submitted) >= wanted, "the texts")  # type: ignore[misc]  # mypy infers no lambda with a default
            if number == events // 2:
                stop()
                bench.start()
        stop()
    return Recorded(before, read(trace, shop), shop, traffic)


def check(image: Path, truth: Truth, recorded: Recorded) -> list[tuple[str, str]]:
    """What is wrong with this image: ("lost", ...) or ("stuck", ...). It is opened and repaired as at a start."""
    file = image / "textback.db"
    url = f"sqlite:///{file}"
    try:
        config.load(image / "config.ini")
        held = opens(url)
        if held:
            return [("stuck", held)]
        now = rows(url)
    except (DatabaseError, config.ConfigError) as error:
        return [("stuck", repr(error))]
    return _missing(now, truth, recorded)


def opens(url: str) -> str:
    """Opens it as the service does; what would keep it from texting."""
    engine = open_engine(url, anew=True)
    try:
        file = DatabaseFile(url, engine, lambda: datetime.now(UTC))
        file.open()
        if file.lost:
            return f"texts stand still: {file.lost.code}"
        with Session(engine) as session:
            if trouble := known.recognise(session, file.mark):
                return f"texts stand still: {trouble.code}"
            if (found := session.connection().execute(text("PRAGMA integrity_check")).scalar()) != "ok":
                return f"integrity_check: {found}"
            if (
                found := session.connection()
                .execute(text("SELECT version_num FROM alembic_version"))
                .scalar()
            ) != HEAD:
                return f"revision {found}"
        seen = inspect(engine)
        for table in metadata.sorted_tables:
            if {one["name"] for one in seen.get_indexes(table.name)} < {
                str(one.name) for one in table.indexes
            }:
                return f"indexes of {table.name} are missing"
    finally:
        engine.dispose()
    return ""


def _missing(now: Rows, truth: Truth, recorded: Recorded) -> list[tuple[str, str]]:
    wrong = []
    out = {row[6]: row[4] for row in now.messages if row[1] == "out"}
    for number in truth.handed_over:
        if out.get(number) in (None, "queued"):
            wrong.append(("doubled", f"the text to {number} was handed over and is {out.get(number)}"))
    came = {(row[6], row[3]) for row in now.messages if row[1] == "in"}
    for number, body in recorded.texts[: truth.deleted]:
        if (number, body) not in came:
            wrong.append(("lost", f"the text of {number} was deleted from the SIM"))
    return wrong


def lay_out(image: dict[str, bytes], folder: Path) -> None:
    """Writes an image. The system has been started since, so notes of an earlier start are those of another."""
    for name, data in image.items():
        here, other = boot_id().encode(), OTHER_BOOT.encode()
        (folder / name).write_bytes(data.replace(here, other) if here else data)


def start_from(image: dict[str, bytes], truth: Truth) -> list[tuple[str, str]]:
    """Starts the service on an image, with a modem that has nothing: it texts a new caller, and nobody again."""
    with tempfile.TemporaryDirectory(prefix="torture-") as folder, Bench(Path(folder)) as bench:
        lay_out({name: data for name, data in image.items() if name != "config.ini"}, Path(folder))
        bench.start()
        caller = "+447400999999"
        bench.simulator.call(caller, rings=2)
        over = time.monotonic() + 60
        while caller not in [one.number for one in bench.simulator.submitted]:
            if time.monotonic() > over:
                return [("stuck", "the service texts nobody")]
            threading.Event().wait(0.1)
        again = {one.number for one in bench.simulator.submitted} & set(truth.handed_over)
        return [("doubled", f"{number} is texted again") for number in again]


def migrations(chance: random.Random, count: int, folder: Path) -> Iterator[str]:
    """Power cuts while a database of the first release is brought to this one: what is wrong afterwards, "" for nothing."""
    old, trace = folder / "old", folder / "trace-migration"
    old.mkdir()
    url = f"sqlite:///{old / 'textback.db'}"
    engine = open_engine(url)
    at_revision_empty(engine, OLD)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO line (name) VALUES ('main')"))
    engine.dispose()
    before = {path.name: path.read_bytes() for path in old.iterdir()}
    code = f"from bridge.records.engine import migrate, open_engine; e = open_engine({url!r}); migrate(e); e.dispose()"
    _traced(trace, code)
    deeds = read(trace, old)
    wanted = set(chance.sample(range(len(deeds)), min(len(deeds), count // 2)))
    disk = Disk(old, before)
    for place, deed in enumerate(deeds):
        for way in WAYS if place in wanted else ():
            with tempfile.TemporaryDirectory(prefix="torture-") as made:
                lay_out(disk.image(way, chance), Path(made))
                yield _migrated(f"sqlite:///{made}/textback.db")
        disk.take(deed)


def _traced(trace: Path, code: str) -> None:
    """Runs Python's words under strace. Raises AssertionError where they fail."""
    process = subprocess.Popen([*STRACE, str(trace), sys.executable, "-c", code])
    assert process.wait() == 0
    until(partial(ended, trace, process.pid), "the end of the trace")


def _migrated(url: str) -> str:
    try:
        if trouble := opens(url):
            return trouble
        engine = open_engine(url)
        with engine.connect() as connection:
            kept = connection.execute(text("SELECT count(*) FROM line WHERE name = 'main'")).scalar()
        engine.dispose()
    except (DatabaseError, CommandError) as error:
        return repr(error)
    return "" if kept == 1 else "a row is gone"


def settings(chance: random.Random, count: int, folder: Path) -> Iterator[str]:
    """Power cuts while config.ini is changed from the page: what is wrong afterwards, "" for nothing."""
    place = folder / "settings"
    place.mkdir()
    path = place / "config.ini"
    path.write_text("[shop]\nname = 0\n")
    before = {"config.ini": path.read_bytes()}
    trace = folder / "trace-settings"
    code = (
        "from pathlib import Path; from bridge.config.edit import change\n"
        f"for n in range(1, 9): change(Path({str(path)!r}), 'shop', {{'name': str(n)}})"
    )
    _traced(trace, code)
    disk, made = Disk(place, before), 0
    names = {str(n) for n in range(9)}
    for deed in read(trace, place):
        for way in WAYS:
            made += 1
            with tempfile.TemporaryDirectory(prefix="torture-") as image:
                lay_out(disk.image(way, chance), Path(image))
                found = written(Path(image) / "config.ini") if (Path(image) / "config.ini").exists() else {}
                name = found.get("shop", {}).get("name")
                yield "" if name in names else f"config.ini holds {name}"
        disk.take(deed)


def run(seed: int, seconds: float) -> Verdict:
    """Record once, then check images for about so long, and start the service from some."""
    verdict, chance = Verdict(), random.Random(f"images {seed}")
    with tempfile.TemporaryDirectory(prefix="torture-") as name:
        folder = Path(name)
        recorded = record(folder, seed, events=4)
        places = max(10, int(seconds * PER_SECOND) // len(WAYS))
        starts = set(chance.sample(range(places), max(1, int(seconds / SECONDS_PER_START))))
        for place, (disk, truth) in enumerate(recorded.images(chance, places)):
            for way in WAYS:
                image = disk.image(way, chance)
                made = Path(tempfile.mkdtemp(dir=folder))
                lay_out(image, made)
                found = check(made, truth, recorded)
                if place in starts and way == "sectors":
                    found += start_from(image, truth)
                    verdict.seen["services started"] += 1
                shutil.rmtree(made)
                verdict.n += 1
                for what, sentence in found:
                    getattr(verdict, what).append(f"image {place} {way}: {sentence}")
        for kind, wrong in (
            ("migration", migrations(chance, places, folder)),
            ("config.ini", settings(chance, places, folder)),
        ):
            for sentence in wrong:
                verdict.n += 1
                verdict.seen[f"images of {kind}"] += 1
                if sentence:
                    verdict.lost.append(f"{kind}: {sentence}")
        verdict.seen["writes and syncs traced"] = sum(not isinstance(deed, Said) for deed in recorded.deeds)
    return verdict
