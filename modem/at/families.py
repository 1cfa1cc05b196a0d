"""What differs between vendors, as data: who is who, and what makes each tell the state of its calls."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """One family of modems."""

    name: str  # what `family` in config.ini may say
    makers: re.Pattern[str]  # found in what AT+CGMI and AT+CGMM answer
    init: tuple[str, ...] = ()  # sent after the settings of all; errors are ignored, since firmwares differ
    indicators: bool = False  # +CIEV tells of calls, and AT+CIND=? says which index means what


def _family(name: str, makers: str, *init: str, indicators: bool = False) -> Family:
    return Family(name, re.compile(makers, re.IGNORECASE), init, indicators)


# The first whose makers match is taken; the last matches all. Names are those of `family` in config.ini.
FAMILIES = (
    _family("huawei", "huawei", "AT^PORTSEL=0", "AT^CURC=1"),
    _family("simcom-lte", r"SIM[ _]?7\d{3}|\bA76\d", "AT+CLCC=1", "AT+CVHU=0"),
    _family("simcom-2g", r"SIMCOM|SIM[ _]?[89]\d\d", "AT+CLCC=1"),
    _family("quectel", "quectel", 'AT+QURCCFG="urcport","all"', 'AT+QINDCFG="ccinfo",1,0', "AT^DSCI=1"),
    _family("telit", "telit", "AT#ECAM=1", "AT&C0"),
    _family("u-blox", "u-?blox", "AT+UCALLSTAT=1"),
    _family("cinterion", "cinterion|gemalto|siemens|thales", "AT^SLCC=1"),
    _family("zte", "zte"),
    _family("wavecom", "wavecom|sierra", "AT+WIND=127"),
    _family("ericsson-phone", "ericsson", "AT*ECAM=1", "AT+CMER=3,0,0,1", indicators=True),
    _family("ai-thinker", r"ai-?thinker|\brda|\bA9G?\b|\bG?A6\b"),
    _family("infineon", "infineon|intel", "AT+XCALLSTAT=1"),
    _family("hfp", "nokia|samsung|android|motorola", "AT+CMER=3,0,0,1", indicators=True),
    _family("generic", ""),
)


def family_of(identity: str, chosen: str = "auto") -> Family:
    """The family that config.ini names (chosen), else the one that the modem's own words tell. identity: what
    AT+CGMI and AT+CGMM answer. Raises KeyError for a name that is none.

    >>> family_of("huawei E173").name, family_of("SIMCOM_SIM7600E-H").name, family_of("SIMCOM_Ltd SIM800L").name
    ('huawei', 'simcom-lte', 'simcom-2g')
    """
    by_name = {family.name: family for family in FAMILIES}
    if chosen != "auto":
        return by_name[chosen]
    return next(family for family in FAMILIES if family.makers.search(identity))


def indicator_names(line: str) -> dict[str, str]:
    """What the indices of +CIEV mean, from the answer to AT+CIND=? (27.007 CIND).

    >>> indicator_names('+CIND: ("battchg",(0-5)),("call",(0-1)),("callsetup",(0-3))')
    {'1': 'battchg', '2': 'call', '3': 'callsetup'}
    """
    names = re.findall(r'\("?([A-Za-z_ ]+)"?,', line)
    return {str(place): re.sub("[_ ]", "", name.lower()) for place, name in enumerate(names, 1)}
