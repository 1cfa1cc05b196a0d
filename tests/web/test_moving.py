"""A new box becomes the old one by the page, and the backups on the status page: through Flask's client, with the real loop."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from bridge import config
from bridge.records import users, views
from bridge.rules.backups import NOT_TEXTED, BackupTrouble, Stored, name_of
from bridge.service import restoring, stored_backups
from bridge.service.backup import make
from bridge.service.restoring import PENDING
from bridge.service.worker import BackedUp, BackUp, BackupFound, DatabaseChecked
from modem.contract import Trouble
from tests.bridge.test_backup import PASSPHRASE, fill, opened
from tests.support.box import ANN, until, write_config
from tests.support.people import add_user
from tests.support.web_bridge import NAME, PASSWORD, Office, an_office
from tests.web.test_web_loop import enter, token
from web import create_app
from web.limits import LARGEST_BACKUP

NIGHT = datetime(2026, 11, 26, 3, 10, tzinfo=UTC)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The folder of the old box: Ann wants no texts."""
    folder = tmp_path / "old"
    folder.mkdir()
    write_config(folder, "/dev/null")
    fill(folder, ANN, opted_out_at=NIGHT)
    return folder


def backup_of(box: Path, passphrase: str = "") -> bytes:
    file = box / "backup.zip"
    make(config.load(box / "config.ini", {}), box / "config.ini", file, passphrase, NIGHT)
    return file.read_bytes()


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Office]:
    """A box to which nobody can log in yet."""
    folder = tmp_path / "new"
    folder.mkdir()
    with an_office(folder, rows=False, user=False) as office:
        yield office


@pytest.fixture
def guest(new: Office) -> FlaskClient:
    return create_app(new.bridge).test_client()


def code_of(office: Office) -> str:
    with Session(office.engine) as session:
        return users.setup_code(session) or ""


def bring(guest: FlaskClient, backup: bytes | None, code: str, **more: str) -> tuple[int, str]:
    form: dict[str, object] = {"csrf_token": token(guest, "/welcome"), "code": code, **more}
    if backup is not None:
        form["file"] = (io.BytesIO(backup), "../../Old box.zip")
    answer = guest.post("/welcome/restore", data=form, content_type="multipart/form-data")
    return answer.status_code, re.sub(r"\s+", " ", answer.text)


def folder_of(office: Office) -> Path:
    return office.loop.settings.path.parent


def test_in_three_steps(new: Office, guest: FlaskClient, old: Path) -> None:
    page = guest.get("/welcome", follow_redirects=True).text
    assert "Moving here from another box?" in page
    assert "up to 200 MB" in page
    code, page = bring(guest, backup_of(old), code_of(new))
    assert (code, "The box is starting again" in page) == (200, True)
    assert (folder_of(new) / PENDING).exists()
    until(lambda: new.loop.inbox.empty() and "end" in new.loop.periodic, "the end of the box")


def test_what_was_brought_is_there_after_the_start(old: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    with opened(old) as session, session.begin():
        add_user(session, NAME, PASSWORD)
    with an_office(folder, rows=False, user=False) as office:
        guest = create_app(office.bridge).test_client()
        assert bring(guest, backup_of(old, PASSPHRASE), code_of(office), passphrase=PASSPHRASE)[0] == 200
        until(lambda: office.loop.periodic["end"].at > 1e300, "that the loop ends")
    restoring.restore_laid(folder / "config.ini", datetime.now(UTC), {})
    with an_office(folder, rows=False, user=False) as office:
        client = enter(office.bridge)
        assert "Resume texts" in client.get("/").text
        with Session(office.engine) as session:
            ann = views.contact_at(session, ANN)
        assert ann is not None
        assert ann.opted_out_at is not None
        assert (
            client.post("/welcome/restore", data={"csrf_token": token(client, "/status")}).status_code == 303
        )


def test_only_who_knows_the_code_and_nobody_after_the_first(
    new: Office, guest: FlaskClient, old: Path
) -> None:
    backup = backup_of(old)
    code, page = bring(guest, backup, "0000-0000")
    assert (code, "That is not the code." in page) == (403, True)
    for _ in range(6):
        code, page = bring(guest, backup, "0000-0000")
    assert code == 429
    assert not (folder_of(new) / PENDING).exists()
    known = code_of(new)
    with Session(new.engine) as session, session.begin():
        add_user(session, NAME, PASSWORD)
    late = create_app(new.bridge).test_client()
    form = {"csrf_token": token(late, "/login"), "code": known, "file": (io.BytesIO(backup), "x.zip")}
    answer = late.post("/welcome/restore", data=form, content_type="multipart/form-data")
    assert (answer.status_code, answer.location.endswith("/login")) == (303, True)
    assert not (folder_of(new) / PENDING).exists()


def test_what_is_wrong_with_a_file_is_said(new: Office, guest: FlaskClient, old: Path) -> None:
    protected = backup_of(old, PASSPHRASE)
    for backup, passphrase, words in (
        (None, "", "No file was chosen."),
        (b"Dear box", "", "Old_box.zip is not a backup of textback."),
        (protected, "", "Old_box.zip is protected by a passphrase."),
        (protected, "another", "This is not the passphrase of Old_box.zip."),
    ):
        code, page = bring(guest, backup, code_of(new), passphrase=passphrase)
        assert (code, words in page) == (422, True), words
        assert "<details open>" in page
    assert not (folder_of(new) / PENDING).exists()
    assert "end" not in new.loop.periodic


def test_of_half_a_backup_it_is_kept_who_said_no(new: Office, guest: FlaskClient, old: Path) -> None:
    whole = backup_of(old)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        begin = archive.getinfo("textback.db").header_offset
        assert NOT_TEXTED in archive.namelist()
    code, page = bring(guest, whole[: begin + 100], code_of(new))
    assert (code, "its end is missing" in page) == (422, True)
    assert "1 person in it who must not be texted was added here." in page
    with Session(new.engine) as session:
        ann = views.contact_at(session, ANN)
    assert ann is not None
    assert ann.opted_out_at is not None


def test_a_file_that_is_larger_than_any_form(new: Office, guest: FlaskClient) -> None:
    code, page = bring(guest, b"x" * 400_000, code_of(new))
    assert (code, "is not a backup of textback" in page) == (422, True)
    form = {"csrf_token": token(guest, "/welcome")}
    size = {"CONTENT_LENGTH": str(2 * LARGEST_BACKUP)}
    too_large = guest.post("/welcome/restore", data=form, environ_overrides=size)
    assert (too_large.status_code, "the box takes files of up to 200 MB" in too_large.text) == (413, True)


# ---- a lost database


def lose(office: Office, whole: Stored | None) -> None:
    office.happens(DatabaseChecked(sound=False))
    until(lambda: office.loop.status.standstill, "the standstill")
    office.happens(BackupFound(whole))


def made_by(box: Path, folder: Path) -> Stored:
    """A backup of the old box, as if the new one had made it itself."""
    place = folder / "backups"
    place.mkdir()
    (place / name_of(NIGHT)).write_bytes(backup_of(box))
    (one,) = stored_backups.stored(place)
    return one


def test_where_nobody_can_log_in_the_first_page_offers_it(new: Office, guest: FlaskClient, old: Path) -> None:
    lose(new, made_by(old, folder_of(new)))
    page = guest.get("/welcome", follow_redirects=True).text
    assert "The backup of 26 November 2026, 03:10 is whole." in page
    assert bring(guest, None, "0000-0000", do="own")[0] == 403
    code, page = bring(guest, None, code_of(new), do="own")
    assert (code, "The box is starting again" in page) == (200, True)
    assert (folder_of(new) / PENDING).exists()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    folder = tmp_path / "office"
    folder.mkdir()
    with an_office(folder, rows=False) as office:
        yield office


def press(client: FlaskClient, path: str) -> tuple[int, str]:
    answer = client.post(path, data={"csrf_token": token(client, "/status")})
    return answer.status_code, answer.text


def test_an_owner_restores_it_with_one_button(office: Office, old: Path) -> None:
    client = enter(office.bridge)
    assert press(client, "/status/restore")[0] == 409
    lose(office, made_by(old, folder_of(office)))
    page = client.get("/status").text
    assert "The backup of 26 November 2026, 03:10 is whole." in page
    assert "textback restore /" in page  # what the check-up says
    code, page = press(client, "/status/restore")
    assert (code, "The box is starting again" in page) == (200, True)
    assert (folder_of(office) / PENDING).exists()


def test_what_is_not_whole_after_all_is_told(office: Office, old: Path) -> None:
    whole = made_by(old, folder_of(office))
    lose(office, whole)
    whole.path.write_bytes(b"")
    code, page = press(enter(office.bridge), "/status/restore")
    assert (code, "is not a backup of textback" in page) == (409, True)
    assert "end" not in office.loop.periodic


# ---- the status page


def test_the_status_says_when_the_last_one_was_made_and_gives_it_away(office: Office, old: Path) -> None:
    client = enter(office.bridge)
    assert "No backup yet. The box makes one every night." in client.get("/status").text
    code, _ = press(client, "/status/backup")
    assert code == 303
    assert sum(isinstance(job, BackUp) for job in office.jobs) == 1
    assert "A backup is being made." in client.get("/status").text
    one = made_by(old, folder_of(office))
    office.happens(BackedUp(()))
    page = client.get("/status").text
    assert str(one.path) in page
    assert "Make a backup now" in page
    answer = client.get(f"/status/backups/{one.path.name}", buffered=True)
    assert answer.data == one.path.read_bytes()
    assert f"filename={one.path.name}" in answer.headers["Content-Disposition"]
    for name in ("textback-2026-11-25-0310.zip", "..%2f..%2fconfig.ini", "config.ini"):
        assert client.get(f"/status/backups/{name}").status_code == 404, name


def test_one_that_failed_is_said_on_the_page(office: Office) -> None:
    office.happens(BackedUp((Trouble.of(BackupTrouble.NO_ROOM, needed=230),)))
    assert enter(office.bridge).get("/status").text.count("230 MB are needed") >= 2


def test_staff_see_it_and_take_nothing(office: Office, old: Path) -> None:
    one = made_by(old, folder_of(office))
    with Session(office.engine) as session, session.begin():
        add_user(session, "ben", PASSWORD, users.STAFF)
    ben = enter(office.bridge, "ben")
    page = ben.get("/status").text
    assert str(one.path) in page
    assert "Make a backup now" not in page
    assert "Download" not in page
    assert ben.get(f"/status/backups/{one.path.name}").status_code == 403
