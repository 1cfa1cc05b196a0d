"""What is wrong with something that was typed, as a sentence's template with its facts: bridge/words puts it into the reader's
language. As text it is English, without a full stop, to be read behind the name of a key."""

from bridge.rules.one_line import one_line
from modem.contract import Value


class Mistake(ValueError):
    """A value that will not do, and what would be right.

    >>> str(Mistake("“{value}” is no price", value="ten"))
    '“ten” is no price'
    """

    def __init__(self, template: str, **facts: Value) -> None:
        self.template = template
        # What was typed may have an end of a line in it; the sentence has none.
        self.facts = {name: one_line(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
        super().__init__(template.format_map(self.facts))
