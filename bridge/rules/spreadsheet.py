"""Cells of CSV files that spreadsheets open: none of what people wrote is calculated. An apostrophe before it makes it text."""

import re

# What spreadsheets would calculate, behind blanks too; an apostrophe that was there before gets a second.
_FORMULA = r"(?=[\s']*[=+\-@\t\r])"


def guarded(text: str) -> str:
    """A cell of text.

    >>> guarded("=1+1"), guarded(" +1"), guarded("'=1"), guarded("Ann")
    ("'=1+1", "' +1", "''=1", 'Ann')
    """
    return re.sub(f"^{_FORMULA}", "'", text)


def guarded_number(text: str) -> str:
    """A cell that may be a phone number, which stays as it is.

    >>> guarded_number("+447400123456"), guarded_number("+1+1")
    ('+447400123456', "'+1+1")
    """
    return text if re.fullmatch(r"\+[0-9]+", text) else guarded(text)


def unguarded(cell: str) -> str:
    """The text that was guarded.

    >>> unguarded("'=1+1"), unguarded("''=1"), unguarded("'Ann'")
    ('=1+1', "'=1", "'Ann'")
    """
    return re.sub(f"^'{_FORMULA}", "", cell)
