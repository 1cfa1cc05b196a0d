"""The words of the owner's digest, of what was counted."""

from collections.abc import Sequence

from bridge.rules.digest import Counts
from bridge.words.catalogue import gettext, ngettext
from modem.contract import Value


def in_words(days: int, counts: Counts, named: Sequence[str], waiting: int) -> str:
    """The digest of the last whole days as one short text. named: the first of those who wait, of `waiting` in all.

    >>> in_words(1, Counts(12, 5, 4, 3), ["Ann Miller", "Bob"], 2)
    'Yesterday: 12 calls, 5 missed, 4 texted back, 3 texts received. Needs a reply: Ann Miller, Bob.'
    >>> in_words(1, Counts(1, 0, 0, 1), ["Ann", "Bob", "Cem"], 5)
    'Yesterday: 1 call, 0 missed, 0 texted back, 1 text received. Needs a reply: Ann, Bob, Cem and 2 more.'
    >>> in_words(7, Counts(0, 0, 0, 0), [], 0)
    'The last 7 days: no calls and no texts. Nobody needs a reply.'
    """
    told = _happened(days, counts) if counts != Counts(0, 0, 0, 0) else _nothing(days)
    return f"{told} {_wait(named, waiting)}"


def _happened(days: int, counts: Counts) -> str:
    facts: dict[str, Value] = {
        "calls": ngettext("{number} call", "{number} calls", counts.calls),
        "missed": counts.missed,
        "texted": counts.texted,
        "texts": ngettext("{number} text", "{number} texts", counts.answers),
    }
    if days == 1:
        return gettext(
            "Yesterday: {calls}, {missed} missed, {texted} texted back, {texts} received.", **facts
        )
    return ngettext(
        "The last {number} day: {calls}, {missed} missed, {texted} texted back, {texts} received.",
        "The last {number} days: {calls}, {missed} missed, {texted} texted back, {texts} received.",
        days,
        **facts,
    )


def _nothing(days: int) -> str:
    if days == 1:
        return gettext("Yesterday: no calls and no texts.")
    return ngettext(
        "The last {number} day: no calls and no texts.",
        "The last {number} days: no calls and no texts.",
        days,
    )


def _wait(named: Sequence[str], waiting: int) -> str:
    if not waiting:
        return gettext("Nobody needs a reply.")
    names, more = ", ".join(named), waiting - len(named)
    if not more:
        return gettext("Needs a reply: {names}.", names=names)
    return ngettext(
        "Needs a reply: {names} and {number} more.",
        "Needs a reply: {names} and {number} more.",
        more,
        names=names,
    )
