"""What stands in a box for a text: the words, what they cost, and why they did not go out; on every page that has one."""

from collections.abc import Mapping
from dataclasses import dataclass

from bridge.rules.limits import MOST_PARTS
from bridge.rules.wording import TWINS, alphabet
from bridge.words.preview import cost, cost_words


@dataclass(frozen=True)
class Draft:
    """What stands in the reply box. despite_stop: the tick beside it. problem: why it did not go out; said: what was done with
    it instead. ticket: by which the box knows it again if it is sent twice."""

    body: str = ""
    despite_stop: bool = False
    problem: str | None = None
    said: str | None = None
    ticket: str = ""
    note: str = ""

    @property
    def cost(self) -> str:
        """What it costs, in words."""
        return cost(self.body)


def typed(form: Mapping[str, str]) -> Draft:
    """What somebody has typed into such a box."""
    body = form.get("body", "").replace("\r\n", "\n")
    return Draft(body, bool(form.get("despite_stop")), ticket=form.get("ticket", "")[:40])


def counting() -> dict[str, object]:
    """What the page's script needs to count as the box does."""
    return {"one": alphabet(1), "two": alphabet(2), "twins": TWINS, "words": cost_words(MOST_PARTS)}
