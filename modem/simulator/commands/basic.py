"""The commands of V.250 that are letters: ATD, ATA, ATH, ATZ, ATI, and ATE0V1&C1 and their like."""

import re

from modem.simulator.answers import DONE, OK, Answer
from modem.simulator.calls import Calls
from modem.simulator.profiles import Profile
from modem.simulator.settings import Settings

_LETTERS = re.compile(r"S\d+=?\d*\??|[&\\]?[A-Z]\d*")


class Basic:
    """Answers letters for one modem."""

    def __init__(self, profile: Profile, settings: Settings, calls: Calls) -> None:
        self._profile = profile
        self._settings = settings
        self._calls = calls

    def answer(self, text: str) -> Answer:
        """One command, or letters in a row."""
        upper = text.upper()
        if upper.startswith("D"):
            self._calls.dial(re.sub(r"[^\d+]", "", text))
        elif upper == "A":
            return DONE if self._calls.answer() else ([], "NO CARRIER")
        elif upper in ("H", "H0"):
            if not self._settings.on("+CVHU"):  # Qualcomm: ATH leaves voice calls alone (27.007, 6.20)
                self._calls.hang_up()
        elif upper in ("I", "I0"):
            profile = self._profile
            return [profile.maker, profile.model, f"Revision: {profile.revision}"], OK
        elif upper in ("Z", "Z0", "&F", "&F0"):
            self._settings.power_up()
        elif "".join(_LETTERS.findall(upper)) != upper:
            return self._settings.unknown()
        else:
            self._remember(upper)
        return DONE

    def _remember(self, upper: str) -> None:
        for token in _LETTERS.findall(upper):
            key, value = token.partition("=")[::2] if token[0] == "S" else (token[0], token[1:] or "0")
            if key in self._settings and value:
                self._settings.put(key, value)
