"""Which port is tried for a line, whether the modem that answers there is the line's own, and what is said if
none is; it opens no port."""

import os
from dataclasses import dataclass, field

from modem.ports import discovery
from modem.ports.discovery import Port
from modem.troubles import Trouble, TroubleCode


class PortChoice:
    """wanted: what config.ini says: `auto`, a path, or `imei:` or `iccid:` and digits. others: IMEIs and
    ICCIDs of the other lines' modems, which `auto` leaves to them. home: where the modem was last."""

    def __init__(self, wanted: str, others: frozenset[str]) -> None:
        self.home = wanted
        self._wanted = wanted
        self._others = others
        self._last: Port | None = None

    @property
    def _is_named(self) -> bool:
        return self._wanted.startswith("/")

    def candidates(self, found: list[Port]) -> list[str]:
        """The paths to try: the one that config.ini names, wherever its port is now; else all of `found` that
        may be a modem, the likeliest first and the last home before all."""
        if self._is_named:
            now = discovery.same_place(self._last, found) if self._last else None
            return [self._wanted if now is None or os.path.exists(self._wanted) else now]
        paths = [candidate.path for candidate in discovery.candidates(found)]
        return sorted(paths, key=lambda path: path != self.home)

    def settle(self, path: str, found: list[Port]) -> None:
        """Our modem is at this path now."""
        self.home = path
        self._last = next((port for port in found if port.path == path), self._last)

    def why_not_ours(self, imei: str | None, iccid: str | None) -> Trouble | None:
        """Why the modem with this IMEI and ICCID (None: it would not tell) is another line's; None if it is
        ours."""
        identities = {identity for identity in (imei, iccid) if identity}
        kind, _, digits = self._wanted.partition(":")
        if kind in ("imei", "iccid") and digits not in identities:
            return Trouble.of(TroubleCode.NOT_THE_NAMED_MODEM, imei=imei or "", iccid=iccid or "")
        if self._wanted == "auto" and identities & self._others:
            return Trouble(TroubleCode.MODEM_OF_ANOTHER_LINE)
        return None

    def nothing_found(self, mute: dict[str, Trouble], account: list[str]) -> Trouble:
        """Why there is no line. mute: what became of each path that was tried. account: a line
        `path: what it is` for each port, or sentences; see `discovery.account`."""
        if self._is_named:
            return next(iter(mute.values()))
        ports = " ".join(f"{line}." for line in account if line.split(":")[0] not in mute)
        if not mute:
            return Trouble.of(TroubleCode.NO_MODEM, ports=ports)
        tried = Trouble.join(list(mute.values()))
        return Trouble.of(TroubleCode.NO_MODEM_ANSWERS, tried=tried, ports=ports)


@dataclass
class Round:
    """What came of one round through the ports."""

    answered: dict[str, Trouble] = field(
        default_factory=dict
    )  # place of the stick -> what is wrong with its modem
    mute: dict[str, Trouble] = field(default_factory=dict)  # path -> why nothing came of it
    asked: bool = False  # a port could be opened, and nothing answered there
