"""Whole texts out of the parts that the host sent, as the person reads them who gets them."""

from collections.abc import Sequence
from dataclasses import dataclass

from modem.simulator import pdu
from modem.simulator.pdu import Submitted


@dataclass(frozen=True)
class SentText:
    """A whole text that the host sent, its parts joined. at: when the last part was taken (monotonic seconds)."""

    number: str
    text: str
    parts: tuple[Submitted, ...]
    at: float


def whole_texts(submitted: Sequence[Submitted]) -> list[SentText]:
    """What was sent, long texts joined (23.040, 9.2.3.24.1); such a one counts once all its parts are there."""
    texts: list[SentText] = []
    incomplete: dict[tuple[str, int, int], dict[int, Submitted]] = {}
    for one in submitted:
        reference, total, place = one.part or (0, 1, 1)
        parts = incomplete.setdefault((one.number, reference, total), {})
        parts[place] = one
        if len(parts) == total:
            del incomplete[one.number, reference, total]
            ordered = tuple(parts[n] for n in sorted(parts))
            joined = pdu.join([part.text for part in ordered])
            texts.append(SentText(one.number, joined, ordered, one.at))
    return texts
