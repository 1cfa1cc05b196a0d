"""Which serial ports this machine has, and what each is taken for; it opens none."""

from modem.ports import discovery, holders


def ports_of_this_machine() -> tuple[tuple[str, ...], bool]:
    """What each serial port of this machine is taken for (a line each), and whether ModemManager runs."""
    account = tuple(discovery.account(discovery.ports(), discovery.devices()))
    return account, holders.running("ModemManager")
