"""What the database refuses of a modem's events is kept for a look."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0011"


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    op.create_table(
        "putaside",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("line", "kind", "content", "error")),
    )
    op.create_index("ix_putaside_at", "putaside", ["at"], unique=False)
