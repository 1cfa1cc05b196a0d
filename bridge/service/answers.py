"""Answers what commands ask of the running service (bridge/service/questions says how they ask)."""

from collections.abc import Callable, Mapping
from functools import partial

from sqlmodel import Session

from bridge.contract.status import Status
from bridge.service import questions
from bridge.service.lines import LineHandle
from bridge.service.transactions import Effects
from modem import contract


class Answers:
    """status: returns the loop's present status."""

    def __init__(self, lines: Mapping[str, LineHandle], status: Callable[[], Status]) -> None:
        self._lines = lines
        self._status = status
        self._recordings: dict[str, str] = {}

    def look(self, session: Session) -> Effects:
        """Is anything asked? The status is answered at once; for a recording each line is asked for its own."""
        asked = questions.questions(session)
        if questions.STATUS in asked:
            questions.answer(session, questions.STATUS, questions.status_as_json(self._status()))
        if questions.RECORDING in asked:
            self._recordings = {}
            request = contract.TellRecording(masked=asked[questions.RECORDING] == questions.MASKED)
            return [partial(handle.request, request) for handle in self._lines.values()]
        return []

    def drop(self, session: Session) -> Effects:
        """Forgets what was asked: an answer to it failed, and would fail again."""
        questions.questions(session)
        return []

    def recorded(self, session: Session, news: contract.Recorded) -> None:
        """One line's recording; the answer is given when every line has told."""
        self._recordings[news.line] = news.transcript
        if len(self._recordings) == len(self._lines):
            questions.answer(session, questions.RECORDING, "\n".join(self._recordings.values()))
