"""Where the history of another program is read from: its files and folders, its database, or a phone. What is in them,
bridge/rules/importing knows."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from bridge.rules.importing import (
    gammu_backup,
    gammu_database,
    gammu_dump,
    gammu_files,
    smsgate,
    smstools,
)
from bridge.rules.importing.file import File
from bridge.rules.importing.old_text import History
from bridge.rules.text_files import decoded
from bridge.service import smsgate_phone
from bridge.service.smsgate_phone import Login, Unreadable

# A text with its headers is far smaller (bytes).
LARGEST = 256 * 1024
SQLITE = b"SQLite format 3\0"


class Kind(StrEnum):
    """The programs whose history can be brought over."""

    GAMMU = "gammu"
    SMSTOOLS = "smstools"
    SMSGATE = "smsgate"


def read(kind: Kind, source: str, zone: tzinfo | None, login: Login | None = None) -> History:
    """The texts in a file, a folder or at an address. zone: of the clock that the other program went by, None for this
    machine's. Raises Unreadable, OSError."""
    match kind:
        case Kind.GAMMU if "://" in source:
            return _gammu_server(source, zone)
        case Kind.GAMMU if Path(source).is_dir():
            return _of_folder(Path(source), gammu_files.read, zone)
        case Kind.GAMMU:
            return _gammu_file(Path(source), zone)
        case Kind.SMSTOOLS if Path(source).is_dir():
            return _of_folder(Path(source), smstools.read, zone)
        case Kind.SMSTOOLS:
            raise Unreadable(
                f"{source} is not a folder. Name the one that holds incoming and sent, such as /var/spool/sms."
            )
        case Kind.SMSGATE if "://" in source:
            return smsgate.read(*smsgate_phone.all_texts(source, login))
        case Kind.SMSGATE:
            return _smsgate_file(Path(source))


def _of_folder(folder: Path, reader: Any, zone: tzinfo | None) -> History:
    too_large: list[str] = []
    history: History = reader(_files(folder, too_large), zone)
    history.troubles += [f"{name}: it is too large for a text and was left out." for name in too_large]
    return history


def _files(folder: Path, too_large: list[str]) -> Iterator[File]:
    """Every file in a folder and below, by their names."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name.startswith("."):
            continue
        stat, name = path.stat(), str(Path(folder.name) / path.relative_to(folder))
        if stat.st_size > LARGEST:
            too_large.append(name)
        else:
            yield File(name, path.read_bytes(), datetime.fromtimestamp(stat.st_mtime, UTC))


def _gammu_file(path: Path, zone: tzinfo | None) -> History:
    with path.open("rb") as file:
        head = file.read(1024)
        if head.startswith(SQLITE):
            return _gammu_sqlite(path, zone)
        file.seek(0)
        if gammu_dump.HEAD in head:
            return _gammu_dump(path, zone)
        text = decoded(file.read())
    if not gammu_backup.is_backup(text):
        raise Unreadable(
            f"{path} is not a file of gammu: name the SQLite database of gammu-smsd, the folder that holds its inbox and sent, "
            "a file of `mysqldump --xml`, or a backup of `gammu backupsms`."
        )
    return gammu_backup.read(text, path.name, zone)


def _gammu_sqlite(path: Path, zone: tzinfo | None) -> History:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return gammu_database.read(
                (dict(row) for row in connection.execute("SELECT * FROM inbox ORDER BY ID")),
                (
                    dict(row)
                    for row in connection.execute("SELECT * FROM sentitems ORDER BY ID, SequencePosition")
                ),
                zone,
            )
    except sqlite3.Error as error:
        raise Unreadable(f"{path} cannot be read as a database of gammu-smsd: {error}.") from error


def _gammu_dump(path: Path, zone: tzinfo | None) -> History:
    tables: dict[str, list[Mapping[str, str]]] = {"inbox": [], "sentitems": []}
    try:
        with path.open("rb") as file:
            for table, row in gammu_dump.rows(file):
                if table in tables:
                    tables[table].append(row)
    except ParseError as error:
        raise Unreadable(f"{path} is not whole: {error}. Make it again with `mysqldump --xml`.") from error
    return gammu_database.read(tables["inbox"], tables["sentitems"], zone)


def _gammu_server(url: str, zone: tzinfo | None) -> History:
    """From PostgreSQL, where gammu-smsd writes times in UTC."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import SQLAlchemyError

    try:
        engine = create_engine(url, hide_parameters=True)
        try:
            with engine.connect() as connection:
                inbox, sent = (
                    [dict(row) for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings()]
                    for table in ("inbox", "sentitems")
                )
        finally:
            engine.dispose()
    except (SQLAlchemyError, ImportError) as error:
        raise Unreadable(
            f"The database cannot be read: {type(error).__name__}. Its address is such as "
            "postgresql+psycopg://name:password@host/smsd."
        ) from error
    return gammu_database.read(inbox, sent, UTC if url.startswith("postgresql") else zone)


def _smsgate_file(path: Path) -> History:
    try:
        return smsgate.read(*smsgate.from_json(decoded(path.read_bytes())))
    except smsgate.NoSmsgate as error:
        raise Unreadable(
            f"{path} is not an answer of SMSGate: save what GET /messages?includeContent=true and GET /inbox answer, "
            "or name the phone's address."
        ) from error
