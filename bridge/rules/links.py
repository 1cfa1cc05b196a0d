"""What in a text can be pressed: addresses of the web and phone numbers, found in the words of strangers; pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from phonenumbers import Leniency, PhoneNumberMatcher

from bridge.rules.numbers import e164

# No other schemes: what a stranger writes must not be run, nor mistaken for a page of the box.
_WEB = re.compile(r"\b(?:https?://|www\.)[^\s<>\"'“”«»]+", re.IGNORECASE)
# What ends a sentence belongs to no address; a closing bracket does where the address has its opening one.
_ENDS = ".,;:!?…"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
# So many figures has the shortest number that is looked for: most texts have fewer, and looking takes long.
_FIGURES = 6


@dataclass(frozen=True)
class Piece:
    """Some words of a text, and where they lead, if anywhere."""

    text: str
    href: str | None = None


def linked(text: str, region: str) -> list[Piece]:
    """The text in pieces, those that can be pressed with http:, https: or tel: addresses.

    >>> [(piece.text, piece.href) for piece in linked("See www.x.de/a. Or 07400 123456", "GB") if piece.href]
    [('www.x.de/a', 'https://www.x.de/a'), ('07400 123456', 'tel:+447400123456')]
    >>> linked("javascript:alert(1)", "GB")
    [Piece(text='javascript:alert(1)', href=None)]
    """
    return [*_pieces(text, region)]


def _pieces(text: str, region: str) -> Iterator[Piece]:
    done = 0
    for found in _WEB.finditer(text):
        address = _without_end(found[0])
        href = address if address[:4].lower() == "http" else f"https://{address}"
        if href.lower().endswith(("//", "www.")):
            continue
        yield from _numbers(text[done : found.start()], region)
        yield Piece(address, href)
        done = found.start() + len(address)
    yield from _numbers(text[done:], region)


def _without_end(address: str) -> str:
    while address:
        last = address[-1]
        opening = _BRACKETS.get(last)
        if last in _ENDS or (opening and address.count(last) > address.count(opening)):
            address = address[:-1]
        else:
            break
    return address


def _numbers(text: str, region: str) -> Iterator[Piece]:
    done = 0
    if sum(character.isdigit() for character in text) >= _FIGURES:
        for found in PhoneNumberMatcher(text, region, Leniency.VALID):
            address = e164(found.raw_string, region)
            if address is None:
                continue
            if found.start > done:
                yield Piece(text[done : found.start])
            yield Piece(found.raw_string, f"tel:{address}")
            done = found.end
    if text[done:]:
        yield Piece(text[done:])
