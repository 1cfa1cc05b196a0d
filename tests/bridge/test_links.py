"""Which words of a text can be pressed, and where they lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.rules.links import linked


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Hello", {}),
        ("", {}),
        ("Look at https://x.de/a?b=1&c=2.", {"https://x.de/a?b=1&c=2": "https://x.de/a?b=1&c=2"}),
        ("HTTP://X.DE/", {"HTTP://X.DE/": "HTTP://X.DE/"}),
        ("(see www.x.de/a_(b))", {"www.x.de/a_(b)": "https://www.x.de/a_(b)"}),
        ('<a href="https://x.de/q">', {"https://x.de/q": "https://x.de/q"}),
        ("https:// or www. or http", {}),
        ("javascript:alert(1) data:text/html,x ftp://x.de file:///etc", {}),
        ("xhttps://x.de", {}),
        ("Ring 07400 123456, or +49 30 901820", {"07400 123456": "tel:+447400123456", "+49 30 901820": "tel:+4930901820"}),
        ("I paid 1200 on 24.12.2026 for order 123456", {}),
        ("https://x.de/07400123456", {"https://x.de/07400123456": "https://x.de/07400123456"}),
    ],
)  # fmt: skip
def test_links(text: str, links: dict[str, str]) -> None:
    assert {piece.text: piece.href for piece in linked(text, "GB") if piece.href} == links


@given(st.text() | st.from_regex(r"(https?://|www\.|javascript:|0[0-9 ]{8,12}|[).,<>\"' ]){1,6}"))
def test_no_word_is_lost_and_no_other_scheme_made(text: str) -> None:
    pieces = linked(text, "GB")
    assert "".join(piece.text for piece in pieces) == text
    assert all((piece.href or "tel:").lower().startswith(("https://", "http://", "tel:")) for piece in pieces)
