"""The database's file: opened, held and watched, put back or set aside. What that means for texts, the watch knows."""

import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from bridge import files
from bridge.records import known
from bridge.records.engine import LOCK_SECONDS, file_of, migrate
from bridge.rules.troubles import DatabaseTrouble
from bridge.words.troubles import sentence
from modem.contract import Trouble

log = logging.getLogger(__name__)


class DatabaseFile:
    """engine: the loop's, which writes. What is no file (PostgreSQL) is migrated, and never lost.

    lost: what has become of the database that was known, until `keep` says that it is noted. mark: of the one known last.
    """

    def __init__(self, url: str, engine: Engine, now: Callable[[], datetime]) -> None:
        self.path = file_of(url)
        self.lost: Trouble | None = None
        self.mark = known.read_mark(self.path) if self.path else None
        self._now = now
        self._engine = engine
        self._engines = [engine]
        self._held: sqlite3.Connection | None = None
        self._handle: int | None = None
        # Which file is held, and which write-ahead log: device and inode.
        self._same: tuple[int, int] | None = None
        self._log: tuple[int, int] | None = None

    def is_used_by(self, engine: Engine) -> None:
        """Another engine has connections to the file: they are made anew whenever the file is."""
        self._engines.append(engine)

    def open(self) -> None:
        """Brings the tables to this release. A database that is gone, empty or damaged is begun anew; a damaged one is kept
        beside it. Raises DatabaseError."""
        if self.path is not None and self._held is None and self.lost is None:
            trouble = known.lost(self.path)
            if trouble is not None:
                self._begin_anew(self.path, trouble)
        migrate(self._engine)

    def begin_anew(self, trouble: Trouble) -> None:
        """The database in use is damaged, or its file is empty: it is kept beside, and `open` makes a new one."""
        assert self.path is not None
        self.release()
        self._dispose()
        self._begin_anew(self.path, trouble)

    def _begin_anew(self, path: Path, trouble: Trouble) -> None:
        try:
            kept = known.set_aside(path, "damaged", self._now())
        except OSError as error:
            log.warning("%s cannot be moved. %s", path, sentence(files.why(error)))
            return
        self._dispose()
        damaged = trouble.code == DatabaseTrouble.DAMAGED and kept is not None
        self.lost = Trouble.of(DatabaseTrouble.BEGUN_ANEW, kept=kept.name) if damaged and kept else trouble

    def keep(self, mark: known.Mark) -> None:
        """What was lost is noted in the database that is there now; this is its mark from now on."""
        self.lost, self.mark = None, mark
        if self.path is not None:
            try:
                known.write_mark(self.path, mark)
            except OSError as error:
                log.warning(
                    "%s cannot be written. %s", known.mark_file(self.path), sentence(files.why(error))
                )

    # ---- while it is open

    def hold(self) -> None:
        """Holds the file that is there now: it is watched from here on, and stays readable whoever deletes it."""
        if self.path is None:
            return
        self.release()
        try:
            held = sqlite3.connect(self.path, timeout=LOCK_SECONDS, check_same_thread=False)
            held.execute("SELECT count(*) FROM sqlite_master").fetchone()
            # To close a handle takes SQLite's locks from this file, so one is kept for as long as the file is in use.
            self._handle = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            self._same, self._log = _which(self.path), _which(Path(f"{self.path}-wal"))
            self._held = held
        except (OSError, sqlite3.Error) as error:
            log.warning("The database file is not watched: %s.", error)

    def release(self) -> None:
        """Lets it go again. To be called when no other connection of this process uses the file."""
        if self._held is not None:
            self._held.close()
        if self._handle is not None:
            os.close(self._handle)
        self._held = self._handle = None

    def look(self) -> DatabaseTrouble | None:
        """Has the file that is held been deleted, replaced, emptied or overwritten? Cheap: it is asked every few seconds."""
        if self.path is None or self._held is None or self._handle is None:
            return None
        try:
            there = self.path.stat()
            if (there.st_dev, there.st_ino) != self._same:
                return DatabaseTrouble.REPLACED
            if not there.st_size:
                return DatabaseTrouble.EMPTIED
            head = os.pread(self._handle, len(known.MAGIC), 0)
        except FileNotFoundError:
            return DatabaseTrouble.MISSING
        except OSError:
            return None  # the disk is away: whoever uses the database is told so
        return None if head == known.MAGIC else DatabaseTrouble.DAMAGED

    def put_back(self) -> Trouble:
        """Writes what is held where it belongs; what lies there meanwhile is kept beside it. Raises OSError and sqlite3.Error
        where it cannot."""
        assert self.path is not None
        assert self._held is not None
        new = Path(f"{self.path}.new")
        files.make_private(new)
        with closing(sqlite3.connect(new)) as copy:
            self._held.backup(copy)
        other = self._set_other_aside(self.path)
        new.replace(self.path)
        files.settle(self.path.parent)
        self._dispose()
        self.hold()
        if other is None:
            return Trouble(DatabaseTrouble.PUT_BACK)
        return Trouble.of(DatabaseTrouble.OTHER_PUT_ASIDE, kept=other.name)

    def _set_other_aside(self, path: Path) -> Path | None:
        """Our own write-ahead log is in what is put back, and would spoil the other file."""
        log_file = Path(f"{path}-wal")
        if _which(log_file) == self._log:
            log_file.unlink(missing_ok=True)
        Path(f"{path}-shm").unlink(missing_ok=True)
        return known.set_aside(path, "other", self._now())

    def _dispose(self) -> None:
        for engine in self._engines:
            with suppress(DatabaseError):
                engine.dispose()


def _which(path: Path) -> tuple[int, int] | None:
    with suppress(OSError):
        stat = path.stat()
        return stat.st_dev, stat.st_ino
    return None
