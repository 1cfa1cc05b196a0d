"""Huawei: ^CONN and ^CEND, status lines in between."""

from dataclasses import replace

from modem.simulator.profiles.profile import Profile

HUAWEI = Profile(
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
HUAWEI_GTM = replace(
    HUAWEI,
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
)
