"""The words of our texts: placeholders, languages, twins, the hint how to opt out, and what a text costs."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.config import Settings, parse
from bridge.config.checks import region
from bridge.rules.languages import LANGUAGES
from bridge.rules.template import placeholders, render
from bridge.rules.wording import TWINS, choose, plain, reply, segments, with_hint

ANN, KLAUS = "+447400123456", "+4915123456789"
CALLED = datetime(2026, 7, 1, 12, 5, tzinfo=UTC)
HINT = "Reply STOP to opt out."


def settings(textback: str, shop: str = "") -> Settings:
    text = f"[shop]\ncountry = GB\ntimezone = Europe/London\n{shop}\n[textback]\n{textback}\n"
    return parse(text, Path("/etc/textback/config.ini"))


RENDERED = [
    (
        "Hi {name}, this is {shop}.",
        {"name": "Ann", "shop": "Corner Bakery"},
        "Hi Ann, this is Corner Bakery.",
    ),
    ("Hi {name}, this is {shop}.", {"shop": "Corner Bakery"}, "Hi, this is Corner Bakery."),
    ("{name} hello", {"name": ""}, "hello"),
    ("We are {shop} {phone}.", {}, "We are."),
    ("({phone})", {"phone": ""}, "()"),
    ("{shop}{shop}", {"shop": "{phone}", "phone": "1"}, "{phone}{phone}"),
    ("Hi {name}!", {"name": "Ann\r\n\x1aBob\x1b  Cem"}, "Hi Ann Bob Cem!"),
    ("{other} {SHOP} 100%", {"other": "x"}, "{other} {SHOP} 100%"),
]


@pytest.mark.parametrize(("template", "values", "text"), RENDERED)
def test_render(template: str, values: dict[str, str], text: str) -> None:
    assert render(template, values) == text


@given(st.text())
def test_render_takes_any_name(name: str) -> None:
    text = render("Hi {name}!", {"name": name})
    assert text.startswith("Hi")
    assert text.endswith("!")
    assert not any(ord(character) < 32 for character in text)


def test_placeholders() -> None:
    assert placeholders("{shop}, {Shop} {} {a b") == ["shop", "Shop", ""]


PLAIN = [
    ("we’ll “see” – soon…", 'we\'ll "see" - soon...'),
    ("„so“ «là» ‹x› l´été", '"so" "là" \'x\' l\'été'),
    ("10\u00a0000\u202f€\u2009!", "10 000 €!".replace("€!", "€ !")),
    ("soft\u00adhyphen", "softhyphen"),
    ("äöü ß ñ € á ł Ж 你好 • ½ 👍🏽 👩\u200d🍳", "äöü ß ñ € á ł Ж 你好 • ½ 👍🏽 👩\u200d🍳"),
]


@pytest.mark.parametrize(("text", "twin"), PLAIN)
def test_plain(text: str, twin: str) -> None:
    assert plain(text) == twin


@pytest.mark.parametrize("character", list(TWINS))
def test_a_twin_spares_the_second_alphabet(character: str) -> None:
    assert segments(character).alphabet == "ucs2"
    assert segments(plain(character)).alphabet == "gsm7"


# the length of the text, and whether the hint of 22 characters and its blank fit
ROOM = [
    (1, True),
    (160 - 23, True),
    (160 - 22, False),
    (160, False),
    (161, True),
    (306 - 23, True),
    (306 - 22, False),
]


@pytest.mark.parametrize(("length", "fits"), ROOM)
def test_the_hint_costs_no_further_segment(length: int, fits: bool) -> None:
    text = "x" * length
    assert with_hint(text, HINT) == (f"{text} {HINT}" if fits else text)


def test_the_hint_where_characters_are_dear() -> None:
    assert with_hint("ж" * 47, HINT) == "ж" * 47 + f" {HINT}"
    assert with_hint("ж" * 48, HINT) == "ж" * 48
    assert with_hint("x" * 60, "Ответьте СТОП") == "x" * 60  # it would make an SMS of 160 one of 70
    assert with_hint("Hi", "") == "Hi"


LANGUAGE_CASES = [
    ("message = Hi\nmessage.de = Hallo", KLAUS, "Hallo"),
    ("message = Hi\nmessage.de = Hallo", "+436601234567", "Hallo"),
    ("message = Hi\nmessage.de = Hallo", ANN, "Hi"),
    ("message = Hi\nmessage.de = Hallo\nmessage.fr = Salut", "+41781234567", "Hi"),  # Switzerland speaks four
    ("message = Salut\nmessage.en = Hi", ANN, "Hi"),
    ("message = Hi\nmessage.de = Hallo", "60006", "Hi"),
]


@pytest.mark.parametrize(("textback", "number", "text"), LANGUAGE_CASES)
def test_the_language_of_a_number(textback: str, number: str, text: str) -> None:
    assert choose(settings(textback), number) == text


def test_the_languages_are_data_that_the_settings_can_name() -> None:
    regions = [code for codes in LANGUAGES.values() for code in codes.split()]
    assert len(regions) == len(set(regions))
    assert [region(code) for code in regions] == regions


def test_a_whole_reply() -> None:
    made = settings(
        "message = Hi {name}, it’s {shop} ({phone}). You rang at {time}.",
        "name = Bob’s\nphone = 0121 234 5678",
    )
    first = reply(made, ANN, "", CALLED, first=True)
    assert first == f"Hi, it's Bob's (0121 234 5678). You rang at 13:05. {HINT}"  # 12:05 UTC in summer
    assert (
        reply(made, ANN, "Ann", CALLED, first=False)
        == "Hi Ann, it's Bob's (0121 234 5678). You rang at 13:05."
    )


def test_without_a_hint() -> None:
    assert reply(settings("message = Hi\nopt_out_hint = no"), ANN, "", CALLED, first=True) == "Hi"
    assert reply(settings("message = Hi\nopt_out_text ="), ANN, "", CALLED, first=True) == "Hi"


def test_the_shipped_text_is_one_segment_with_its_hint() -> None:
    text = reply(settings(""), ANN, "", CALLED, first=True)
    assert text.endswith(HINT)
    assert segments(text).parts == 1
