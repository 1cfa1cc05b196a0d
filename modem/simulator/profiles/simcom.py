"""SIMCom: +CLCC by itself, on LTE modules VOICE CALL and MISSED_CALL."""

from dataclasses import replace

from modem.simulator.profiles.profile import ENDS, Profile, states

_CLCC = '+CLCC: {i},{d},STATE,0,0,"{n}",{t},"{a}"'
# Moment of a call -> <stat> in +CLCC; 6 is SIMCom's own, disconnected.
SIMCOM_STATES = {
    "waiting": 5,
    "connected": 0,
    "ended": 6,
    "dialled": 2,
    "alerting": 3,
    "picked_up": 0,
    "hung_up": 6,
}

SIM7600 = Profile(
    "sim7600",
    maker="SIMCOM INCORPORATED",
    model="SIMCOM_SIM7600E-H",
    revision="LE20B04SIM7600M22",
    imei="862636041234568",
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
        "+CLCC": states('+CLCC: {i},{d},STATE,0,0,"{n}",{t}', rung=4, **SIMCOM_STATES),
    },
    iccid="+CICCID",
    own={"+CLCC": "0", "+CVHU": "1", "+CLTS": "0", "+AUTOCSQ": "0,0", "+CNSMOD": "0"},
    full="+SMS FULL",
)
SIM7600_MISSED = replace(
    SIM7600,
    name="sim7600-missed",
    model="SIMCOM_SIM7600G-H",
    calls={
        "": SIM7600.calls[""]
        | {
            "missed": ("MISSED_CALL: {clock} {bare}",),
            "rejected": (),
            "answered": ("VOICE CALL: END: {s:06}",),
        }
    },
    own=SIM7600.own | {"+CRC": "1"},
)
SIM800 = Profile(
    "sim800",
    maker="SIMCOM_Ltd",
    model="SIMCOM_SIM800L",
    revision="1418B05SIM800L24",
    imei="866782041234565",
    spacing=3.0,
    clip_withheld='+CLIP: "",128,"",,"",0',
    calls={"+CLCC": states(_CLCC, incoming=4, **SIMCOM_STATES), "": ENDS},
    own={"+CLCC": "0", "+CLTS": "0", "+MORING": "0", "+IPR": "0"},
    full='+SMS FULL: "{}"',
)
