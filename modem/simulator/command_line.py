"""A command line cut into its commands (V.250, 5.2); what they mean, others know."""

import re

# The restart (27.007, 8.2): the one line that a modem still hears which answers nothing.
RESTART = "AT+CFUN=1,1"


def split(text: str) -> list[str]:
    """The commands of one line, cut at `;` outside quotes; a dial string keeps its own. None at all is one: nothing.

    >>> split("E0V1+CMEE=1;+CSCS?"), split("D+447400123456;"), split("")
    (['E0V1', '+CMEE=1', '+CSCS?'], ['D+447400123456;'], [])
    """
    if text[:1].upper() == "D":
        return [text]
    basic = re.match(r"[A-Za-z&\\][A-Za-z0-9&=?\\]*(?=[+^#*$%])", text)
    head = [basic[0]] if basic else []
    parts = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', text[len("".join(head)) :])
    return head + [part.strip() for part in parts if part.strip()]
