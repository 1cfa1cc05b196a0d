"""What each vendor's modem says of itself and of calls, as data; templates are filled by `exchange`.

In call lines: {i} index, {n} number, {t} type of number, {s} seconds connected, {c} Q.850 cause. A set of call lines is
printed only while `told_by` is switched on, where that names a setting.
"""

from dataclasses import dataclass, field, replace

Lines = tuple[str, ...]

# How a call ends -> Q.850 cause.
CAUSES = {"caller": 16, "network": 19, "elsewhere": 26, "rejected": 21, "answered": 16, "silent": 16}


@dataclass(frozen=True)
class Profile:
    """One kind of modem. spacing: seconds between RINGs. missed/answered/rejected: the lines that end such a call."""

    name: str
    maker: str = "Generic"
    model: str = "GSM modem"
    revision: str = "1.0"
    frame: str = "\r\n{}\r\n"
    spacing: float = 5.0
    clip: str = '+CLIP: "{n}",{t},"",0,"",0'
    clip_withheld: str = '+CLIP: "",128,"",,"",1'
    banner: Lines = ("RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready", "SMS Ready")
    has_list: bool = True
    told_by: str = ""
    incoming: Lines = ()
    connected: Lines = ()
    told_end: Lines = ()
    missed: Lines = ("NO CARRIER",)
    answered: Lines = ("NO CARRIER",)
    rejected: Lines = ()
    dialled: Lines = ()
    dialled_connected: Lines = ()
    dialled_ended: Lines = ("NO CARRIER",)
    noise: Lines = ()
    iccid: str = "+CCID"
    settings: dict[str, str] = field(default_factory=dict)


_CLCC = '+CLCC: {{i}},1,{state},0,0,"{{n}}",{{t}},""'
_CCINFO = '+QIND: "ccinfo",{{i}},1,{state},0,0,"{{n}}",{{t}}'

GENERIC = Profile("generic")

PROFILES = {
    profile.name: profile
    for profile in (
        GENERIC,
        Profile(
            "huawei",
            maker="huawei",
            model="E173",
            revision="11.126.85.00.209",
            clip='+CLIP: "{n}",{t},,,,0',
            clip_withheld='+CLIP: "",128,,,,1',
            banner=("^SIMST:1", "^SRVST:2"),
            incoming=("^RSSI:17",),
            connected=("^CONN:{i},0",),
            missed=("^CEND:{i},0,104,{c}",),
            answered=("^CEND:{i},{s},29,16",),
            rejected=("^CEND:{i},0,102,21",),
            dialled=("^ORIG:{i},0", "^CONF:{i}"),
            dialled_connected=("^CONN:{i},0",),
            dialled_ended=("^CEND:{i},{s},104,16",),
            noise=("^RSSI:18", "^MODE:5,4", "^BOOT:20952548,0,0,0,72"),
            iccid="^ICCID",
        ),
        Profile(
            "sim800",
            maker="SIMCOM_Ltd",
            model="SIMCOM_SIM800L",
            revision="1418B05SIM800L24",
            spacing=3.0,
            clip='+CLIP: "{n}",{t},"",0,"",0',
            clip_withheld='+CLIP: "",128,"",,"",0',
            told_by="+CLCC",
            incoming=(_CLCC.format(state=4),),
            connected=(_CLCC.format(state=0),),
            told_end=(_CLCC.format(state=6),),
        ),
        Profile(
            "sim7600",
            maker="SIMCOM INCORPORATED",
            model="SIMCOM_SIM7600E-H",
            revision="LE20B04SIM7600M22",
            frame="\r\r\n{}\r\r\n",
            spacing=7.0,
            clip='+CLIP: "{n}",{t},,,,0',
            clip_withheld='+CLIP: "",128,,,,1',
            banner=("RDY", "+CPIN: READY", "SMS DONE", "PB DONE"),
            told_by="+CLCC",
            incoming=(_CLCC.format(state=4),),
            connected=("VOICE CALL: BEGIN", _CLCC.format(state=0)),
            told_end=(_CLCC.format(state=6),),
            missed=("VOICE CALL: END", "NO CARRIER", "MISSED_CALL: 11:53AM {n}"),
            answered=("VOICE CALL: END: {s:06}", "NO CARRIER"),
            rejected=("VOICE CALL: END",),
            dialled=("VOICE CALL: BEGIN",),
            dialled_ended=("VOICE CALL: END: {s:06}", "NO CARRIER"),
            iccid="+CICCID",
        ),
        Profile(
            "quectel",
            maker="Quectel",
            model="EC25",
            revision="EC25EFAR06A06M4G",
            spacing=6.0,
            clip='+CLIP: "{n}",{t},,,,0',
            clip_withheld='+CLIP: "",128,,,,1',
            banner=("RDY", "+CFUN: 1", "+CPIN: READY", "+QUSIM: 1", "+QIND: SMS DONE", "+QIND: PB DONE"),
            told_by="+QINDCFG",
            incoming=(_CCINFO.format(state=4),),
            connected=(_CCINFO.format(state=0),),
            told_end=(_CCINFO.format(state=-1),),
            iccid="+QCCID",
        ),
        replace(GENERIC, name="silent", model="ring just stops", has_list=False, missed=(), spacing=4.0),
        replace(
            GENERIC, name="silent-clcc", model="ring just stops, but lists calls", missed=(), spacing=4.0
        ),
        Profile(
            "telit",
            maker="Telit",
            model="LE910C1",
            told_by="#ECAM",
            incoming=("#ECAM: 0,6,1,,,",),
            connected=("#ECAM: 0,3,1,,,",),
            told_end=("#ECAM: 0,0,1,,,",),
            dialled=("#ECAM: 0,1,1,,,",),
        ),
        Profile(
            "ublox",
            maker="u-blox",
            model="SARA-U201",
            banner=("+AT: READY", "+PBREADY"),
            told_by="+UCALLSTAT",
            incoming=("+UCALLSTAT: {i},4",),
            connected=("+UCALLSTAT: {i},7", "+UCALLSTAT: {i},0"),
            told_end=("+UCALLSTAT: {i},6",),
        ),
        Profile(
            "cinterion",
            maker="Cinterion",
            model="EHS6",
            banner=("^SYSSTART", "+PBREADY"),
            told_by="^SLCC",
            incoming=('^SLCC: {i},1,4,0,0,0,"{n}",{t}', "^SLCC: "),
            connected=('^SLCC: {i},1,0,0,0,0,"{n}",{t}', "^SLCC: "),
            told_end=("^SLCC: ",),
        ),
        Profile(
            "zte",
            maker="ZTE CORPORATION",
            model="MF190",
            incoming=("+ZUSIMR:2",),
            connected=("VOICE CONNECT",),
            missed=("VOICE NO CARRIER : {c}", "STOPRING"),
            answered=("HANGUP: 1",),
            noise=("+ZUSIMR:2", '+ZDONR: "1",234,15'),
        ),
        Profile(
            "ericsson",
            maker="Sony Ericsson",
            model="K800",
            has_list=False,
            clip='+CLIP: "{n}",{t},,,""',
            clip_withheld='+CLIP: "",161,,,""',
            told_by="*ECAM",
            incoming=("*ECAV: {i},6,1",),
            connected=("*ECAV: {i},3,1",),
            told_end=("*ECAV: {i},0,1,08,{c:03}",),
            missed=(),
            answered=(),
        ),
        Profile(
            "a9g",
            maker="Ai-Thinker",
            model="A9G",
            spacing=1.0,
            clip='+CLIP: "{n}",{t}',
            clip_withheld='+CLIP: "",128',
            has_list=False,
            connected=('+CIEV: "CALL",1',),
            missed=('+CIEV: "CALL",0',),
            answered=('+CIEV: "CALL",0',),
            dialled=('+CIEV: "CALL",1', '+CIEV: "SOUNDER",1'),
            dialled_ended=('+CIEV: "SOUNDER",0', '+CIEV: "CALL",0'),
        ),
    )
}
