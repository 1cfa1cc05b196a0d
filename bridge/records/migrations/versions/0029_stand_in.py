"""Stands in for the tables of the API, which have this number."""

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
