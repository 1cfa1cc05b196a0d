"""What of a text is shown where it was found: the words around the first match, and which of them match; pure."""

from dataclasses import dataclass

from bridge.rules.folding import matches, words

# So much of a text is shown (characters), so much of it before the first match.
SHOWN, BEFORE = 120, 45


@dataclass(frozen=True)
class Piece:
    """A run of an excerpt's characters. found: they are what was searched."""

    text: str
    found: bool = False


def excerpt(body: str, search: str) -> tuple[Piece, ...]:
    """The part of a text that shows why it was found, in one line. search: as it was typed.

    >>> excerpt("Is the Käsekuchen  ready?", "kasekuchen")
    (Piece(text='Is the ', found=False), Piece(text='Käsekuchen', found=True), Piece(text=' ready?', found=False))
    """
    body = " ".join(body.split())
    wanted = words(search)
    spans = matches(body, wanted) if wanted else []
    first, behind = _window(body, spans[0][0] if spans else 0)
    pieces = [Piece("…\N{NO-BREAK SPACE}")] if first else []
    for begin, end in spans:
        if begin < behind:
            pieces += [Piece(body[first:begin]), Piece(body[begin : min(end, behind)], found=True)]
            first = min(end, behind)
    pieces += [Piece(body[first:behind]), Piece("\N{NO-BREAK SPACE}…" if behind < len(body) else "")]
    return tuple(piece for piece in pieces if piece.text)


def _window(body: str, match: int) -> tuple[int, int]:
    """From where to where a text is shown, with this place in it; words stay whole where blanks are near."""
    if len(body) <= SHOWN:
        return 0, len(body)
    first = max(0, min(match - BEFORE, len(body) - SHOWN))
    if first:
        first = body.find(" ", first, match) + 1 or first
    behind = first + SHOWN
    if behind >= len(body):
        return first, len(body)
    blank = body.rfind(" ", match, behind)
    return first, blank if blank > match else behind
