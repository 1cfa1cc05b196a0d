"""What the simulated modem answers about USSD, the codes by which a network is asked for a balance (27.007, 7.15)."""

import re

from modem.simulator.answers import DONE, Answer, Handler, needs
from modem.simulator.charset import DEFAULT, from_host, to_host
from modem.simulator.conditions import Conditions
from modem.simulator.settings import Settings
from modem.simulator.sim import Sim
from modem.simulator.terminal import Terminal

# <n> of AT+CUSD that ends a session, and <m> of +CUSD: no more is asked; the network does not know this.
CANCEL = "2"
DONE_WITH, NOT_SUPPORTED = 0, 4
# +CME ERROR (27.007, 9.2).
INCORRECT, NO_NETWORK = 50, 30


class UssdCommands:
    """AT+CUSD; which codes there are, and their answers, is a condition."""

    def __init__(self, conditions: Conditions, terminal: Terminal, settings: Settings, sim: Sim) -> None:
        self._conditions = conditions
        self._terminal = terminal
        self._settings = settings
        self._sim = sim

    def handlers(self) -> dict[str, Handler]:
        """By the name of the command."""
        return {"+CUSD": needs(self._sim.trouble, self._settings.cme, self._ask)}

    def _ask(self, rest: str) -> Answer:
        """AT+CUSD=<n>,<str>,<dcs>: the network's answer comes later, by itself, where <n> is 1."""
        asked = re.fullmatch(r'=([012])(?:,"([^"]*)"(?:,(\d+))?)?', rest)
        if not asked:
            return (
                self._settings.cme(INCORRECT) if rest[1:2].isdigit() else self._settings.answer("+CUSD", rest)
            )
        if asked[1] != CANCEL:
            self._settings.put("+CUSD", asked[1])
        if not asked[2] or asked[1] == CANCEL:
            return DONE
        if not self._sim.registered:
            return self._settings.cme(NO_NETWORK)
        code = from_host(asked[2], self._charset, int(asked[3] or DEFAULT))
        self._terminal.later(self._conditions.network_delay, lambda: self._answered(code))
        return DONE

    @property
    def _charset(self) -> str:
        return self._settings.get("+CSCS").strip('"')

    def _answered(self, code: str) -> None:
        """The network's answer to this code, if the host still wants to be told; a restart has forgotten that."""
        if not self._settings.on("+CUSD"):
            return
        answer = self._conditions.ussd.get(code)
        if answer is None:
            self._terminal.say(f"+CUSD: {NOT_SUPPORTED}")
        else:
            string, dcs = to_host(answer, self._charset)
            self._terminal.say(f'+CUSD: {DONE_WITH},"{string}",{dcs}')
