"""What a program is told where something cannot be done: JSON with one sentence, whatever it was. Nothing here is a page."""

from flask import Flask, Response, current_app, jsonify, request
from sqlalchemy.exc import DatabaseError
from werkzeug.exceptions import HTTPException

from bridge.contract.answers import Answer, Done, Pending, Rejected
from bridge.records.engine import database_trouble
from bridge.records.failures import Failure, failure_of, is_missing_table, masked
from bridge.rules.refusals import Refused
from bridge.words.reasons import error_sentence
from bridge.words.requests import refusal_in_words
from web import limits

REALM = 'Basic realm="Access to SMS Gateway"'
SENTENCES = {
    400: "The box did not understand that request.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: f"This is too much at once: the box takes up to {limits.in_words(limits.API)}.",
    415: "The body has to be JSON, with the content type application/json.",
}
UNKNOWN = "Something went wrong in the box. Its log says more."
STATUS: dict[str, int] = {
    Refused.ID_TAKEN: 409,
    Refused.HOOK_OF_OTHER_LIST: 409,
    Refused.NO_SUBMISSION: 404,
    Refused.TOKEN_USED: 401,
    Refused.NOBODY_THERE: 404,
    Refused.NO_SUCH_LINE: 404,
}


class Wrong(Exception):
    """Raised where a request cannot be done as it is; the sentence says what was wrong and what would be right."""

    def __init__(self, status: int, sentence: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.headers = status, sentence, headers or {}


def bad(sentence: str) -> Wrong:
    """What the program asks for makes no sense (400)."""
    return Wrong(400, sentence)


def done(answer: Answer, not_yet: str = "") -> Done:
    """What the loop has done. Raises Wrong where it would not or could not. not_yet: what the program has to know where that is
    not certain yet."""
    match answer:
        case Done():
            return answer
        case Rejected(why):
            status = STATUS.get(why.code, 400)
            raise Wrong(status, refusal_in_words(why), {"WWW-Authenticate": REALM} if status == 401 else None)
        case Pending():
            sentence = "The box has received this but could not save it yet. It keeps trying."
            raise Wrong(503, f"{sentence} {not_yet}".strip(), {"Retry-After": "5"})


def register(app: Flask) -> None:
    """Has every error of this application told so."""
    app.register_error_handler(Wrong, _wrong)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DatabaseError, _database)


def _told(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    answer = jsonify({"message": sentence})
    answer.status_code = status
    answer.headers.update(headers or {})
    return answer


def _wrong(error: Wrong) -> Response:
    return _told(error.status, error.sentence, error.headers)


def _http(error: HTTPException) -> Response:
    """Our own words where abort() was given some, else those for the code; never werkzeug's."""
    code = error.code or 500
    ours = error.description if error.description != type(error).description else None
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return _told(code, SENTENCES.get(code) or ours or UNKNOWN, headers)


def _database(error: DatabaseError) -> Response:
    """A database that is away, or not yet made, is no mistake of the program; what it refuses for its content is."""
    if failure_of(error) not in (Failure.AWAY, Failure.NO_TABLES):
        current_app.logger.warning("%s: %s", request.endpoint, masked(error))
        return _told(400, SENTENCES[400])
    sentence = (
        "The box is still starting. Try again in a moment."
        if is_missing_table(error)
        else error_sentence(database_trouble(error))
    )
    current_app.logger.warning("%s: %s", request.endpoint, sentence)
    return _told(503, sentence, {"Retry-After": "5"})
