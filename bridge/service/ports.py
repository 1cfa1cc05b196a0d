"""Which serial ports this machine has, what each is taken for, and whether ModemManager would open it; it opens none."""

from modem.ports import discovery, holders, modem_manager


def ports_of_this_machine() -> tuple[tuple[str, ...], bool]:
    """What each serial port of this machine is taken for (a line each, or one for several), and whether ModemManager runs."""
    account = discovery.account(discovery.ports(), discovery.devices(), discovery.switcher())
    return tuple(account), holders.running(modem_manager.NAME)


def modem_manager_may_open(path: str) -> bool:
    """Would a ModemManager that runs on this machine open the port at this path?"""
    return modem_manager.may_open(path, discovery.ports())
