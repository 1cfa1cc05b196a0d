"""The SMSC's time stamps of parts, by which long texts of the same reference are told apart."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    with op.batch_alter_table("inboundpart") as table:
        table.add_column(sa.Column("scts", sa.DateTime(), nullable=True))
