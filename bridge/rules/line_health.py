"""What the modem says of the line: what is wrong with registration and storage; pure."""

from bridge.rules.troubles import BoxTrouble
from modem.contract import LineHealth, Trouble

# 27.007 CREG <stat>: what each means. Calls come in the states of CALLS; the rest is trouble.
CALLS = frozenset({1, 5, 9, 10})
ROAMING = frozenset({5, 7, 10})
TROUBLES = {
    0: BoxTrouble.NOT_REGISTERED,
    2: BoxTrouble.SEARCHING,
    3: BoxTrouble.REFUSED_SIM,
    4: BoxTrouble.REGISTRATION_UNKNOWN,
    8: BoxTrouble.EMERGENCY_ONLY,
    11: BoxTrouble.EMERGENCY_ONLY,
}


def no_network(health: LineHealth) -> Trouble | None:
    """Why no call can come, None if one can.

    >>> from modem.contract import LineHealth
    >>> no_network(LineHealth("main", 0, 3, None, None, 17, None, "SM", 0, 30, None)).code
    <BoxTrouble.REFUSED_SIM: 'refused_sim'>
    """
    if health.registration is None or health.registration in CALLS:
        return None
    if health.registration in (6, 7) or health.lte in CALLS:
        return Trouble(BoxTrouble.NO_CALLS)
    return Trouble(TROUBLES.get(health.registration, BoxTrouble.REGISTRATION_UNKNOWN))


def on_network(health: LineHealth) -> bool:
    """Does the modem say that its SIM is on a network for calls and texts?

    >>> from modem.contract import LineHealth
    >>> [on_network(LineHealth("main", 0, stat, None, None, 17, None, "SM", 0, 30, None)) for stat in (1, 2, None)]
    [True, False, False]
    """
    return health.registration in CALLS


def nearly_full(health: LineHealth) -> Trouble | None:
    """The alarm on the storage for texts, None while there is room."""
    if not health.nearly_full:
        return None
    full = BoxTrouble.STORAGE_FULL if health.used >= health.total else BoxTrouble.STORAGE_NEARLY_FULL
    return Trouble.of(full, storage=health.storage, used=health.used, total=health.total)
