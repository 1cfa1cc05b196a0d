"""The commands as another program would run them: a process, its output, its exit code."""

import json
import os
import pty
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from modem.simulator import Simulator
from tests.support.box import ANN, BOB, DEADLINE, until, write_config
from tests.support.paths import ROOT, SHARED, shared_lines
from tests.support.processes import uncounted

TEXTBACK = str(Path(sys.executable).parent / "textback")
VECTORS = shared_lines("vectors/pdu_open.jsonl")
# `decode` names three keys in its own way.
RENAMED = {"timestamp": "scts", "alphabet": "encoding"}


def textback(
    *arguments: object, stdin: str = "", folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    command = [TEXTBACK, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, input=stdin, cwd=folder, timeout=DEADLINE)


def plain_trouble(done: subprocess.CompletedProcess[str], code: int = 1) -> str:
    """What a command said that failed as it should: no traceback, the right exit code."""
    assert done.returncode == code, done
    assert "Traceback" not in done.stderr
    return done.stderr


# ---- decode and replay


@pytest.mark.skipif(not VECTORS, reason="the shared folder is not here (TEXTBACK_SHARED)")
def test_decode_says_what_the_vectors_expect() -> None:
    done = textback("decode", "--json", *(vector["pdu"] for vector in VECTORS))
    assert done.returncode == 0
    assert done.stdout.isascii()
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(VECTORS) == 269
    for vector, answer in zip(VECTORS, answers, strict=True):
        if vector.get("ref_error"):
            assert list(answer) == ["error"], vector["id"]
            continue
        assert answer["type"] == vector["kind"]
        expected = {key: value for key, value in vector["expect"].items() if key != "invalid"}
        for key, value in {**vector["reference"], **expected}.items():
            assert answer[RENAMED.get(key, key)] == value, (vector["id"], key)


def test_decode_refuses_what_is_no_pdu_and_goes_on() -> None:
    done = textback(
        "decode",
        "zz",
        "07911326040000F0040B911346610089F60000208062917314080CC8F71D14969741F977FD07",
        "--json",
    )
    bad, good = (json.loads(line) for line in done.stdout.splitlines())
    assert (done.returncode, list(bad), good["text"]) == (0, ["error"], "How are you?")


@pytest.mark.skipif(not SHARED.exists(), reason="the shared folder is not here (TEXTBACK_SHARED)")
def test_replay_finds_every_recorded_call() -> None:
    file = SHARED / "transcripts" / "urc_open.jsonl"
    answers = [json.loads(line) for line in textback("replay", file, "--json").stdout.splitlines()]
    expected = [{"id": line["id"], **line["expect"]} for line in shared_lines("transcripts/urc_open.jsonl")]
    assert answers == expected


def test_replay_of_what_is_no_transcript(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("RING\n")
    assert "line 1 is not JSON" in plain_trouble(textback("replay", tmp_path / "x"))
    assert "cannot be read" in plain_trouble(textback("replay", tmp_path / "none"))


# ---- configuration and people


def test_a_bad_configuration_ends_with_two_and_names_key_and_line(tmp_path: Path) -> None:
    (tmp_path / "config.ini").write_text("[modem]\nbaud = fast\n[texback]\n")
    for command in (["run"], ["calls"], ["config", "check"], ["send", ANN, "x"]):
        said = plain_trouble(textback(*command, folder=tmp_path), 2)
        assert "config.ini, line 2: baud in [modem]: 'fast'" in said
        assert "line 3: [texback] is not a section; the nearest is [textback]" in said


def test_no_configuration_at_all(tmp_path: Path) -> None:
    assert "config.ini: cannot be read" in plain_trouble(textback("calls", folder=tmp_path), 2)


def test_the_shipped_configuration_is_right() -> None:
    shipped = ROOT / "config.ini"
    assert textback("config", "check", "-c", shipped).stdout.strip() == f"{shipped} is fine."


def test_people(tmp_path: Path) -> None:
    config = write_config(tmp_path, "auto")
    assert (
        textback("user", "add", "mia", "-c", config, "--password-stdin", stdin="correct horse\n").returncode
        == 0
    )
    again = textback("user", "add", "-c", config, "mia", "--password-stdin", stdin="correct horse\n")
    assert "mia can already log in" in plain_trouble(again)
    short = textback("user", "password", "mia", "--password-stdin", "-c", config, stdin="x\n")
    assert "too short" in plain_trouble(short)
    nobody = textback("user", "password", "bob", "--password-stdin", "-c", config, stdin="long enough\n")
    assert "There is nobody called bob" in plain_trouble(nobody)


@pytest.mark.parametrize(("command", "name"), [("add", "mia"), ("password", "bob")])
def test_who_cannot_be_added_is_not_asked_for_a_password(tmp_path: Path, command: str, name: str) -> None:
    config = write_config(tmp_path, "auto")
    textback("user", "add", "mia", "-c", config, "--password-stdin", stdin="correct horse\n")
    host, terminal = pty.openpty()
    asked = subprocess.run(
        [TEXTBACK, "user", command, name, "-c", str(config)],
        stdin=terminal,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    os.close(host)
    os.close(terminal)
    assert asked.stdout == ""
    assert ("There is nobody" if command == "password" else "can already log in") in plain_trouble(asked)


# Runs a command in a folder that its user may not look into, also where the tests run as root.
ELSEWHERE = """
import os, sys
from bridge.cli import main
import bridge.config, bridge.records.engine, bridge.records.users, bridge.service.start  # while that may be read
os.chdir(sys.argv[1])
os.chmod(sys.argv[1], 0)
user = os.geteuid()
if user == 0:
    os.seteuid(65534)
try:
    main(sys.argv[2:])
finally:
    os.seteuid(user)  # a coverage that is measured is written at the exit, where only this user may
"""


@pytest.mark.parametrize("command", [["calls"], ["config", "check"], ["run"], ["calls", "-c", "config.ini"]])
def test_in_a_folder_that_may_not_be_read(tmp_path: Path, command: list[str]) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, str(folder), *command],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    folder.chmod(0o700)
    assert "config.ini: cannot be read (Permission denied)" in plain_trouble(done, 2)


def test_history_of_a_new_box_is_empty_and_a_text_can_be_queued(tmp_path: Path) -> None:
    config = write_config(tmp_path, "auto")
    for what in ("calls", "messages", "contacts"):
        done = textback(what, "--json", "-c", config)
        assert (done.returncode, done.stdout) == (0, "")
    assert textback("send", "-c", config, "07400 123456", "It’s ready 😀").returncode == 0
    (message,) = (
        json.loads(line) for line in textback("messages", "-c", config, "--json").stdout.splitlines()
    )
    assert (message["number"], message["status"], message["kind"], message["body"]) == (
        ANN,
        "queued",
        "manual",
        "It's ready 😀",
    )
    assert "cannot be texted" in plain_trouble(textback("send", "60006", "x", "-c", config))
    assert "empty" in plain_trouble(textback("send", ANN, " ", "-c", config))


# ---- the service


@contextmanager
def running(config: Path, *options: str, **how: Any) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The service as a process, and where its page is; it must end with 0 when told."""
    log = config.with_name("log")
    with log.open("wb") as out:
        process = subprocess.Popen([TEXTBACK, "run", "-c", config, *options], stderr=out, **how)
    try:
        said = until(
            lambda: [line for line in log.read_text().splitlines() if "The page is at" in line], "the page"
        )
        yield process, said[0].split()[-1]
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE) == 0
        assert "Traceback" not in log.read_text()
    finally:
        process.kill()
        process.wait()


def health(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url + "healthz") as answer:
        said: dict[str, Any] = json.load(answer)
    return said


def reason(url: str) -> str:
    """What the page says of the line, once it says anything but that it starts."""

    def look() -> str | None:
        said = health(url)["lines"][0]["reason"]
        return said if said and "being started" not in said else None

    return until(look, "a reason")


def test_a_text_from_the_command_line_goes_out(tmp_path: Path) -> None:
    with Simulator(speed=20) as simulator:
        config = write_config(tmp_path, simulator.port)
        with running(config):
            assert textback("send", ANN, "From the shell", "-c", config).returncode == 0
            until(lambda: simulator.sent, "the text")
        assert (simulator.sent[0].number, simulator.sent[0].text) == (ANN, "From the shell")
        (message,) = map(json.loads, textback("messages", "-c", config, "--json").stdout.splitlines())
        keys = (
            "id number direction kind body status error created due sent delivered parts call_id author line"
        )
        assert set(message) == set(keys.split())


def test_history_has_the_keys_of_the_contract(tmp_path: Path) -> None:
    with Simulator(speed=20, reports="off") as simulator:
        config = write_config(tmp_path, simulator.port)
        with running(config) as (_, url):
            until(lambda: health(url)["lines"][0]["idle"], "the line's being ready")
            simulator.call(ANN, rings=1, wait=True)
            simulator.call(BOB, rings=1, wait=True)
            until(lambda: len(simulator.sent) == 2, "the texts")
        calls = [
            json.loads(line)
            for line in textback("calls", "--missed", "--json", "-c", config).stdout.splitlines()
        ]
        assert [call["number"] for call in calls] == [BOB, ANN]
        keys = (
            "id number name withheld started ended rings outcome missed textback reason trace message_id line"
        )
        assert set(calls[0]) == set(keys.split())
        assert all(calls[0][key].endswith("Z") for key in ("started", "ended"))
        assert {tuple(sorted(step)) for step in calls[0]["trace"]} == {("detail", "rule", "verdict")}
        contacts = [
            json.loads(line) for line in textback("contacts", "--json", "-c", config).stdout.splitlines()
        ]
        keys = "number name notes opted_out_at excluded blocked source first_seen last_seen"
        assert set(contacts[0]) == set(keys.split())
        assert len(textback("calls", "--json", "--limit", 1, "-c", config).stdout.splitlines()) == 1


def test_a_missing_port(tmp_path: Path) -> None:
    with running(write_config(tmp_path, tmp_path / "none")) as (_, url):
        assert reason(url).startswith(f"There is no port {tmp_path / 'none'}. Plug the modem in")
        assert health(url)["status"] == "trouble"


def test_a_port_that_another_program_holds(tmp_path: Path) -> None:
    with Simulator(speed=20) as simulator:
        first, second = tmp_path / "first", tmp_path / "second"
        first.mkdir()
        second.mkdir()
        with running(write_config(first, simulator.port)) as (_, url):
            until(lambda: health(url)["lines"][0]["up"], "the line")
            with running(write_config(second, simulator.port)) as (_, other):
                assert reason(other).startswith("textback is using")


def test_a_port_with_no_modem_behind_it(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    with running(write_config(tmp_path, os.ttyname(slave))) as (_, url):
        assert "does not answer" in reason(url)
    os.close(master)
    os.close(slave)


def test_a_file_that_is_no_port(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with running(write_config(tmp_path, tmp_path / "file")) as (_, url):
        assert "is not a serial port" in reason(url)


def test_a_mistake_in_the_configuration_does_not_take_the_page_away(tmp_path: Path) -> None:
    """As the installed service starts: the page says what is wrong, and the mended file counts at once."""
    with Simulator() as simulator:
        config = write_config(tmp_path, simulator.port)
        good = config.read_text()
        with running(config, "--always") as (_, url):
            until(lambda: health(url)["lines"][0]["up"], "the line")
        config.write_text(good.replace("[textback]\n", "[textback]\nenabled = maybe\n"))
        with running(config, "--always") as (_, url):
            wrong = until(lambda: health(url)["config"], "what is wrong")
            assert "enabled in [textback]: “maybe” is neither yes nor no" in wrong
            until(lambda: health(url)["lines"][0]["up"], "the line")
            config.write_text(good)
            until(lambda: health(url)["config"] is None, "the mended file")


def test_a_second_service_on_the_same_database(tmp_path: Path) -> None:
    config = write_config(tmp_path, "auto")
    with running(config):
        assert "textback is already running on" in plain_trouble(textback("run", "-c", config))


# How a command is told where the page is to be, and what is wrong with that; {port} is taken.
NO_PAGE = [
    (["demo", "--port", "{port}"], 1, "127.0.0.1, port {port}: another program is using this port", "--port"),
    (["demo", "--port", "0", "--host", "192.0.2.7"], 1, "this machine has no such address", "--host 0.0.0.0"),
    (["demo", "--port", "70000"], 2, "70000 is not in the range", ""),
    (["demo", "--port", "0", "--host", "http://x"], 2, "'http://x' is not an address", "127.0.0.1"),
    (
        ["run", "port = {port}"],
        1,
        "127.0.0.1, port {port}: another program is using this port",
        "port under [web]",
    ),
    (["run", "host = 192.0.2.7"], 1, "this machine has no such address", "host under [web]"),
    (["run", "host = no.such.host.invalid"], 1, "this machine has no such address", "host under [web]"),
]


@pytest.mark.parametrize(("command", "code", "trouble", "way_out"), NO_PAGE)
def test_where_the_page_cannot_be_a_command_says_so(
    tmp_path: Path, command: list[str], code: int, trouble: str, way_out: str
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        words = [word.format(port=port) for word in command]
        if words[0] == "run":
            config = write_config(tmp_path, "auto")
            key = words.pop()
            text = config.read_text()
            config.write_text(text.replace("host = 127.0.0.1" if "host" in key else "port = 0", key))
            words += ["-c", str(config)]
        said = plain_trouble(textback(*words), code)
    assert trouble.format(port=port) in said
    assert way_out in said


@pytest.mark.parametrize("command", [["--help"], ["decode", "00"], ["config", "check"]])
def test_a_disk_that_is_full_is_one_sentence(tmp_path: Path, command: list[str]) -> None:
    more = ["-c", str(write_config(tmp_path, "auto"))] if command[0] == "config" else []
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [TEXTBACK, *command, *more], stdout=full, stderr=subprocess.PIPE, text=True, timeout=DEADLINE
        )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("textback: This cannot be done. The disk is full")


def test_no_room_for_the_demo_is_one_sentence() -> None:
    """Nothing can be written anywhere: no folder will do as a temporary one."""

    def no_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    done = subprocess.run(
        [TEXTBACK, "demo", "--port", "0"],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        preexec_fn=no_files,
        env=uncounted(),
    )
    assert "No usable temporary directory found" in plain_trouble(done)


def test_a_password_needs_a_terminal_or_a_pipe(tmp_path: Path) -> None:
    said = plain_trouble(textback("user", "add", "mia", "-c", write_config(tmp_path, "auto")))
    assert said.splitlines() == [
        "textback: The password has to be typed in a terminal. Without one, use --password-stdin."
    ]


def test_the_pages_port_is_taken(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        config = write_config(tmp_path, "auto")
        config.write_text(config.read_text().replace("port = 0", f"port = {port}"))
        said = plain_trouble(textback("run", "-c", config))
        assert f"The page cannot be served at 127.0.0.1, port {port}" in said


def test_a_locked_database_loses_nothing(tmp_path: Path) -> None:
    with Simulator(speed=20, reports="off") as simulator:
        config = write_config(tmp_path, simulator.port)
        with running(config) as (_, url):
            until(lambda: health(url)["lines"][0]["up"], "the line")
            with closing(sqlite3.connect(tmp_path / "textback.db", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                simulator.call(ANN, rings=1)
                simulator.text(BOB, "keep me")
                said = until(lambda: health(url)["database"], "the complaint")
                assert said.startswith("Another program is using the database. Nothing is lost")
                with urllib.request.urlopen(
                    url + "login"
                ) as page:  # it writes nothing itself, so it is there
                    assert "Another program is using the database" in page.read().decode()
                assert simulator.submitted == []
                assert simulator.stored("SM")
                other.execute("ROLLBACK")
            until(lambda: simulator.sent, "the text")
            until(lambda: not simulator.stored("SM"), "the SIM's being emptied")
            assert health(url)["database"] is None
        (message, *_) = map(
            json.loads, textback("messages", "--number", BOB, "-c", config, "--json").stdout.splitlines()
        )
        assert message["body"] == "keep me"


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: SQLite is told EFBIG as it would be told ENOSPC."""
    full = 2 * 1024 * 1024

    def no_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (full, resource.RLIM_INFINITY))

    with Simulator(speed=20, reports="off") as simulator:
        config = write_config(tmp_path, simulator.port)
        with running(config, preexec_fn=no_room) as (process, url):
            until(lambda: health(url)["lines"][0]["up"], "the line")
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
            simulator.text(BOB, "keep me")
            simulator.call(ANN, rings=1)
            said = until(lambda: health(url)["database"], "the complaint")
            assert any(word in said for word in ("The disk is full", "The card or disk has errors"))
            assert simulator.submitted == []
            assert simulator.stored("SM")
            resource.prlimit(
                process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
            )
            until(lambda: simulator.sent, "the text")
            until(lambda: not simulator.stored("SM"), "the SIM's being emptied")


def test_a_database_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "textback.db").write_text(
        "this is not a database, and never was one; it is long enough to be read as one"
    )
    config = write_config(tmp_path, tmp_path / "none")
    assert "is not a database" in plain_trouble(textback("calls", "-c", config))
    with running(config) as (_, url):
        assert "is not a database" in until(lambda: health(url)["database"], "the complaint")
