"""Conversations with the modem as straight lines: initialise, read, send; generators without port, clock or thread.

Each yields what is to be done next and is given the outcome: Command and Body are answered by Response or Prompt, a
Pause by nothing, a Taken is news for the line. A port that is lost or a command that times out is thrown in at the yield.
"""

import re
from collections.abc import Generator
from dataclasses import dataclass, field

from modem import causes, commands
from modem.at import Command, Prompt, Response
from modem.contract import Slot
from modem.errors import CmeError, CommandTimeout, NotUsable, PortLost
from modem.families import Family, family_of, indicator_names
from modem.pdu import EncodedPart


@dataclass(frozen=True)
class Body:
    """The PDU that answers a Prompt."""

    pdu: str


@dataclass(frozen=True)
class Pause:
    """Go on after so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Taken:
    """The SMSC has taken this part under reference `mr`."""

    part: int
    parts: int
    mr: int


Step = Command | Body | Pause | Taken
Reply = Response | Prompt | None

# What `send` ends with.


@dataclass(frozen=True)
class Sent:
    """Every part was taken."""


@dataclass(frozen=True)
class Refused:
    """A part was refused for sure."""

    reason: str
    code: int | None


@dataclass(frozen=True)
class Unsure:
    """A part was handed over and nobody can know what became of it."""

    reason: str


@dataclass(frozen=True)
class Untouched:
    """Not one octet of the PDU was handed over."""

    reason: str


Outcome = Sent | Refused | Unsure | Untouched


@dataclass(frozen=True)
class Setup:
    """What initialising found out."""

    family: Family
    model: str
    imei: str | None
    imsi: str | None
    iccid: str | None
    msisdn: str | None
    has_list: bool
    storage: str
    indicators: dict[str, str] = field(default_factory=dict)


# A SIM may need 20 s after power-up (CME 14 SIM busy, 515 please wait).
SIM_TRIES = 30


def ask(command: Command) -> Generator[Step, Reply, Response]:
    """One command and its Response, OK or not."""
    reply = yield command
    assert isinstance(reply, Response)
    return reply


def initialise(family: str, pin: str | None) -> Generator[Step, Reply, Setup]:
    """Make the modem ours: settings that do not survive its power-up, and who it is. Errors of single settings are let
    pass, firmwares differ. `pin`: to unlock the SIM with, once; "" if it has been refused before. Raises NotUsable where
    a person must act."""
    yield from _wake()
    for command in (commands.ECHO_OFF, commands.NUMERIC_ERRORS, commands.NEVER_ANSWER):
        yield from ask(command)
    maker = yield from _word(commands.MANUFACTURER)
    model = yield from _word(commands.MODEL)
    imei = yield from _word(commands.IMEI)
    kind = family_of(f"{maker or ''} {model or ''}", family)
    yield from _unlock(pin)
    imsi = yield from _word(commands.IMSI)
    iccid = yield from _first_word(commands.ICCIDS)
    msisdn = yield from _own_number()
    yield from _hear_calls(kind)
    storage = yield from _hear_texts()
    has_list = (yield from ask(commands.CALLS)).ok
    indicators = (yield from _indicators()) if kind.indicators else {}
    return Setup(kind, model or maker or "modem", imei, imsi, iccid, msisdn, has_list, storage, indicators)


def _wake() -> Generator[Step, Reply, None]:
    """AT until it says OK: an auto-bauding modem swallows the first, a half-written line spoils the next."""
    for _ in range(3):
        if (yield from ask(commands.AT)).ok:
            return
    raise NotUsable("The modem answers AT with an error. Unplug it and plug it in again.")


def _unlock(pin: str | None) -> Generator[Step, Reply, None]:
    """Wait until the SIM is ready (27.007 CPIN)."""
    for _ in range(SIM_TRIES):
        response = yield from ask(commands.PIN_STATE)
        state = response.lines[0].partition(":")[2].strip() if response.lines else ""
        error = None if response.ok else response.error()
        if state == "READY" or (response.ok and not state):
            return
        if state in ("SIM PIN", "SIM PUK") or (isinstance(error, CmeError) and error.code in _SIM_TROUBLE):
            if state == "SIM PIN" and pin:
                yield from _enter(pin)
                pin = None
                continue
            if state == "SIM PIN" and pin == "":
                raise NotUsable(_PIN_REFUSED)
            code = error.code if error else None
            raise NotUsable(_SIM_TROUBLE.get(code or {"SIM PIN": 11, "SIM PUK": 12}.get(state, 13), ""))
        if error is not None and not isinstance(error, CmeError):
            return  # a modem that does not know CPIN
        yield Pause(1.0)
    raise NotUsable("The SIM does not become ready. Take it out, wipe its contacts and put it in again.")


_PIN_REFUSED = (
    "The SIM refused the PIN in config.ini. It is not tried again, since three wrong ones lock the SIM: "
    "correct pin under [modem] and restart the box."
)
_SIM_TROUBLE = {
    10: "There is no SIM in the modem. Put the shop's SIM in and plug the modem in again.",
    11: "The SIM asks for its PIN. Write it into config.ini under [modem] as pin, or switch the PIN off in a phone.",
    12: "The SIM is locked and asks for its PUK. Unlock it in a phone with the PUK of your contract.",
    13: "The SIM does not answer. Take it out, wipe its contacts and put it in again.",
    15: "The modem refuses this SIM. Is it locked to another operator?",
}


def _enter(pin: str) -> Generator[Step, Reply, None]:
    if not (yield from ask(commands.pin(pin))).ok:
        raise NotUsable(_PIN_REFUSED)
    yield Pause(1.0)


def _hear_calls(family: Family) -> Generator[Step, Reply, None]:
    common = (commands.CALLER_ID, commands.RING_KIND, commands.CALL_WAITING, commands.FORWARD_NOTICES)
    for command in (*common, *(Command(text) for text in family.init)):
        yield from ask(command)


def _hear_texts() -> Generator[Step, Reply, str]:
    """PDU mode, the storage, and texts announced as they come; returns the storage's name (27.005 CPMS)."""
    yield from ask(commands.PDU_MODE)
    state = yield from ask(commands.STORAGE_STATE)
    for command in commands.TELL_TEXTS:
        if (yield from ask(command)).ok:
            break
    names = re.findall(r'"(\w+)"', " ".join(state.lines))
    return names[0] if names else "SM"


def _indicators() -> Generator[Step, Reply, dict[str, str]]:
    response = yield from ask(commands.INDICATORS)
    return indicator_names(response.lines[0]) if response.lines else {}


def _word(command: Command) -> Generator[Step, Reply, str | None]:
    """The one word that a command answers, without its prefix and quotes."""
    response = yield from ask(command)
    if not response.ok or not response.lines:
        return None
    return re.sub(r"^[+^]\w+: ?", "", response.lines[0]).strip('" ') or None


def _first_word(choices: tuple[Command, ...]) -> Generator[Step, Reply, str | None]:
    for command in choices:
        word = yield from _word(command)
        if word:
            return word.rstrip("fF")
    return None


def _own_number() -> Generator[Step, Reply, str | None]:
    """+CNUM: "name","+44...",145: what the SIM believes its number to be, often nothing."""
    response = yield from ask(commands.OWN_NUMBER)
    numbers = re.findall(r'"(\+?\d{5,})"', " ".join(response.lines))
    return numbers[0] if numbers else None


def settings_kept() -> Generator[Step, Reply, bool]:
    """Are the settings still ours? Other programs and silent resets change them."""
    caller_id = yield from ask(commands.CALLER_ID_STATE)
    mode = yield from ask(commands.PDU_MODE_STATE)
    lost = any(re.match(r"\+CLIP: ?0", line) for line in caller_id.lines)
    return not lost and not any(re.match(r"\+CMGF: ?1", line) for line in mode.lines)


def read_all() -> Generator[Step, Reply, tuple[tuple[int, str], ...]]:
    """Everything in the selected storage as (index, PDU), by AT+CMGL=4 (27.005 CMGL). An entry that was garbled on the
    way is read once more by itself; if it still does not fit, it stays where it is."""
    response = yield from ask(commands.LIST_ALL)
    found: list[tuple[int, str]] = []
    garbled: list[int] = []
    header: re.Match[str] | None = None
    for line in response.lines:
        if begun := re.match(r"\+CMGL: ?(\d+),.*?(\d+)$", line):
            if header:
                garbled.append(int(header[1]))
            header = begun
        elif header:
            if _fits(line, int(header[2])):
                found.append((int(header[1]), line))
            else:
                garbled.append(int(header[1]))
            header = None
    for index in garbled:
        if (pdu := (yield from read_one(index))) is not None:
            found.append((index, pdu))
    return tuple(found)


def read_one(index: int) -> Generator[Step, Reply, str | None]:
    """The PDU at an index of the selected storage, None if there is none. Its length must be what the header says, or
    two readings must agree: a bit lost on the wire must not lose a message."""
    readings: list[str] = []
    for _ in range(3):
        response = yield from ask(commands.read(index))
        header = re.match(r"\+CMGR:.*?(\d+)$", response.lines[0]) if response.lines else None
        pdu = next((line for line in response.lines if not line.startswith("+")), None)
        if not response.ok or pdu is None:
            return None
        if (header and _fits(pdu, int(header[1]))) or pdu in readings:
            return pdu
        readings.append(pdu)
    return None


def _fits(pdu: str, tpdu_octets: int) -> bool:
    """Is this a PDU of that length, its SMSC's octets not counted (27.005 CMGR <length>)?

    >>> _fits("00040102", 3), _fits("000401", 3)
    (True, False)
    """
    return len(pdu) == 2 * (1 + int(pdu[:2], 16) + tpdu_octets)


def send(parts: tuple[EncodedPart, ...]) -> Generator[Step, Reply, Outcome]:
    """Send the parts of one text, each once. It stops at the first that is not taken (DESIGN, rules 5 and 6)."""
    for place, part in enumerate(parts, 1):
        before = f" Only {place - 1} of {len(parts)} parts went out." if place > 1 else ""
        try:
            reply = yield commands.send(part.length)
        except (CommandTimeout, PortLost) as error:
            return Refused(f"{error}{before}", None) if before else Untouched(str(error))
        if isinstance(reply, Prompt):
            try:
                reply = yield Body(part.pdu)
            except (CommandTimeout, PortLost) as error:
                mr = _reference(error.lines)
                if mr is None:
                    return Unsure(f"{error}{before}")
                yield Taken(place, len(parts), mr)
                if place == len(parts):
                    return Sent()
                return Refused(f"{error} Only {place} of {len(parts)} parts went out.", None)
        elif isinstance(reply, Response) and reply.ok:
            reason = "The modem did not ask for the text."
            return Refused(f"{reason}{before}", None) if before else Untouched(reason)
        assert isinstance(reply, Response)
        mr = _reference(reply.lines)
        if not reply.ok or mr is None:
            return _not_taken(reply, before)
        yield Taken(place, len(parts), mr)
    return Sent()


def _reference(lines: tuple[str, ...]) -> int | None:
    found = next((re.match(r"\+CMGS: ?(\d{1,3})", line) for line in lines if line.startswith("+CMGS")), None)
    return int(found[1]) if found else None


def _not_taken(response: Response, before: str) -> Refused | Unsure:
    if response.ok:
        return Unsure(f"The modem said OK without a reference.{before}")
    code = response.error().code
    sentence = f"{causes.why(code, response.final)}.{before}"
    return Unsure(sentence) if code in causes.UNSURE else Refused(sentence, code)


def slots_by_storage(slots: tuple[Slot, ...]) -> dict[str, list[int]]:
    """Which indices to delete in which storage.

    >>> slots_by_storage((Slot("SM", 3), Slot("ME", 1), Slot("SM", 4)))
    {'SM': [3, 4], 'ME': [1]}
    """
    storages: dict[str, list[int]] = {}
    for slot in slots:
        storages.setdefault(slot.storage, []).append(slot.index)
    return storages
