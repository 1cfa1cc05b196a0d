"""What the simulated modem says of itself, of the SIM, of the network and of calls when it is asked (27.007)."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from modem.simulator.exchange import OK, Answer
from modem.simulator.settings import RANGES

if TYPE_CHECKING:
    from modem.simulator.machine import Machine

Handler = Callable[["Machine", str], Answer]


def _fixed(lines: Callable[["Machine"], list[str]], needs_sim: bool = False) -> Handler:
    """Answers the same to AT+X and AT+X?, and OK to AT+X=?."""

    def answer(sim: "Machine", rest: str) -> Answer:
        if rest == "=?":
            return [], OK
        if needs_sim and (code := sim.sim_trouble()):
            return sim.exchange.cme(code)
        return lines(sim), OK

    return answer


def _registration(key: str) -> Handler:
    def answer(sim: "Machine", rest: str) -> Answer:
        if rest != "?":
            return sim.exchange.setting(key, rest)
        mode, state = sim.get(key), sim.registration_shown
        cell = ',"00C3","0001A2B3"' if mode == "2" and state in (1, 5) else ""
        return [f"{key}: {mode},{state}{cell}"], OK

    return answer


def _iccid(key: str) -> Handler:
    def answer(sim: "Machine", rest: str) -> Answer:
        if sim.profile.iccid != key:
            return sim.exchange.unknown()
        code = sim.sim_trouble()
        return sim.exchange.cme(code) if code else ([f"{key}: {sim.iccid}"], OK)

    return answer


def _pin(sim: "Machine", rest: str) -> Answer:
    """AT+CPIN. Three wrong ones lock the SIM until a PUK, which nobody here knows."""
    code = sim.sim_trouble(pin=False)
    if code:
        return sim.exchange.cme(code)
    if rest == "=?":
        return [], OK
    if rest.startswith("="):
        if not sim.unlock(rest[1:].strip().strip('"')):
            return sim.exchange.cme(16)
        return [], OK
    wanted = "SIM PUK" if not sim.pin_tries else "SIM PIN"
    return [f"+CPIN: {wanted if sim.locked else 'READY'}"], OK


def _cpinr(sim: "Machine", rest: str) -> Answer:
    """AT+CPINR (27.007 8.65): how many tries are left; many modems do not know it."""
    if not sim.counts_pins:
        return sim.exchange.unknown()
    return [f"+CPINR: SIM PIN,{sim.pin_tries},3"], OK


def _cops(sim: "Machine", rest: str) -> Answer:
    if rest == "?":
        fields = sim.get("+COPS").split(",")
        shape = fields[1] if len(fields) > 1 and fields[1] else "0"
        name = "23415" if shape == "2" else "Testnet"
        return [f'+COPS: 0,{shape},"{name}"' if sim.registered else "+COPS: 0"], OK
    return sim.exchange.setting("+COPS", rest)


def _cfun(sim: "Machine", rest: str) -> Answer:
    if rest.replace(" ", "") == "=1,1":
        sim.later(0.1, sim.restart)
        return [], OK
    return sim.exchange.setting("+CFUN", rest)


def _clip(sim: "Machine", rest: str) -> Answer:
    return ([f"+CLIP: {sim.get('+CLIP')},1"], OK) if rest == "?" else sim.exchange.setting("+CLIP", rest)


def _clcc(sim: "Machine", rest: str) -> Answer:
    """AT+CLCC; SIMCom takes AT+CLCC=1 besides, to print changes by itself."""
    if not sim.profile.lists_calls:
        return sim.exchange.unknown()
    if rest.startswith("=") or rest == "?":
        if "+CLCC" in sim.profile.own:
            return sim.exchange.setting("+CLCC", rest)
        return ([], OK) if rest == "=?" else sim.exchange.cme(50)
    return sim.calls.listing(), OK


def _qindcfg(sim: "Machine", rest: str) -> Answer:
    """AT+QINDCFG="ccinfo",1,0; the other kinds are taken and forgotten."""
    if "+QINDCFG" not in sim.profile.own:
        return sim.exchange.unknown()
    if matched := re.match(r'="ccinfo",([01])', rest):
        sim.exchange.settings["+QINDCFG"] = matched[1]
    return [], OK


def _chup(sim: "Machine", rest: str) -> Answer:
    if rest != "=?":
        sim.calls.hang_up()
    return [], OK


def _chld(sim: "Machine", rest: str) -> Answer:
    """AT+CHLD=0 rejects the waiting call, 1 ends the active one and takes the other, 2 holds it and takes the other."""
    calls = sim.calls
    if rest in ("=?", "?"):
        return [f"+CHLD: {RANGES['+CHLD']}"], OK
    waiting, active = calls.first("waiting", "held"), calls.first("active")
    if rest == "=0":
        if not waiting:
            return sim.exchange.cme(3)
        calls.end(waiting, "rejected")
        return [], OK
    if not waiting:
        return sim.exchange.cme(3)
    waiting.state = "incoming"
    if active and rest == "=1":
        calls.end(active, "released")
    elif active:
        active.state = "held"
    calls.connect(waiting)
    return [], OK


def _cpbs(sim: "Machine", rest: str) -> Answer:
    if rest == "=?":
        return [f"+CPBS: {sim.profile.books}"], OK
    if rest.startswith("=") and rest[1:] not in sim.profile.books:
        return sim.exchange.cme(3)
    return sim.exchange.setting("+CPBS", rest)


def _cpbr(sim: "Machine", rest: str) -> Answer:
    """The phone books; only that of missed calls has entries, newest first."""
    if rest == "=?":
        return [f"+CPBR: {RANGES['+CPBR']}"], OK
    if sim.get("+CPBS") != '"MC"':
        return [], OK
    bounds = [int(n) for n in re.findall(r"\d+", rest)]
    first, last = bounds[0], bounds[-1]
    return [
        f'+CPBR: {place},"{number}",{145 if number.startswith("+") else 129},""'
        for place, number in enumerate(sim.calls.missed[:10], 1)
        if first <= place <= last
    ], OK


def _cind(sim: "Machine", rest: str) -> Answer:
    if rest == "=?":
        return [f"+CIND: {RANGES['+CIND']}"], OK
    call = int(bool(sim.calls.first("active")))
    setup = int(bool(sim.calls.first("incoming", "waiting")))
    return [f"+CIND: 5,4,{int(sim.registered)},{call},{setup}"], OK


def _clac(sim: "Machine", rest: str) -> Answer:
    """Everything known, one line each (27.007 CLAC)."""
    names = {key for key in sim.exchange.settings if len(key) > 2} | (
        set(HANDLERS) - {"+CCID", "+QCCID", "^ICCID"}
    )
    return ["\r\n".join(f"AT{name}" for name in sorted(names))], OK


HANDLERS: dict[str, Handler] = {
    "+CGMI": _fixed(lambda sim: [sim.profile.maker]),
    "+GMI": _fixed(lambda sim: [sim.profile.maker]),
    "+CGMM": _fixed(lambda sim: [sim.profile.model]),
    "+GMM": _fixed(lambda sim: [sim.profile.model]),
    "+CGMR": _fixed(lambda sim: [sim.profile.revision]),
    "+GMR": _fixed(lambda sim: [sim.profile.revision]),
    "+CGSN": _fixed(lambda sim: [sim.imei]),
    "+GSN": _fixed(lambda sim: [sim.imei]),
    "+CIMI": _fixed(lambda sim: [sim.imsi], needs_sim=True),
    "+CNUM": _fixed(
        lambda sim: [f'+CNUM: "","{sim.own_number}",145'] if sim.own_number else [], needs_sim=True
    ),
    "+CSQ": _fixed(lambda sim: [f"+CSQ: {sim.signal},0"]),
    "+CBC": _fixed(lambda sim: ["+CBC: 0,90,4100"]),
    "+CCLK": _fixed(lambda sim: [f'+CCLK: "{sim.network_time()}"']),
    "+CEER": _fixed(lambda sim: [f"+CEER: {sim.calls.last_cause}"]),
    "+GCAP": _fixed(lambda sim: ["+GCAP: +CGSM"]),
    "+CGATT": _fixed(lambda sim: [f"+CGATT: {int(sim.registered)}"]),
    "+CPAS": _fixed(lambda sim: [f"+CPAS: {4 if sim.calls.first('active') else 3 if sim.calls.live else 0}"]),
    "+CCID": _iccid("+CCID"),
    "+QCCID": _iccid("+QCCID"),
    "+CICCID": _iccid("+CICCID"),
    "^ICCID": _iccid("^ICCID"),
    "+ICCID": _iccid("+ICCID"),
    "+CREG": _registration("+CREG"),
    "+CGREG": _registration("+CGREG"),
    "+CEREG": _registration("+CEREG"),
    "+CPIN": _pin,
    "+CPINR": _cpinr,
    "+COPS": _cops,
    "+CFUN": _cfun,
    "+CLIP": _clip,
    "+CLCC": _clcc,
    "+QINDCFG": _qindcfg,
    "+CHUP": _chup,
    "+CHLD": _chld,
    "+CPBS": _cpbs,
    "+CPBR": _cpbr,
    "+CIND": _cind,
    "+CLAC": _clac,
}
