"""When the modem is looked at: its settings and how the line is, now and then and after certain news; and the
phone book of missed calls. It only says when; instants are seconds of the monotonic clock."""

from enum import StrEnum, auto

from modem.line.timing import Timing


class Look(StrEnum):
    """What is to be done."""

    SET_UP = auto()  # set the modem up again, from the first AT
    CHECK = auto()  # are the settings still ours, and how is the line?
    BOOK = auto()  # read the phone book of missed calls
    TEXTS = auto()  # read what lies in the storages


class Upkeep:
    """The next look of each kind, for one session."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._check_at: float | None = None
        self._book_at: float | None = None
        self._texts_at: float | None = None
        self._settings_gone = False
        self._set_up_at = 0.0
        self._checked_at = 0.0

    def next_at(self) -> float | None:
        """The instant of the next look, None if none is planned."""
        moments = (self._check_at, self._book_at, self._texts_at)
        return min((at for at in moments if at is not None), default=None)

    def take(self, now: float) -> Look | None:
        """The look that is due, which then counts as done; None if none is."""
        if self._check_at is not None and now >= self._check_at:
            self._checked_at, self._check_at = now, now + self._timing.check
            return Look.SET_UP if self._settings_gone else Look.CHECK
        if self._texts_at is not None and now >= self._texts_at:
            self._texts_at = None
            return Look.TEXTS
        if self._book_at is not None and now >= self._book_at:
            self._book_at = None
            return Look.BOOK
        return None

    def set_up(self, now: float) -> None:
        """The modem has been set up."""
        self._settings_gone, self._set_up_at = False, now
        self._check_at = now + self._timing.check

    def settings_gone(self, now: float) -> None:
        """The modem has lost its settings, or is in an unknown state: set it up again soon, but not over and over."""
        self._settings_gone = True
        self._check_at = max(now, self._set_up_at + self._timing.setup_pause)

    def restarted(self, now: float) -> None:
        """The modem has restarted for sure, and that was none of our doing: set it up again at once."""
        self._settings_gone, self._check_at = True, now

    def news(self, now: float) -> None:
        """Registration or storage have changed. This may come many times in a row."""
        self._check_at = max(now, self._checked_at + self._timing.check_pause)

    def doubt(self, now: float) -> None:
        """A call came without a number: the settings are suspect (AT+CLIP may be off), so they are looked at now."""
        self._check_at = now

    def unregistered(self, now: float) -> None:
        """There is no network: look sooner than usual."""
        self._check_at = now + self._timing.check_unregistered

    def call_ended(self, now: float) -> None:
        """The call may stand in the phone book of missed calls."""
        self._book_at = now + self._timing.book

    def part_came(self, now: float) -> None:
        """A part of a long text has come: the others should follow at once, or they may lie there unannounced."""
        self._texts_at = now + self._timing.parts

    def read_book(self, now: float) -> None:
        """Read the phone book of missed calls as soon as may be."""
        self._book_at = now
