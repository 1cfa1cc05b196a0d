"""How every sentence is made: a template with named places, one function for plurals. What gettext will translate."""

from modem.contract import Value


def say(template: str, **values: Value) -> str:
    """The template with its places filled.

    >>> say("It could not be sent within {minutes}.", minutes=count(1, "minute", "minutes"))
    'It could not be sent within 1 minute.'
    """
    return template.format(**values)


def count(number: int, one: str, many: str) -> str:
    """A number with its noun.

    >>> count(1, "time", "times"), count(0, "time", "times")
    ('1 time', '0 times')
    """
    return f"{number} {one if number == 1 else many}"
