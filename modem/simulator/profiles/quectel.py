"""Quectel: ccinfo and ^DSCI."""

from dataclasses import replace

from modem.simulator.profiles.profile import ENDS, Profile, states

_CCINFO = '+QIND: "ccinfo",{i},{d},STATE,0,0,"{n}",{t}'
_DSCI = "^DSCI: {i},{d},STATE,0,{bare},{t},0"

QUECTEL = Profile(
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
        "+QINDCFG": states(
            _CCINFO,
            incoming=4,
            waiting=5,
            connected=0,
            ended=-1,
            dialled=2,
            alerting=3,
            picked_up=0,
            hung_up=-1,
        ),
        "^DSCI": states(
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
        "": ENDS,
    },
    iccid="+QCCID",
    own={"+QINDCFG": "0", "^DSCI": "0", "+QURCCFG": '"urcport","usbat"', "+QCFG": ""},
    full='+QIND: "smsfull","{}"',
)

QUECTEL_DSCI = replace(
    QUECTEL,
    name="quectel-dsci",
    model="UC20",
    calls={switch: lines for switch, lines in QUECTEL.calls.items() if switch != "+QINDCFG"},
    own={"^DSCI": "0", "+QURCCFG": '"urcport","usbat"', "+QCFG": ""},
)
