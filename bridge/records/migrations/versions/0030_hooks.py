"""Other programs are told of what happens: hooks, and what each was told."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    op.create_table(
        "hook",
        sa.Column("id", sa.String(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("kind", "event", "url", "origin", "by")),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("old_secret", sa.String(), nullable=True),
        sa.Column("old_until", sa.DateTime(), nullable=True),
    )
    op.create_index("ix_hook_event", "hook", ["event"])
    op.create_table(
        "hookdelivery",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("hook_id", sa.String(), sa.ForeignKey("hook.id"), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("event", "event_id", "body")),
        sa.Column("contact_id", sa.Integer(), sa.ForeignKey("contact.id"), nullable=True),
        *(sa.Column(name, sa.DateTime(), nullable=False) for name in ("created", "due")),
        sa.Column("tried", sa.DateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.UniqueConstraint("event_id"),
    )
    op.create_index("ix_hookdelivery_hook_state", "hookdelivery", ["hook_id", "state", "id"])
    op.create_index("ix_hookdelivery_state_created", "hookdelivery", ["state", "created"])
    op.create_index("ix_hookdelivery_contact_id", "hookdelivery", ["contact_id"])
