"""What customers and the owner get in each language: whole, at the price of one text, and understood when it is answered."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from bridge.config import Settings, parse
from bridge.config.schema import SECTIONS
from bridge.rules import languages, wording
from bridge.rules.optout import Intent, intent
from bridge.rules.owner_commands import Command, Order, Words, read
from bridge.words import catalogue, owner, texts, times
from bridge.words.catalogue import gettext, speaking
from modem.contract import alphabet, segments
from modem.simulator import Simulator
from tests.support.box import ANN, Box, a_box, until

CODES = catalogue.codes()
SHIPPED = SECTIONS["textback"]
KNOWN = set(alphabet(1) + alphabet(2))
MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
# What the shop's own country, its key and the number make of it.
CHOSEN = [
    ("GB", "auto", "+447400123456", "", "en"),
    ("DE", "auto", "+4915123456789", "", "de"),
    ("DE", "auto", "+33612345678", "", "de"),
    ("DE", "auto", "+33612345678", "message.fr = Bonjour", "fr"),
    ("BE", "auto", "+32470123456", "", "en"),
    ("BE", "nl", "+32470123456", "", "nl"),
    ("ZZ", "auto", "+447400123456", "", "en"),
    ("SE", "auto", "+46701234567", "", "sv"),
]


def settings(shop: str = "", textback: str = "") -> Settings:
    text = f"[shop]\nname = Corner Bakery\n{shop}\n[textback]\n{textback}\n"
    return parse(text, Path("/etc/textback/config.ini"))


@pytest.mark.parametrize(("region", "key", "number", "message", "code"), CHOSEN)
def test_the_language_of_a_text(region: str, key: str, number: str, message: str, code: str) -> None:
    assert languages.of_text(settings(f"language = {key}", message), region, number) == code


def test_there_are_the_eight_of_opt_out() -> None:
    assert CODES == ("de", "en", "es", "fr", "it", "nl", "pl", "pt")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("shop", ["Corner Bakery", ""])
def test_the_shipped_text_and_its_hint_cost_one_text(code: str, shop: str) -> None:
    chosen = replace(settings(), shop=replace(settings().shop, name=shop))
    with speaking(code):
        body = wording.reply(texts.worded(chosen), ANN, "", MONDAY, first=True)
        hint = texts.worded(chosen).textback.opt_out_text
    assert segments(body).parts == 1
    assert set(body) <= KNOWN
    assert body.endswith(hint)
    assert intent(hint, ()) is not Intent.NOTHING  # it says STOP
    assert shop in body
    assert "  " not in body
    assert " ." not in body


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("said", texts.ANSWERS)
def test_an_answer_costs_one_text_and_names_the_word_that_undoes_it(code: str, said: Intent) -> None:
    with speaking(code):
        body = texts.answer(said, "Corner Bakery", "+44 121 234 5678")
        unnamed = texts.answer(said, "", "")
    assert "Corner Bakery" in body
    assert segments(body).parts == 1
    assert set(body + unnamed) <= KNOWN
    assert ("START" if said is Intent.STOP else "STOP") in body
    assert ("START" if said is Intent.STOP else "STOP") in unnamed


@pytest.mark.parametrize("code", CODES)
def test_when_the_shop_opens_is_said_of_every_day_in_words_of_its_own(code: str) -> None:
    with speaking(code):
        moments = [MONDAY + timedelta(days=days) for days in (*range(7), *range(30, 390, 30))]
        told = [texts.saving(times.then(moment, MONDAY, UTC)) for moment in moments]
    assert len(set(told)) == len(told)
    assert all("7" in words and "30" in words and "{" not in words for words in told)
    assert set("".join(told)) <= KNOWN


@pytest.mark.parametrize("code", CODES)
def test_the_orders_that_help_names_are_understood(code: str) -> None:
    known = owner.vocabulary()
    with speaking(code):
        named = gettext(owner.HELP)
        words = {order: gettext(word).split(",")[0] for order, word in owner.ORDERS.items()}
        resume = gettext(owner.RESUME_HINT)
    for order, word in words.items():
        assert read(f" {word.lower()}! ", known) == Order(order)
        assert order is Command.HELP or word in named
    assert words[Command.RESUME] in resume
    pause = next(part for part in named.replace(",", "").split(".")[0].split(words[Command.PAUSE])[1:])
    assert read(f"{words[Command.PAUSE]} {pause.split()[0]}", known) == Order(
        Command.PAUSE, timedelta(hours=2)
    )


SAID = [
    ("Pause für 2 Stunden", Order(Command.PAUSE, timedelta(hours=2))),
    ("PAUSE 30 MIN", Order(Command.PAUSE, timedelta(minutes=30))),
    ("pausa 3 días", Order(Command.PAUSE, timedelta(days=3))),
    ("Wznów", Order(Command.RESUME)),
    ("état", Order(Command.STATUS)),
    ("pause für die Küche", Words(None, "pause für die Küche")),
    ("pause 2 brot", Words(None, "pause 2 brot")),
    ("#17 STATUS", Words(17, "STATUS")),
]


@pytest.mark.parametrize(("text", "meant"), SAID)
def test_orders_in_any_language(text: str, meant: object) -> None:
    assert read(text, owner.vocabulary()) == meant


def test_words_of_the_shop_stay_as_they_are() -> None:
    with speaking("pl"):
        own = texts.worded(
            settings(textback="message = Oddzwonimy, Łódź\nopt_out_text = STOP = koniec")
        ).textback
    assert (own.message, own.opt_out_text) == ("Oddzwonimy, Łódź", "STOP = koniec")


# ---- a whole box

OWNER = "[notify]\nsms_to = +447400123499\nquiet =\n"


def sent(box: Box, number: str, count: int) -> list[str]:
    """What went to that number, once it is so much."""
    return until(
        lambda: (
            found
            if len(found := [t.text for t in box.simulator.sent if t.number == number]) >= count
            else None
        ),
        f"{count} texts to {number}",
    )


def test_a_german_shop_writes_german_and_keeps_codes(tmp_path: Path) -> None:
    with (
        Simulator(speed=20, reports="off") as simulator,
        a_box(
            tmp_path, simulator, message=SHIPPED["message"].default, extra=OWNER, country="GB\nlanguage = de"
        ) as box,
    ):
        simulator.call(ANN, rings=2, wait=True)
        assert sent(box, ANN, 1)[0].startswith("Guten Tag! Leider haben wir Ihren Anruf verpasst.")
        simulator.text(ANN, "Haben Sie Brot?")
        sent(box, "+447400123499", 1)
        simulator.text("+447400123499", "Letzte")
        assert "Zuletzt verpasst: " in sent(box, "+447400123499", 2)[1]
        simulator.text(ANN, "Stopp")
        assert sent(box, ANN, 2)[1].startswith("Sie erhalten keine automatischen SMS mehr von ")
        call = box.calls()[0]
        with Session(box.service.engine):
            assert all(step["rule"].isascii() for step in call.trace)
