"""What each vendor's modem says of itself and of calls, as data; templates are filled by `calls`.

In call lines: {i} index, {d} direction (1 incoming), {n} number, {bare} number without its +, {t} type of number,
{a} name, {s} seconds connected, {c} Q.850 cause, {clock} the module's time, {slcc} the whole list of ^SLCC.
"""

from dataclasses import dataclass, field, replace

Lines = tuple[str, ...]
# Moment of a call -> what is printed. Incoming: `incoming` before the first RING, `rung` after it, `waiting` in place
# of RING during another call, `connected`; at its end `ended` and one of `missed`, `rejected` (by the host before),
# `answered` (given up by the caller after), `released` (by the host after), `dropped` (while waiting).
# Outgoing: `dialled`, `alerting`, `picked_up`, `hung_up`.
Moments = dict[str, Lines]

# How a call ends -> Q.850 cause.
CAUSES = {
    "caller": 16,
    "network": 19,
    "elsewhere": 26,
    "rejected": 21,
    "answered": 16,
    "released": 16,
    "silent": 16,
}
# How a line may be framed; the first is V.250's.
FRAMES = {
    "normal": "\r\n{}\r\n",
    "doubled": "\r\n\r\n{}\r\n\r\n",
    "crcrlf": "\r\r\n{}\r\r\n",
    "glued": "{}\r\n",
    "bare": "{}\r",
}


@dataclass(frozen=True)
class Profile:
    """One kind of modem. spacing: seconds between RINGs. calls: switch -> the lines printed while that setting is on
    ("" stands for always), in the order of printing. own: the vendor's settings with their values after power-up.
    reports_in: where delivery reports are stored, mem3 of AT+CPMS if empty."""

    name: str
    maker: str = "Generic"
    model: str = "GSM modem"
    revision: str = "1.0"
    imei: str = "490154203237518"
    frame: str = "normal"
    spacing: float = 5.0
    clip: str = '+CLIP: "{n}",{t},"",0,"{a}",0'
    clip_withheld: str = '+CLIP: "",128,"",,"",1'
    banner: Lines = ("RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready", "SMS Ready")
    lists_calls: bool = True
    calls: dict[str, Moments] = field(default_factory=dict)
    noise: Lines = ()
    iccid: str = "+CCID"
    own: dict[str, str] = field(default_factory=dict)
    full: str = '^SMMEMFULL: "{}"'
    reports_in: str = ""
    books: str = '("SM","ME","MC","RC","DC","ON")'


def _states(template: str, **codes: int | str) -> Moments:
    return {moment: (template.replace("STATE", str(code)),) for moment, code in codes.items()}


_CONNECTED: Moments = {"answered": ("NO CARRIER",), "hung_up": ("NO CARRIER",)}
_ENDS: Moments = _CONNECTED | {"missed": ("NO CARRIER",)}
_CLCC = '+CLCC: {i},{d},STATE,0,0,"{n}",{t},"{a}"'
_SIMCOM = {
    "waiting": 5,
    "connected": 0,
    "ended": 6,
    "dialled": 2,
    "alerting": 3,
    "picked_up": 0,
    "hung_up": 6,
}
_CCINFO = '+QIND: "ccinfo",{i},{d},STATE,0,0,"{n}",{t}'
_DSCI = "^DSCI: {i},{d},STATE,0,{bare},{t},0"

GENERIC = Profile("generic", calls={"": _ENDS})
_HUAWEI = Profile(
    "huawei",
    maker="huawei",
    model="E173",
    revision="11.126.85.00.209",
    imei="353443041234562",
    clip='+CLIP: "{n}",{t},,,,0',
    clip_withheld='+CLIP: "",128,,,,1',
    banner=("^SIMST:1", "^SRVST:2", "^BOOT:20952548,0,0,0,72"),
    calls={
        "": {
            "incoming": ("^RSSI:17",),
            "connected": ("^CONN:{i},0",),
            "missed": ("^CEND:{i},0,104,{c}",),
            "dropped": ("^CEND:{i},0,104,{c}",),
            "rejected": ("^CEND:{i},0,102,21",),
            "answered": ("^CEND:{i},{s},104,16",),
            "released": ("^CEND:{i},{s},29,16",),
            "dialled": ("^ORIG:{i},0",),
            "alerting": ("^CONF:{i}",),
            "picked_up": ("^CONN:{i},0",),
            "hung_up": ("^CEND:{i},{s},104,16",),
        }
    },
    noise=("^RSSI:18", "^MODE:5,4", "^BOOT:20952548,0,0,0,72", '^HCSQ:"WCDMA",55,50,60'),
    iccid="^ICCID",
    own={"^CURC": "1", "^PORTSEL": "0", "^DDSETEX": "0", "^U2DIAG": "0", "^CVOICE": "0,8000,16,20"},
)
_SIM7600 = Profile(
    "sim7600",
    maker="SIMCOM INCORPORATED",
    model="SIMCOM_SIM7600E-H",
    revision="LE20B04SIM7600M22",
    imei="862636041234568",
    frame="crcrlf",
    spacing=7.0,
    clip='+CLIP: "{n}",{t},,,,0',
    clip_withheld='+CLIP: "",128,,,,1',
    banner=("RDY", "+CPIN: READY", "SMS DONE", "PB DONE"),
    calls={
        "": {
            "connected": ("VOICE CALL: BEGIN",),
            "missed": ("VOICE CALL: END", "NO CARRIER", "MISSED_CALL: {clock} {bare}"),
            "rejected": ("VOICE CALL: END",),
            "answered": ("VOICE CALL: END: {s:06}", "NO CARRIER"),
            "released": ("VOICE CALL: END: {s:06}",),
            "dialled": ("VOICE CALL: BEGIN",),
            "hung_up": ("VOICE CALL: END: {s:06}", "NO CARRIER"),
        },
        "+CLCC": _states('+CLCC: {i},{d},STATE,0,0,"{n}",{t}', rung=4, **_SIMCOM),
    },
    iccid="+CICCID",
    own={"+CLCC": "0", "+CVHU": "1", "+CLTS": "0", "+AUTOCSQ": "0,0", "+CNSMOD": "0"},
    full="+SMS FULL",
)
_QUECTEL = Profile(
    "quectel",
    maker="Quectel",
    model="EC25",
    revision="EC25EFAR06A06M4G",
    imei="861107031234564",
    spacing=6.0,
    clip='+CLIP: "{n}",{t},,,,0',
    clip_withheld='+CLIP: "",128,,,,1',
    banner=("RDY", "+CFUN: 1", "+CPIN: READY", "+QUSIM: 1", "+QIND: SMS DONE", "+QIND: PB DONE"),
    calls={
        "+QINDCFG": _states(_CCINFO, incoming=4, **(_SIMCOM | {"ended": -1, "hung_up": -1})),
        "^DSCI": _states(
            _DSCI,
            rung=4,
            waiting=5,
            connected=3,
            ended=6,
            dialled=2,
            alerting=7,
            picked_up=3,
            hung_up=6,
        ),
        "": _ENDS,
    },
    iccid="+QCCID",
    own={"+QINDCFG": "0", "^DSCI": "0", "+QURCCFG": '"urcport","usbat"', "+QCFG": ""},
    full='+QIND: "smsfull","{}"',
)

PROFILES = {
    profile.name: profile
    for profile in (
        GENERIC,
        _HUAWEI,
        replace(
            _HUAWEI,
            name="huawei-gtm",
            maker="HUAWEI",
            model="GTM900-C",
            banner=(),
            calls={
                "": {
                    "connected": ("^CONN:{i},0",),
                    "missed": ("^CEND: {i},0, 67, 21", "NO CARRIER"),
                    "dropped": ("^CEND: {i},0, 67, 21",),
                    "rejected": ("^CEND: {i},0, 67, 21",),
                    "answered": ("^CEND: {i},{s}, 67, 16", "NO CARRIER"),
                    "released": ("^CEND: {i},{s}, 67, 16",),
                    "dialled": ("^ORIG:{i},0",),
                    "alerting": ("^CONF:{i}",),
                    "picked_up": ("^CONN:{i},0",),
                    "hung_up": ("^CEND: {i},{s}, 67, 16", "NO CARRIER"),
                }
            },
            noise=(),
        ),
        Profile(
            "sim800",
            maker="SIMCOM_Ltd",
            model="SIMCOM_SIM800L",
            revision="1418B05SIM800L24",
            imei="866782041234565",
            spacing=3.0,
            clip_withheld='+CLIP: "",128,"",,"",0',
            calls={"+CLCC": _states(_CLCC, incoming=4, **_SIMCOM), "": _ENDS},
            own={"+CLCC": "0", "+CLTS": "0", "+MORING": "0", "+IPR": "0"},
            full='+SMS FULL: "{}"',
        ),
        _SIM7600,
        replace(
            _SIM7600,
            name="sim7600-missed",
            model="SIMCOM_SIM7600G-H",
            calls={
                "": _SIM7600.calls[""]
                | {
                    "missed": ("MISSED_CALL: {clock} {bare}",),
                    "rejected": (),
                    "answered": ("VOICE CALL: END: {s:06}",),
                }
            },
            own=_SIM7600.own | {"+CRC": "1"},
        ),
        _QUECTEL,
        replace(
            _QUECTEL,
            name="quectel-dsci",
            model="UC20",
            calls={switch: lines for switch, lines in _QUECTEL.calls.items() if switch != "+QINDCFG"},
            own={"^DSCI": "0", "+QURCCFG": '"urcport","usbat"', "+QCFG": ""},
        ),
        replace(
            GENERIC,
            name="silent",
            model="ring just stops",
            lists_calls=False,
            calls={"": _CONNECTED},
            spacing=4.0,
        ),
        replace(
            GENERIC,
            name="silent-clcc",
            model="ring just stops, but lists calls",
            calls={"": _CONNECTED},
            spacing=4.0,
        ),
        Profile(
            "telit",
            maker="Telit",
            model="LE910C1-EU",
            revision="25.20.674",
            calls={
                "#ECAM": _states("#ECAM: 0,STATE,1,,,", incoming=6, waiting=5, connected=3, ended=0)
                | {"dialled": ('#ECAM: 0,1,1,,,"{n}",{t}', "#ECAM: 0,2,1,,,")}
                | _states("#ECAM: 0,STATE,1,,,", picked_up=3, hung_up=0),
                "": _ENDS,
            },
            own={"#ECAM": "0", "#QSS": "0", "#CLIPCFG": "0"},
        ),
        Profile(
            "ublox",
            maker="u-blox",
            model="SARA-U201",
            revision="23.60",
            banner=("+AT: READY", "+PBREADY"),
            calls={
                "+UCALLSTAT": _states("+UCALLSTAT: {i},STATE", rung=4, waiting=5, ended=6)
                | {"connected": ("+UCALLSTAT: {i},7", "+UCALLSTAT: {i},0")}
                | _states("+UCALLSTAT: {i},STATE", dialled=2, alerting=3, picked_up=0, hung_up=6),
                "": _ENDS,
            },
            own={"+UCALLSTAT": "0", "+UPSV": "0"},
        ),
        Profile(
            "cinterion",
            maker="Cinterion",
            model="EHS6",
            revision="REVISION 03.001",
            clip='+CLIP: "{n}",{t},,,,0',
            clip_withheld='+CLIP: "",128,,,,1',
            banner=("^SYSSTART", "+PBREADY"),
            calls={
                "^SLCC": dict.fromkeys(
                    (
                        "incoming",
                        "waiting",
                        "connected",
                        "ended",
                        "dialled",
                        "alerting",
                        "picked_up",
                        "hung_up",
                    ),
                    ("{slcc}",),
                ),
                "": _ENDS,
            },
            own={"^SLCC": "0", "^SIND": "", "^SM20": "1,1"},
            reports_in="SR",
        ),
        Profile(
            "zte",
            maker="ZTE CORPORATION",
            model="MF190",
            revision="BD_MF190V1.0.0B05",
            clip='+CLIP: "{n}",{t},,,,0',
            clip_withheld='+CLIP: "",128,,,,1',
            banner=("+ZUSIMR:2",),
            calls={
                "": {
                    "incoming": ("+ZUSIMR:2",),
                    "connected": ("VOICE CONNECT",),
                    "missed": ("VOICE NO CARRIER : {c}", "STOPRING"),
                    "rejected": ("STOPRING", "NO CARRIER"),
                    "answered": ("HANGUP: 1",),
                    "alerting": ("RINGBACK",),
                    "hung_up": ("HANGUP: 1",),
                }
            },
            noise=("+ZUSIMR:2", '+ZDONR: "Testnet",234,15,"CS_ONLY","ROAM_OFF"', '+ZPASR: "UMTS"'),
            own={"%ICSCALL": "0,0", "+ZSNT": "0,0,0"},
            full='+ZSMMEMFULL: "{}"',
        ),
        Profile(
            "wavecom",
            maker="WAVECOM MODEM",
            model="MULTIBAND  900E  1800",
            revision="657e09gg.Q2406B",
            clip='+CLIP: "{n}",{t}',
            clip_withheld='+CLIP: "",128',
            banner=("+WIND: 1", "+WIND: 7", "+WIND: 4"),
            calls={
                "+WIND": _states("+WIND: STATE,{i}", incoming=5, ended=6, dialled=5, hung_up=6)
                | {"alerting": ("+WIND: 2",)},
                "": _ENDS,
            },
            own={"+WIND": "0"},
            reports_in="SR",
        ),
        Profile(
            "ericsson",
            maker="Sony Ericsson",
            model="K800",
            revision="R8BF003",
            lists_calls=False,
            clip='+CLIP: "{n}",{t},,,""',
            clip_withheld='+CLIP: "",161,,,""',
            calls={
                "*ECAM": _states("*ECAV: {i},STATE,1", rung=6, waiting=5, connected=3)
                | {"ended": ("*ECAV: {i},0,1,08,{c:03}",), "dialled": ('*ECAV: {i},1,1,,,"{n}",{t}',)}
                | _states("*ECAV: {i},STATE,1", alerting=2, picked_up=3)
                | {"hung_up": ("*ECAV: {i},0,1,08,016",)}
            },
            own={"*ECAM": "0"},
        ),
        Profile(
            "a9g",
            maker="Ai-Thinker",
            model="A9G",
            revision="V02.01.20180427R",
            spacing=1.0,
            clip='+CLIP: "{n}",{t}',
            clip_withheld='+CLIP: "",128',
            lists_calls=False,
            banner=("Ai_Thinker_Co._LTD", "READY", "+CREG: 1"),
            calls={
                "": {
                    "connected": ('+CIEV: "CALL",1', "CONNECT"),
                    "dialled": ('+CIEV: "CALL",1', '+CIEV: "SOUNDER",1'),
                    "hung_up": ('+CIEV: "SOUNDER",0', '+CIEV: "CALL",0'),
                }
                # While another call runs the indicator stays at 1: of one that waited nothing tells.
                | dict.fromkeys(("missed", "rejected", "answered", "released"), ('+CIEV: "CALL",0',))
            },
        ),
        Profile(
            "infineon",
            maker="Infineon",
            model="XMM6260",
            clip='+CLIP: "{n}",{t},,,,0',
            clip_withheld='+CLIP: "",128,,,,1',
            banner=(),
            calls={
                "+XCALLSTAT": _states("+XCALLSTAT: {i},STATE", incoming=4, waiting=5, connected=0, ended=6)
                | _states("+XCALLSTAT: {i},STATE", dialled=2, alerting=3, picked_up=0, hung_up=6)
            },
            own={"+XCALLSTAT": "0"},
        ),
        Profile(
            "hfp",
            maker="Nokia",
            model="Phone over Bluetooth",
            spacing=3.0,
            clip='+CLIP: "{n}",{t}',
            clip_withheld='+CLIP: "",128',
            banner=(),
            calls={
                "+CMER": {
                    "incoming": ("+CIEV: 5,1",),
                    "waiting": ("+CIEV: 5,1",),
                    "dropped": ("+CIEV: 5,0",),
                    "connected": ("+CIEV: 4,1", "+CIEV: 5,0"),
                    "missed": ("+CIEV: 5,0",),
                    "rejected": ("+CIEV: 5,0",),
                    "answered": ("+CIEV: 4,0",),
                    "released": ("+CIEV: 4,0",),
                    "dialled": ("+CIEV: 5,2",),
                    "alerting": ("+CIEV: 5,3",),
                    "picked_up": ("+CIEV: 4,1", "+CIEV: 5,0"),
                    "hung_up": ("+CIEV: 4,0",),
                }
            },
        ),
    )
}
