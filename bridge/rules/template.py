"""Templates of texts: placeholders, and what is wrong with them."""

import re
from collections.abc import Mapping

from bridge.rules.mistakes import Mistake
from bridge.rules.one_line import one_line

PLACEHOLDERS = ("shop", "phone", "name", "time", "reopens")


def placeholders(template: str) -> list[str]:
    """The names in braces, known or not.

    >>> placeholders("Hi, this is {shop}. {Reopens}")
    ['shop', 'Reopens']
    """
    return re.findall(r"\{([^{}]*)\}", template)


def render(template: str, values: Mapping[str, str]) -> str:
    """Fill placeholders in; an empty one vanishes together with the blank before it.

    >>> render("Hi {name}, this is {shop}.", {"name": "", "shop": "Corner Bakery"})
    'Hi, this is Corner Bakery.'
    """
    return fill_in(template, {name: values.get(name, "") for name in PLACEHOLDERS})


def fill_in(words: str, values: Mapping[str, str]) -> str:
    """The same with these placeholders alone; other braces stay as they are.

    >>> fill_in("Hi {name}, {odd}", {"name": ""})
    'Hi, {odd}'
    """
    known = "|".join(map(re.escape, values))

    def fill(matched: re.Match[str]) -> str:
        value = one_line(values[matched[2]])  # names may come from strangers or the SIM
        return matched[1] + value if value else ""

    return re.sub(rf"( ?)\{{({known})\}}", fill, words).strip()


def problem_of(template: str) -> Mistake | None:
    """What is wrong with a template; None if nothing is.

    >>> problem_of("Hi from {shop}"), str(problem_of("Hi {you}"))
    (None, '{you} is not a placeholder; use {shop} {phone} {name} {time} {reopens}')
    """
    known = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    if not template:
        return Mistake("there must be a text to send; to send none, write enabled = no")
    unknown = [name for name in placeholders(template) if name not in PLACEHOLDERS]
    if unknown:
        return Mistake(
            "{placeholder} is not a placeholder; use {known}",
            placeholder="{" + unknown[0] + "}",
            known=known,
        )
    if re.search("[{}]", re.sub(r"\{[^{}]*\}", "", template)):
        return Mistake("a curly bracket has no partner; curly brackets are only for {known}", known=known)
    return None
