"""Small things that the box must remember, each by its name."""

from sqlmodel import Session

from bridge.records.tables import KeyValue


def remember(session: Session, name: str, value: str | None) -> None:
    """Keep a memo, in place of one of this name; None forgets it."""
    memo = session.get(KeyValue, name)
    if value is None:
        if memo is not None:
            session.delete(memo)
            session.flush()  # until then it would still be found
    elif memo is None:
        session.add(KeyValue(name=name, value=value))
    else:
        memo.value = value


def remembered(session: Session, name: str) -> str | None:
    """The text kept under this name; None if there is none."""
    memo = session.get(KeyValue, name)
    return None if memo is None else memo.value
