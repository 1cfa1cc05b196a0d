"""`textback demo`: the service on a simulated modem in a temporary folder, with callers that follow a script."""

import secrets
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import click
from sqlmodel import Session

from bridge import config, files
from bridge.clock import Clock
from bridge.records import contacts
from bridge.records.engine import migrate
from bridge.records.users import OWNER, add_user, hash_password
from bridge.service import start
from modem.simulator import Simulator

CONFIG = """\
[shop]
name = Corner Bakery
phone = 0121 234 5600
country = GB

[modem]
port = simulator

[textback]
message = Hi! This is {{shop}}. Sorry we missed your call. How can we help? Just reply to this text.

[web]
host = 127.0.0.1
port = {port}
"""

# libphonenumber's example numbers: valid to every check, and nobody's.
ANN, BOB, CEM, DAN, EVE = (f"+4474001234{digits}" for digits in (56, 57, 58, 59, 60))
LANDLINE = "+441212345678"
NAMES = {ANN: "Ann Miller", CEM: "Cem (birthday cakes)"}
REPLIES = {
    ANN: "Hi, yes please! Could you keep two sourdough loaves for me until 5? 🥖",
    CEM: "Do you make birthday cakes? It would be for Saturday, 12 people, chocolate if possible. Thank you!",
}


def run(port: int) -> None:
    """Serve until Ctrl-C; prints the page's address, and the name and password to log in with."""
    with tempfile.TemporaryDirectory(prefix="textback-demo-") as folder:
        path = Path(folder) / "config.ini"
        files.write_whole(path, CONFIG.format(port=port).encode())
        settings = config.load(path)
        with start.running(settings, start.reloader(path)) as box:
            password = secrets.token_urlsafe(6)
            migrate(box.engine)
            with Session(box.engine) as session, session.begin():
                add_user(session, "demo", hash_password(password), OWNER, Clock().utc())
                for address, name in NAMES.items():
                    contacts.somebody_at(session, address, "demo", Clock().utc()).name = name
            click.echo(f"\n  The page:  {box.url}\n  Log in as: demo\n  Password:  {password}\n")
            click.echo("  Callers ring now and then. Ctrl-C ends it; nothing is kept.\n")
            over = threading.Event()
            callers = threading.Thread(target=_callers, args=(box.simulators["main"], over), daemon=True)
            callers.start()
            try:
                start.run_until_told(box)
            finally:
                over.set()


def _callers(simulator: Simulator, over: threading.Event) -> None:
    """A busy morning at the counter in a minute and a half, and then a call now and then."""

    def call(number: str | None, rings: int) -> None:
        simulator.call(number, rings=rings, spacing=2.0)

    script: tuple[tuple[int, Callable[[], object]], ...] = (
        (2, lambda: call(ANN, 3)),
        (10, lambda: simulator.text(ANN, REPLIES[ANN])),
        (3, lambda: call(None, 2)),
        (7, lambda: call(BOB, 2)),
        (8, lambda: call(CEM, 4)),
        (13, lambda: simulator.text(CEM, REPLIES[CEM])),
        (3, lambda: call(BOB, 1)),
        (5, lambda: call(LANDLINE, 2)),
        (7, lambda: simulator.text("PARCELS", "Your parcel comes today between 2 and 4 pm.")),
        (4, lambda: call(DAN, 3)),
        (12, lambda: call(EVE, 2)),
    )
    for seconds, act in script:
        if over.wait(seconds):
            return
        act()
    while not over.wait(90):
        call(secrets.choice((ANN, BOB, CEM, DAN, EVE)), 2 + secrets.randbelow(3))
