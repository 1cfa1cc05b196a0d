"""Which of the machine's ports may be a modem's AT port, by what USB tells; whether it is one, only AT tells."""

from serial.tools import list_ports

# (vendor, product, interface that carries AT and URCs); a product of None stands for all others of the vendor's.
# From ModemManager's and the kernel's tables.
AT_INTERFACES: tuple[tuple[int, int | None, int | None], ...] = (
    (0x12D1, 0x1001, 2),
    (0x12D1, 0x140C, 3),
    (0x12D1, 0x1436, 4),
    (0x12D1, 0x14AC, 4),
    (0x12D1, 0x1506, 3),
    (0x12D1, None, 2),
    (0x1E0E, 0x9001, 2),
    (0x1E0E, 0x9011, 4),
    (0x1E0E, None, 2),
    (0x2C7C, None, 2),
    (0x05C6, 0x9215, 2),
    (0x1BC7, 0x1201, 4),
    (0x1BC7, 0x1204, 5),
    (0x1BC7, None, 1),
    (0x1546, None, 0),
    (0x19D2, None, 3),
    (0x1199, None, 3),
    (0x1E2D, None, 2),
)
# Chips that carry a UART modem or something else entirely: asked last.
BRIDGES = frozenset({0x1A86, 0x10C4, 0x0403, 0x067B})


def candidates() -> list[str]:
    """Ports to try, the likeliest first. Ports of devices that are plainly no modem are not among them."""
    ranked = [
        (_rank(port.vid, port.pid, _interface(port.location)), port.device) for port in list_ports.comports()
    ]
    return [device for rank, device in sorted(r for r in ranked if r[0] is not None)]


def _interface(location: str | None) -> int | None:
    """The USB interface number at the end of a location.

    >>> _interface("1-1.4:1.2"), _interface(None)
    (2, None)
    """
    tail = (location or "").rpartition(".")[2]
    return int(tail) if ":" in (location or "") and tail.isdigit() else None


def _rank(vendor: int | None, product: int | None, interface: int | None) -> int | None:
    """0 for the known AT port, 1 for another port of a modem, 2 for a UART bridge, None for what is no modem.

    >>> _rank(0x2C7C, 0x0125, 2), _rank(0x2C7C, 0x0125, 3), _rank(0x1A86, 0x7523, None), _rank(0x046D, 0xC52B, 0)
    (0, 1, 2, None)
    """
    row = next((row for row in AT_INTERFACES if row[0] == vendor and row[1] in (None, product)), None)
    if row is not None:
        return 0 if interface in (None, row[2]) else 1
    return 2 if vendor in BRIDGES else None
