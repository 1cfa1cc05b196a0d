"""What can go wrong with a modem, by whose fault it is; every text names what happened and what would be right."""

from modem.troubles import Trouble


class ModemError(Exception):
    """Anything that this room raises on purpose."""


class WithTrouble(ModemError):
    """Something that a person is told."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.to_text())
        self.trouble = trouble


class PduError(ModemError, ValueError):
    """A PDU or a text that the rules of 23.040 do not admit."""


class PortLost(WithTrouble):
    """The port is gone, cannot be opened, or the modem behind it has started anew. `lines` as in CommandTimeout."""

    def __init__(self, trouble: Trouble, lines: tuple[str, ...] = ()) -> None:
        super().__init__(trouble)
        self.lines = lines


class CommandTimeout(WithTrouble):
    """No final result within the command's time. `lines` is what had been answered until then."""

    def __init__(self, trouble: Trouble, lines: tuple[str, ...] = ()) -> None:
        super().__init__(trouble)
        self.lines = lines


class CommandError(ModemError):
    """The modem answered ERROR to `command`. `code` is None where it gave none."""

    def __init__(self, command: str, final: str, code: int | None = None) -> None:
        super().__init__(f"the modem answered {final!r} to {command!r}")
        self.command = command
        self.final = final
        self.code = code


class CmeError(CommandError):
    """+CME ERROR (27.007 9.2): the device or the SIM refuses."""


class CmsError(CommandError):
    """+CMS ERROR (27.005 3.2.5): the message service or the network refuses."""


class NotUsable(WithTrouble):
    """The modem answers, but a person has to do something first."""


class PinRefused(NotUsable):
    """The SIM did not take the PIN: it must not be tried again."""


class Stuck(NotUsable):
    """The modem answers and gets nowhere: a restart of the modem may help."""


class NotOurs(NotUsable):
    """A modem, but the one of another line."""
