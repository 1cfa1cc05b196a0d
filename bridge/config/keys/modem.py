"""[modem] A line: the modem and its SIM."""

from bridge.config import checks as values
from bridge.config.setting import About, Setting
from modem.contract import FAMILY_NAMES

# What `family` may be.
FAMILIES = ("auto", *FAMILY_NAMES)

ABOUT = About(comment="A second line has a section of its own, [modem NAME].", live=False)
KEYS: dict[str, Setting] = {
    "port": Setting(
        "auto",
        values.port,
        comment=(
            "Where the modem is: auto | a path such as /dev/serial/by-id/... | imei:DIGITS (the modem's "
            "number) | iccid:DIGITS (the SIM's) | simulator"
        ),
        doc=(
            "`auto` finds it; else a path such as `/dev/serial/by-id/...`, or `imei:` or `iccid:` and "
            "the number of the modem or SIM; `simulator` is a simulated modem"
        ),
    ),
    "baud": Setting(
        "115200",
        values.baud,
        comment="Speed of a serial modem; USB sticks ignore it.",
        doc="speed of a serial modem, in bits per second; USB sticks ignore it",
    ),
    "pin": Setting(
        "", values.pin, comment="The SIM's PIN, if it asks for one.", doc="the SIM's PIN, 4 to 8 digits"
    ),
    "family": Setting(
        "auto",
        values.one_of(*FAMILIES),
        comment="auto, or the modem's family where the box gets it wrong.",
        doc=f"how the modem speaks, where `auto` guesses wrong: {' '.join(f'`{name}`' for name in FAMILY_NAMES)}",
    ),
}
