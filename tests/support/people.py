"""People who may log in, for tests."""

from datetime import UTC, datetime

from sqlmodel import Session

from bridge.records import users
from bridge.records.tables import User


def add_user(session: Session, name: str, password: str, role: str = users.OWNER) -> User:
    """Somebody who may log in with this password."""
    return users.add_user(session, name, users.hash_password(password), role, datetime.now(UTC))


def set_password(session: Session, name: str, password: str) -> None:
    """A new password for somebody."""
    users.set_password(session, name, users.hash_password(password))
