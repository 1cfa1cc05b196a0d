"""Each person who may log in chooses a language for the page."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    with op.batch_alter_table("user") as table:
        table.add_column(sa.Column("language", sa.String(), nullable=False, server_default=""))
