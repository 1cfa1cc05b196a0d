"""A PostgreSQL server of the tests' own: in a temporary folder, on a socket there and on loopback, ended by its own process."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.support.box import DEADLINE, until

# initdb does not run as root: then the server is Debian's user for it.
OWNER = "postgres"
OTHER: dict[str, Any] = {"user": OWNER, "group": OWNER, "extra_groups": []} if os.getuid() == 0 else {}


def programs() -> Path | None:
    """The folder of the newest server's programs; Debian keeps them out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).parent if elsewhere else None


def needs_postgresql() -> Path:
    """The folder of the server's programs. Skips the test where there is none; in CI that is a failure."""
    found = programs()
    if found is not None:
        return found
    sentence = "Debian's postgresql is not installed"
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


class Server:
    """One server. It may be stopped and started again; its databases stay."""

    def __init__(self, bin_folder: Path, folder: Path) -> None:
        self._bin = bin_folder
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        words = ["-D", str(folder / "data"), "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        self._run("initdb", *words)

    def _run(self, program: str, *words: str) -> None:
        command = [str(self._bin / program), *words]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, timeout=DEADLINE, **OTHER)

    def start(self) -> None:
        """Starts it, and waits until it takes connections. Nothing is synced: what a test leaves is thrown away."""
        where = ["-k", str(self.folder), "-h", "127.0.0.1", "-p", str(self.port)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._bin / "postgres"), "-D", str(self.folder / "data"), "-F", *where],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                **OTHER,
            )
        until(self._answers, "the server's start")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text()
        try:
            self.connection().close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """Ends it at once ("immediate"), as a server that is away."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(DEADLINE)
            self._process = None

    def connection(self, database: str = "postgres") -> "psycopg.Connection[Any]":
        """A connection of the superuser, each statement committed by itself."""
        return psycopg.connect(
            host=str(self.folder), port=self.port, user=OWNER, dbname=database, autocommit=True
        )

    def new_database(self) -> str:
        """The SQLAlchemy URL of a new, empty database."""
        self._made += 1
        name = f"shop{self._made}"
        with self.connection() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of a database, by the socket."""
        return f"postgresql+psycopg://{OWNER}@/{name}?host={self.folder}&port={self.port}"


@contextmanager
def a_server() -> Iterator[Server]:
    """A server that runs, and is gone afterwards with all that it kept."""
    bin_folder = needs_postgresql()
    folder = Path(tempfile.mkdtemp(prefix="textback-pg-"))
    if OTHER:
        shutil.chown(folder, OWNER, OWNER)
    server = None
    try:
        server = Server(bin_folder, folder)
        server.start()
        yield server
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder)
