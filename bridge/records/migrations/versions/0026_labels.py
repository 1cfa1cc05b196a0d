"""Conversations may have labels."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    op.create_table(
        "label",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "contactlabel",
        sa.Column("contact_id", sa.Integer(), sa.ForeignKey("contact.id"), primary_key=True),
        sa.Column("label_id", sa.Integer(), sa.ForeignKey("label.id"), primary_key=True),
    )
    op.create_index("ix_contactlabel_label_id", "contactlabel", ["label_id"])
