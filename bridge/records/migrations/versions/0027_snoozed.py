"""Conversations may be snoozed, and a text by hand knows whom it answers, should it never go out."""

import sqlalchemy as sa
from alembic import op

from bridge.records.tables import Utc

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    op.add_column("contact", sa.Column("snoozed_until", Utc(), nullable=True))
    op.create_index("ix_contact_snoozed_until", "contact", ["snoozed_until"])
    op.add_column("message", sa.Column("answers_since", Utc(), nullable=True))
    op.add_column("message", sa.Column("answers_place", sa.BigInteger(), nullable=True))
