"""What each vendor's modem says of itself and of calls, as data: a file a vendor; `profile` says what a profile holds."""

from modem.simulator.profiles.generic import GENERIC, SILENT, SILENT_CLCC
from modem.simulator.profiles.huawei import HUAWEI, HUAWEI_GTM
from modem.simulator.profiles.others import (
    A9G,
    CINTERION,
    ERICSSON,
    HFP,
    INFINEON,
    TELIT,
    UBLOX,
    WAVECOM,
    ZTE,
)
from modem.simulator.profiles.profile import FRAMES, Profile
from modem.simulator.profiles.quectel import QUECTEL, QUECTEL_DSCI
from modem.simulator.profiles.simcom import SIM800, SIM7600, SIM7600_MISSED

__all__ = ["FRAMES", "PROFILES", "Profile"]

# By name, in the order in which they are listed.
PROFILES = {
    profile.name: profile
    for profile in (
        GENERIC,
        HUAWEI,
        HUAWEI_GTM,
        SIM800,
        SIM7600,
        SIM7600_MISSED,
        QUECTEL,
        QUECTEL_DSCI,
        SILENT,
        SILENT_CLCC,
        TELIT,
        UBLOX,
        CINTERION,
        ZTE,
        WAVECOM,
        ERICSSON,
        A9G,
        INFINEON,
        HFP,
    )
}
