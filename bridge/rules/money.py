"""What texts cost: a price as the shop writes it, and sums of it written the same way; pure. Of currencies it knows nothing."""

import re
from dataclasses import dataclass
from decimal import Decimal

from bridge.rules.mistakes import Mistake

# A sum with what stands before or behind it: a sign or a code.
_SIGN = r"[^\W\d_]{1,4}|[^\w\s.,+\-]"
_PRICE = re.compile(
    rf"(?P<before>(?:{_SIGN})?\s*)(?P<sum>\d{{1,5}}(?:[.,]\d{{1,4}})?)(?P<after>\s*(?:{_SIGN})?)"
)


@dataclass(frozen=True)
class Price:
    """What one text costs. before, after: what stands around a sum; point: between whole ones and hundredths; cents: does
    anybody count those?"""

    amount: Decimal
    before: str = ""
    after: str = ""
    point: str = "."
    cents: bool = True

    def of(self, texts: int) -> str:
        r"""What so many texts cost, written as the price is.

        >>> price("£0.05").of(31), price("0,079 €").of(1000), price("EUR 0.1").of(3), price("12 Ft").of(3)
        ('£1.55', '79,00 €', 'EUR 0.30', '36 Ft')
        """
        return f"{self.before}{self.plain(texts).replace('.', self.point)}{self.after}"

    def plain(self, texts: int) -> str:
        r"""The same as a bare number with a point, for programs.

        >>> price("0,079 €").plain(1000)
        '79.00'
        """
        return f"{self.amount * texts:.{2 if self.cents else 0}f}"


def price(text: str) -> Price:
    r"""What one text costs, as people write it. Raises ValueError for anything else.

    >>> price("0,09 €")
    Price(amount=Decimal('0.09'), before='', after=' €', point=',', cents=True)
    """
    matched = _PRICE.fullmatch(text.strip())
    if matched is None or (matched["before"].strip() and matched["after"].strip()):
        raise Mistake("“{text}” is not a price; write one such as £0.05, 0,09 € or 0.05", text=text)
    written = matched["sum"]
    amount = Decimal(written.replace(",", "."))
    return Price(amount, matched["before"], matched["after"], "," if "," in written else ".", amount % 1 != 0)
