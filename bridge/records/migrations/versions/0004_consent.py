"""Opt-out and opt-in: every step with its words, and texts that somebody has to look at before anything automatic goes out."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    op.create_table(
        "consentevent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_consentevent_contact_id"), "consentevent", ["contact_id"], unique=False)
    with op.batch_alter_table("contact") as table:
        table.add_column(sa.Column("doubtful", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_message_kind_created", "message", ["kind", "created"], unique=False)
    op.create_index(op.f("ix_contact_first_seen"), "contact", ["first_seen"], unique=False)
