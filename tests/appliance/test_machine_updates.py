"""Updates on a whole machine, by the real package, dpkg, apt and systemd, from signed repositories on a disk of its own: one
that works, one that is not signed, one that never gets ready, one at night by apt, and the power fails in the middle."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.rules.releases import NOTICE
from modem.simulator import Simulator
from tests.appliance import releases
from tests.appliance.boxes import READY, Boxes, now, number, ready_after, rows, texted
from tests.appliance.machine import Machine
from tests.appliance.releases import KEY, PLACE, RING, later
from tests.appliance.roots import version
from tests.support.needs import needs

pytestmark = needs("mmdebstrap", "qemu-system-x86", "debhelper", "reprepro", "gnupg", "minisign")

GOOD, BAD, ENDS, NIGHT = 1, 2, 3, 4
CONFIG, HOME = "/etc/textback/config.ini", "/var/lib/textback-update"
# As the service's user, with what the service may see and write.
INSIDE = (
    "nsenter --mount --target $(systemctl show --value --property MainPID textback)"
    " setpriv --reuid textback --regid textback --clear-groups --no-new-privs"
)
OWNER, PASSWORD = "Ann", "a word for owners"
BACK = "textback {new} did not work on this box, so it went back to {old}. Nothing was lost."


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = releases.disk(
        tmp_path_factory.mktemp("releases"),
        {
            "good": (GOOD, releases.like_the_present),
            "bad": (BAD, releases.is_never_ready),
            "ends": (ENDS, releases.ends_at_once),
            "night": (NIGHT, releases.like_the_present),
        },
    )
    yield made
    made.unlink()


def serve(machine: Machine) -> None:
    """The repositories are there and on the web; the box has the makers' keys."""
    machine.run(f"mount -o ro,noload /dev/vdb {PLACE}")
    machine.run(f"install -D -m 644 -t /usr/share/textback/keys {PLACE}/{KEY}")
    machine.run(f"install -D -m 644 -t /usr/share/keyrings {PLACE}/{RING}")
    machine.run(f"systemd-run python3 -m http.server 8000 --bind 127.0.0.1 --directory {PLACE}")


def offer(machine: Machine, place: str) -> str:
    """The box hears of releases there. Returns the digest of its configuration."""
    machine.run(f"{INSIDE} sed -i 's|^url =.*|url = http://127.0.0.1:8000/{place}|' {CONFIG}")
    return machine.run(f"sha256sum {CONFIG}")


def has(machine: Machine, release: str) -> None:
    """This one is installed, whole, it is what runs, and the next wish of an owner is heard."""
    assert (
        machine.run("dpkg-query -W -f '${Version} ${Status}' textback") == f"{release} install ok installed"
    )
    assert machine.run("dpkg --audit") == ""
    assert machine.run("textback --version") == f"textback, version {release}\n"
    assert machine.run("systemctl is-active textback-update.path") == "active\n"
    assert machine.run(f"ls {HOME}") == "lock\npackages\nresult.json\n"


def page_says(machine: Machine, words: str) -> None:
    page = f"python3 {PLACE}/{releases.STATUS_PAGE.name} '{OWNER}' '{PASSWORD}'"
    machine.until(f"{page} | grep -qF '{words}'", f"the page's saying {words!r}")


def callers(machine: Machine) -> list[str]:
    return sorted(str(row["number"]) for row in rows(machine, "calls"))


def revision(machine: Machine) -> str:
    """Of the tables."""
    ask = "SELECT version_num FROM alembic_version"
    return machine.run(
        f"python3 -c \"import sqlite3; print(*sqlite3.connect('/var/lib/textback/textback.db').execute('{ask}').fetchone())\""
    )


def test_a_year_of_updates(boxes: Boxes, disk: Path) -> None:
    """One boot for all of these, for a boot takes long."""
    with Simulator() as modem, boxes.machine("updates", modem, parcel=disk) as machine:
        machine.until(READY, "the line's being ready")
        serve(machine)
        machine.run(f"echo '{PASSWORD}' | textback user add {OWNER} --password-stdin")
        texted(modem, number(1))
        # Nobody has said where releases are.
        assert "[updates] as url" in machine.run("textback update", 1)
        # Somebody else has signed it.
        offer(machine, "good/forged.json")
        said = machine.run("textback update", 1)
        assert said.count("\n") == 1, said
        assert "/good/forged.json is not signed by the makers of textback, so it was ignored." in said
        assert machine.run(f"ls {HOME}/packages") == ""
        assert version() in machine.run("textback --version")
        # An owner wants it: all that the service can do is to leave word of it.
        settings = offer(machine, f"good/{NOTICE}")
        assert f"{later(GOOD)} can be installed" in machine.run("textback update --check")
        machine.run(f"{INSIDE} touch {HOME}/begun", 1)
        begin = now(machine)
        machine.run(f"{INSIDE} touch /var/lib/textback/update-wanted")
        machine.until(f"{INSIDE} grep -q update_done {HOME}/result.json", "the update")
        has(machine, later(GOOD))
        page_says(machine, f"textback was updated to {later(GOOD)}.")
        assert machine.run(f"sha256sum {CONFIG}") == settings
        ready_after(machine, begin)
        texted(modem, number(2))
        # One that never gets ready, and whose tables are others.
        settings, tables = offer(machine, f"bad/{NOTICE}"), revision(machine)
        back = BACK.format(new=later(BAD), old=later(GOOD))
        begin = now(machine)
        said = machine.run("textback update --patience 90", 1)
        assert said.endswith(f"textback: {back}\n"), said
        has(machine, later(GOOD))
        page_says(machine, back)
        assert revision(machine) == tables
        assert machine.run(f"sha256sum {CONFIG}") == settings
        ready_after(machine, begin)
        texted(modem, number(3))
        # At night, by apt alone.
        machine.run("rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*")
        machine.run(f"cp {PLACE}/night/textback.sources /etc/apt/sources.list.d/")
        machine.run("cp /usr/share/doc/textback/examples/52textback /etc/apt/apt.conf.d/")
        begin = now(machine)
        machine.run("apt-get update && unattended-upgrade --verbose")
        has(machine, later(NIGHT))
        ready_after(machine, begin)
        texted(modem, number(4))
        assert callers(machine) == [number(count) for count in range(1, 5)]
        assert sorted(one.number for one in modem.submitted) == [number(count) for count in range(1, 5)]


def test_switched_off_in_an_update(boxes: Boxes, disk: Path) -> None:
    """While dpkg works, and while the release that never gets ready is waited for."""
    with Simulator() as modem, boxes.machine("half", modem, parcel=disk) as machine:
        machine.until(READY, "the line's being ready")
        serve(machine)
        settings = offer(machine, f"ends/{NOTICE}")
        texted(modem, number(1))
        machine.run(f"{INSIDE} touch /var/lib/textback/update-wanted")
        machine.until(
            "dpkg-query -W -f '${Status}' textback | grep half-installed", "dpkg's being in the middle"
        )
        machine.cut()
        machine.wait_until_off()
        machine.start()
        machine.until(f"grep -F '\"wait\"' {HOME}/journal.json", "the update's going on")
        assert machine.run("dpkg-query -W -f '${Version}' textback") == later(ENDS)
        machine.cut()
        machine.wait_until_off()
        machine.start()
        machine.until(f"grep -q update_went_back {HOME}/result.json", "the way back")
        has(machine, version())
        machine.until(READY, "the line's being ready")
        assert machine.run(f"sha256sum {CONFIG}") == settings
        texted(modem, number(2))
        assert callers(machine) == [number(1), number(2)]
        assert sorted(one.number for one in modem.submitted) == [number(1), number(2)]
