"""`textback demo`: the service on a simulated modem in a temporary folder, with a past, and callers that follow a script."""

import os
import secrets
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import click
from sqlmodel import Session

from bridge import config, files
from bridge.clock import Clock
from bridge.config import Settings
from bridge.handlers.quiet import made_up
from bridge.records.engine import migrate, open_engine
from bridge.records.users import OWNER, STAFF, add_user, hash_password
from bridge.service import start
from bridge.service.demo import weeks
from bridge.service.demo.past import Past
from bridge.service.demo.story import ANN, BOB, CEM, DAN, EVE, LANDLINE, PARCELS
from modem.simulator import Simulator

CONFIG = """\
[shop]
name = Corner Bakery
phone = 0121 234 5600
country = GB
text_price = £0.04

[modem]
port = simulator

[textback]
message = Hi! This is {{shop}}. Sorry we missed your call. How can we help? Just reply to this text.
closed = other
closed_message = Hi! This is {{shop}}. We are closed now and back {{reopens}}. Text us what you need and we answer then.

[hours]
tuesday = 7:00-18:00
wednesday = 7:00-18:00
thursday = 7:00-18:00
friday = 7:00-18:00
saturday = 7:00-14:00
sunday = 8:00-12:00

[web]
host = {host}
port = {port}
"""
REPLIES = {
    ANN: "Hi, yes please! Could you keep two sourdough loaves for me until 5? 🥖",
    CEM: "Do you make birthday cakes? It would be for Saturday, 12 people, chocolate if possible. Thank you!",
}
# For whom the page is open.
HERE, NETWORK = "this machine only", "everybody on this machine's network who has the password"


def run(port: int, host: str) -> None:
    """Serve until Ctrl-C; prints the page's address, for whom it is open, and the name and password to log in with. Raises
    PageUnavailable."""
    with tempfile.TemporaryDirectory(prefix="textback-demo-") as folder:
        # Nothing of a box that is installed here is touched.
        os.environ["STATE_DIRECTORY"] = folder
        for name in ("RUNTIME_DIRECTORY", "TEXTBACK_UPDATES"):
            os.environ.pop(name, None)
        path = Path(folder) / "config.ini"
        files.write_whole(path, CONFIG.format(port=port, host=host).encode())
        click.echo("\n  Making six weeks of calls to a bakery; this takes some seconds ...")
        settings, password = config.load(path), secrets.token_urlsafe(6)
        begin(settings, password)
        with start.running(settings, start.reloader(path)) as box:
            open_to = HERE if host in ("127.0.0.1", "::1", "localhost") else NETWORK
            click.echo(f"\n  The page:  {box.url}\n  Open to:   {open_to}")
            click.echo(f"  Log in as: {weeks.OWNER}\n  Password:  {password}\n")
            click.echo("  Customers call now and then. Press Ctrl-C to stop; nothing is kept.\n")
            over = threading.Event()
            callers = threading.Thread(target=_callers, args=(box.simulators["main"], over), daemon=True)
            callers.start()
            try:
                start.run_until_told(box)
            finally:
                over.set()


def begin(settings: Settings, password: str) -> None:
    """Makes the database of a shop that has had the box for six weeks: two people who may log in, and what has happened."""
    engine = open_engine(settings.storage.database, anew=True)
    try:
        migrate(engine)
        with made_up(), Session(engine) as session, session.begin():
            _fill(session, settings, password)
    finally:
        engine.dispose()


def _fill(session: Session, settings: Settings, password: str) -> None:
    now = Clock().utc()
    hashed = hash_password(password)
    add_user(session, weeks.OWNER, hashed, OWNER, now)
    add_user(session, weeks.COLLEAGUE, hashed, STAFF, now)
    weeks.tell(Past(session, settings, weeks.beginning(now)), now, settings.shop.zone)


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
        (7, lambda: simulator.text(PARCELS, "Your parcel comes today between 2 and 4 pm.")),
        (4, lambda: call(DAN, 3)),
        (12, lambda: call(EVE, 2)),
    )
    for seconds, act in script:
        if over.wait(seconds):
            return
        act()
    while not over.wait(90):
        call(secrets.choice((ANN, BOB, CEM, DAN, EVE)), 2 + secrets.randbelow(3))
