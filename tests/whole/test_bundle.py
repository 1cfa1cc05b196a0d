"""`textback doctor --bundle`: what helps is in it, and nothing that belongs to people, wherever it was written."""

import io
import os
import re
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bridge.config import load
from bridge.doctor import parts
from bridge.doctor.private import mask_of
from bridge.records import memo, users
from bridge.records.engine import migrate, open_engine
from bridge.records.tables import (
    AuditEntry,
    ConsentEvent,
    Contact,
    Label,
    Line,
    Message,
    Note,
    OtherNumber,
    SavedReply,
    User,
)
from bridge.rules.states import ConsentKind, Direction, MessageKind, MessageStatus
from modem.simulator import Simulator
from tests.bridge.test_cli import TEXTBACK
from tests.support.box import DEADLINE, a_box, until, write_config
from tests.support.processes import uncounted

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
CALLER, OTHER, OWNER, SHOP, BOX = (
    "+447400123456",
    "+447400765432",
    "+447400123499",
    "020 7946 0018",
    "+447400100001",
)
NAME, STAFF, LABEL = "Zoë Quistgaard", "Ludmilla", "Regulars from Hampstead"
WORDS = "Could you bake a walnut cake with forty candles for Saturday?"
NOTED, SAVED = "Allergic to hazelnuts, pays late", "Your spectacles are ready for collection"
PIN, TOPIC, HOST, TOKEN = "4711", "very-secret-topic", "mia-house.example", "eyJhbGciOiJIUzI1NiJ9"
IMEI, IMSI, ICCID = "490154203237518", "234150123456789", "8944110068123456789"
SETTINGS = f"""\
[notify]
sms_to = {OWNER}
urls = json://shop:hunter22@127.0.0.1:9/{TOPIC}
# ring Ludmilla at 07400 555555
quiet =
"""


def swapped(number: str) -> str:
    """Semi-octets, as a PDU has a number (23.040 9.1.2.3)."""
    digits = re.sub(r"\D", "", number) + "F" * (len(re.sub(r"\D", "", number)) % 2)
    return "".join(digits[at + 1] + digits[at] for at in range(0, len(digits), 2))


def ucs2(text: str) -> str:
    return text.encode("utf-16-be").hex().upper()


def spellings(number: str) -> list[str]:
    """Of a number: international, national, with blanks, in swapped digits and in UCS-2."""
    digits = re.sub(r"\D", "", number)
    home = f"0{digits.removeprefix('44').removeprefix('0')}"
    return [
        digits,
        home,
        f"{home[:5]} {home[5:]}",
        f"{home[:5]}-{home[5:8]}-{home[8:]}",
        swapped(number),
        ucs2(number),
    ]


NUMBERS = [
    spelled
    for number in (CALLER, OTHER, OWNER, SHOP, BOX, IMEI, IMSI, ICCID)
    for spelled in spellings(number)
]
NAMED = [NAME, "Corner Bakery", "Quistgaard", "Zo\\u00eb", ucs2(NAME), STAFF, LABEL]
WRITTEN = [WORDS, WORDS[:30], ucs2(WORDS), NOTED, SAVED]
SECRETS = [
    PIN,
    TOPIC,
    "hunter22",
    HOST,
    TOKEN,
    "a-session-key-of-32-characters-xx",
    "07400 555555",
]
PRIVATE = [*NUMBERS, *NAMED, *WRITTEN, *SECRETS]

LOG = "\n".join(
    [
        "2026-11-27T12:00:00+0000 textback[812]: 2026-11-27 12:00:00,123 INFO main: call from +44*****456 ended: abandoned",
        "2026-11-27T12:00:01+0000 systemd[1]: textback.service: Main process exited, code=killed, status=9/KILL",
        *(f"2026-11-27T12:00:02+0000 other[813]: {one} was seen" for one in PRIVATE),
        f'2026-11-27T12:00:03+0000 textback[812]: AT+CPIN="{PIN}" Authorization: Bearer {TOKEN}',
        f"2026-11-27T12:00:03+0000 textback[812]: http://{HOST}/join/{TOKEN}",
    ]
)
KERNEL = "\n".join(
    [
        "6,1,1,-;usb 1-1.4: GSM modem (1-port) converter now attached to ttyUSB0",
        "6,1,1,-;usb 1-1.4: SerialNumber: Mias Modem",
        "6,1,1,-;audit: of no interest",
        *(f"6,1,1,-;usb 1-1.4: Product: {one}" for one in PRIVATE),
    ]
)


def program(folder: Path, name: str, says: str) -> None:
    """A program of this name that says this, whatever it is asked."""
    (folder / f"{name}.txt").write_text(says)
    file = folder / name
    file.write_text(f"#!/bin/sh\ncat {folder / name}.txt\n")
    file.chmod(0o755)


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    program(folder, "systemctl", "Main PID: 812 (textback)\n" + "\n".join(PRIVATE))
    program(folder, "journalctl", LOG)
    return folder


def config_of(folder: Path) -> Path:
    return folder / "config.ini"


def bundle(config: Path, target: str, path: str) -> subprocess.CompletedProcess[bytes]:
    command = [TEXTBACK, "doctor", "-c", str(config), "--bundle", target]
    return subprocess.run(
        command, capture_output=True, env={**uncounted(), "PATH": path}, timeout=DEADLINE, check=False
    )


def unzipped(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def leaks(found: dict[str, str]) -> set[tuple[str, str]]:
    """What belongs to people and is in a part; hexadecimal digits of either case."""
    return {
        (name, one) for name, text in found.items() for one in PRIVATE if one in text or one.lower() in text
    }


def fill(session: Session) -> None:
    """Private words in every table that may hold some."""
    line = session.exec(select(Line)).first() or Line(name="main")
    line.typed, line.typed_imsi = BOX, line.imsi
    person = Contact(address=CALLER, name=NAME, notes=NOTED, source="call", first_seen=NOW, last_seen=NOW)
    session.add_all([line, person, Label(name=LABEL), SavedReply(body=SAVED)])
    session.flush()
    assert person.id is not None
    assert line.id is not None
    session.add_all(
        [
            OtherNumber(identity=OTHER, address=OTHER, contact_id=person.id),
            Note(contact_id=person.id, at=NOW, author=STAFF, body=NOTED),
            ConsentEvent(contact_id=person.id, at=NOW, kind=ConsentKind.DOUBT, source="sms", words=WORDS),
            User(name=STAFF, password=users.hash_password("hunter22 and more"), created=NOW),
            AuditEntry(at=NOW, who=STAFF, what=f"named?name={NAME}", contact_id=person.id),
            Message(
                line_id=line.id,
                contact_id=person.id,
                direction=Direction.IN,
                kind=MessageKind.MANUAL,
                body=WORDS,
                status=MessageStatus.RECEIVED,
                created=NOW,
            ),
        ]
    )
    memo.remember(session, "session_key", "a-session-key-of-32-characters-xx")


def test_nothing_that_belongs_to_people_is_in_it_while_the_service_runs(tmp_path: Path, tools: Path) -> None:
    message = f"{SAVED}. Text us."
    with (
        Simulator(speed=20, reports="off") as simulator,
        a_box(tmp_path, simulator, extra=SETTINGS, message=message) as box,
    ):
        with Session(box.service.engine) as session, session.begin():
            fill(session)
        simulator.call(CALLER, rings=2, name=NAME)
        simulator.text(OTHER, WORDS)
        # One of the two is a row of `fill`.
        until(lambda: [m.body for m in box.messages()].count(WORDS) == 2, "the text")
        until(lambda: simulator.sent, "the text back")
        text = config_of(tmp_path).read_text().replace("[textback]", f"pin = {PIN}\n[textback]")
        text = text.replace("[web]", f"[web]\nnames = {HOST}").replace("[shop]", f"[shop]\nphone = {SHOP}")
        config_of(tmp_path).write_text(text)
        done = bundle(config_of(tmp_path), str(tmp_path / "help.zip"), f"{tools}:{os.environ['PATH']}")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"look through it before you send it" in done.stdout
    file = tmp_path / "help.zip"
    assert file.stat().st_mode & 0o077 == 0
    found = unzipped(file.read_bytes())
    assert leaks(found) == set()
    assert "call from +44*****456 ended: abandoned" in found["log.txt"]
    assert "code=killed, status=9/KILL" in found["log.txt"]
    assert "kernel.txt" in found
    assert "Main PID: 812 (textback)" in found["unit.txt"]
    assert "user: 1\n" in found["database.txt"]
    assert "alembic_version: 0" in found["database.txt"]
    assert "urls = (left out)" in found["config.txt"]
    assert "country = GB" in found["config.txt"]
    assert "ok    port (main)" in found["doctor.txt"]
    assert "SQLAlchemy 2" in found["versions.txt"]
    assert '"system"' in found["machine.txt"]
    assert "missing" not in found["README.txt"]
    replayed = subprocess.run(
        [TEXTBACK, "replay", "/dev/stdin"],
        input=found["recording.jsonl"].encode(),
        capture_output=True,
        check=True,
    )
    assert b"1 calls" in replayed.stdout


def test_the_kernels_lines_about_modem_and_card_are_told(tmp_path: Path) -> None:
    config = write_config(tmp_path, "/dev/null", extra=SETTINGS)
    engine = open_engine(f"sqlite:///{tmp_path / 'textback.db'}")
    migrate(engine)
    with Session(engine) as session, session.begin():
        fill(session)
    told = mask_of(load(config), engine).all(parts.kernel(KERNEL))
    engine.dispose()
    assert told.splitlines()[0] == "usb 1-1.4: GSM modem (1-port) converter now attached to ttyUSB0"
    assert leaks({"kernel.txt": told}) - {("kernel.txt", one) for one in SECRETS} == set()
    assert "no interest" not in told
    assert "Mias Modem" not in told


def test_usb_is_listed_with_its_drivers(tmp_path: Path) -> None:
    files = {
        "1-1.4/idVendor": "12d1",
        "1-1.4/idProduct": "1001",
        "1-1.4/manufacturer": "HUAWEI Technology",
        "1-1.4/serial": IMEI,
        "1-1.4:1.0/bInterfaceNumber": "00",
        "1-1.4:1.0/bInterfaceClass": "ff",
        "1-1.4:1.0/bInterfaceSubClass": "ff",
        "1-1.4:1.0/bInterfaceProtocol": "ff",
        "drivers/option/module": "",
    }
    for name, text in files.items():
        file = tmp_path / "sys/bus/usb/devices" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n")
    devices = tmp_path / "sys/bus/usb/devices"
    (devices / "1-1.4:1.0/driver").symlink_to(devices / "drivers/option")
    assert parts.usb(tmp_path).splitlines() == [
        "1-1.4  12d1:1001  HUAWEI Technology",
        "    1-1.4:1.0  interface 00  ff/ff/ff  option",
    ]
    assert parts.usb(tmp_path / "nothing") == "There are no USB devices."


def test_it_is_made_of_broken_things_too(tmp_path: Path) -> None:
    """No tools, a configuration that is wrong, a database that is damaged, no service, no modem."""
    config = write_config(tmp_path, tmp_path / "nothing", extra=SETTINGS)
    engine = open_engine(f"sqlite:///{tmp_path / 'textback.db'}")
    migrate(engine)
    engine.dispose()
    database = tmp_path / "textback.db"
    database.write_bytes(database.read_bytes()[:4096] + b"\xff" * 60_000)
    config.write_text(f"{config.read_text()}[modem]\npni = {PIN}\n")
    done = bundle(config, "-", str(tmp_path / "empty"))
    assert (done.returncode, done.stderr) == (0, b"")
    found = unzipped(done.stdout)
    assert leaks(found) == set()
    assert "line 19 is wrong\n" in found["config.txt"]
    assert "sound: NO" in found["database.txt"]
    assert "There is no systemctl on this machine." in found["unit.txt"]
    assert "There is no journalctl on this machine." in found["log.txt"]
