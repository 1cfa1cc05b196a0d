"""`textback update` as root runs it: against a real web server, with a real database, on a system of small scripts
(tests/support/system.py). What dpkg, apt and systemd do themselves, the tests in a machine show."""

import json
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bridge.records.before_update import copy_of
from bridge.records.engine import HEAD, migrate, open_engine
from bridge.rules.releases import NOTICE, SIGNATURE, Notice
from bridge.rules.updating import Outcome, Step
from bridge.service.handed_on import Handed
from bridge.service.releases import architecture
from bridge.service.update_journal import Home, Journal
from bridge.service.worker import LookForRelease, look_for_release
from tests.bridge.test_cli import TEXTBACK, plain_trouble
from tests.support.box import DEADLINE
from tests.support.makers import Maker, a_notice
from tests.support.system import System

PACKAGE = b"the files of 0.3.0"
NEWER = "9999"
# So many seconds a release has, with ninety looks. What fails is known by its starts, long before.
PATIENCE = "20"


class Handler(SimpleHTTPRequestHandler):
    """A folder, and beside it the page of the service, which is well."""

    def do_GET(self) -> None:
        if self.path != "/healthz":
            return super().do_GET()
        body = json.dumps({"status": "ok", "database": None}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def log_request(self, *_: object) -> None:
        pass


class Site:
    """A box with 0.2.0, and a web server where the makers lay their releases."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.served, self.maker = folder, folder / "served", Maker()
        self.database = folder / "textback.db"
        self.updates = folder / "updates"
        self.address = f"http://127.0.0.1:{port}/{NOTICE}"
        (folder / "config.ini").write_text(f"[web]\nport = {port}\n[updates]\nurl = {self.address}\n")
        (folder / "keys").mkdir()
        (folder / "keys" / "in-use.pub").write_text(self.maker.public)
        engine = open_engine(f"sqlite:///{self.database}", anew=True)
        migrate(engine)
        engine.dispose()
        self.system = System(folder / "system", self.database, "0.2.0")

    def release(self, notice: Notice | None = None, package: bytes = PACKAGE) -> None:
        self.maker.release(self.served, notice or a_notice("0.3.0", PACKAGE), package)

    def update(self, *options: object) -> "subprocess.CompletedProcess[str]":
        environment = self.system.environment() | {
            "TEXTBACK_UPDATES": str(self.updates),
            "TEXTBACK_KEYS": str(self.folder / "keys"),
        }
        command = [TEXTBACK, "update", "--patience", PATIENCE, *map(str, options)]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )

    def revision(self) -> str:
        with closing(sqlite3.connect(self.database)) as connection:
            return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])

    def handed(self) -> Handed:
        handed = Handed.read(self.updates)
        assert handed is not None
        return handed

    def left(self) -> set[str]:
        """What lies in root's folder when an update has ended."""
        return {path.name for path in self.updates.iterdir()}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "served").mkdir()
    handler = partial(Handler, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Site(tmp_path, server.server_port)
        finally:
            server.shutdown()
            thread.join()


def own(version: str) -> str:
    """The name of this machine's package."""
    return f"textback_{version}_{architecture()}.deb"


# ---- the service looks


@pytest.mark.parametrize(("present", "found"), [("0.2.0", "0.3.0"), ("0.3.0", None)])
def test_the_worker_finds_what_is_newer(
    site: Site, monkeypatch: pytest.MonkeyPatch, present: str, found: str | None
) -> None:
    monkeypatch.setenv("TEXTBACK_KEYS", str(site.folder / "keys"))
    site.release()
    looked = look_for_release(LookForRelease(site.address, present, date(2026, 11, 28)))
    assert (looked.notice.version if looked.notice else None) == found
    assert (looked.why is None) == (found is not None)


# ---- it works


def test_a_newer_release_is_installed_and_the_old_one_kept(site: Site) -> None:
    site.release()
    done = site.update()
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "textback was updated to 0.3.0."), done
    assert site.system.has("installed") == "0.3.0"
    assert site.handed().outcome is Outcome.DONE
    assert site.left() == {"packages", "result.json", "lock"}
    assert {path.name for path in (site.updates / "packages").iterdir()} == {own("0.2.0"), own("0.3.0")}
    assert (site.updates / "packages" / own("0.3.0")).read_bytes() == PACKAGE
    # What dpkg knew of the old one besides what it says of itself is not in it.
    assert (site.updates / "packages" / own("0.2.0")).read_text() == "Package: textback\nVersion: 0.2.0\n"
    assert site.system.ran("dpkg-deb")


def test_one_with_other_tables_leaves_no_copy_of_what_was(site: Site) -> None:
    site.system.say(V3_tables=NEWER)
    site.release()
    assert site.update().returncode == 0
    assert site.revision() == NEWER
    assert not copy_of(site.database).exists()


def test_to_look_changes_nothing(site: Site) -> None:
    site.release()
    done = site.update("--check")
    assert done.stdout == "textback 0.3.0 can be installed: sudo textback update\n- Texts go out sooner.\n"
    assert not site.updates.exists()
    assert {line.split()[0] for line in site.system.has("log").splitlines()} == {"dpkg-query"}


def test_the_newest_release_is_said_to_be_so(site: Site) -> None:
    site.release(a_notice("0.2.0", PACKAGE))
    for options in ((), ("--check",)):
        done = site.update(*options)
        assert (done.returncode, done.stdout) == (0, "textback 0.2.0 is the newest release.\n")
    assert site.system.has("installed") == "0.2.0"


def test_a_file_counts_with_the_notice_beside_it(site: Site) -> None:
    """For a box without internet: a stick with three files."""
    site.release()
    stick = site.folder / "stick"
    stick.mkdir()
    for name in (NOTICE, f"{NOTICE}{SIGNATURE}", f"pool/{own('0.3.0')}"):
        (site.served / name).rename(stick / Path(name).name)
    assert site.update(stick / own("0.3.0")).returncode == 0
    assert site.system.has("installed") == "0.3.0"


# ---- it counts only if the makers have signed it


def nothing_was_changed(site: Site, said: str) -> None:
    assert site.system.has("installed") == "0.2.0"
    assert not site.system.ran("apt-get")
    assert not site.system.ran("dpkg")
    assert not list(site.updates.glob("packages/*.deb"))
    assert site.handed().outcome is Outcome.NOT_BEGUN
    assert site.handed().why
    assert said


def test_a_notice_of_somebody_else_is_left_alone(site: Site) -> None:
    Maker().release(site.served, a_notice("0.3.0", PACKAGE), PACKAGE)
    nothing_was_changed(site, said := plain_trouble(site.update()))
    assert "is not signed by the makers of textback" in said


@pytest.mark.parametrize("package", [PACKAGE + b"!", PACKAGE[:-1], b"", PACKAGE.swapcase()])
def test_a_package_that_was_changed_is_left_alone(site: Site, package: bytes) -> None:
    site.release(package=package)
    nothing_was_changed(site, said := plain_trouble(site.update()))
    assert f"{own('0.3.0')} is not what the makers of textback signed" in said


def test_a_file_that_was_changed_is_left_alone(site: Site) -> None:
    site.release()
    file = site.served / own("0.3.0")
    file.write_bytes(PACKAGE.swapcase())
    nothing_was_changed(site, plain_trouble(site.update(file)))


def test_an_old_notice_brings_no_old_release_back(site: Site) -> None:
    """Signed it was, once."""
    site.system.say(installed="0.4.0")
    site.release()
    assert "0.3.0 is older than 0.4.0, which is installed" in plain_trouble(site.update())
    assert site.system.has("installed") == "0.4.0"


def test_a_notice_that_is_over_counts_no_more(site: Site) -> None:
    site.release(a_notice("0.3.0", PACKAGE, until=date(2020, 1, 1)))
    nothing_was_changed(site, said := plain_trouble(site.update()))
    assert "was only valid until 2020-01-01" in said


def test_without_keys_nobody_is_believed(site: Site) -> None:
    site.release()
    (site.folder / "keys" / "in-use.pub").write_text("no key")
    nothing_was_changed(site, said := plain_trouble(site.update()))
    assert "came without its makers' keys" in said


def test_what_is_too_large_is_not_read_to_its_end(site: Site) -> None:
    site.release()
    (site.served / NOTICE).write_bytes(b" " * 100_000)
    nothing_was_changed(site, said := plain_trouble(site.update()))
    assert "is too large to be news of a release" in said


def test_a_server_that_is_away_or_has_nothing_is_one_sentence(site: Site) -> None:
    nothing_was_changed(site, said := plain_trouble(site.update()))
    assert "cannot be reached" in said
    (site.folder / "config.ini").write_text("")
    assert "[updates] as url" in plain_trouble(site.update("--check"))


def test_it_is_led_to_no_file_of_the_machine(site: Site) -> None:
    (site.folder / "config.ini").write_text(f"[updates]\nurl = file://{site.served}/{NOTICE}\n")
    site.release()
    assert "[updates] as url" in plain_trouble(
        site.update()
    )  # the settings of before count, which say nothing


def test_where_textback_is_no_package_it_is_not_updated_as_one(site: Site) -> None:
    site.release()
    site.system.say(installed="")
    assert "was not installed as a package here" in plain_trouble(site.update())


# ---- it does not work


def went_back(site: Site, tables: str = HEAD) -> None:
    said = plain_trouble(site.update())
    assert "textback 0.3.0 did not work on this box, so it went back to 0.2.0. Nothing was lost." in said
    assert (site.system.has("installed"), site.system.has("status")) == ("0.2.0", "install ok installed")
    assert site.revision() == tables
    assert site.handed().outcome is Outcome.WENT_BACK
    assert site.left() == {"packages", "result.json", "lock"}
    assert site.system.ran("dpkg")[-1].endswith(f"--install {site.updates}/packages/{own('0.2.0')}")


def test_one_that_is_never_ready_goes_back(site: Site) -> None:
    site.system.say(V3_never="")
    site.release()
    went_back(site)


def test_one_that_is_never_ready_goes_back_with_the_data_from_before(site: Site) -> None:
    site.system.say(V3_never="", V3_tables=NEWER)
    site.release()
    went_back(site)
    with closing(sqlite3.connect(site.database)) as there:
        tables = {name for (name,) in there.execute("SELECT name FROM sqlite_master")}
    assert "contact" in tables
    assert "of_the_new_release" not in tables


def test_one_whose_postinst_fails_goes_back(site: Site) -> None:
    site.system.say(V3_half="", V3_never="")
    site.release()
    went_back(site)


def test_one_that_dies_goes_back_if_the_tables_are_the_same(site: Site) -> None:
    site.system.say(V3_dies="")
    site.release()
    went_back(site)


def test_one_that_was_ready_keeps_what_has_come_in_since(site: Site) -> None:
    """It has other tables and has worked for a moment: what came in then is worth more than the old release."""
    site.system.say(V3_dies="", V3_tables=NEWER)
    site.release()
    said = plain_trouble(site.update())
    assert "going back to 0.2.0 would lose calls" in said
    assert (site.system.has("installed"), site.revision()) == ("0.3.0", NEWER)
    assert site.handed().outcome is Outcome.STAYED


def test_the_copy_of_an_update_long_ago_is_not_put_back(site: Site) -> None:
    site.system.say(V3_never="", V3_tables=NEWER, V3_nocopy="without")
    copy_of(site.database).write_bytes(b"of last year")
    site.release()
    assert "would lose calls" in plain_trouble(site.update())
    assert (site.system.has("installed"), site.revision()) == ("0.3.0", NEWER)


def test_one_that_dpkg_refuses_changes_nothing(site: Site) -> None:
    site.system.say(V3_refused="")
    site.release()
    assert "The update could not be started; nothing was changed." in plain_trouble(site.update())
    assert not [line for line in site.system.ran("dpkg") if "--install" in line]
    assert site.system.has("installed") == "0.2.0"


def test_where_the_old_one_does_not_work_either_somebody_has_to_look(site: Site) -> None:
    site.system.say(V3_never="", V2_never="")
    site.release()
    assert "going back to 0.2.0 failed too" in plain_trouble(site.update())
    assert site.handed().outcome is Outcome.STUCK


# ---- it was cut off


def begun(site: Site, step: Step) -> None:
    """A power cut came in this step of an update from 0.2.0 to 0.3.0."""
    home = Home(site.updates)
    home.make()
    for version in ("0.2.0", "0.3.0"):
        home.package(version, architecture()).write_bytes(PACKAGE)
    home.note(Journal(step, "0.2.0", "0.3.0", architecture(), HEAD, "100", "another start of the system"))


def test_an_update_goes_on_after_a_power_cut(site: Site) -> None:
    begun(site, Step.INSTALL)
    assert (site.updates / "begun").read_text().endswith(own("0.3.0"))
    assert site.update().returncode == 0
    assert site.system.has("installed") == "0.3.0"
    assert site.left() == {"packages", "result.json", "lock"}


def test_after_a_power_cut_nobody_knows_what_has_come_in(site: Site) -> None:
    """So the data from before are not put back."""
    site.system.say(V3_never="", V3_tables=NEWER)
    begun(site, Step.INSTALL)
    assert "would lose calls" in plain_trouble(site.update())
    assert site.revision() == NEWER


def test_the_way_back_goes_on_after_a_power_cut(site: Site) -> None:
    site.system.say(installed="0.3.0", status="install ok unpacked")
    begun(site, Step.INSTALL_OLD)
    assert (site.updates / "begun").read_text().endswith(own("0.2.0"))
    assert "so it went back to 0.2.0" in plain_trouble(site.update())
    assert site.system.has("installed") == "0.2.0"
