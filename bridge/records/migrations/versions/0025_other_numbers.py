"""A contact may have further numbers, and contacts are merged by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    op.create_table(
        "othernumber",
        sa.Column("identity", sa.String(), primary_key=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("contact_id", sa.Integer(), sa.ForeignKey("contact.id"), nullable=False),
        sa.Column("was", sa.Integer(), nullable=True),
    )
    op.create_index("ix_othernumber_contact_id", "othernumber", ["contact_id"])
