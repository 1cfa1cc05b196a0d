"""The whole state of the box in one file: the database, config.ini, and who is not to be texted. It can be made while the
service runs. Reading one is bridge/service/backup_file's, putting it back bridge/service/restoring's.

The file is a zip. With a passphrase it is one around that, whose key and content are encrypted in the format of age
(age-encryption.org/v1), for which there are programs everywhere.
"""

import errno
import hashlib
import math
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from sqlmodel import Session

from bridge import files
from bridge.config import Settings
from bridge.records import contacts, views
from bridge.records.engine import file_of, is_sound, migrate, open_engine, trouble_of_sqlite
from bridge.rules import addressbook
from bridge.rules.addressbook import Card
from bridge.rules.backups import (
    AUTHORITY,
    CONFIG,
    DATABASE,
    MANIFEST,
    NOT_TEXTED,
    BackupTrouble,
    Manifest,
    Unusable,
)
from bridge.rules.troubles import DatabaseTrouble
from bridge.service import certificates
from modem.contract import Trouble

# What lies in the zip around a backup that a passphrase keeps.
KEY, SEALED = "key.age", "backup.age"
# How the folder is called in which one is made; what a power cut leaves of it is removed with the next.
WORK = ".textback-backup-"


def make(settings: Settings, config_file: Path, target: Path, passphrase: str, now: datetime) -> None:
    """Writes a backup to `target`, in one step; passphrase: "" for none. Raises Unusable and OSError."""
    database = database_of(settings)
    if not database.exists():
        raise Unusable(Trouble(DatabaseTrouble.MISSING))
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(target))
    with tempfile.TemporaryDirectory(prefix=WORK, dir=target.parent) as folder:
        copy = Path(folder) / DATABASE
        copy_database(database, copy)
        parts = {NOT_TEXTED: _table(not_texted(copy)), CONFIG: config_file.read_bytes()}
        with suppress(FileNotFoundError):
            parts[AUTHORITY] = authority_of(database).read_bytes()
        alone(copy)
        digests = {name: hashlib.sha256(part).hexdigest() for name, part in parts.items()}
        manifest = Manifest(now, version("textback"), _revision(copy), {**digests, DATABASE: digest(copy)})
        plain = Path(folder) / "backup"
        with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, manifest.to_json(), zipfile.ZIP_STORED)
            for name, part in parts.items():
                archive.writestr(name, part)
            archive.write(copy, DATABASE)
        files.put(_sealed(plain, passphrase) if passphrase else plain, target)


def database_of(settings: Settings) -> Path:
    """The file of the database. Raises Unusable where it is on a server."""
    database = file_of(settings.storage.database)
    if database is None:
        raise Unusable(Trouble(BackupTrouble.NO_FILE))
    return database


def authority_of(database: Path) -> Path:
    """The file of the box's certificate authority."""
    return database.parent / certificates.FOLDER / certificates.AUTHORITY


def copy_database(database: Path, copy: Path) -> None:
    """Copies a database that may be in use, whole. Raises Unusable."""
    files.make_private(copy)
    try:
        with (
            closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy)) as made,
        ):
            source.backup(made)
    except sqlite3.Error as error:
        raise Unusable(trouble_of_sqlite(error, copy)) from error
    check(copy)


def check(copy: Path) -> None:
    """Raises Unusable where not all of a database hangs together."""
    if not is_sound(copy, math.inf, indexes=True):
        raise Unusable(Trouble(BackupTrouble.DAMAGED))


@contextmanager
def brought_here(database: Path) -> Iterator[Session]:
    """A database that may be of an earlier release, brought to this one; what is done with it is committed at the end."""
    engine = open_engine(f"sqlite:///{database}")
    try:
        migrate(engine)
        with Session(engine) as session, session.begin():
            yield session
    finally:
        engine.dispose()


def alone(database: Path) -> None:
    """Nothing of it lies in a file beside it any more. Raises sqlite3.Error."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def _revision(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
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


def digest(file: Path) -> str:
    """Its SHA-256."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def not_texted(database: Path) -> list[Card]:
    """Whoever must not be texted, by a database that may be of an earlier release: it is brought to this one."""
    with brought_here(database) as session:
        cards = [contacts.card_of(person, person.address) for person in views.contacts(session)]
    return [card for card in cards if card.mark or card.blocked or card.opted_out or card.unsure]


def _table(cards: list[Card]) -> bytes:
    """As the page's address book exports them, for who wants to look."""
    return addressbook.to_csv(cards).encode("utf-8-sig")
