"""PostgreSQL goes away under the service: stopped and started, or its connections cut, with callers and texts going on."""

import random
import tempfile
import threading
import time
from pathlib import Path

from tests.support.postgres import Server, a_server
from tests.torture.bench import Bench
from tests.torture.traffic import Traffic
from tests.torture.verdict import Verdict, twice

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL"
AWAY = 8.0
PAUSE = 5.0


def run(seed: int, seconds: float) -> Verdict:
    """The server is away again and again for so long; the verdict once it stays, and after a restart of the service."""
    with (
        a_server() as server,
        tempfile.TemporaryDirectory(prefix="torture-") as folder,
        Bench(Path(folder), storage=server.new_database()) as bench,
    ):
        chance = random.Random(f"postgres {seed}")
        bench.start()
        over, done = time.monotonic() + seconds, 0
        with Traffic(bench, seed) as traffic:
            while time.monotonic() < over:
                threading.Event().wait(chance.uniform(0, PAUSE))
                _away(server, chance)
                done += 1
        verdict = twice(bench, traffic.said)
        verdict.seen["times away"] = done
        return verdict


def _away(server: Server, chance: random.Random) -> None:
    if chance.random() < 0.5:
        with server.connection() as connection:
            connection.execute(CUT)
        return
    server.stop()
    threading.Event().wait(chance.uniform(0, AWAY))
    server.start()
