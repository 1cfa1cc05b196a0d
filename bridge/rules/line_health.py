"""What the modem says of the line, in plain words and with what to do: registration, signal, storage; pure."""

from modem.contract import LineHealth

# 27.007 CREG <stat>: what each means. Calls come in the states of CALLS; the rest is trouble.
CALLS = frozenset({1, 5, 9, 10})
ROAMING = frozenset({5, 7, 10})
TROUBLES = {
    0: "The SIM is not registered and the modem is not looking for a network. Is the antenna on, and is there a contract?",
    2: "The modem is looking for a network. Put it near a window, or give it a better antenna.",
    3: "The network refuses this SIM. Ask the operator whether it is active and allowed in this modem.",
    4: "The modem does not know whether it is registered. Is the antenna on?",
    8: "The network lets this SIM make emergency calls only. Ask the operator whether the SIM is active.",
    11: "The network lets this SIM make emergency calls only. Ask the operator whether the SIM is active.",
}
NO_CALLS = (
    "The SIM is on the network for texts and data, not for calls: callers hear that nobody is there. This network may need "
    "VoLTE, or the plan has no voice. Ask the operator, and call the box to see."
)


def no_network(health: LineHealth) -> str | None:
    """Why no call can come, None if one can.

    >>> from modem.contract import LineHealth
    >>> no_network(LineHealth("main", 0, 3, None, None, 17, None, "SM", 0, 30, None))[:30]
    'The network refuses this SIM. '
    """
    if health.registration is None or health.registration in CALLS:
        return None
    if health.registration in (6, 7) or health.lte in CALLS:
        return NO_CALLS
    return TROUBLES.get(health.registration, TROUBLES[4])


def nearly_full(health: LineHealth) -> str | None:
    """The alarm on the storage for texts, None while there is room."""
    if not health.nearly_full:
        return None
    full = "full: no text can come in" if health.used >= health.total else "nearly full"
    return (
        f"The memory for texts ({health.storage}) is {full}, {health.used} of {health.total}. What the box has stored is "
        "deleted from it; the rest was there before, such as drafts of a phone. Delete it in a phone."
    )


def signal_words(signal: int | None) -> str:
    """AT+CSQ in words (27.007 CSQ: 0 is -113 dBm, each step 2 dB).

    >>> signal_words(17), signal_words(4), signal_words(None)
    ('good (-79 dBm)', 'weak (-105 dBm)', 'not known')
    """
    if signal is None:
        return "not known"
    words = "weak" if signal < 7 else "fair" if signal < 12 else "good"
    return f"{words} ({2 * signal - 113} dBm)"


def network_words(health: LineHealth) -> str:
    """Where the line is registered."""
    if health.registration is None:
        return "not known"
    if health.registration not in CALLS:
        return "none for calls"
    name = health.operator or "registered"
    return f"{name}, roaming" if health.registration in ROAMING else name
