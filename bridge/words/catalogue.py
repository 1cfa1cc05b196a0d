"""How every sentence is made: a template with named places, one function for plurals. What gettext will translate."""

from modem.contract import Value


def say(template: str, /, **values: Value) -> str:
    """The template with its places filled; a place without a value stays as it is, since a page must not fail of it.

    >>> say("It could not be sent within {minutes}.", minutes=count(1, "minute", "minutes"))
    'It could not be sent within 1 minute.'
    >>> say("It rang {rings}.")
    'It rang {rings}.'
    """
    return template.format_map(_Facts(values))


class _Facts(dict[str, Value]):
    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def count(number: int, one: str, many: str) -> str:
    """A number with its noun.

    >>> count(1, "time", "times"), count(0, "time", "times")
    ('1 time', '0 times')
    """
    return f"{number} {one if number == 1 else many}"
