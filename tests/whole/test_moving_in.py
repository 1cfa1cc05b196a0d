"""The history of another program is brought over by the command: what gammu-smsd and smstools have really written, and what a
phone answers; while the service runs, and while it does not."""

import base64
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from modem.simulator import Simulator
from tests.bridge.test_cli import plain_trouble, textback
from tests.support.box import a_box, write_config
from tests.support.needs import needs
from tests.whole.test_peers import ANN, BOB, folder_with, running, texts_in, while_running

LONG = "A text of two parts: " + "is it ready? " * 15
SCHEMA = Path("/usr/share/doc/gammu-smsd/examples/sqlite.sql")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_config(tmp_path, "auto")


@pytest.fixture
def modem() -> Iterator[Simulator]:
    with Simulator(speed=20.0) as simulator:
        yield simulator


def messages(config: Path) -> list[tuple[str, str, str, str]]:
    """Number, direction, words and status, the oldest first."""
    done = textback("messages", "--json", "-c", config)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return [(row["number"], row["direction"], row["body"], row["status"]) for row in reversed(rows)]


@needs("gammu-smsd")
def test_the_folders_of_gammu_smsd(modem: Simulator, tmp_path: Path, config: Path) -> None:
    box = folder_with(tmp_path, "inbox", "outbox", "sent", "error")
    rc = tmp_path / "gammu-smsdrc"
    rc.write_text(
        f"[gammu]\ndevice = {modem.port}\nconnection = at115200\n"
        f"[smsd]\nservice = files\nlogfile = stderr\ndebuglevel = 1\ncommtimeout = 1\nreceivefrequency = 1\nloopsleep = 1\n"
        f"checkbattery = 0\nchecksecurity = 0\ninboxformat = unicode\n"
        f"inboxpath = {box}/inbox/\noutboxpath = {box}/outbox/\nsentsmspath = {box}/sent/\nerrorsmspath = {box}/error/\n"
    )
    modem.text(ANN, "Is my car ready? ✓")
    with running(tmp_path / "log", "gammu-smsd", "-c", rc) as daemon:
        while_running(lambda: list((box / "inbox").iterdir()), daemon)
        while_running(lambda: not modem.stored("SM"), daemon)
        (box / "text").write_text("Back at 3 pm")
        (box / "text").rename(box / "outbox" / f"OUT{BOB}.txt")
        while_running(lambda: list((box / "sent").iterdir()), daemon)
    for folder in ("inbox", "sent"):
        done = textback("import", "gammu", box / folder, "-c", config)
        assert done.stdout == "1 text was brought over, and 1 person with it.\n", done
    assert sorted(messages(config)) == [
        (ANN, "in", "Is my car ready? ✓", "read"),
        (BOB, "out", "Back at 3 pm", "sent"),
    ]


@needs("gammu-smsd")
def test_the_database_of_gammu_smsd(tmp_path: Path, config: Path) -> None:
    file = tmp_path / "smsd.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(SCHEMA.read_text("utf-8"))
        came = "INSERT INTO inbox (Text, SenderNumber, UDH, TextDecoded, RecipientID, Coding) VALUES (?, ?, ?, ?, '', ?)"
        for number, text, udh in (
            (ANN, "Is my car ", "050003C50201"),
            (ANN, "ready?", "050003C50202"),
            (BOB, "STOP", ""),
        ):
            words = text.encode("utf-16-be").hex().upper()
            connection.execute(came, (words, number, udh, text, "Default_No_Compression"))
        connection.execute(came, ("0102", BOB, "", "", "8bit"))
        gone = (
            "INSERT INTO sentitems (ID, Text, DestinationNumber, UDH, TextDecoded, SenderID, CreatorID, Status, "
            "DeliveryDateTime) "
            "VALUES (1, '', ?, '', 'Back at 3 pm', '', '', 'DeliveryOK', datetime('now'))"
        )
        connection.execute(gone, (BOB,))
        connection.commit()
    done = textback("import", "gammu", file, "-c", config)
    assert done.stderr == "inbox 4: it is data for a program, not a text, and was left out.\n"
    assert done.stdout.splitlines() == [
        "3 texts were brought over, and 2 people with them.",
        "1 person wrote STOP there and gets no automatic texts from here.",
    ]
    assert sorted(messages(config)) == [
        (ANN, "in", "Is my car ready?", "read"),
        (BOB, "in", "STOP", "read"),
        (BOB, "out", "Back at 3 pm", "delivered"),
    ]
    again = textback("import", "gammu", file, "-c", config)
    assert again.stdout.splitlines() == [
        "0 texts were brought over, and 0 people with them.",
        "3 texts were here before.",
    ]


@needs("smstools")
def test_the_folders_of_smstools(modem: Simulator, tmp_path: Path, config: Path) -> None:
    names = ("outgoing", "checked", "incoming", "failed", "sent", "report")
    (tmp_path / "sms").mkdir()
    box = folder_with(tmp_path / "sms", *names)
    rc = tmp_path / "smsd.conf"
    folders = "".join(f"{name} = {box}/{name}\n" for name in names)
    rc.write_text(
        f"devices = GSM1\n{folders}logfile = {tmp_path}/smsd.log\ninfofile = {tmp_path}/smsd.info\n"
        f"pidfile = {tmp_path}/smsd.pid\n"
        f"loglevel = 5\ndelaytime = 1\nerrorsleeptime = 1\nstats = {tmp_path}\nexecutable_check = no\n"
        f"[GSM1]\ndevice = {modem.port}\nincoming = yes\nbaudrate = 115200\nreport = yes\nrtscts = no\n"
        f"init = AT+CNMI=2,1,0,2,0\n"
    )
    modem.text(ANN, "Пока ✓")
    modem.text(ANN, LONG, reference=7)
    with running(tmp_path / "log", "smsd", "-t", "-c", rc) as daemon:
        while_running(lambda: len(list((box / "incoming").iterdir())) >= 2, daemon)
        (box / "outgoing" / "one").write_text(f"To: {BOB[1:]}\n\nBack at 3 pm")
        while_running(lambda: texts_in(box / "sent", "Back at 3 pm"), daemon)
        while_running(lambda: texts_in(box / "report", "Status: 0"), daemon)
    done = textback("import", "smstools", box, "-c", config)
    assert (done.stderr, done.stdout) == ("", "3 texts were brought over, and 2 people with them.\n")
    assert sorted(messages(config)) == [
        (ANN, "in", LONG, "read"),
        (ANN, "in", "Пока ✓", "read"),
        (BOB, "out", "Back at 3 pm", "delivered"),
    ]


# ---- a phone with SMSGate

INBOX: list[dict[str, Any]] = [
    {
        "id": f"i{n}",
        "type": "SMS",
        "sender": ANN,
        "contentPreview": f"text {n}",
        "createdAt": "2026-11-01T12:00:00.000+01:00",
    }
    for n in range(1100)
]
MESSAGES: list[dict[str, Any]] = [
    {
        "id": "m1",
        "recipients": [{"phoneNumber": BOB, "state": "Sent"}],
        "states": {"Sent": "2026-11-02T12:00:00.000+01:00"},
        "textMessage": {"text": "Back at 3"},
    }
]


class Phone(BaseHTTPRequestHandler):
    """As SMSGate's local server answers."""

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        wanted = base64.b64encode(b"sms:secret").decode()
        if self.headers.get("Authorization") != f"Basic {wanted}":
            self.send_error(401)
            return
        found = {"/messages": MESSAGES, "/inbox": INBOX}.get(asked.path)
        if found is None:
            self.send_error(404)
            return
        query = {key: values[0] for key, values in parse_qs(asked.query).items()}
        start = int(query["offset"])
        items: list[dict[str, Any]] = found[start : start + int(query["limit"])]
        if asked.path == "/messages" and query.get("includeContent") != "true":
            items = [{key: item[key] for key in item if key != "textMessage"} for item in items]
        body = json.dumps(items).encode()
        self.send_response(200)
        self.send_header("X-Total-Count", str(len(found)))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def a_phone() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Phone) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_a_phone_is_asked_page_by_page(config: Path) -> None:
    with a_phone() as phone:
        done = textback(
            "import", "smsgate", phone, "--user", "sms", "--password-stdin", "-c", config, stdin="secret\n"
        )
    assert done.stdout == "1,101 texts were brought over, and 2 people with them.\n", done
    assert messages(config)[-1] == (BOB, "out", "Back at 3", "sent")


@pytest.mark.parametrize(
    ("path", "login", "sentence"),
    [
        ("", (), "/messages does not let us in. Give the user and the password that SMSGate shows."),
        ("/else", ("--user", "sms", "--password-stdin"), "/else/messages answers 404 Not Found."),
    ],
)
def test_a_phone_that_does_not_answer_as_it_should(
    config: Path, path: str, login: tuple[str, ...], sentence: str
) -> None:
    with a_phone() as phone:
        done = textback("import", "smsgate", phone + path, *login, "-c", config, stdin="secret\n")
    assert sentence in plain_trouble(done)


def test_a_saved_answer_is_read(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "saved.json"
    file.write_text(json.dumps({"messages": MESSAGES, "inbox": INBOX[:1]}))
    assert textback("import", "smsgate", file, "-c", config).returncode == 0
    assert messages(config) == [(ANN, "in", "text 0", "read"), (BOB, "out", "Back at 3", "sent")]


# ---- mistakes, and the running service


@pytest.mark.parametrize(
    ("kind", "content", "sentence"),
    [
        ("gammu", b"a letter", "is not a file of gammu: name the SQLite database of gammu-smsd"),
        ("gammu", b"SQLite format 3\0nonsense" * 100, "cannot be read as a database of gammu-smsd"),
        ("gammu", b"<?xml version='1.0'?><mysqldump><database>", "is not whole"),
        ("smstools", b"To: 44", "is not a folder. Name the one that holds incoming and sent"),
        ("smsgate", b"a letter", "is not an answer of SMSGate"),
    ],
)
def test_a_file_of_something_else(
    config: Path, tmp_path: Path, kind: str, content: bytes, sentence: str
) -> None:
    file = tmp_path / "something"
    file.write_bytes(content)
    assert sentence in plain_trouble(textback("import", kind, file, "-c", config))


def test_what_is_not_there_or_cannot_be_reached(config: Path, tmp_path: Path) -> None:
    away = textback("import", "smsgate", "http://127.0.0.1:1", "-c", config)
    assert "http://127.0.0.1:1/messages cannot be reached" in plain_trouble(away)
    assert "cannot be used" in plain_trouble(textback("import", "gammu", tmp_path / "none", "-c", config))
    other = textback("import", "gammu", tmp_path, "--line", "desk", "-c", config)
    assert plain_trouble(other, 2) == "textback: There is no line 'desk'. Name one of: main.\n"


def test_while_the_service_runs_nothing_goes_out_and_a_stop_of_then_counts(
    tmp_path: Path, modem: Simulator
) -> None:
    file = tmp_path / "saved.json"
    stop = {**INBOX[0], "contentPreview": "STOP"}
    file.write_text(json.dumps({"messages": MESSAGES, "inbox": [stop]}))
    with a_box(tmp_path, modem) as box:
        done = textback("import", "smsgate", file, "-c", tmp_path / "config.ini")
        assert done.returncode == 0, done
        modem.call(ANN, rings=2)
        (call,) = box.settled()
        assert (call.textback, call.reason) == ("skipped", "opted_out")
        modem.call(BOB, rings=2)
        ended = {call.address: call.textback for call in box.settled(2)}
    assert ended[BOB] in ("sent", "delivered")
    assert [text.number for text in modem.sent] == [BOB]
