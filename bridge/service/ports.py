"""Which serial ports this machine has, and what each is taken for; it opens none."""

from modem.ports import discovery, holders


def ports_of_this_machine() -> tuple[tuple[str, ...], bool]:
    """What each serial port of this machine is taken for (a line each, or one for several), and whether ModemManager runs."""
    account = discovery.account(discovery.ports(), discovery.devices(), discovery.switcher())
    return tuple(account), holders.running("ModemManager")
