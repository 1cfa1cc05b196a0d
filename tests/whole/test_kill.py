"""kill -9 of the service at every step of a text, then a restart: no call lost, no text sent twice."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from bridge.records import views
from bridge.records.engine import open_engine
from bridge.records.views import CallRow
from modem.simulator import STEPS, Simulator
from tests.support.box import ANN, BOB, DEADLINE, until, write_config
from tests.support.processes import uncounted

TEXTBACK = Path(sys.executable).parent / "textback"


class Killer:
    """Runs the real command as a process of its own, and kills it when the simulated modem reaches a step."""

    def __init__(self, folder: Path) -> None:
        self.simulator = Simulator(speed=20, reports="manual", on_step=self._on_step)
        self.config = write_config(folder, self.simulator.port)
        self.process: subprocess.Popen[bytes] | None = None
        self.fatal: str | None = None
        self.database = folder / "textback.db"
        self.log = folder / "log"

    def _on_step(self, step: str) -> None:
        if step == self.fatal:
            self.kill()

    def kill(self) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def start(self) -> None:
        before = len(self.simulator.log.entries)
        # The first one is killed, and tells no coverage.
        env = uncounted() if self.process is None else None
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([TEXTBACK, "run", "-c", self.config], stderr=log, env=env)
        self.simulator.wait_for(lambda e: e.who == "host" and e.text == "AT+CMGL=4", start=before)

    def stop(self) -> None:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(DEADLINE) == 0, self.log.read_text()

    def rows(self, what: str) -> list[dict[str, Any]]:
        """What the history command prints, as another program would see it."""
        run = subprocess.run([TEXTBACK, what, "-c", self.config, "--json"], capture_output=True, check=True)
        return [json.loads(line) for line in run.stdout.splitlines()]

    def calls(self) -> list[CallRow]:
        """The calls in the database: for what is waited for, since a command takes a second to print them. Nothing of ours
        holds the file when the service is killed."""
        engine = open_engine(f"sqlite:///{self.database}", read_only=True)
        try:
            with Session(engine) as session:
                return views.calls(session)
        finally:
            engine.dispose()

    def dead(self) -> None:
        assert self.process is not None
        assert self.process.wait(DEADLINE) == -signal.SIGKILL


@pytest.fixture
def killer(tmp_path: Path) -> Iterator[Killer]:
    killer = Killer(tmp_path)
    with killer.simulator:
        killer.start()
        try:
            yield killer
        finally:
            killer.stop()


@pytest.mark.parametrize("step", STEPS)
def test_killed_while_a_text_is_on_its_way(killer: Killer, step: str) -> None:
    """cmgs: after `sending` was committed, before the prompt: it has certainly not gone out, and goes now. prompt: at the
    prompt. pdu, taken: after the PDU. sent: after +CMGS. In no case is the PDU handed over twice."""
    killer.fatal = step
    killer.simulator.call(ANN)
    killer.dead()
    killer.fatal = None
    killer.start()
    killer.simulator.call(BOB, rings=1)  # when this one is settled, whatever the first one does is done
    until(lambda: [t for t in killer.simulator.submitted if t.number == BOB], "the second text")
    until(lambda: killer.calls()[0].textback == "sent", "the second call's end")
    _, first = killer.rows("calls")
    assert (first["number"], first["missed"], first["outcome"]) == (ANN, True, "abandoned")
    ends = {"cmgs": ("sent",), "prompt": ("sent", "unconfirmed"), "sent": ("sent", "unconfirmed")}
    assert first["textback"] in ends.get(step, ("unconfirmed",))
    handed_over = len([text for text in killer.simulator.submitted if text.number == ANN])
    # The prompt and the kill race: what was written in between may have gone out.
    assert handed_over in {"cmgs": (1,), "prompt": (0, 1), "pdu": (0, 1), "taken": (1,), "sent": (1,)}[step]
    killer.simulator.call(ANN, rings=1)
    until(lambda: len([c for c in killer.calls() if c.outcome]) == 3, "the third call")
    assert killer.rows("calls")[0]["reason"] == "cooldown"


def test_after_a_loss_of_power_nothing_is_taken_for_certain(killer: Killer) -> None:
    """The note before the PDU is not synced: it may be missing then."""
    killer.fatal = "cmgs"
    killer.simulator.call(ANN)
    killer.dead()
    killer.fatal = None
    notes = Path(f"{killer.database}.sending")
    assert notes.stat().st_mode & 0o777 == 0o600
    boot, *noted = notes.read_text().split()
    assert noted == []
    notes.write_text(f"{boot[::-1]}\n")
    killer.start()
    until(lambda: killer.calls()[0].textback == "unconfirmed", "the end of the text")
    killer.simulator.call(BOB, rings=1)
    until(lambda: [t for t in killer.simulator.submitted if t.number == BOB], "the second text")
    assert [t for t in killer.simulator.submitted if t.number == ANN] == []


def test_killed_before_the_end_of_a_call_is_committed(killer: Killer) -> None:
    killer.simulator.call(ANN, rings=60)
    until(lambda: any(call.address for call in killer.calls()), "the ringing call's being stored")
    with contextlib.closing(sqlite3.connect(killer.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        killer.simulator.hangup()
        killer.simulator.wait_for(lambda e: e.text == "NO CARRIER")
        until(lambda: "is using the database" in killer.log.read_text(), "the complaint")
        killer.kill()
        other.execute("ROLLBACK")
    killer.start()
    call = until(lambda: next((c for c in killer.calls() if c.textback == "sent"), None), "the text")
    assert (call.address, call.outcome) == (ANN, "lost")
    assert len(killer.simulator.submitted) == 1


def test_killed_while_it_rings(killer: Killer) -> None:
    killer.simulator.call(ANN, rings=600)
    until(lambda: any(call.address for call in killer.calls()), "the ringing call's being stored")
    killer.kill()
    killer.simulator.hangup()
    killer.simulator.wait_for(lambda e: "is over" in e.text)
    killer.start()
    until(lambda: [t for t in killer.simulator.submitted if t.number == ANN], "the text")
    until(lambda: killer.calls()[0].textback == "sent", "its being stored")
    assert [call["outcome"] for call in killer.rows("calls")] == ["lost"]


def test_a_report_after_the_restart_makes_an_unconfirmed_text_delivered(killer: Killer) -> None:
    killer.fatal = "taken"
    killer.simulator.call(ANN)
    killer.dead()
    killer.fatal = None
    killer.start()
    assert killer.rows("calls")[0]["textback"] == "unconfirmed"
    until(lambda: killer.simulator.setting("+CNMI") != "0,0,0,0,0", "the settings")
    killer.simulator.report()
    until(lambda: killer.calls()[0].textback == "delivered", "the report")
    assert killer.rows("messages")[0]["delivered"].endswith("Z")


def test_killed_between_storing_a_text_and_deleting_it(killer: Killer) -> None:
    killer.simulator.fault("silence", match="AT+CMGD", seconds=60)
    killer.simulator.text(ANN, "only once, please")
    killer.simulator.wait_for(lambda e: e.text.startswith("AT+CMGD"))
    killer.kill()
    killer.simulator.unhang()
    killer.start()
    until(lambda: not killer.simulator.stored("SM"), "the SIM's being emptied")
    assert [message["body"] for message in killer.rows("messages")] == ["only once, please"]
