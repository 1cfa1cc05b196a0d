"""Which command is answered by what: a handler, the letters of V.250, or a setting that is only remembered."""

import re

from modem.simulator.answers import OK, Answer, Handler
from modem.simulator.settings import Settings

_NAME = re.compile(r"[+^#*$%&][A-Z][A-Z0-9]*")


class Commands:
    """handlers: by name, such as +CMGS; basic: what answers the letters."""

    def __init__(self, handlers: dict[str, Handler], basic: Handler, settings: Settings) -> None:
        self._handlers = handlers | {"+CLAC": self._clac}
        self._basic = basic
        self._settings = settings

    def answer(self, text: str) -> Answer:
        """The answer to one command, its AT and its neighbours taken off."""
        name = _NAME.match(text.upper())
        if not name or name[0][0] == "&":
            return self._basic(text)
        key, rest = name[0], text[name.end() :]
        try:
            if handler := self._handlers.get(key):
                return handler(rest)
            return self._settings.answer(key, rest)
        except (ValueError, IndexError):
            return self._settings.cme(50)

    def _clac(self, rest: str) -> Answer:
        """Every command with a name, one line each (27.007, 8.37)."""
        names = {name for name in self._settings if len(name) > 2} | set(self._handlers)
        return ["\r\n".join(f"AT{name}" for name in sorted(names))], OK
