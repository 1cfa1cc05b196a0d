"""People are found without regard to case and accents: by a column that holds name and address folded.

It is folded by bridge/rules/folding as it is when this runs, since the very purpose is that rows agree with what is searched.
"""

import sqlalchemy as sa
from alembic import op

from bridge.records.tables import folded_contact

revision = "0017"
down_revision = "0016"

BATCH = 1000
CONTACT = sa.table("contact", *(sa.column(name) for name in ("id", "name", "address", "folded")))


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    with op.batch_alter_table("contact") as table:
        table.add_column(sa.Column("folded", sa.String(), nullable=False, server_default=""))
    connection = op.get_bind()
    change = (
        CONTACT.update().where(CONTACT.c.id == sa.bindparam("row")).values(folded=sa.bindparam("written"))
    )
    people = connection.execute(sa.select(CONTACT.c.id, CONTACT.c.name, CONTACT.c.address))
    for batch in people.partitions(BATCH):
        connection.execute(
            change, [{"row": key, "written": folded_contact(name, address)} for key, name, address in batch]
        )
