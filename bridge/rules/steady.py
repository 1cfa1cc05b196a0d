"""Counts of a day that only grow: neither a call that turns out to be another one nor a deleted row takes anything back."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def steady(before: Mapping[K, int], counted: Mapping[K, int]) -> Mapping[K, int]:
    """What is told after `before`: a program that adds up what it is told would take a smaller count for one begun anew.

    >>> steady({"abandoned": 3, "lost": 1}, {"abandoned": 2, "no_answer": 1})
    {'abandoned': 3, 'lost': 1, 'no_answer': 1}
    """
    return {key: max(before.get(key, 0), counted.get(key, 0)) for key in {**before, **counted}}
