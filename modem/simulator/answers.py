"""What an answer to a command is made of, and the errors of 27.007 and 27.005; which one is given is the commands' affair."""

from collections.abc import Callable

# Lines before the final result, and that; None where the answer comes by itself, later.
Answer = tuple[list[str], str] | None
# Answers one command, given what stands behind its name: "" or "?" or "=?" or "=" and values.
# Raises ValueError or IndexError for values that are none; the host is told so.
Handler = Callable[[str], Answer]
READ, TEST = "?", "=?"
OK, ERROR = "OK", "ERROR"
DONE: Answer = ([], OK)
# 27.007, 9.2
CME_WORDS = {
    3: "operation not allowed", 10: "SIM not inserted", 11: "SIM PIN required", 14: "SIM busy", 16: "incorrect password",
    22: "not found", 30: "no network service", 50: "incorrect parameters", 100: "unknown",
}  # fmt: skip


def cme(mode: str, code: int) -> Answer:
    """An error as AT+CMEE wants it (27.007, 9.1); mode: the value of that setting."""
    shown = {"0": ERROR, "1": f"+CME ERROR: {code}", "2": f"+CME ERROR: {CME_WORDS[code]}"}
    return [], shown[mode]


def needs(trouble: Callable[[], int], refuse: Callable[[int], Answer], answer: Handler) -> Handler:
    """The same handler, which refuses while there is trouble, except to AT+X=?. trouble: its code, else 0."""

    def guarded(rest: str) -> Answer:
        code = trouble() if rest != TEST else 0
        return refuse(code) if code else answer(rest)

    return guarded


def cms(code: int) -> Answer:
    """An error of a command about texts (27.005, 3.2.5)."""
    return [], f"+CMS ERROR: {code}"
