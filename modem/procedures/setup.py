"""The procedure that makes a modem ours: it unlocks the SIM, asks who is there and switches on what we listen
to.

Volatile settings are gone after every boot banner, and other programs can change them: so it is run again
then, and `settings_kept` looks now and then.
"""

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from modem.at import commands
from modem.at.dialogue import Command
from modem.at.families import Family, family_of, indicator_names
from modem.errors import CmeError, NotOurs, NotUsable, PinRefused, Stuck
from modem.procedures.steps import Pause, Reply, Step, ask, first_word, word
from modem.troubles import Trouble, TroubleCode

# A SIM may need 20 s after power-up (CME 14 SIM busy, 515 please wait).
SIM_TRIES = 30
# So many of the three tries of a PIN must be left before ours is tried: somebody else may have used one up.
TRIES_LEFT = 3


@dataclass(frozen=True)
class Texts:
    """How texts come in."""

    storage: str = "SM"  # where they arrive, are read and deleted (27.005 CPMS <mem1> and <mem3>)
    storages: tuple[str, ...] = ("SM",)  # all that can hold some, that one first
    announced: str = ""  # the AT+CNMI that was accepted
    acknowledged: bool = False  # those delivered directly wait for AT+CNMA (27.005 CSMS, phase 2+)


@dataclass(frozen=True)
class Setup:
    """What the setting-up has found out."""

    family: Family
    model: str
    imei: str | None
    imsi: str | None
    iccid: str | None
    msisdn: str | None
    texts: Texts
    has_list: bool  # AT+CLCC works
    has_cause: bool  # so does AT+CEER
    has_book: bool  # there is a phone book of missed calls
    indicators: dict[str, str] = field(default_factory=dict)


# Who a modem is -> why it is not ours, None if it is. IMEI and ICCID, None where it would not tell.
Judge = Callable[[str | None, str | None], Trouble | None]


def initialise(family: str, pin: str | None, judge: Judge) -> Generator[Step, Reply, Setup]:
    """Set the modem up from the first AT, in this order: who it is, the SIM, what it tells of calls, of
    texts, and what it can do. Errors of single settings are let pass, since firmwares differ.

    family: a name of FAMILIES, or `auto`. pin: to unlock the SIM with, once; "" if the SIM has refused it
    before, None without. judge: why a modem is not ours.

    Raises NotUsable where a person must act (Stuck where a restart of the modem may help), PinRefused where
    the PIN was wrong, and NotOurs where `judge` says so, before anything is changed that would outlast us.
    """
    yield from _wake()
    # Somebody may ring already: the number first. It is asked for again when the SIM is ready.
    for command in (commands.ECHO_OFF, commands.NUMERIC_ERRORS, commands.NEVER_ANSWER, commands.CALLER_ID):
        yield from ask(command)
    maker = yield from word(commands.MANUFACTURER)
    model = yield from word(commands.MODEL)
    imei = yield from word(commands.IMEI)
    kind = family_of(f"{maker or ''} {model or ''}", family)
    iccid = yield from first_word(commands.ICCIDS)
    if why := judge(imei, iccid):
        raise NotOurs(why)
    yield from _unlock(pin)
    imsi = yield from word(commands.IMSI)
    if iccid is None:
        iccid = yield from first_word(commands.ICCIDS)
        if why := judge(imei, iccid):
            raise NotOurs(why)
    msisdn = yield from _own_number()
    for command in (*commands.HEAR_CALLS, *(Command(text) for text in kind.init)):
        yield from ask(command)
    texts = yield from _hear_texts()
    has_list = (yield from ask(commands.CALLS)).ok
    has_cause = (yield from ask(commands.CAUSE)).ok
    books = yield from ask(commands.BOOKS)
    indicators = (yield from _indicators()) if kind.indicators else {}
    return Setup(
        family=kind,
        model=model or maker or "modem",
        imei=imei,
        imsi=imsi,
        iccid=iccid,
        msisdn=msisdn,
        texts=texts,
        has_list=has_list,
        has_cause=has_cause,
        has_book='"MC"' in "".join(books.lines),
        indicators=indicators,
    )


def _wake() -> Generator[Step, Reply, None]:
    """AT until it says OK: an auto-bauding modem swallows the first, a half-written line spoils the next. One that refuses an
    AT which nothing follows is a modem too, if it tells its maker. Then until its answers are those of our commands: the ESC of
    a text that was given up is answered too (27.005 CMGS), as is what was asked before we began, and each later answer would be
    taken for that of the next command."""
    for command in (commands.AT, commands.AT, commands.AT, commands.MANUFACTURER):
        if (yield from ask(command)).ok:
            break
    else:
        raise Stuck(Trouble(TroubleCode.AT_FAILS))
    yield from ask(commands.IN_STEP)


# ---- the SIM


def _unlock(pin: str | None) -> Generator[Step, Reply, None]:
    """Wait until the SIM is ready (27.007 CPIN)."""
    for _ in range(SIM_TRIES):
        response = yield from ask(commands.PIN_STATE)
        state = response.lines[0].partition(":")[2].strip() if response.lines else ""
        error = None if response.ok else response.error()
        if state == "READY" or (response.ok and not state):
            return
        if state in ("SIM PIN", "SIM PUK") or (isinstance(error, CmeError) and error.code in _SIM_TROUBLE):
            code = (error.code if error else None) or {"SIM PIN": 11, "SIM PUK": 12}.get(state, 13)
            if code == 11 and pin is not None:
                yield from _enter(pin)
                pin = None
                continue
            raise NotUsable(Trouble(_SIM_TROUBLE[code]))
        if error is not None and not isinstance(error, CmeError):
            return  # a modem that does not know CPIN
        yield Pause(1.0)
    raise Stuck(Trouble(TroubleCode.SIM_NOT_READY))


# +CME ERROR numbers of a SIM that somebody has to see to (27.007 9.2).
_SIM_TROUBLE = {
    10: TroubleCode.SIM_MISSING,
    11: TroubleCode.SIM_PIN,
    12: TroubleCode.SIM_PUK,
    13: TroubleCode.SIM_SILENT,
    15: TroubleCode.SIM_NOT_TAKEN,
}


def _enter(pin: str) -> Generator[Step, Reply, None]:
    """Enter the PIN (27.007 CPIN), once and never twice. A modem that counts the tries (CPINR) tells of those
    that were made elsewhere."""
    if not pin:
        raise NotUsable(Trouble(TroubleCode.PIN_REFUSED))
    counted = re.search(r"SIM PIN, ?(\d+)", " ".join((yield from ask(commands.PIN_TRIES)).lines))
    if counted and int(counted[1]) < TRIES_LEFT:
        raise NotUsable(Trouble(TroubleCode.PIN_TRIED))
    if not (yield from ask(commands.pin(pin))).ok:
        raise PinRefused(Trouble(TroubleCode.PIN_REFUSED))
    yield Pause(1.0)


def _own_number() -> Generator[Step, Reply, str | None]:
    """+CNUM: "name","+44...",145: what the SIM believes its number to be, often nothing."""
    response = yield from ask(commands.OWN_NUMBER)
    lines = " ".join(response.lines)
    found = re.search(r'"(\+?\d{5,})"', lines) or re.search(r"[:,] ?(\+?\d{5,}) ?,", lines)
    return found[1] if found else None


# ---- texts and calls


def _hear_texts() -> Generator[Step, Reply, Texts]:
    """PDU mode, the storages (27.005 CPMS), and texts announced as they come: stored first, since then they
    survive us; delivered directly only where nothing else works, and then acknowledged one by one (CSMS,
    CNMA)."""
    yield from ask(commands.PDU_MODE)
    known = (yield from ask(commands.STORAGES)).lines
    state = (yield from ask(commands.STORAGE_STATE)).lines
    used = re.findall(r'"([A-Z_]+)"', " ".join(state)) or ["SM"]
    arrive = used[-1]
    if used[0] != arrive and (yield from ask(commands.use_storage(arrive))).ok:
        used[0] = arrive  # read and deleted where they arrive: mem1 = mem3
    storages = [name for name in ("SM", "ME") if f'"{name}"' in "".join(known).partition("),")[0]]
    announced = yield from _first_accepted(commands.TELL_TEXTS)
    if not announced:
        yield from ask(commands.PHASE_2_PLUS)
        announced = yield from _first_accepted(commands.HAND_OVER_TEXTS)
    service = " ".join((yield from ask(commands.SERVICE)).lines)
    return Texts(
        used[0],
        tuple(dict.fromkeys([used[0], *storages])),
        announced,
        acknowledged=bool(re.search(r"\+CSMS: ?1", service)),
    )


def _first_accepted(choices: tuple[Command, ...]) -> Generator[Step, Reply, str]:
    for command in choices:
        if (yield from ask(command)).ok:
            return command.text
    return ""


def _indicators() -> Generator[Step, Reply, dict[str, str]]:
    response = yield from ask(commands.INDICATORS)
    return indicator_names(response.lines[0]) if response.lines else {}


def settings_kept(announced: str) -> Generator[Step, Reply, bool]:
    """Are the settings still ours? Other programs and silent resets change them, and a modem that was not
    acknowledged in time stops announcing texts by itself (27.005 CNMI). announced: the AT+CNMI that was
    accepted at the setting-up."""
    caller_id = yield from ask(commands.CALLER_ID_STATE)
    mode = yield from ask(commands.PDU_MODE_STATE)
    told = yield from ask(commands.TELL_TEXTS_STATE)
    if any(re.match(r"\+CLIP: ?0(?:\D|$)", line) for line in caller_id.lines):
        return False
    if any(re.match(r"\+CMGF: ?1", line) for line in mode.lines):
        return False
    mt = re.match(r"\+CNMI: ?\d, ?(\d)", told.lines[0]) if told.lines else None
    return mt is None or not announced or mt[1] == announced.split(",")[1]
