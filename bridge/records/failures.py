"""What a failed statement means: is the database away, its content refused, or are tables not there? It knows no query."""

import re
import sqlite3
from enum import Enum, auto

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

# SQLSTATE of PostgreSQL (its documentation, appendix A): undefined_table, undefined_column, invalid_schema_name.
NO_TABLES = frozenset({"42P01", "42703", "3F000"})
# Program limit exceeded (an index cannot hold so long a text), and a transaction that had failed before.
OF_CONTENT = ("54", "25P02")
# insufficient_privilege: whoever keeps the database has to grant something.
NOT_GRANTED = "42501"
# What stands in a message of a driver may be a person's number or words.
_DATA = re.compile(r"\d{4,}|'[^']*'")


class Failure(Enum):
    """What follows from an error in a transaction."""

    AWAY = auto()  # the database is away, full or locked: try again until it works
    NO_TABLES = auto()  # the tables are not those of this release: only a new start makes them
    RACE = auto()  # somebody else wrote the same meanwhile, or the content breaks a rule: a second try tells
    CONTENT = (
        auto()
    )  # what was to be stored is refused, or a handler fails on it: trying again would not mend it


def failure_of(error: Exception) -> Failure:
    """What follows from this error of a step.

    >>> failure_of(ValueError("a zone is missing"))
    <Failure.CONTENT: 4>
    """
    if isinstance(error, PoolTimeout):
        return Failure.AWAY
    if not isinstance(error, DBAPIError):
        return Failure.CONTENT
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if is_missing_table(error):
        return Failure.NO_TABLES
    match error:
        case _ if state.startswith(OF_CONTENT):
            return Failure.CONTENT
        case IntegrityError():
            return Failure.RACE
        case ProgrammingError():
            return Failure.AWAY if state == NOT_GRANTED else Failure.CONTENT
        case DataError() | NotSupportedError():
            return Failure.CONTENT
        case OperationalError() | InternalError():
            # SQLite has this code for whatever a statement gets wrong.
            wrong = getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
            return Failure.CONTENT if wrong else Failure.AWAY
        case InterfaceError():
            # The driver of SQLite was given what is none of its types; that of PostgreSQL has lost its connection.
            return Failure.CONTENT if isinstance(error.orig, sqlite3.Error) else Failure.AWAY
    return Failure.AWAY


def is_missing_table(error: DBAPIError) -> bool:
    """Is a table or column not there that a statement names? SQLite has one code for whatever a statement gets wrong, so that
    its words count. Full, locked and damaged files have codes of their own."""
    code, state = getattr(error.orig, "sqlite_errorcode", None), getattr(error.orig, "sqlstate", None)
    return state in NO_TABLES or (code == sqlite3.SQLITE_ERROR and "no such" in str(error.orig))


def masked(error: BaseException) -> str:
    """What the error says, in one line for the log: without numbers and quoted words, which may be a person's.

    >>> masked(ValueError("'Mia' of +447400123456 is no Role"))
    'ValueError: … of +… is no Role'
    """
    driver = getattr(error, "orig", None) or error
    told = getattr(getattr(driver, "diag", None), "message_primary", None) or str(driver)
    return f"{type(driver).__name__}: {_DATA.sub('…', told.partition(chr(10))[0])}"
