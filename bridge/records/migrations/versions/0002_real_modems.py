"""What real modems need: stopped queues, repeated texts, replaced texts, kinds of parts, diverted calls, repairs."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    with op.batch_alter_table("line") as table:
        table.add_column(sa.Column("imei", sa.String(), nullable=True))
        table.add_column(sa.Column("refusals", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("stopped", sa.String(), nullable=True))
        table.add_column(sa.Column("stopped_at", sa.DateTime(), nullable=True))
    with op.batch_alter_table("call") as table:
        table.add_column(sa.Column("forwarded", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("message") as table:
        table.add_column(sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("replace_type", sa.Integer(), nullable=True))
    with op.batch_alter_table("inboundpart") as table:
        table.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="text"))
    with op.batch_alter_table("incident") as table:
        table.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="line"))
        table.add_column(sa.Column("steps", sa.JSON(), nullable=False, server_default="[]"))
