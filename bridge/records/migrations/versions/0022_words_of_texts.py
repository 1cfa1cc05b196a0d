"""Texts are searched: their words stand in a table of their own. The index of them is made when the migrations are through, by
bridge/records/search_index, as in a new database.

The words come from bridge/rules/folding as it is when this runs, since the very purpose is that rows agree with what is
searched.
"""

import sqlalchemy as sa
from alembic import op

from bridge.rules.folding import words

revision = "0022"
down_revision = "0021"

# So many texts are read at once: a box has little memory.
BATCH = 2000
MESSAGE = sa.table("message", sa.column("id"), sa.column("body"))


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    found = op.create_table(
        "messagewords",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["message.id"], ondelete="CASCADE"),
    )
    connection = op.get_bind()
    some = sa.select(MESSAGE.c.id, MESSAGE.c.body).order_by(MESSAGE.c.id).limit(BATCH)
    last = 0
    while texts := connection.execute(some.where(MESSAGE.c.id > last)).all():
        rows = [{"id": text.id, "words": " ".join(words(text.body))} for text in texts]
        connection.execute(found.insert(), rows)
        last = texts[-1].id
