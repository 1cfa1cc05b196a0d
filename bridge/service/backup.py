"""The whole state of the box in one file, and back: the database, config.ini, and who is not to be texted. A backup can be made
while the service runs; it is put back only when it does not.

The file is a zip. With a passphrase it is one around that, whose key and content are encrypted in the format of age
(age-encryption.org/v1), for which there are programs everywhere.
"""

import errno
import hashlib
import io
import os
import shutil
import sqlite3
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, func, select

from bridge import config, files
from bridge.config import ConfigError, Settings
from bridge.handlers.contacts import import_contacts
from bridge.handlers.database import settle_what_waited
from bridge.handlers.shop import PAUSED
from bridge.records import contacts, known, memo, users, views
from bridge.records.engine import HEAD, file_of, migrate, open_engine, sole_service, trouble_of_sqlite
from bridge.records.tables import Call, Contact, Message
from bridge.rules import addressbook
from bridge.rules.addressbook import Card
from bridge.rules.backups import CONFIG, DATABASE, MANIFEST, NOT_TEXTED, BackupTrouble, Manifest
from bridge.rules.numbers import NOWHERE
from bridge.rules.troubles import DatabaseTrouble
from modem.contract import Trouble

# A zip: what stands before each entry, and of that its method, its packed size, and how long its name and what follows it are.
ZIP, HEADER = b"PK\x03\x04", struct.Struct("<8xH8xI4xHH")
DEFLATED = 8
# No table of people is larger (octets).
LARGEST = 64 * 2**20
# What lies in the zip around a backup that a passphrase keeps.
KEY, SEALED = "key.age", "backup.age"
OPENED = "opened"


class Unusable(Exception):
    """Why a backup cannot be made or put back: a BackupTrouble, or what is wrong with the database."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.to_text())
        self.trouble = trouble


@dataclass(frozen=True)
class Restored:
    """made: when the backup was, UTC. calls, texts, people: how many it holds. kept: where the database is that was there
    before, None if none was. not_texted: so many people who must not be texted came from that one. config_kept: the backup's
    config.ini is not right, so the one that was there stays. paused_until: no automatic texts before, UTC."""

    made: datetime
    calls: int
    texts: int
    people: int
    kept: Path | None
    not_texted: int
    config_kept: bool
    paused_until: datetime


# ---- making one


def make(settings: Settings, config_file: Path, target: Path, passphrase: str, now: datetime) -> None:
    """Writes a backup to `target`, in one step; passphrase: "" for none. Raises Unusable and OSError."""
    database = _file_of(settings)
    if not database.exists():
        raise Unusable(Trouble(DatabaseTrouble.MISSING))
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(target))
    with tempfile.TemporaryDirectory(prefix=".textback-backup-", dir=target.parent) as folder:
        copy = Path(folder) / DATABASE
        _copy(database, copy)
        parts = {NOT_TEXTED: _table(_not_texted(copy)), CONFIG: config_file.read_bytes()}
        revision = _alone(copy)
        digests = {name: hashlib.sha256(part).hexdigest() for name, part in parts.items()}
        manifest = Manifest(now, version("textback"), revision, {**digests, DATABASE: _digest(copy)})
        plain = Path(folder) / "backup"
        with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, manifest.to_json(), zipfile.ZIP_STORED)
            for name, part in parts.items():
                archive.writestr(name, part)
            archive.write(copy, DATABASE)
        _put(_sealed(plain, passphrase) if passphrase else plain, target)


def _copy(database: Path, copy: Path) -> None:
    """Copies a database that may be in use, whole."""
    files.make_private(copy)
    try:
        with (
            closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy)) as made,
        ):
            source.backup(made)
    except sqlite3.Error as error:
        raise Unusable(trouble_of_sqlite(error, copy)) from error
    if not _is_whole(copy):
        raise Unusable(Trouble(BackupTrouble.DAMAGED))


@contextmanager
def _brought_here(database: Path) -> Iterator[Session]:
    """A database that may be of an earlier release, brought to this one; what is done with it is committed at the end."""
    engine = open_engine(f"sqlite:///{database}")
    try:
        migrate(engine)
        with Session(engine) as session, session.begin():
            yield session
    finally:
        engine.dispose()


def _is_whole(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as connection, suppress(sqlite3.DatabaseError):
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return False


def _alone(database: Path) -> str:
    """Nothing of it lies in a file beside it any more; its revision."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def _sealed(plain: Path, passphrase: str) -> Path:
    """A zip around it, with a key that the passphrase opens and the backup that the key opens: of any size, and with what
    other programs for this format can open, too."""
    import pyrage  # seldom used

    key = pyrage.x25519.Identity.generate()
    sealed = plain.with_suffix(".sealed")
    files.make_private(sealed)
    with zipfile.ZipFile(sealed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(KEY, pyrage.passphrase.encrypt(str(key).encode(), passphrase))
        with plain.open("rb") as read, archive.open(SEALED, "w", force_zip64=False) as written:
            pyrage.encrypt_io(read, written, [key.to_public()])
    return sealed


def _put(made: Path, target: Path) -> None:
    made.chmod(files.OURS)
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.replace(target)
    files.settle(target.parent)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


# ---- who is not to be texted


def _not_texted(database: Path) -> list[Card]:
    """Whoever must not be texted, by a database that may be of an earlier release: it is brought to this one."""
    with _brought_here(database) as session:
        cards = [contacts.card_of(person, person.address) for person in views.contacts(session)]
    return [card for card in cards if card.mark or card.blocked or card.opted_out or card.unsure]


def _table(cards: list[Card]) -> bytes:
    """As the page's address book exports them, for who wants to look."""
    return addressbook.to_csv(cards).encode("utf-8-sig")


def _keep_not_texted(database: Path, cards: list[Card], now: datetime) -> None:
    """Adds them to a database; the stricter mark wins."""
    with _brought_here(database) as session:
        import_contacts(session, cards, None, now)


# ---- putting one back


def restore(
    backup: Path, config_file: Path, environment: Mapping[str, str], passphrase: str, now: datetime
) -> Restored:
    """Puts a backup in the place of the database and config.ini that are there; the database is kept beside. What waited to be
    sent may have gone out since the backup was made: it is not sent again, and automatic texts are paused for as long as a
    caller is texted only once. Whoever must not be texted by the database that was there, is not texted by the new one either.

    Raises Unusable, with nothing changed but that people who must not be texted were added; ConfigError where there is no
    configuration to go by, AlreadyRunning where the service runs, and OSError.
    """
    home = Path(environment.get("STATE_DIRECTORY") or config_file.resolve().parent)
    with tempfile.TemporaryDirectory(prefix=".textback-restore-", dir=home) as name:
        folder = Path(name)
        try:
            plain = _opened(backup, folder, passphrase)
            manifest = _unpacked(plain, folder, backup.name)
        except Unusable as error:
            opened = folder / OPENED
            people = _read_of_half(opened if opened.exists() else backup)
            raise _kept_of_half(error.trouble, people, config_file, environment, now) from error
        settings, wanted = _settings(folder / CONFIG, config_file, environment)
        database = _file_of(settings)
        with sole_service(settings.storage.database):
            before = _people_there(database, folder / "there")
            until = now + timedelta(hours=settings.textback.cooldown_hours)
            counts, mark = _made_ready(folder / DATABASE, before, until, now)
            kept = _in_place(folder / DATABASE, database, now)
            known.write_mark(database, mark)
            if wanted is not None:
                files.write_whole(config_file, wanted, like=config_file if config_file.exists() else None)
    return Restored(manifest.made, *counts, kept, len(before), wanted is None, until)


def _file_of(settings: Settings) -> Path:
    database = file_of(settings.storage.database)
    if database is None:
        raise Unusable(Trouble(BackupTrouble.NO_FILE))
    return database


def _settings(
    restored: Path, config_file: Path, environment: Mapping[str, str]
) -> tuple[Settings, bytes | None]:
    """The settings that are to count, and the config.ini that is to be written; None where the present one stays."""
    text = restored.read_bytes()
    try:
        return config.parse(text.decode("utf-8-sig"), config_file, environment), text
    except (ConfigError, UnicodeDecodeError):
        return config.load(config_file, environment), None


def _opened(backup: Path, folder: Path, passphrase: str) -> Path:
    """The backup itself, out of the zip around it if there is one; of one that is cut off, as much as there is."""
    with backup.open("rb") as file:
        there = dict(_parts(file))
        if KEY not in there or SEALED not in there:
            return backup
        if not passphrase:
            raise Unusable(Trouble.of(BackupTrouble.LOCKED, file=backup.name))
        import pyrage

        plain = folder / OPENED
        files.make_private(plain)
        try:
            secret = pyrage.passphrase.decrypt(there[KEY].octets(file), passphrase)
            with plain.open("wb") as written:
                key = pyrage.x25519.Identity.from_str(secret.decode())
                pyrage.decrypt_io(there[SEALED].begun(file), written, [key])
        except (pyrage.DecryptError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the disk's, not the cipher's
            begun = plain.stat().st_size
            trouble = BackupTrouble.CUT_OFF if begun else BackupTrouble.WRONG_PASSPHRASE
            raise Unusable(Trouble.of(trouble, file=backup.name)) from error
        return plain


@dataclass(frozen=True)
class _Part:
    """Where an entry of a zip lies, by the header before it: the list of entries at the end may be missing."""

    deflated: bool
    begin: int
    size: int

    def octets(self, file: BinaryIO) -> bytes:
        """What it holds. Raises zlib.error."""
        file.seek(self.begin)
        packed = file.read(self.size)
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, LARGEST) if self.deflated else packed

    def begun(self, file: BinaryIO) -> io.RawIOBase:
        """The file from there on, up to its end."""
        file.seek(self.begin)
        return _Bounded(file, self.size)


class _Bounded(io.RawIOBase):
    """So many octets of a file, from where it stands."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._left = size

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As io has it."""
        got = self._file.read(min(len(buffer), self._left))
        buffer[: len(got)] = got
        self._left -= len(got)
        return len(got)


def _parts(file: BinaryIO) -> Iterator[tuple[str, _Part]]:
    """The entries of a zip, one behind the other, as far as there are any."""
    at = 0
    while True:
        file.seek(at)
        head = file.read(HEADER.size)
        if len(head) < HEADER.size or not head.startswith(ZIP):
            return
        method, size, names, extra = HEADER.unpack(head)
        name = file.read(names).decode("utf-8", "replace")
        begin = at + HEADER.size + names + extra
        yield name, _Part(method == DEFLATED, begin, size)
        at = begin + size


def _unpacked(plain: Path, folder: Path, name: str) -> Manifest:
    """Lays the parts of a zip into the folder, each as its manifest has it."""
    try:
        with zipfile.ZipFile(plain) as archive:
            manifest = Manifest.from_json(archive.read(MANIFEST))
            if manifest.revision > HEAD:
                raise Unusable(Trouble.of(BackupTrouble.NEWER, file=name, version=manifest.version))
            for part in (NOT_TEXTED, CONFIG, DATABASE):
                files.make_private(folder / part)
                with archive.open(part) as read, (folder / part).open("wb") as written:
                    shutil.copyfileobj(read, written)
                if _digest(folder / part) != manifest.parts.get(part):
                    raise Unusable(Trouble.of(BackupTrouble.CHANGED, file=name, part=part))
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        KeyError,
        ValueError,
    ) as error:
        with plain.open("rb") as file:
            begun = file.read(len(ZIP)) == ZIP
        trouble = BackupTrouble.CUT_OFF if begun else BackupTrouble.NO_BACKUP
        raise Unusable(Trouble.of(trouble, file=name)) from error
    return manifest


def _made_ready(
    new: Path, people: list[Card], until: datetime, now: datetime
) -> tuple[tuple[int, int, int], known.Mark]:
    """Brings the database of a backup to this release and to this moment, before it is anybody's."""
    if not _is_whole(new):
        raise Unusable(Trouble(BackupTrouble.DAMAGED))
    with _brought_here(new) as session:
        settle_what_waited(session, now)
        import_contacts(session, people, None, now)
        # Whoever has the backup could make log-ins of their own with the old key.
        memo.remember(session, users.SESSION_KEY, None)
        memo.remember(session, PAUSED, until.isoformat())
        mark = known.next_mark(session, None, now)
        calls, texts, people_in_all = (
            session.exec(select(func.count()).select_from(table)).one() for table in (Call, Message, Contact)
        )
    _alone(new)
    return (calls, texts, people_in_all), mark


def _in_place(new: Path, database: Path, now: datetime) -> Path | None:
    """Puts a database where the old one lies, which is kept beside it. Returns where. A power cut between the two leaves none
    there: the box tells that it is gone, and both lie beside each other."""
    ready = Path(f"{database}.restored")
    try:
        new.replace(ready)
    except OSError:  # another disk
        files.make_private(ready)
        shutil.copyfile(new, ready)
    with ready.open("rb") as file:
        os.fsync(file.fileno())
    kept = known.set_aside(database, "before-restore", now)
    ready.replace(database)
    files.settle(database.parent)
    return kept


# ---- who is not to be texted, by what can still be read


def _people_there(database: Path, copy: Path) -> list[Card]:
    """Of the database that is to be replaced, as far as it can be read."""
    if not database.exists():
        return []
    with suppress(Unusable, sqlite3.Error, DatabaseError):
        _copy(database, copy)
        return _not_texted(copy)
    return list(_rows_of_damaged(database))


def _rows_of_damaged(database: Path) -> Iterator[Card]:
    query = "SELECT address, name, notes, kind, blocked, opted_out_at, doubtful FROM contact"
    with (
        closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection,
        suppress(sqlite3.Error),
    ):
        for address, name, notes, kind, blocked, out, unsure in connection.execute(query):
            if kind or blocked or out or unsure:
                since = datetime.fromisoformat(out).replace(tzinfo=UTC) if out else None
                yield Card(
                    address,
                    name or "",
                    notes or "",
                    kind or "",
                    bool(blocked),
                    bool(out),
                    since,
                    bool(unsure),
                )


def _read_of_half(plain: Path) -> list[Card]:
    """The table of a backup whose end is missing."""
    with plain.open("rb") as file, suppress(zlib.error):
        part = dict(_parts(file)).get(NOT_TEXTED)
        return list(addressbook.read(part.octets(file), NOWHERE).cards) if part else []
    return []


def _kept_of_half(
    trouble: Trouble, people: list[Card], config_file: Path, environment: Mapping[str, str], now: datetime
) -> Unusable:
    """What is wrong with a backup, once whom it says not to text was added to the database that is there."""
    with suppress(ConfigError, Unusable):
        settings = config.load(config_file, environment)
        database = _file_of(settings)
        if people and database.exists():
            with sole_service(settings.storage.database):
                _keep_not_texted(database, people, now)
            return Unusable(Trouble.of(trouble.code, **trouble.values, people=len(people)))
    return Unusable(Trouble.of(trouble.code, **trouble.values, people=0))
