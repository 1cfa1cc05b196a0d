"""The udev rules that are shipped, made of the table of layouts. `python -m modem.ports.udev` (`make udev`) writes them anew; a
test holds them to the table."""

from collections.abc import Iterator
from pathlib import Path

from modem.ports.layouts import LAYOUTS, MODEM_DRIVERS

FILE = Path(__file__).parent.parent.parent / "udev" / "78-textback.rules"
HEAD = """\
# Keeps ModemManager off the modem's AT port and gives that port a name of its own, /dev/modem-at. For a box with one
# modem: `sudo cp udev/78-textback.rules /etc/udev/rules.d/ && sudo udevadm control --reload && sudo udevadm trigger`.
# Made of LAYOUTS in modem/ports/layouts.py by `make udev`. ID_... come from 60-serial.rules.
ACTION=="remove", GOTO="textback_end"
SUBSYSTEM!="tty", GOTO="textback_end"

"""
TAIL = """
# Modems of other makers: which port is the one for AT, only its answer tells, so ModemManager leaves them all.
ENV{ID_VENDOR_ID}!="MAKERS", SUBSYSTEMS=="usb", DRIVERS=="DRIVERS_OF_MODEMS", ENV{ID_MM_PORT_IGNORE}="1"

# Huawei numbers its interfaces anew with every firmware: by class, subclass and protocol.
ENV{ID_VENDOR_ID}!="12d1", GOTO="textback_tag"
SUBSYSTEMS=="usb", ATTRS{bInterfaceClass}=="ff", ATTRS{bInterfaceSubClass}=="0[12]", ATTRS{bInterfaceProtocol}=="02", \
ENV{TEXTBACK_AT}="1"

LABEL="textback_tag"
ENV{TEXTBACK_AT}=="1", SYMLINK+="modem-at", ENV{ID_MM_PORT_IGNORE}="1"
LABEL="textback_end"
"""


def rules() -> str:
    """The text of the file: a rule for the AT port of each product that is known."""
    makers = "|".join(dict.fromkeys(f"{layout.vendor:04x}" for layout in LAYOUTS if not layout.products))
    tail = TAIL.replace("MAKERS", makers).replace("DRIVERS_OF_MODEMS", "|".join(sorted(MODEM_DRIVERS)))
    return HEAD + "".join(_of_products()) + tail


def _of_products() -> Iterator[str]:
    for layout in LAYOUTS:
        if layout.products:
            yield f"# {layout.name}\n"
        for product in layout.products:
            ids = f'ENV{{ID_VENDOR_ID}}=="{layout.vendor:04x}", ENV{{ID_MODEL_ID}}=="{product:04x}"'
            yield f'{ids}, ENV{{ID_USB_INTERFACE_NUM}}=="{layout.at[0]:02x}", ENV{{TEXTBACK_AT}}="1"\n'


def main() -> None:
    """Write it."""
    FILE.write_text(rules(), "utf-8")


if __name__ == "__main__":
    main()
