"""The procedures that read stored texts: all of them, or one. What was garbled on the way is read again."""

import re
from collections.abc import Generator

from modem.at import commands
from modem.procedures.steps import Reply, Step, ask


def read_all() -> Generator[Step, Reply, tuple[tuple[int, str], ...]]:
    """All that lies in the selected storage as (index, PDU in hex), by AT+CMGL=4 (27.005 CMGL). An entry that
    was garbled on the way is read once more by itself; if it does not fit then either, it stays where it
    is."""
    response = yield from ask(commands.LIST_ALL)
    found: list[tuple[int, str]] = []
    garbled: list[int] = []
    header: re.Match[str] | None = None
    for line in response.lines:
        if begun := re.fullmatch(r"\+CMGL: ?(\d+),(?:.*\D)?(\d+)", line):
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
    """The PDU in hex at an index of the selected storage (27.005 CMGR), None if there is none. Its length
    must be what the header says, or two of three readings must agree: a bit lost on the wire must not lose a
    message."""
    readings: list[str] = []
    for _ in range(3):
        response = yield from ask(commands.read(index))
        header = re.fullmatch(r"\+CMGR:(?:.*\D)?(\d+)", response.lines[0]) if response.lines else None
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
