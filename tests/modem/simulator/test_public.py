"""What `Simulator` offers to tests, and that docs/simulator.md names all of it; how its modules import each other."""

import ast
from dataclasses import fields

import pytest

from modem.simulator import PROFILES, Simulator, StoredStatus
from modem.simulator.conditions import Conditions
from modem.simulator.control import VERBS
from modem.simulator.faults import KINDS
from tests.support.host import ANN, BOB, Host
from tests.support.paths import ROOT

DOCS = (ROOT / "docs" / "simulator.md").read_text()
FOLDER = ROOT / "modem" / "simulator"


def test_conditions_are_changed_by_name_and_no_others(modem: Simulator, host: Host) -> None:
    modem.set(signal=3, own_number=ANN)
    assert host.ask("AT+CSQ") == ["+CSQ: 3,0", "OK"]
    assert host.ask("AT+CNUM") == [f'+CNUM: "","{ANN}",145', "OK"]
    assert (modem.conditions.signal, modem.conditions.own_number) == (3, ANN)
    for wrong in ({"registration": 1}, {"speed": 0}, {"speed": "fast"}, {"frame": "none"}):
        with pytest.raises(ValueError, match=r"cannot be set|speed is more than 0"):
            modem.set(signal=9, **wrong)
    assert modem.conditions.signal == 3
    modem.conditions.signal = 9  # a copy
    assert modem.conditions.signal == 3


def test_settings_are_read_and_changed_behind_the_hosts_back(modem: Simulator, host: Host) -> None:
    host.set_up()
    assert modem.setting("+CLIP") == "1"
    modem.change_setting("+CLIP", "0")
    assert host.ask("AT+CLIP?") == ["+CLIP: 0,1", "OK"]
    with pytest.raises(KeyError):
        modem.setting("+NONSENSE")


def test_storages_are_filled_read_and_emptied(modem: Simulator, host: Host) -> None:
    host.set_up()
    assert modem.store("00", "ME") == 1
    assert modem.store("0000", status=StoredStatus.SENT) == 1
    assert [one.pdu for one in modem.stored()] == ["0000", "00"]
    assert [one.pdu for one in modem.stored("ME")] == ["00"]
    modem.empty("ME")
    assert [(one.pdu, one.status) for one in modem.stored()] == [("0000", StoredStatus.SENT)]
    with pytest.raises(KeyError):
        modem.store("00", "XX")
    assert host.ask("AT+CMGD=1,9") == ["+CMS ERROR: 321"]
    assert host.ask("AT+CMGD=1,2") == ["OK"]
    assert modem.stored() == []


def test_the_phone_book_of_missed_calls_is_filled(modem: Simulator, host: Host) -> None:
    host.set_up('AT+CPBS="MC"')
    modem.fill_missed_calls([ANN, BOB])
    modem.fill_missed_calls([BOB])
    assert host.ask("AT+CPBR=1,50") == [f'+CPBR: 1,"{BOB}",145,""', "OK"]


def test_every_command_is_listed(modem: Simulator, host: Host) -> None:
    listed = host.ask("AT+CLAC")
    assert {"AT+CMGS", "AT+CMGL", "AT+CLIP", "AT+CPIN", "AT+CLCC", "AT+CCID"} <= set(listed)
    assert "AT+QINDCFG" not in listed


def test_a_word_that_is_none_is_refused(modem: Simulator) -> None:
    with pytest.raises(ValueError, match="'rejected' is unknown; there are caller, network"):
        modem.call(ANN, end="rejected")
    with pytest.raises(ValueError, match="'letter' is unknown; there are voice, data, fax"):
        modem.call(ANN, kind="letter")


PUBLIC = {name for name in [*vars(Simulator), "port", "profile"] if not name.startswith("_")}


@pytest.mark.parametrize(
    "name", sorted({*PUBLIC, *VERBS, *KINDS, *PROFILES, *(field.name for field in fields(Conditions))})
)
def test_the_docs_name_what_there_is(name: str) -> None:
    assert f"`{name}`" in DOCS or f'"do": "{name}"' in DOCS


def imports() -> dict[str, set[str]]:
    """Module of the simulator -> those that it imports; a package stands for its __init__."""
    found: dict[str, set[str]] = {}
    for path in FOLDER.rglob("*.py"):
        name = str(path.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__init__")
        nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
        found[name] = {node.module or "" for node in nodes}
        found[name] |= {f"{node.module}.{alias.name}" for node in nodes for alias in node.names}
    # `from modem.simulator import pdu` imports the module, not what the package hands on.
    return {name: (others & set(found)) - {name, "modem.simulator"} for name, others in found.items()}


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = imports()
    while leaves := [name for name, others in graph.items() if not others & set(graph)]:
        for name in leaves:
            del graph[name]
    assert graph == {}


def test_no_import_is_hidden_from_the_program() -> None:
    assert [path.name for path in FOLDER.rglob("*.py") if "TYPE_CHECKING" in path.read_text()] == []
