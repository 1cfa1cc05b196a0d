"""What the simulated modem answers about calls and the phone book of missed ones (27.007); the letters are in `basic`."""

import re

from modem.simulator.answers import DONE, OK, READ, TEST, Answer, Handler
from modem.simulator.call import CallState, Ending
from modem.simulator.calls import Calls
from modem.simulator.profiles import Profile
from modem.simulator.settings import Settings, test
from modem.simulator.sim import Sim

# How many entries a phone book has.
BOOK = 10
NOT_ALLOWED, INCORRECT = 3, 50


class CallCommands:
    """Calls that ring, wait and talk."""

    def __init__(self, profile: Profile, settings: Settings, sim: Sim, calls: Calls) -> None:
        self._profile = profile
        self._settings = settings
        self._sim = sim
        self._calls = calls

    def handlers(self) -> dict[str, Handler]:
        """By the name of the command."""
        handlers: dict[str, Handler] = {
            "+CEER": self._cause,
            "+CPAS": self._activity,
            "+CLIP": lambda rest: self._identification("+CLIP", rest),
            "+CNAP": lambda rest: self._identification("+CNAP", rest),
            "+CHUP": self._hang_up,
            "+CHLD": self._hold,
            "+CIND": self._indicators,
            "+CPBS": self._select_book,
            "+CPBR": self._read_book,
        }
        if self._profile.lists_calls:
            handlers["+CLCC"] = self._list
        if "+QINDCFG" in self._profile.own:
            handlers["+QINDCFG"] = self._indications
        return handlers

    # ---- state

    def _cause(self, rest: str) -> Answer:
        """AT+CEER (27.007, 6.10): why the last call ended, as a cause of Q.850."""
        return DONE if rest == TEST else ([f"+CEER: {self._calls.last_cause}"], OK)

    def _activity(self, rest: str) -> Answer:
        """AT+CPAS (27.007, 8.1): 0 ready, 3 something rings, 4 a call is connected."""
        if rest == TEST:
            return test("+CPAS")
        return [f"+CPAS: {4 if self._calls.first(CallState.ACTIVE) else 3 if self._calls.live else 0}"], OK

    def _indicators(self, rest: str) -> Answer:
        """AT+CIND (27.007, 8.9): battery, signal, service, call, call being set up."""
        if rest == TEST:
            return test("+CIND")
        call = int(bool(self._calls.first(CallState.ACTIVE)))
        setup = int(bool(self._calls.first(CallState.INCOMING, CallState.WAITING)))
        return [f"+CIND: 5,4,{int(self._sim.registered)},{call},{setup}"], OK

    def _list(self, rest: str) -> Answer:
        """AT+CLCC (27.007, 7.18); SIMCom takes AT+CLCC=1 besides, to print changes by itself."""
        if rest.startswith("=") or rest == READ:
            if "+CLCC" in self._profile.own:
                return self._settings.answer("+CLCC", rest)
            return DONE if rest == TEST else self._settings.cme(INCORRECT)
        return self._calls.listing(), OK

    # ---- what is told by itself

    def _identification(self, name: str, rest: str) -> Answer:
        """AT+CLIP (27.007, 7.6) and AT+CNAP (7.30): the second value says that the network provides it."""
        if rest == READ:
            return [f"{name}: {self._settings.get(name)},1"], OK
        return self._settings.answer(name, rest)

    def _indications(self, rest: str) -> Answer:
        """Quectel's AT+QINDCFG="ccinfo",1,0; the other kinds are taken and forgotten."""
        if matched := re.match(r'="ccinfo",([01])', rest):
            self._settings.put("+QINDCFG", matched[1])
        return DONE

    # ---- what the host does

    def _hang_up(self, rest: str) -> Answer:
        """AT+CHUP (27.007, 6.5)."""
        if rest != TEST:
            self._calls.hang_up()
        return DONE

    def _hold(self, rest: str) -> Answer:
        """AT+CHLD (27.007, 7.13): 0 rejects the waiting call, 1 ends the active one and takes the other, 2 holds it and
        takes the other."""
        calls = self._calls
        if rest in (TEST, READ):
            return test("+CHLD")
        waiting = calls.first(CallState.WAITING, CallState.HELD)
        active = calls.first(CallState.ACTIVE)
        if not waiting:
            return self._settings.cme(NOT_ALLOWED)
        if rest == "=0":
            calls.end(waiting, Ending.REJECTED)
            return DONE
        waiting.state = CallState.INCOMING
        if active and rest == "=1":
            calls.end(active, Ending.RELEASED)
        elif active:
            active.state = CallState.HELD
        calls.connect(waiting)
        return DONE

    # ---- phone books

    def _select_book(self, rest: str) -> Answer:
        """AT+CPBS (27.007, 8.11)."""
        if rest == TEST:
            return [f"+CPBS: {self._profile.books}"], OK
        if rest.startswith("=") and rest[1:] not in self._profile.books:
            return self._settings.cme(NOT_ALLOWED)
        return self._settings.answer("+CPBS", rest)

    def _read_book(self, rest: str) -> Answer:
        """AT+CPBR (27.007, 8.12); only the book of missed calls has entries, newest first."""
        if rest == TEST:
            return test("+CPBR")
        if self._settings.get("+CPBS") != '"MC"':
            return DONE
        bounds = [int(n) for n in re.findall(r"\d+", rest)]
        first, last = bounds[0], bounds[-1]
        return [
            f'+CPBR: {place},"{number}",{145 if number.startswith("+") else 129},""'
            for place, number in enumerate(self._calls.missed[:BOOK], 1)
            if first <= place <= last
        ], OK
