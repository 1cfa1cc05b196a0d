"""The words of the owner's digest, of what was counted; pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    """calls: that ended, missed: of those; texted: automatic texts that went out; answers: texts that came in."""

    calls: int
    missed: int
    texted: int
    answers: int


def in_words(span: str, counts: Counts, named: Sequence[str], waiting: int) -> str:
    """The digest as one short text. named: the first of those who wait, of `waiting` in all.

    >>> in_words("Yesterday", Counts(12, 5, 4, 3), ["Ann Miller", "Bob"], 2)
    'Yesterday: 12 calls, 5 missed, 4 texted back, 3 texts came in. Waiting for an answer: Ann Miller, Bob.'
    >>> in_words("Yesterday", Counts(1, 0, 0, 1), ["Ann", "Bob", "Cem"], 5)
    'Yesterday: 1 call, 0 missed, 0 texted back, 1 text came in. Waiting for an answer: Ann, Bob, Cem and 2 more.'
    >>> in_words("The last 7 days", Counts(0, 0, 0, 0), [], 0)
    'The last 7 days: no calls, and no texts came in. Nobody waits for an answer.'
    """
    return f"{span}: {_happened(counts)} {_wait(named, waiting)}"


def _happened(counts: Counts) -> str:
    if counts == Counts(0, 0, 0, 0):
        return "no calls, and no texts came in."
    calls = "1 call" if counts.calls == 1 else f"{counts.calls} calls"
    answers = "1 text" if counts.answers == 1 else f"{counts.answers} texts"
    return f"{calls}, {counts.missed} missed, {counts.texted} texted back, {answers} came in."


def _wait(named: Sequence[str], waiting: int) -> str:
    if not waiting:
        return "Nobody waits for an answer."
    more = f" and {waiting - len(named)} more" if waiting > len(named) else ""
    return f"Waiting for an answer: {', '.join(named)}{more}."
