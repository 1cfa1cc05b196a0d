"""What the simulated modem says of itself, of its SIM and of the network when it is asked (27.007)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from modem.simulator.answers import DONE, OK, READ, TEST, Answer, Handler, needs
from modem.simulator.command_line import RESTART
from modem.simulator.conditions import Conditions
from modem.simulator.faults import Break
from modem.simulator.profiles import Profile
from modem.simulator.settings import NETWORK, PLMN, Settings, test
from modem.simulator.sim import HOME, ROAMING, Sim
from modem.simulator.terminal import Terminal

# From the OK of AT+CFUN=1,1 to the restart (seconds).
RESTARTS_AFTER = 0.1
WRONG_PIN = 16


class DeviceCommands:
    """Who the modem is, its SIM, its registration."""

    def __init__(
        self, profile: Profile, conditions: Conditions, terminal: Terminal, settings: Settings, sim: Sim
    ) -> None:
        self._profile = profile
        self._conditions = conditions
        self._terminal = terminal
        self._settings = settings
        self._sim = sim

    def handlers(self) -> dict[str, Handler]:
        """By the name of the command."""
        profile, conditions, sim = self._profile, self._conditions, self._sim
        needs_sim = partial(needs, sim.trouble, self._settings.cme)
        return {
            **dict.fromkeys(("+CGMI", "+GMI"), _fixed("+CGMI", lambda: [profile.maker])),
            **dict.fromkeys(("+CGMM", "+GMM"), _fixed("+CGMM", lambda: [profile.model])),
            **dict.fromkeys(("+CGMR", "+GMR"), _fixed("+CGMR", lambda: [profile.revision])),
            **dict.fromkeys(("+CGSN", "+GSN"), _fixed("+CGSN", lambda: [conditions.imei])),
            "+GCAP": _fixed("+GCAP", lambda: ["+GCAP: +CGSM"]),
            "+CBC": _fixed("+CBC", lambda: ["+CBC: 0,90,4100"]),
            "+CCLK": _fixed("+CCLK", lambda: [f'+CCLK: "{_clock(conditions.clock_offset)}"']),
            "+CFUN": self._cfun,
            "+CIMI": needs_sim(_fixed("+CIMI", lambda: [conditions.imsi])),
            "+CNUM": needs_sim(_fixed("+CNUM", self._own_number)),
            profile.iccid: needs_sim(_fixed(profile.iccid, lambda: [f"{profile.iccid}: {conditions.iccid}"])),
            "+CPIN": self._pin,
            "+CPINR": self._tries,
            "+CSQ": _fixed("+CSQ", lambda: [f"+CSQ: {conditions.signal},0"]),
            # no context of data is kept
            "+CGDCONT": _fixed("+CGDCONT", list),
            "+CGATT": _fixed("+CGATT", lambda: [f"+CGATT: {int(sim.registered)}"]),
            "+CREG": self._registration("+CREG"),
            "+CGREG": self._registration("+CGREG"),
            "+CEREG": self._registration("+CEREG"),
            "+COPS": self._operator,
        }

    def _cfun(self, rest: str) -> Answer:
        """AT+CFUN (27.007, 8.2)."""
        if rest.replace(" ", "") == RESTART.removeprefix("AT+CFUN"):
            self._terminal.later(RESTARTS_AFTER, lambda: self._terminal.break_down(Break.RESET))
            return DONE
        return self._settings.answer("+CFUN", rest)

    # ---- the SIM

    def _own_number(self) -> list[str]:
        """AT+CNUM (27.007, 7.1)."""
        number = self._conditions.own_number
        return [f'+CNUM: "","{number}",145'] if number else []

    def _pin(self, rest: str) -> Answer:
        """AT+CPIN (27.007, 8.3)."""
        if code := self._sim.trouble(pin=False):
            return self._settings.cme(code)
        if rest == TEST:
            return DONE
        if rest.startswith("="):
            right = self._sim.unlock(rest[1:].strip().strip('"'))
            return DONE if right else self._settings.cme(WRONG_PIN)
        return [f"+CPIN: {self._sim.wanted}"], OK

    def _tries(self, rest: str) -> Answer:
        """AT+CPINR (27.007, 8.65): how many tries are left; many modems do not know it."""
        if not self._conditions.counts_pins:
            return self._settings.unknown()
        return [f"+CPINR: SIM PIN,{self._conditions.pin_tries},3"], OK

    # ---- the network

    def _registration(self, name: str) -> Handler:
        """AT+CREG and its kin (27.007, 7.2, 10.1.20, 10.1.22): with a cell where the setting is 2."""

        def answer(rest: str) -> Answer:
            if rest != READ:
                return self._settings.answer(name, rest)
            mode, state = self._settings.get(name), self._sim.registration
            cell = ',"00C3","0001A2B3"' if mode == "2" and state in (HOME, ROAMING) else ""
            return [f"{name}: {mode},{state}{cell}"], OK

        return answer

    def _operator(self, rest: str) -> Answer:
        """AT+COPS (27.007, 7.3): by name, or by number where <format> is 2."""
        if rest != READ:
            return self._settings.answer("+COPS", rest)
        fields = self._settings.get("+COPS").split(",")
        shape = fields[1] if len(fields) > 1 and fields[1] else "0"
        name = PLMN if shape == "2" else NETWORK
        return [f'+COPS: 0,{shape},"{name}"' if self._sim.registered else "+COPS: 0"], OK


def _fixed(name: str, lines: Callable[[], list[str]]) -> Handler:
    """Answers the same to AT+X and AT+X?, and to AT+X=? what may come of it."""
    return lambda rest: test(name) if rest == TEST else (lines(), OK)


def _clock(offset: float) -> str:
    """What AT+CCLK says (27.007, 8.15), in UTC; offset: seconds that it is fast."""
    return f"{datetime.now(UTC) + timedelta(seconds=offset):%y/%m/%d,%H:%M:%S}+00"
