"""`make bench`: the figures that the project names, measured on this machine; nothing here passes or fails.

`python -m tests.bench --only send,flood` measures some parts again; `--help` names them all.
"""

import argparse
import contextlib
import http.client
import itertools
import json
import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bridge.config import edit
from bridge.contract.answers import Done
from bridge.contract.requests import ImportContacts
from bridge.rules import addressbook
from bridge.rules.text_files import pieces
from bridge.service import blocklist_files
from modem.simulator import Entry, Simulator
from tests.support import big, card
from tests.support.box import a_box, until, write_config
from web.pages.contacts import BATCH, PATIENCE

CALLS = 200
IDLE_SECONDS = 60
BROWSERS = 20
STARTS = 5
FIRST_CALLS = 5
FLOODS = 3
FLOOD = 1000
SENDS = 10
# What is written is counted for so long, and for so many calls; and told of a day with so many.
QUIET_SECONDS, CALLS_WRITTEN, CALLS_A_DAY = 90, 2, 50
# A program asks for so many texts one after the other; then for so many in a minute, a hundred numbers at a time.
POSTS, QUEUED, AT_ONCE = 200, 10_000, 100
# So many people in a file of contacts, and so many lines of base64 in a picture.
PEOPLE, PICTURE_LINES = 12_000, 20
TEXTBACK = str(Path(sys.executable).parent / "textback")


# Two hundred strangers in a minute would trip the breaker.
NO_LIMITS = "[limits]\nper_minute = 1000\nper_day = 100000\nstrangers_per_10_minutes = 100000\n"


def number(n: int) -> str:
    return f"+44740{n:07}"


def show(what: str, values: list[float], unit: str, aim: str = "") -> None:
    aimed = f"   (aim: {aim})" if aim else ""
    median, worst = statistics.median(values), max(values)
    print(
        f"{what:<58} median {median:8.2f} {unit}, worst {worst:8.2f} {unit}, of {len(values)}{aimed}",
        flush=True,
    )


def gaps(entries: list[Entry], sign: str) -> list[float]:
    """Seconds from each entry that holds `sign` to the next AT+CMGS."""
    found: list[float] = []
    ended: float | None = None
    for entry in entries:
        if sign in entry.text and entry.who != "host":
            ended = entry.at
        elif entry.who == "host" and entry.text.startswith("AT+CMGS") and ended is not None:
            found.append(entry.at - ended)
            ended = None
    return found


def more_submitted(simulator: Simulator, count: int) -> bool:
    return len(simulator.submitted) > count


def was_texted(simulator: Simulator, who: str) -> bool:
    return any(one.number == who for one in simulator.submitted)


def end_to_send(profile: str, calls: int, sign: str, speed: float) -> list[float]:
    with tempfile.TemporaryDirectory() as folder, Simulator(profile, speed=speed, reports="off") as simulator:
        with a_process(Path(folder), simulator) as (_, log, _):
            until(lambda: "is ready" in log.read_text(), "the line")
            for n in range(calls):
                simulator.call(number(n), rings=1 if profile == "generic" else 2)
                until(partial(more_submitted, simulator, n), "the text")
        return gaps(simulator.log.entries, sign)


@contextlib.contextmanager
def a_process(
    folder: Path, simulator: Simulator, language: str = "auto", memory: Path | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], Path, float]]:
    """The service as a process of its own: itself, its log, and when it was started. language: of its texts. memory: a folder
    for its log and for what systemd has it keep in memory."""
    config = write_config(folder, simulator.port, extra=NO_LIMITS)
    edit.change(config, "shop", {"language": language})
    log = (memory or folder) / "log"
    kept = {"RUNTIME_DIRECTORY": str(memory)} if memory else {}
    with log.open("wb") as out:
        started = time.monotonic()
        process = subprocess.Popen([TEXTBACK, "run", "-c", config], stderr=out, env={**os.environ, **kept})
    try:
        yield process, log, started
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def page_of(log: Path) -> str:
    lines = until(
        lambda: [line for line in log.read_text().splitlines() if "The page is at" in line], "the page"
    )
    return lines[0].split()[-1]


def start_to_ready() -> None:
    """Ready: the page answers, and the modem has been set up and its stored texts listed."""
    page, modem = [], []
    for _ in range(STARTS):
        with tempfile.TemporaryDirectory() as folder, Simulator(speed=20) as simulator:  # noqa: SIM117
            with a_process(Path(folder), simulator) as (_, log, started):
                url = page_of(log) + "healthz"
                urllib.request.urlopen(url).read()
                page.append(time.monotonic() - started)
                listed = simulator.wait_for(lambda e: e.who == "host" and e.text.startswith("AT+CMGL"))
                modem.append(listed.at - started)
    show("start to page", page, "s")
    show("start to ready (page and modem)", modem, "s", "under 2 s")


def counters(pid: int) -> dict[str, float]:
    """Wake-ups and CPU seconds of all threads, resident MB, and octets written to disk."""
    switches, ticks = 0, 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        status = (task / "status").read_text()
        switches += int(status.split("voluntary_ctxt_switches:")[1].split()[0])
        ticks += sum(map(int, (task / "stat").read_text().rsplit(")", 1)[1].split()[11:13]))
    status = Path(f"/proc/{pid}/status").read_text()
    return {
        "wakes": switches,
        "cpu": ticks / os.sysconf("SC_CLK_TCK"),
        "rss": int(status.split("VmRSS:")[1].split()[0]) / 1024,
        "written": int(Path(f"/proc/{pid}/io").read_text().split("write_bytes: ")[1].split()[0]),
    }


def idle() -> None:
    """After a call, a STOP that is answered in German, and the page opened once in Polish, with both catalogues loaded; nothing
    else looks on while wake-ups are counted."""
    with tempfile.TemporaryDirectory() as folder, Simulator(speed=20) as simulator:  # noqa: SIM117
        with a_process(Path(folder), simulator, "de") as (process, log, _):
            until(lambda: "is ready" in log.read_text(), "the line")
            asked = urllib.request.Request(page_of(log) + "login", headers={"Accept-Language": "pl"})
            assert b'lang="pl"' in urllib.request.urlopen(asked).read()
            simulator.call(number(1), rings=1)
            until(lambda: simulator.submitted, "the text")
            simulator.text(number(1), "STOP")
            until(lambda: any("automatischen SMS" in text.text for text in simulator.sent), "the answer")
            time.sleep(5)  # until it is idle, the report included
            before, begun = counters(process.pid), time.monotonic()
            time.sleep(IDLE_SECONDS)
            after, seconds = counters(process.pid), time.monotonic() - begun
            syncs = count_syncs(process.pid)
    wakes, cpu = (after[what] - before[what] for what in ("wakes", "cpu"))
    print(f"{'idle: resident memory':<58} {after['rss']:8.1f} MB   (aim: under 80 MB)")
    print(f"{'idle: wake-ups':<58} {wakes / seconds:8.2f} a second   (aim: under 2)")
    print(f"{'idle: CPU':<58} {cpu / seconds * 3600:8.1f} s an hour   (aim: under 20)")
    print(
        f"{'idle: written to disk':<58} {after['written'] - before['written']:8.0f} octets in {seconds:.0f} s"
    )
    print(f"{'idle: fsync and fdatasync':<58} {syncs}   (aim: none)", flush=True)


def count_syncs(pid: int) -> str:
    """Watch the process for a while; how often it synced, by strace where that is installed."""
    command = ["strace", "-f", "-e", "trace=fsync,fdatasync,sync_file_range", "-p", str(pid)]
    try:
        tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    except FileNotFoundError:
        time.sleep(IDLE_SECONDS)
        return "not counted: needs the Debian package strace"
    time.sleep(IDLE_SECONDS)
    tracer.send_signal(signal.SIGINT)
    _, said = tracer.communicate()
    return f"{sum('sync' in line and '(' in line for line in said.splitlines()):8d} in {IDLE_SECONDS} s"


def writes() -> None:
    """What a box with a year of calls writes to its card: by the process, and as a block device counts it, which is what wears
    the card out. The log is the system's, and not counted."""
    if lacking := card.missing():
        print(f"written to the card: not counted, {lacking}")
        return
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        memory = Path(stack.enter_context(tempfile.TemporaryDirectory(dir="/dev/shm")))
        there = stack.enter_context(card.a_card(home))
        big.a_year(there.folder, CALLS_A_DAY)
        simulator = stack.enter_context(Simulator(speed=20, report_delay=1.0))
        process, log, _ = stack.enter_context(a_process(there.folder, simulator, memory=memory))
        until(lambda: "is ready" in log.read_text(), "the line")
        marks = Marks(there.folder)
        add_mia(there.folder)
        marks.wait()
        counted = partial(count_written, process.pid, there)
        each = 24 * 3600 / QUIET_SECONDS
        total = counted("idle, the page closed", partial(time.sleep, QUIET_SECONDS), each)
        guest = Poller(page_of(log))
        guest.start()
        counted("a page that is open, beside that", partial(time.sleep, QUIET_SECONDS), each)
        guest.over.set()
        guest.join()
        total += counted(
            f"{CALLS_A_DAY} calls: texted, delivered, answered",
            partial(conversations, simulator, marks),
            CALLS_A_DAY / CALLS_WRITTEN,
        )
        beat = partial(os.utime, there.folder / "textback.db.lock")
        total += counted("when it was last alive, once an hour", beat, 24)
        print(f"{'a day, without the backup of the night':<58} {total / 1e6:8.2f} MB")
        size = (there.folder / "textback.db").stat().st_size / 1e6
        command = [TEXTBACK, "backup", "-c", there.folder / "config.ini", there.folder / "night.zip"]
        backup = partial(subprocess.run, command, check=True, stdout=subprocess.DEVNULL)
        counted(f"the backup of the night, of {size:.0f} MB", backup, 1)


class Marks:
    """The mark beside the database of this folder, with which every change ends for the card."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "textback.db.known"
        self._seen = self._now()

    def wait(self) -> None:
        """Until there is another one than at the beginning, or at the last time."""
        self._seen = until(lambda: self._now() != self._seen and self._now(), "the mark")

    def _now(self) -> int:
        return self._file.stat().st_mtime_ns if self._file.exists() else 0


def stranger(n: int) -> str:
    """Whom the box has not texted in its year."""
    return f"+44742{n:07}"


def conversations(simulator: Simulator, marks: Marks) -> None:
    """Callers who are texted, get that text, and write back some minutes later."""
    for n in range(CALLS_WRITTEN):
        simulator.call(stranger(n), rings=2)
        until(partial(more_submitted, simulator, n), "the text")
        marks.wait()
        simulator.text(stranger(n), "Thank you! Tomorrow at nine?")
        marks.wait()


def count_written(pid: int, there: card.Card, what: str, deed: Callable[[], object], times: float) -> float:
    """Prints what is written meanwhile, and how much that is of a day, so often; the latter in octets of the device."""
    process, device = counters(pid)["written"], there.written()
    deed()
    device, process = there.written() - device, counters(pid)["written"] - process
    day = device.octets * times
    # To count it is one flush, which is a write.
    writes, flushes = (device.writes - 1) * times, (device.flushes - 1) * times
    print(
        f"{f'a day: {what}':<58} {day / 1e6:8.2f} MB   (process {process * times / 1e6:.2f} MB;"
        f" writes {writes:.0f}, flushes {flushes:.0f})",
        flush=True,
    )
    return day


def block_lists() -> None:
    """A million numbers from a file: reading, memory, looking up."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "blocked.txt"
        numbers = [f"0740{(n * 7919) % 10_000_000:07}" for n in range(1_000_000)]
        file.write_text("\n".join(numbers))
        command = [sys.executable, "-c", LOOK_UP, folder]
        read, grown, peak, look = map(
            float, subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        )
    print(f"{'block lists: 1,000,000 numbers read':<58} {read:8.2f} s")
    print(f"{'block lists: memory kept (and at the peak)':<58} {grown:8.1f} MB ({peak:.1f} MB)")
    print(
        f"{'block lists: looking one up':<58} median {look:8.2f} us   (aim: well under 1000 us)", flush=True
    )


def contact_files() -> None:
    """A phone's export with 12,000 people, and the same with pictures: read; then stored in the batches of the page, while the
    loop has to go on."""
    plain = [
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Person {n}\r\nTEL;TYPE=CELL:0740 {n:07}\r\nEND:VCARD\r\n"
        for n in range(PEOPLE)
    ]
    picture = "PHOTO;ENCODING=b;TYPE=JPEG:" + "\r\n ".join(["QUJDREVG" * 9] * PICTURE_LINES) + "\r\nEND"
    for what, file in (
        ("", "".join(plain).encode()),
        (" with pictures", "".join(one.replace("END", picture) for one in plain).encode()),
    ):
        began = time.perf_counter()
        read = addressbook.read(pieces(BytesIO(file).read), "GB")
        took = time.perf_counter() - began
        label = f"contacts: {PEOPLE:,}{what} ({len(file) / 1e6:.0f} MB) read"
        print(f"{label:<58} {took:8.2f} s", flush=True)
    with tempfile.TemporaryDirectory() as folder, Simulator(reports="off") as simulator:  # noqa: SIM117
        with a_box(Path(folder), simulator) as box:
            taken = []
            for at in range(0, len(read.cards), BATCH):
                began = time.perf_counter()
                assert (
                    box.service.bridge.request(ImportContacts(read.cards[at : at + BATCH]), PATIENCE)
                    == Done()
                )
                taken.append((time.perf_counter() - began) * 1000)
    print(f"{f'contacts: {PEOPLE:,} stored':<58} {sum(taken) / 1000:8.2f} s   (aim: a few seconds)")
    show("contacts: how long one batch keeps the loop", taken, "ms", "well under a ring")


def big_database() -> None:
    """One call from ringing to the text's being marked as sending, each step committed as the loop does."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        numbers = [f"0741{(n * 7919) % 10_000_000:07}" for n in range(1_000_000)]
        (folder / "blocked.txt").write_text("\n".join(numbers))
        with big.a_decider(folder, contacts=100_000, calls=200_000, messages=1_000_000) as (mind, engine):
            mind.shop.take_lists(blocklist_files.load(["blocked.txt"], folder, "GB"))
            print(
                "decide one call: 100,000 contacts, 200,000 calls, 1,000,000 messages, 1,000,000 blocked numbers"
            )
            for who, callers in (
                ("a stranger", [f"+44742{n:07}" for n in range(200)]),
                ("a contact", [big.number(n) for n in range(1, 201)]),
                ("a contact with 200 texts", [big.REGULAR] * 50),
                ("a blocked number", [f"+44741{(n * 7919) % 10_000_000:07}" for n in range(200)]),
            ):
                taken = []
                for key, caller in enumerate(callers):
                    began = time.perf_counter()
                    big.one_call(mind, engine, caller, key)
                    taken.append((time.perf_counter() - began) * 1000)
                    mind.calls_handler._calls.clear()
                show(f"  {who}, three commits", taken, "ms")
            found = big.scans(engine, mind, big.REGULAR)
            print(f"{'  statements that look through a whole table':<58} {len(found) or 'none'}", flush=True)


def pages() -> None:
    """Every page of a shop's years, through the application and without the network: what the box has to do for it."""
    with tempfile.TemporaryDirectory() as name:
        print("a page: 100,000 contacts, 200,000 calls, 1,000,000 messages")
        with big.a_page(Path(name), contacts=100_000, calls=200_000, messages=1_000_000) as (client, _):
            for path in (*big.PAGES, *big.SEARCHES):
                taken = []
                for _ in range(15):
                    began = time.perf_counter()
                    assert client.get(path).status_code == 200
                    taken.append((time.perf_counter() - began) * 1000)
                show(f"  {path}", taken, "ms", "median under 50")


def browsers() -> None:
    """Twenty open pages that ask for news, and what the box spends on them; a caller meanwhile."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Simulator("generic", speed=50, reports="off") as simulator,
        a_process(Path(folder), simulator) as (process, log, _),
    ):
        until(lambda: "is ready" in log.read_text(), "the line")
        add_mia(Path(folder))
        guests = [Poller(page_of(log)) for _ in range(BROWSERS)]
        before, began = counters(process.pid), time.monotonic()
        for guest in guests:
            guest.start()
        time.sleep(IDLE_SECONDS / 2)
        after, seconds = counters(process.pid), time.monotonic() - began
        asked = sum(guest.asked for guest in guests)
        cpu = (after["cpu"] - before["cpu"]) / seconds
        for n in range(30):
            simulator.call(number(n), rings=1)
            until(partial(more_submitted, simulator, n), "the text")
        for guest in guests:
            guest.over.set()
        for guest in guests:
            guest.join()
    print(f"{f'{BROWSERS} browsers, nothing new: CPU':<58} {cpu * 100:8.2f} % of one core")
    print(
        f"{f'{BROWSERS} browsers, nothing new: CPU for a question':<58} {cpu * seconds / asked * 1000:8.2f} ms"
    )
    show(
        f"{BROWSERS} browsers that show the news: end line to AT+CMGS",
        [seconds * 1000 for seconds in gaps(simulator.log.entries, "NO CARRIER")],
        "ms",
    )


def add_mia(folder: Path) -> None:
    """Somebody who may log in on the box in this folder."""
    add = [TEXTBACK, "user", "add", "mia", "--password-stdin", "-c", str(folder / "config.ini")]
    subprocess.run(add, input=b"flour & water\n", check=True, stdout=subprocess.DEVNULL)


class Poller(threading.Thread):
    """A browser as far as the box sees it: asks for news as live.js does, and fetches the calls when there is some."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.over = threading.Event()
        self.asked = 0
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
        form = self.get("/login").partition('name="csrf_token" value="')[2].partition('"')[0]
        body = urlencode({"csrf_token": form, "name": "mia", "password": "flour & water"})
        self.get("/login", "POST", body)

    def run(self) -> None:
        mark = ""
        while not self.over.wait(1.5):
            self.asked += 1
            now = self.get("/news")
            if now != mark:
                self.get("/")
            mark = now

    _cookie = ""

    def get(self, path: str, method: str = "GET", body: str | None = None) -> str:
        headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        if cookie := answer.getheader("Set-Cookie"):
            self._cookie = cookie.partition(";")[0]
        if answer.status == 307:
            answer.read()
            return self.get(path, method, body)
        return answer.read().decode()


LOOK_UP = """
import statistics, sys, time
from io import BytesIO
from pathlib import Path
from bridge.service import blocklist_files

def resident(which="VmRSS:"):
    return int(Path("/proc/self/status").read_text().split(which)[1].split()[0]) / 1024

before, began = resident(), time.monotonic()
lists = blocklist_files.load(["blocked.txt"], Path(sys.argv[1]), "GB")
read = time.monotonic() - began
peak = resident("VmHWM:") - before
taken = []
for n in range(2000):
    began = time.perf_counter()
    lists.why(f"+44740{n * 4001 % 10_000_000:07}", "07400123456")
    taken.append((time.perf_counter() - began) * 1e6)
print(read, resident() - before, peak, statistics.median(taken))
"""


def calls() -> None:
    gap = [seconds * 1000 for seconds in end_to_send("generic", CALLS, "NO CARRIER", 50)]
    show("end line to AT+CMGS on the wire", gap, "ms", "median under 4, worst under 25")


def silent() -> None:
    """Modems that do not tell when a call is over: by asking for the list of calls, and by waiting for the next RING."""
    asked = end_to_send("silent-clcc", 20, "is over", 4)
    show("hanging up to AT+CMGS, no end line, with CLCC", asked, "s", "under 2 s")
    waited = end_to_send("silent", 5, "is over", 4)
    show("hanging up to AT+CMGS, no end line, no CLCC", waited, "s", "under 11 s")


def first_call() -> None:
    """The first caller after a start, of several starts."""
    gap = [end_to_send("generic", 1, "NO CARRIER", 50)[0] * 1000 for _ in range(FIRST_CALLS)]
    show("first call after a start: end line to AT+CMGS", gap, "ms", "under 12")


def flood() -> None:
    """Callers while a thousand texts arrive: four in each flood, spread over its first second."""
    gap = [seconds * 1000 for _ in range(FLOODS) for seconds in calls_in_a_flood()]
    show(f"a call while {FLOOD} texts arrive: end line to AT+CMGS", gap, "ms", "under 30")


def calls_in_a_flood() -> list[float]:
    with (
        tempfile.TemporaryDirectory() as folder,
        Simulator("generic", speed=50, reports="off") as simulator,
        a_process(Path(folder), simulator) as (_, log, _),
    ):
        until(lambda: "is ready" in log.read_text(), "the line")
        for n in range(FLOOD):
            simulator.text(number(10_000 + n), "Do you have bread left?")
        for n in range(4):
            time.sleep(0.2)
            simulator.call(number(n), rings=1)
            until(partial(more_submitted, simulator, n), "the text")
        return gaps(simulator.log.entries, "NO CARRIER")


def texts() -> None:
    """A hundred texts from the first one's arrival until all are committed."""
    taken = []
    for _ in range(FLOODS):
        with (
            tempfile.TemporaryDirectory() as folder,
            Simulator("generic", speed=50, reports="off") as simulator,
            a_process(Path(folder), simulator) as (_, log, _),
        ):
            until(lambda: "is ready" in log.read_text(), "the line")
            with contextlib.closing(sqlite3.connect(f"{folder}/textback.db")) as database:
                began = time.monotonic()
                for n in range(100):
                    simulator.text(number(10_000 + n), "Do you have bread left?")
                while database.execute("SELECT count(*) FROM message").fetchone()[0] < 100:
                    time.sleep(0.005)
                taken.append(time.monotonic() - began)
    show("100 texts: from the first one's arrival to all stored", taken, "s", "under 0.3")


def send() -> None:
    """`textback send` as a process of its own, beside an interpreter that imports what no such command can do without."""
    with tempfile.TemporaryDirectory() as folder:
        config = write_config(Path(folder), "/dev/null", extra=NO_LIMITS)
        command = [TEXTBACK, "send", "-c", str(config), number(1), "Hello"]
        run(command)  # makes the database, and the byte code where there is none
        show("textback send", [run(command) for _ in range(SENDS)], "s", "under 0.3")
    least = [sys.executable, "-c", "import click, phonenumbers, sqlmodel"]
    show("  of that: importing click, phonenumbers and sqlmodel", [run(least) for _ in range(SENDS)], "s")
    show("textback --version", [run([TEXTBACK, "--version"]) for _ in range(SENDS)], "s")


def run(command: list[str]) -> float:
    """Seconds that this command takes; with byte code, as an installed program has it."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=kept)
    return time.monotonic() - began


def programs() -> None:
    """How long a program waits for the answer to a text of its own; and callers while thousands of a program's texts wait."""
    with tempfile.TemporaryDirectory() as name, Simulator(speed=20, reports="off") as simulator:  # noqa: SIM117
        with a_process(Path(name), simulator) as (_, log, _):
            until(lambda: "is ready" in log.read_text(), "the line")
            config = str(Path(name) / "config.ini")
            made = subprocess.run(
                [TEXTBACK, "key", "add", "bench", "--all", "-c", config],
                capture_output=True,
                text=True,
                check=True,
            )
            key, page = made.stdout.split()[-1], urlsplit(page_of(log))
            connection = http.client.HTTPConnection(page.hostname or "", page.port)
            tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()

            def post(numbers: list[str], later: bool) -> float:
                body: dict[str, object] = {
                    "textMessage": {"text": "Your bike is ready."},
                    "phoneNumbers": numbers,
                }
                if later:
                    body["scheduleAt"] = tomorrow
                began = time.perf_counter()
                headers = {"Content-Type": "application/json", "x-api-key": key}
                connection.request("POST", "/api/v1/messages", json.dumps(body), headers)
                answer = connection.getresponse()
                assert answer.status == 202, answer.read()
                answer.read()
                return time.perf_counter() - began

            took = [post([number(n)], later=True) * 1000 for n in range(POSTS)]
            show("POST /messages, one number, for later", took, "ms", "under 15 ms")
            before, began = len(simulator.log.entries), time.monotonic()
            over = threading.Event()

            def callers() -> None:
                for n in itertools.count(9_000_000):
                    if over.is_set():
                        return
                    simulator.call(number(n), rings=1)
                    until(partial(was_texted, simulator, number(n)), "the text")

            caller = threading.Thread(target=callers)
            caller.start()
            for first in range(0, QUEUED, AT_ONCE):
                post([number(1_000_000 + first + n) for n in range(AT_ONCE)], later=False)
            print(
                f"{f'{QUEUED} texts of a program queued in':<58} {time.monotonic() - began:8.1f} s",
                flush=True,
            )
            over.set()
            caller.join()
            gap = [seconds * 1000 for seconds in gaps(simulator.log.entries[before:], "NO CARRIER")]
    show("end line to AT+CMGS meanwhile", gap, "ms")


PARTS: dict[str, Callable[[], None]] = {
    "calls": calls,
    "first": first_call,
    "flood": flood,
    "texts": texts,
    "send": send,
    "silent": silent,
    "start": start_to_ready,
    "programs": programs,
    "idle": idle,
    "writes": writes,
    "lists": block_lists,
    "contacts": contact_files,
    "big": big_database,
    "pages": pages,
    "browsers": browsers,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="The project's figures.")
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts, with commas: {', '.join(PARTS)}")
    wanted = parser.parse_args().only.split(",")
    if unknown := [part for part in wanted if part not in PARTS]:
        parser.error(f"no such part: {', '.join(unknown)}")
    for part in wanted:
        PARTS[part]()


if __name__ == "__main__":
    main()
