"""What USB ids, classes and drivers say of modems and of other things, as tables; `discovery` judges ports by them."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """The interfaces of a modem. at: those that carry AT and URCs, the best first; never: diagnosis, position, sound."""

    vendor: int
    products: tuple[int, ...]
    name: str
    at: tuple[int, ...]
    never: tuple[int, ...] = ()


# From ModemManager's and chan_dongle's tables; an empty `products` stands for all others of the vendor's. One id can hide
# two layouts (1e0e:9011), so the other interfaces are asked too, after these.
LAYOUTS = (
    Layout(0x12D1, (0x1001,), "Huawei E1550, E169, E173", (2,), (1,)),
    Layout(0x12D1, (0x140C,), "Huawei E17xx", (3,), (2,)),
    Layout(0x12D1, (0x1436, 0x14AC), "Huawei E1750, E153", (4,), (3,)),
    Layout(0x12D1, (0x1506,), "Huawei E171, E3131, E3372", (3,), (2,)),
    Layout(0x12D1, (), "Huawei", (2, 3)),
    Layout(0x1E0E, (0x9001,), "SIMCom SIM7000, SIM7500, SIM7600", (2, 3), (0, 1, 4)),
    Layout(0x1E0E, (0x9011,), "SIMCom A7600, A7670, or SIM7600 in RNDIS mode", (4, 2, 5)),
    Layout(0x1E0E, (0x9205, 0x9206), "SIMCom SIM7070, SIM7080", (2, 3), (0, 1)),
    Layout(0x1E0E, (), "SIMCom", (2, 4)),
    Layout(0x2C7C, (0x0125, 0x0121, 0x0191, 0x0195, 0x0306, 0x0512, 0x0296), "Quectel", (2, 3), (0, 1)),
    Layout(0x2C7C, (), "Quectel", (2, 3)),
    Layout(0x05C6, (0x9215,), "Quectel EC20", (2, 3), (0, 1)),
    Layout(0x05C6, (0x908B,), "u-blox LARA-R6", (1, 2)),
    Layout(0x1BC7, (0x1031, 0x1033), "Telit LE910C1-EUX", (1, 2), (0,)),
    Layout(0x1BC7, (0x1201,), "Telit LE910C1, LE910C4", (4, 5), (0,)),
    Layout(0x1BC7, (0x1204,), "Telit LE910C1, LE910C4 (MBIM)", (5, 6)),
    Layout(0x1BC7, (0x7010, 0x7011), "Telit LE910S1", (4, 3)),
    Layout(0x1BC7, (0x7020, 0x7021), "Telit LE910Q1", (6, 2)),
    Layout(0x1BC7, (), "Telit", (1, 4, 0)),
    Layout(0x1546, (0x1102,), "u-blox LISA-U2, SARA-U2", (0, 2, 4)),
    Layout(0x1546, (0x1104,), "u-blox LISA-U2, SARA-U2", (0,)),
    Layout(0x1546, (0x1010,), "u-blox TOBY-L4", (6,)),
    Layout(0x1546, (0x1110, 0x110A), "u-blox LARA-R2", (0, 2, 4)),
    Layout(0x19D2, (0x0117, 0x0016), "ZTE MF", (2,)),
    Layout(0x19D2, (), "ZTE MF", (3, 2)),
    Layout(0x1199, (0xC001,), "Sierra HL7812", (0,)),
    Layout(0x1199, (), "Sierra MC, EM (data and texts; most have no voice)", (3,), (0, 2)),
    Layout(0x1E2D, (0x0061, 0x0053), "Cinterion PLS8, PHS8", (2,), (0,)),
    Layout(0x1E2D, (), "Cinterion", (2, 0)),
    Layout(0x0BDB, (), "Ericsson", (1, 0)),
)
# Huawei numbers its interfaces anew with every firmware; class, subclass and protocol tell them apart.
HUAWEI = 0x12D1
HUAWEI_URC_PORT = {(0xFF, 1, 2), (0xFF, 2, 2), (0xFF, 1, 0x32)}
HUAWEI_DATA_PORT = {(0xFF, 1, 1), (0xFF, 2, 1), (0xFF, 1, 0x31)}
# The kernel's drivers for modems and nothing else, whoever made them; each knows its makers' ids.
MODEM_DRIVERS = frozenset({"option", "qcserial", "sierra", "hso"})
# Makers of modems alone, whose ids are newer than the kernel or than the table above.
MODEM_MAKERS = {
    0x2DEE: "MeiG",
    0x2CB7: "Fibocom",
    0x05C6: "Qualcomm",
    0x0AF0: "Option",
    0x1410: "Novatel",
    0x1C9E: "Longcheer",
    0x1BBB: "Alcatel",
    0x2020: "BroadMobi",
    0x305A: "Gosuncn",
    0x2949: "Neoway",
}
# Ports that USB itself says to be for diagnosis, on chips of Qualcomm.
DIAGNOSIS = (0xFF, 0xFF, 0x30)
# A communication device that speaks V.25ter AT commands by its USB class.
CDC_AT = (0x02, 0x02, 0x01)
# Chips between USB and a UART: behind one may be a modem or anything else.
BRIDGES = {0x1A86: "CH340", 0x10C4: "CP210x", 0x0403: "FTDI", 0x067B: "PL2303", 0x04E2: "Exar"}
# Makers of what is no modem, u-blox' satellite receivers, and words by which other things name themselves.
OTHER_VENDORS = {
    0x2341: "an Arduino",
    0x2A03: "an Arduino",
    0x239A: "an Adafruit board",
    0x303A: "an Espressif board",
    0x2E8A: "a Raspberry Pi Pico",
    0x1366: "a J-Link",
    0x0483: "an ST board",
    0x16C0: "a Teensy or the like",
    0x1CF1: "a Zigbee stick",
    0x0658: "a Z-Wave stick",
    0x2C99: "a Prusa printer",
    0x1D6B: "a Linux gadget",
    0x0D28: "a micro:bit",
    0x091E: "a Garmin",
}
GNSS = (0x1546, range(0x01A0, 0x01B0))
OTHER_WORDS = re.compile(
    r"zigbee|z-?wave|conbee|raspbee|sonoff|skyconnect|arduino|teensy|micro:bit|printer|prusa|marlin|creality|gps|gnss|"
    r"weather|meter\b|barcode|scanner|scale\b|rfid|nfc|j-?link|st-?link|jtag|esp32|esp8266|meshtastic|lora|rtl-?sdr|ups\b",
    re.IGNORECASE,
)
# Sticks that show themselves as a drive first, and such as are network cards only: neither has an AT port.
AS_DRIVE = {
    (0x12D1, 0x1446), (0x12D1, 0x14FE), (0x12D1, 0x1F01), (0x12D1, 0x1505), (0x12D1, 0x155B), (0x12D1, 0x157D),
    (0x12D1, 0x1C0B), (0x19D2, 0x2000), (0x1E0E, 0xF000),
}  # fmt: skip
# The class of a drive, in which USB itself says that there is one.
MASS_STORAGE = 0x08
AS_NETWORK_CARD = {(0x12D1, 0x14DB), (0x12D1, 0x14DC)}
