"""Vendors with one profile each."""

from modem.simulator.profiles.profile import ENDS, Profile, states

TELIT = Profile(
    "telit",
    maker="Telit",
    model="LE910C1-EU",
    revision="25.20.674",
    calls={
        "#ECAM": states("#ECAM: 0,STATE,1,,,", incoming=6, waiting=5, connected=3, ended=0)
        | {"dialled": ('#ECAM: 0,1,1,,,"{n}",{t}', "#ECAM: 0,2,1,,,")}
        | states("#ECAM: 0,STATE,1,,,", picked_up=3, hung_up=0),
        "": ENDS,
    },
    own={"#ECAM": "0", "#QSS": "0", "#CLIPCFG": "0"},
)
UBLOX = Profile(
    "ublox",
    maker="u-blox",
    model="SARA-U201",
    revision="23.60",
    banner=("+AT: READY", "+PBREADY"),
    calls={
        "+UCALLSTAT": states("+UCALLSTAT: {i},STATE", rung=4, waiting=5, ended=6)
        | {"connected": ("+UCALLSTAT: {i},7", "+UCALLSTAT: {i},0")}
        | states("+UCALLSTAT: {i},STATE", dialled=2, alerting=3, picked_up=0, hung_up=6),
        "": ENDS,
    },
    own={"+UCALLSTAT": "0", "+UPSV": "0"},
)
CINTERION = Profile(
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
        "": ENDS,
    },
    own={"^SLCC": "0", "^SIND": "", "^SM20": "1,1"},
    reports_in="SR",
)
ZTE = Profile(
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
)
WAVECOM = Profile(
    "wavecom",
    maker="WAVECOM MODEM",
    model="MULTIBAND  900E  1800",
    revision="657e09gg.Q2406B",
    clip='+CLIP: "{n}",{t}',
    clip_withheld='+CLIP: "",128',
    banner=("+WIND: 1", "+WIND: 7", "+WIND: 4"),
    calls={
        "+WIND": states("+WIND: STATE,{i}", incoming=5, ended=6, dialled=5, hung_up=6)
        | {"alerting": ("+WIND: 2",)},
        "": ENDS,
    },
    own={"+WIND": "0"},
    reports_in="SR",
)
ERICSSON = Profile(
    "ericsson",
    maker="Sony Ericsson",
    model="K800",
    revision="R8BF003",
    lists_calls=False,
    clip='+CLIP: "{n}",{t},,,""',
    clip_withheld='+CLIP: "",161,,,""',
    calls={
        "*ECAM": states("*ECAV: {i},STATE,1", rung=6, waiting=5, connected=3)
        | {"ended": ("*ECAV: {i},0,1,08,{c:03}",), "dialled": ('*ECAV: {i},1,1,,,"{n}",{t}',)}
        | states("*ECAV: {i},STATE,1", alerting=2, picked_up=3)
        | {"hung_up": ("*ECAV: {i},0,1,08,016",)}
    },
    own={"*ECAM": "0"},
)
A9G = Profile(
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
)
INFINEON = Profile(
    "infineon",
    maker="Infineon",
    model="XMM6260",
    clip='+CLIP: "{n}",{t},,,,0',
    clip_withheld='+CLIP: "",128,,,,1',
    banner=(),
    calls={
        "+XCALLSTAT": states("+XCALLSTAT: {i},STATE", incoming=4, waiting=5, connected=0, ended=6)
        | states("+XCALLSTAT: {i},STATE", dialled=2, alerting=3, picked_up=0, hung_up=6)
    },
    own={"+XCALLSTAT": "0"},
)
HFP = Profile(
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
)
