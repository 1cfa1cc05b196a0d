"""`make messages`: the catalogues of bridge/locale, brought up to date with what stands in code and templates, and compiled."""

import io
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel import Locale
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from bridge.config.schema import ABOUT, SECTIONS
from bridge.words.catalogue import DOMAIN, ENGLISH, FOLDER, codes
from tests.support.paths import ROOT

METHODS = {"bridge": [("**.py", "python")], "web": [("**.py", "python"), ("templates/**.html", "jinja2")]}
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "gettext": None, "Mistake": None, "ngettext": (1, 2)}
HEADER = """\
# The words of textback in {name}.
# This file is distributed under the licence of textback, GPL-3.0-or-later. docs/translating.md says how to change it."""
FRENCH = "fr"
LEFT_OUT = (b'"POT-', b'"PO-Rev', b'"Generated', b'"Project-Id', b'"Report-', b'"Last-', b'"Language-T')


def extracted() -> Catalog:
    """Every sentence of the code, by the files in which it stands."""
    found = Catalog(domain=DOMAIN, fuzzy=False)
    for room, methods in METHODS.items():
        messages = extract_from_dir(
            ROOT / room, methods, keywords=KEYWORDS, comment_tags=["Translators:"], strip_comment_tags=True
        )
        for name, line, message, comments, context in sorted(messages, key=lambda one: (one[0], one[1])):
            found.add(message, None, [(f"{room}/{name}", line)], auto_comments=comments, context=context)
    for place, words in forms():
        found.add(words, None, [(place, 1)])
    return found


def forms() -> Iterator[tuple[str, str]]:
    """What the forms of the settings say, which are made of the rows of config.ini: where it stands, and the words."""
    for section, settings in SECTIONS.items():
        place = f"bridge/config/keys/{section}.py"
        about = ABOUT[section]
        asked = [setting.ask for setting in settings.values() if setting.ask is not None]
        choices = [words for ask in asked for key, words in ask.choices.items() if words != key]
        hints = [words for ask in asked for words in (ask.label, ask.hint)]
        yield from ((place, words) for words in (about.title, about.lead, *hints, *choices) if words)


def source(code: str) -> Path:
    """Where the translations of a language are written down."""
    return FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(code: str) -> Catalog:
    """What stands there."""
    with source(code).open("rb") as file:
        return read_po(file, locale=code, domain=DOMAIN)


def updated(code: str, fresh: Catalog) -> Catalog:
    """The translations of a language for the sentences that there are now; what is like an old one is in doubt (fuzzy)."""
    catalogue = read(code) if source(code).exists() else Catalog(locale=code, domain=DOMAIN, fuzzy=False)
    catalogue.update(fresh, update_creation_date=False)
    catalogue.obsolete.clear()
    for message in catalogue:
        message.flags = Message(message.id).flags | ({"fuzzy"} if message.fuzzy and message.string else set())
        if code == FRENCH and message.string:
            message.string = held_together(message.string)
    name = Locale.parse(code).english_name
    catalogue.header_comment = HEADER.format(name=name)
    return catalogue


def held_together(words: str | Sequence[str]) -> str | tuple[str, ...]:
    """As French is set: no line breaks between a word and the sign behind it, nor within its quotes.

    >>> held_together("Prêt ?"), held_together(("« Oui »", "à 9:00"))
    ('Prêt\\xa0?', ('«\\xa0Oui\\xa0»', 'à 9:00'))
    """
    if isinstance(words, str):
        return re.sub(r" (?=[?!:;»])|(?<=«) ", "\N{NO-BREAK SPACE}", words)
    return tuple(str(held_together(form)) for form in words)


def as_text(catalogue: Catalog) -> bytes:
    """As it stands in the file: in the order of the code, without a date or a line that would change by itself."""
    out = io.BytesIO()
    write_po(out, catalogue, width=110, sort_by_file=True, include_lineno=False, omit_header=False)
    return b"".join(
        line for line in out.getvalue().splitlines(keepends=True) if not line.startswith(LEFT_OUT)
    )


def is_missing(message: Message) -> bool:
    """Does somebody have to translate it, or to look at it again?"""
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return bool(message.id) and (message.fuzzy or not all(forms))


def compile_catalogue(code: str) -> None:
    """Makes what the program reads."""
    with source(code).with_suffix(".mo").open("wb") as compiled:
        write_mo(compiled, read(code))


def languages() -> Iterator[str]:
    """All but the one that the sentences are written in."""
    return (code for code in codes() if code != ENGLISH)


def main() -> None:
    """Brings all of them up to date, or begins those that are named: python -m tests.catalogues sv."""
    fresh = extracted()
    for code in {*languages(), *sys.argv[1:]}:
        catalogue = updated(code, fresh)
        source(code).parent.mkdir(parents=True, exist_ok=True)
        source(code).write_bytes(as_text(catalogue))
        compile_catalogue(code)
        left = sum(map(is_missing, catalogue))
        print(f"{code}: {len(catalogue)} sentences, {left} to translate")


if __name__ == "__main__":
    main()
