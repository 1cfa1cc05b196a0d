"""Whose language a request is answered in: the reader's own choice, else the first of the browser's that the box speaks."""

from flask import request

from bridge.words import catalogue
from web import current


def of_browser() -> None:
    """Before everything else, since whoever is refused is told so in words too."""
    wanted = request.accept_languages.best_match([catalogue.ENGLISH, *catalogue.codes()])
    catalogue.speak(wanted or catalogue.ENGLISH)


def of_reader(chosen: str) -> None:
    """Once it is known who reads. chosen: a code, or nothing for that of the browser."""
    code = chosen if chosen in catalogue.codes() else catalogue.language()
    catalogue.speak(code, current.bridge().region())
