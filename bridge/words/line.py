"""How the line is, in words: its network and its signal."""

from bridge.rules.line_health import CALLS, ROAMING
from bridge.words.catalogue import gettext
from modem.contract import LineHealth


def signal_words(signal: int | None) -> str:
    """AT+CSQ in words (27.007 CSQ: 0 is -113 dBm, each step 2 dB).

    >>> signal_words(17), signal_words(4), signal_words(None)
    ('good (-79 dBm)', 'weak (-105 dBm)', 'not known')
    """
    if signal is None:
        return gettext("not known")
    power = 2 * signal - 113
    if signal < 7:
        return gettext("weak ({power} dBm)", power=power)
    return (
        gettext("fair ({power} dBm)", power=power)
        if signal < 12
        else gettext("good ({power} dBm)", power=power)
    )


def network_words(health: LineHealth) -> str:
    """Where the line is registered."""
    if health.registration is None:
        return gettext("not known")
    if health.registration not in CALLS:
        return gettext("not registered for calls")
    name = health.operator or gettext("registered")
    return gettext("{network}, roaming", network=name) if health.registration in ROAMING else name
