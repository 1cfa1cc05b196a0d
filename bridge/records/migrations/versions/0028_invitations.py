"""People are invited to log in by a link, and an owner types the number of a SIM that does not know its own."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("digest", "name", "role", "by")),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("ended", sa.String(), nullable=True),
        sa.UniqueConstraint("digest"),
    )
    for column in ("typed", "typed_imsi"):
        op.add_column("line", sa.Column(column, sa.String(), nullable=True))
