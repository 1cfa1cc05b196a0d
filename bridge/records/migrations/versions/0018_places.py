"""Rows know their place in the order in which they came; those that are there get it in the order that they have now."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

# What stands in a conversation, and the column by which it was ordered.
IN_THREADS = (("call", "started"), ("message", "created"), ("note", "at"))
# Indexes by time of which nothing is asked any more.
NOT_ASKED = (
    ("call", "ix_call_line_started"),
    ("call", "ix_call_outcome_started"),
    ("contact", "ix_contact_done_seen"),
    ("contact", "ix_contact_assignee_seen"),
)
ASKED = (
    ("call", "ix_call_place", ["place"]),
    ("call", "ix_call_contact_place", ["contact_id", "place"]),
    ("call", "ix_call_line_place", ["line_id", "place"]),
    ("call", "ix_call_outcome_place", ["outcome", "place"]),
    ("message", "ix_message_place", ["place"]),
    ("message", "ix_message_contact_place", ["contact_id", "place"]),
    ("contact", "ix_contact_place", ["place"]),
    ("contact", "ix_contact_done_place", ["done", "place"]),
    ("contact", "ix_contact_assignee_place", ["assignee", "done", "place"]),
)


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    for table in ("call", "message", "note", "contact"):
        op.add_column(table, sa.Column("place", sa.BigInteger(), nullable=False, server_default="0"))
    of_threads = " UNION ALL ".join(
        f"SELECT '{table}' AS kind, id, {column} AS stamp FROM {table}"  # names of this file
        for table, column in IN_THREADS
    )
    last = max(
        _give_places([table for table, _ in IN_THREADS], of_threads),
        _give_places(["contact"], "SELECT 'contact' AS kind, id, last_seen AS stamp FROM contact"),
    )
    if last:
        memo = sa.table("keyvalue", sa.column("name"), sa.column("value"))
        op.execute(memo.insert().values(name="place", value=str(last)))
    for table, index in NOT_ASKED:
        op.drop_index(index, table, if_exists=True)
    for table, index, columns in ASKED:
        op.create_index(index, table, columns, unique=False)


def _give_places(tables: list[str], rows: str) -> int:
    """Counts these rows (kind, id, stamp) by their time; returns the last place."""
    connection = op.get_bind()
    ranks = f"SELECT kind, id, row_number() OVER (ORDER BY stamp, kind, id) AS place FROM ({rows}) AS came"
    connection.execute(sa.text(f"CREATE TEMPORARY TABLE came AS {ranks}"))
    connection.execute(sa.text("CREATE UNIQUE INDEX ix_came ON came (kind, id)"))
    for table in tables:
        place = f"SELECT place FROM came WHERE came.kind = '{table}' AND came.id = {table}.id"
        connection.execute(sa.text(f"UPDATE {table} SET place = ({place})"))
    last = connection.execute(sa.text("SELECT max(place) FROM came")).scalar()
    connection.execute(sa.text("DROP TABLE came"))
    return last or 0
