"""Conversations that are done or somebody's, notes, saved replies, roles, the log of changes; indexes for pages of old rows."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    op.add_column("contact", sa.Column("done", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("contact", sa.Column("assignee", sa.String(), nullable=True))
    op.create_index("ix_contact_done_seen", "contact", ["done", "last_seen"], unique=False)
    op.create_index("ix_contact_assignee_seen", "contact", ["assignee", "done", "last_seen"], unique=False)
    op.create_index("ix_call_contact_started", "call", ["contact_id", "started"], unique=False)
    op.create_index("ix_call_line_started", "call", ["line_id", "started"], unique=False)
    op.create_index("ix_call_outcome_started", "call", ["outcome", "started"], unique=False)
    op.drop_index("ix_call_contact_id", "call", if_exists=True)
    op.drop_index("ix_call_outcome", "call", if_exists=True)
    op.add_column("message", sa.Column("answered", sa.DateTime(), nullable=True))
    op.add_column("message", sa.Column("asks", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("message", sa.Column("ticket", sa.String(), nullable=True))
    op.create_index(op.f("ix_message_ticket"), "message", ["ticket"], unique=True)
    op.create_index("ix_message_contact_created", "message", ["contact_id", "created"], unique=False)
    op.create_index("ix_message_asks_created", "message", ["asks", "created", "answered"], unique=False)
    op.drop_index("ix_message_kind_created", "message", if_exists=True)
    columns = ["kind", "created", "status", "answered"]
    op.create_index("ix_message_kind_created", "message", columns, unique=False)
    op.drop_index("ix_message_contact_id", "message", if_exists=True)
    op.add_column("user", sa.Column("role", sa.String(), nullable=False, server_default="owner"))
    op.add_column("user", sa.Column("logins", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_note_contact_id"), "note", ["contact_id"], unique=False)
    op.create_table(
        "savedreply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "deed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("at", "contact_id"):
        op.create_index(op.f(f"ix_deed_{column}"), "deed", [column], unique=False)
