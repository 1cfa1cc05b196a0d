"""The sentences of release 0.1.0 become codes when its database is updated, and read as before."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Engine, MetaData, text

from bridge.records import engine as database
from bridge.rules.line_health import TROUBLES
from bridge.rules.troubles import BoxTrouble
from bridge.words.reasons import error_sentence
from bridge.words.troubles import sentence
from modem.contract import Trouble, TroubleCode
from modem.ports.holders import KNOWN
from modem.sms import causes
from tests.bridge.test_database import at_revision
from tests.support.paths import ROOT

MIGRATION = "bridge.records.migrations.versions.0009_trouble_codes"
read = cast(Callable[[str], str], import_module(MIGRATION).read)

SILENT = Trouble.of(TroubleCode.MODEM_SILENT, path="/dev/ttyUSB2", command="AT")
GONE = Trouble.of(
    TroubleCode.MODEM_GONE, path="/dev/ttyUSB2", error="read failed: [Errno 5] Input/output error"
)
MISSING = Trouble.of(TroubleCode.PORT_MISSING, path="/dev/ttyUSB0")
PORTS = '/dev/ttyUSB9: names itself "Zigbee stick".'
# What no column of 0.1.0 holds.
NEVER_STORED = {
    TroubleCode.SETTING_UP,
    TroubleCode.LINE_BUSY,
    BoxTrouble.STARTING,
    BoxTrouble.CONFIG,
    BoxTrouble.QUEUE_STOPPED,
    BoxTrouble.CLOCK_BEFORE_RELEASE,
    BoxTrouble.CLOCK_BEFORE_ROWS,
    BoxTrouble.CLOCK_DIFFERS,
    TroubleCode.NO_NOTE,
    BoxTrouble.CONFIG_OPEN,
    BoxTrouble.PUT_ASIDE,
    BoxTrouble.NOT_READ_FROM_ROWS,
    TroubleCode.NOT_ENCODED,  # whose words are the encoder's: they stay as they are
}
STORED = [
    *(
        Trouble.of(code, path="/dev/ttyUSB0")
        for code in TroubleCode
        if code.startswith(("port_forb", "port_is"))
    ),
    Trouble.of(TroubleCode.PORT_NOT_SERIAL, path="/dev/null"),
    *(Trouble.of(TroubleCode.PORT_HELD, path="/dev/ttyUSB2", holder=name) for name in ("", "cat", *KNOWN)),
    Trouble.of(
        TroubleCode.PORT_NOT_OPENED, path="/dev/ttyUSB2", error="[Errno 6] No such device (or address)"
    ),
    *(MISSING, SILENT, GONE),
    Trouble.of(TroubleCode.MODEM_HUNG_UP, path="/dev/ttyUSB2"),
    Trouble.of(TroubleCode.NO_MODEM, ports=""),
    Trouble.of(TroubleCode.NO_MODEM, ports=PORTS),
    Trouble.of(TroubleCode.NO_MODEM_ANSWERS, tried=Trouble.join([SILENT]), ports=""),
    Trouble.of(TroubleCode.NO_MODEM_ANSWERS, tried=Trouble.join([GONE, SILENT, MISSING]), ports=PORTS),
    Trouble.of(TroubleCode.NOT_THE_NAMED_MODEM, imei="123456789012345", iccid=""),
    *(
        Trouble(code)
        for code in TroubleCode
        if code.startswith(("sim_", "pin_", "no_prompt", "no_ref", "at_", "modem_re", "modem_of"))
    ),
    SILENT.adding(sent=1, parts=2),
    *(
        causes.why(code, f"{error}: {code}").adding(**facts)
        for error, table in (("+CMS ERROR", causes.CMS), ("+CME ERROR", causes.CME))
        for code in table
        for facts in ({}, {"sent": 1, "parts": 3})
    ),
    causes.why(None, "ERROR"),
    causes.why(None, "+CMS ERROR: SIM busy (try later)"),
    *(Trouble(code) for code in sorted({*TROUBLES.values(), BoxTrouble.NO_CALLS, BoxTrouble.LEFT_SENDING})),
    Trouble.of(BoxTrouble.STORAGE_NEARLY_FULL, storage="SM", used=24, total=30),
    Trouble.of(BoxTrouble.STORAGE_FULL, storage="ME", used=30, total=30),
    *(
        Trouble.of(way, seconds=seconds)
        for way in (BoxTrouble.CLOCK_MOVED_FORWARD, BoxTrouble.CLOCK_MOVED_BACK)
        for seconds in (0, 60, 120, 3600, 47 * 3600, 90 * 86400)
    ),
    *(
        trouble
        for why in ("phone_takes_no_texts", "number_unreachable", "network_takes_no_texts")
        for trouble in (Trouble(BoxTrouble(why)), Trouble.of(BoxTrouble.UNDELIVERED, why=why))
    ),
    Trouble.of(BoxTrouble.UNDELIVERED, why=""),
]


def test_no_code_is_left_out() -> None:
    assert {trouble.code for trouble in STORED} | NEVER_STORED == {*TroubleCode, *BoxTrouble}


# Code -> what 0.1.0 said.
SAID = dict(
    line.split("\t")
    for line in (ROOT / "tests" / "data" / "troubles-0.1.0.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
)


@pytest.mark.parametrize("trouble", STORED, ids=lambda trouble: trouble.to_text()[:60])
def test_each_sentence_becomes_its_code(trouble: Trouble) -> None:
    assert read(SAID[trouble.to_text()]) == trouble.to_text()
    assert sentence(trouble) not in ("", trouble.to_text())


@pytest.mark.parametrize(
    "words",
    [
        "The modem was unplugged while it was sent.",
        "the text takes 300 parts, 255 is the most",
        "It could not be sent in time.",
        "The number does not exist.",
        "cat holds /dev/ttyUSB2. Throw it away.",
        "",
    ],
)
def test_what_nobody_can_read_stays(words: str) -> None:
    assert read(words) == words


def test_a_database_of_the_last_release_reads_as_before(tmp_path: Path) -> None:
    engine: Engine = database.open_engine(f"sqlite:///{tmp_path / 'old.db'}")
    at_revision(engine, "0006")
    made = MetaData()
    made.reflect(engine)
    refused = causes.why(38, "+CMS ERROR: 38")
    gone = SAID[GONE.to_text()]
    words = {
        "message": {"error": SAID[refused.to_text()]},
        "contact": {"unreachable": SAID["number_unreachable"]},
        "line": {"stopped": SAID[refused.to_text()]},
        "incident": {"what": gone, "kind": "line"},
        "alert": {"body": f"{gone} (line main)", "kind": "sick"},
    }
    with engine.begin() as connection:
        for table, values in words.items():
            connection.execute(made.tables[table].update().values(**values))
    database.migrate(engine)
    with engine.connect() as connection:

        def column(table: str, name: str) -> str:
            return str(connection.execute(text(f"SELECT {name} FROM {table}")).scalar_one())

        assert column("message", "error").startswith("refused_outage?")
        assert error_sentence(column("message", "error")) == sentence(refused)
        assert column("contact", "unreachable") == "number_unreachable"
        assert error_sentence(column("line", "stopped")) == sentence(refused)
        assert column("incident", "what") == column("alert", "body") == GONE.to_text()
    engine.dispose()
