"""What the simulated modem answers to those who read the SIM's files and ask for its locks (27.007, 7.4 and 8.18)."""

from modem.simulator.answers import DONE, OK, TEST, Answer, Handler, needs
from modem.simulator.conditions import Conditions
from modem.simulator.settings import Settings, test
from modem.simulator.sim import Sim
from modem.simulator.sim_files import NO_ACCESS, NO_FILE, NO_INSTRUCTION, Outcome, files

# <command> of AT+CRSM (27.007, 8.18).
READ_BINARY, READ_RECORD, GET_RESPONSE = 176, 178, 192
NOT_ALLOWED = 3


class SimFileCommands:
    """AT+CRSM and AT+CLCK; nothing is written."""

    def __init__(self, conditions: Conditions, settings: Settings, sim: Sim) -> None:
        self._conditions = conditions
        self._settings = settings
        self._sim = sim

    def handlers(self) -> dict[str, Handler]:
        """By the name of the command."""
        refuse = self._settings.cme
        return {
            "+CRSM": needs(lambda: self._sim.trouble(pin=False), refuse, self._access),
            "+CLCK": needs(lambda: self._sim.trouble(pin=False), refuse, self._lock),
        }

    def _access(self, rest: str) -> Answer:
        """AT+CRSM=<command>,<fileid>,<P1>,<P2>,<P3>."""
        if rest == TEST:
            return DONE
        wanted = [int(field) if field else 0 for field in rest.removeprefix("=").split(",")[:5]]
        status, octets = self._outcome(*wanted, *[0] * (5 - len(wanted)))
        told = f',"{octets.hex().upper()}"' if octets else ""
        return [f"+CRSM: {status >> 8},{status & 0xFF}{told}"], OK

    def _outcome(self, command: int, name: int, first: int, second: int, length: int) -> Outcome:
        file = files(self._conditions).get(name)
        if file is None:
            return NO_FILE, b""
        if command == GET_RESPONSE:
            return file.response(name, length)
        if file.locked and self._conditions.locked:
            return NO_ACCESS, b""
        if command == READ_BINARY:
            return file.binary(first << 8 | second, length)
        if command == READ_RECORD:
            return file.one_record(first, length)
        return NO_INSTRUCTION, b""

    def _lock(self, rest: str) -> Answer:
        """AT+CLCK=<fac>,2: is it locked? The one lock is the PIN of the SIM, and it stays as it is."""
        if rest == TEST:
            return test("+CLCK")
        if rest.replace(" ", "").upper() not in ('="SC",2', "=SC,2"):
            return self._settings.cme(NOT_ALLOWED)
        return [f"+CLCK: {int(bool(self._conditions.pin))}"], OK
