"""The simulated modem's volatile settings: as data what power-up leaves and what a value may be, and what AT+X says of each."""

import re
from collections.abc import Iterator

from modem.simulator.answers import DONE, OK, READ, TEST, Answer, cme

# What the network calls itself, and its number.
NETWORK, PLMN = "Testnet", "23415"
# Settings that a restart forgets, as they are after power-up; a profile adds those of its vendor.
POWER_UP = {
    "E": "1", "V": "1", "Q": "0", "S0": "0", "+CMEE": "0", "+CLIP": "0", "+CRC": "0", "+CCWA": "0", "+CSSN": "0,0",
    "+COLP": "0", "+CLIR": "0,0", "+CMGF": "0", "+CNMI": "0,0,0,0,0", "+CSMS": "0", "+CPMS": "SM,SM,SM", "+CMMS": "0",
    "+CSDH": "0", "+CREG": "0", "+CGREG": "0", "+CEREG": "0", "+CSCS": '"GSM"', "+CMER": "0,0,0,0,0", "+CFUN": "1",
    "+CTZU": "0", "+CPBS": '"SM"', "+CSMP": "17,167,0,0", "+COPS": "0,0", "+CTZR": "0", "+CSCA": '"+447802000332",145',
    "+CSCB": "0", "+CMOD": "0", "+CR": "0", "+CSTA": "129", "+CNAP": "0", "+CUSD": "0",
    "+IFC": "2,2", "+WS46": "25", "+CGEREP": "0,0",
}  # fmt: skip
# What a value must match; others are not looked at.
VALID = {
    "+CMEE": "[012]", "+CLIP": "[01]", "+CNAP": "[01]", "+CRC": "[01]", "+CCWA": "[01](,.*)?", "+CMGF": "[01]", "+CSMS": "[01]",
    "+CNMI": r"[0-3]?(,[0-3]?){0,2}(,[0-2]?)?(,[01]?)?", "+CREG": "[012]", "+CGREG": "[012]", "+CEREG": "[0-2]",
    "+CLCC": "[01]", "+CMMS": "[012]", "+CSCS": '"(GSM|IRA|UCS2|HEX)"', "+CFUN": r"[014](,[01])?", "+CSSN": "[01],[01]",
    "+COPS": r"[0-4](,.*)?", "+CTZU": "[01]", "+CTZR": "[0-2]", "+CSDH": "[01]",
    "+IFC": "[0-2](,[0-2])?", "+CGEREP": "[0-2](,[01])?",
}  # fmt: skip
RANGES = {
    "+CMGF": "(0-1)", "+CNMI": "(0-3),(0-3),(0,2),(0-2),(0,1)", "+CSMS": "(0,1)", "+CSCS": '("GSM","IRA","UCS2","HEX")',
    "+CPMS": '("SM","ME"),("SM","ME"),("SM","ME")', "+CMEE": "(0-2)", "+CREG": "(0-2)", "+CGREG": "(0-2)",
    "+CEREG": "(0-2)", "+CLIP": "(0,1)", "+CRC": "(0,1)", "+CCWA": "(0,1)", "+CLCC": "(0-1)", "+CMGL": "(0-4)",
    "+CPBR": "(1-50),40,16", "+CFUN": "(0,1,4),(0,1)", "+COPS": f'(2,"{NETWORK}","TN","{PLMN}"),,(0-4),(0-2)',
    "+CIND": '("battchg",(0-5)),("signal",(0-5)),("service",(0-1)),("call",(0-1)),("callsetup",(0-3))',
    "+CMER": "(0-3),(0),(0),(0-1),(0)", "+CHLD": "(0,1,2)", "+CMMS": "(0-2)", "+CSQ": "(0-31,99),(0-7,99)",
    "+CSSN": "(0,1),(0,1)", "+COLP": "(0,1)", "+CNAP": "(0,1)", "+CLIR": "(0-2)", "+CUSD": "(0-2)", "+CLCK": '("SC")',
    "+CTZU": "(0,1)", "+CTZR": "(0-2)", "+CSDH": "(0,1)", "+CSTA": "(129,145)", "+IFC": "(0-2),(0-2)",
    "+WS46": "(12,22,25)", "+CGEREP": "(0-2),(0,1)", "+CBC": "(0-3),(0-100)", "+CGATT": "(0,1)", "+CPAS": "(0,3,4)",
    "+CGDCONT": '(1-16),"IP",,,(0),(0)',
}  # fmt: skip
# Storages that AT+CPMS takes, with those they stand for; SR holds delivery reports (27.005).
STORAGES = {"SM": "SM", "ME": "ME", "MT": "ME", "SR": "SR"}


def test(name: str) -> Answer:
    """AT+X=?: what its values may be, where that is told."""
    return ([f"{name}: {RANGES[name]}"] if name in RANGES else []), OK


class Settings:
    """What the host has set, as it wrote it. vendor: the profile's own settings with their values after power-up."""

    def __init__(self, vendor: dict[str, str]) -> None:
        self._vendor = vendor
        self.power_up()

    def power_up(self) -> None:
        """Forget what the host has set."""
        self._values = POWER_UP | self._vendor

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def get(self, name: str) -> str:
        """The value of a setting. Raises KeyError where the modem does not know it."""
        return self._values[name]

    def put(self, name: str, value: str) -> None:
        """Change a setting, whatever the value."""
        self._values[name] = value

    def on(self, name: str) -> bool:
        """Is this setting there, and not off?"""
        return self._values.get(name, "0")[:1] not in ("0", "")

    # ---- what some of them say

    @property
    def echo(self) -> bool:
        """ATE1 (V.250, 6.2.4)."""
        return self.get("E") == "1"

    @property
    def storages(self) -> list[str]:
        """mem1 (listed, read and deleted), mem2 (written and sent from) and mem3 (received) of AT+CPMS (27.005, 3.2.2)."""
        return self.get("+CPMS").split(",")

    @property
    def announcements(self) -> tuple[int, int]:
        """<mt> and <ds> of AT+CNMI (27.005, 3.4.1)."""
        fields = self.get("+CNMI").split(",")
        return int(fields[1]), int(fields[3])

    # ---- answers

    def cme(self, code: int) -> Answer:
        """An error as AT+CMEE wants it (27.007, 9.1)."""
        return cme(self.get("+CMEE"), code)

    def unknown(self) -> Answer:
        """There is no such command."""
        return self.cme(100)

    def answer(self, name: str, rest: str) -> Answer:
        """AT+X=?, AT+X? and AT+X=value of what is only remembered."""
        if name not in self:
            return self.unknown()
        if rest == TEST:
            return test(name)
        if rest == READ:
            return [f"{name}: {self.get(name)}"], OK
        if rest.startswith("="):
            if not re.fullmatch(VALID.get(name, ".*"), rest[1:].strip()):
                return self.cme(50)
            self.put(name, rest[1:].strip())
        return DONE
