"""Two made-up languages, for tests of the page only: one longer and full of accents, one that runs from the right. Both say
every sentence of the catalogue in letters that English has not, so that what is still English came past the catalogue."""

import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from babel import Locale
from babel.messages import Catalog
from babel.messages.mofile import write_mo

from bridge.words import catalogue
from tests.catalogues import extracted

# Real languages that the box does not speak, for dates: those of ACCENTED look like any other, those of MIRRORED are Hebrew.
ACCENTED, MIRRORED = "sv", "he"
LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ACCENTS = str.maketrans(LATIN, "áƀçđéƒĝħíĵķĺɱñóþɋŕšţúṽŵẋýžÁƁÇĐÉƑĜĦÍĴĶĹṀÑÓÞɊŔŠŢÚṼŴẊÝŽ")
HEBREW = str.maketrans(LATIN, "אבצדעפגהיחכלמנוקקרסטושווזץאבצדעפגהיחכלמנוקקרסטושווזץ")
# What people have written is Greek, so that no word of theirs is taken for one of ours.
GREEK = str.maketrans(LATIN, "αβκδεφγηιξκλμνοπθρστυβωχψζΑΒΚΔΕΦΓΗΙΞΚΛΜΝΟΠΘΡΣΤΥΒΩΧΨΖ")
LONGER = 1.4
PLACE = re.compile(r"(\{[^{}]*\})")


def _but_places(text: str, change: Callable[[str], str]) -> str:
    return "".join(piece if at % 2 else change(piece) for at, piece in enumerate(PLACE.split(text)))


def _longer(text: str) -> str:
    """With every vowel twice, in brackets, and at least 40 % longer.

    >>> _longer("It rang {rings}."), _longer("by")
    ('[Iit raang {rings}. xx]', '[by]')
    """
    longer = _but_places(
        text, lambda piece: re.sub("[aeiouAEIOU]", lambda vowel: vowel[0] + vowel[0].lower(), piece)
    )
    wanted = math.ceil(LONGER * len(text))
    missing = max(0, wanted - len(longer) - 2)
    return f"[{longer}{' ' * (missing > 0)}{'x' * (missing - 1)}]"


def accented(text: str) -> str:
    """
    >>> accented("It rang {rings}.")
    '[Ííţ ŕááñĝ {rings}. ẋẋ]'
    """
    return _but_places(_longer(text), lambda piece: piece.translate(ACCENTS))


def mirrored(text: str) -> str:
    """
    >>> mirrored("Call {number}")
    '[צאאלל {number} וו]'
    """
    return _but_places(_longer(text), lambda piece: piece.translate(HEBREW))


def greek(text: str) -> str:
    """
    >>> greek("Hi! This is {shop}.")
    'Ηι! Τηισ ισ {shop}.'
    """
    return _but_places(text, lambda piece: piece.translate(GREEK))


SPEAK = {ACCENTED: accented, MIRRORED: mirrored}


def words_of_cldr() -> set[str]:
    """What CLDR says in the accented language: names of days, months and languages, and what stands between them."""
    locale = Locale.parse(ACCENTED)
    tables = (locale.months, locale.days, locale.day_periods)
    words = [
        word
        for table in tables
        for form in table.values()
        for names in form.values()
        for word in names.values()
    ]
    return set(re.findall(r"[A-Za-z]+", " ".join((*words, *locale.languages.values(), "kl"))))


@contextmanager
def spoken(folder: Path) -> Iterator[None]:
    """For as long as the block runs, the box speaks English and these two. folder: for their catalogues."""
    fresh = extracted()
    for code, speak in SPEAK.items():
        _write(folder / code / "LC_MESSAGES" / f"{catalogue.DOMAIN}.mo", code, speak, fresh)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "FOLDER", folder)
        _forget()
        yield
    _forget()


def _write(path: Path, code: str, speak: Callable[[str], str], fresh: Catalog) -> None:
    told = Catalog(locale=code, domain=catalogue.DOMAIN)
    for message in fresh:
        if not message.id:
            continue
        if isinstance(message.id, (tuple, list)):
            one, many = map(speak, message.id)
            told.add(message.id, (one, *[many] * (told.num_plurals - 1)))
        else:
            told.add(message.id, speak(message.id), context=message.context)
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, told)


def _forget() -> None:
    for kept in (catalogue.languages, catalogue.in_every_language, catalogue._catalogue):
        kept.cache_clear()
