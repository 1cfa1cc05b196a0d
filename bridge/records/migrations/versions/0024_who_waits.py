"""Contacts know since when they wait for an answer, whether or not somebody has read what they wrote."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

# As in rules/states.
MISSED = ("abandoned", "no_answer", "waiting", "lost", "notice")
ANSWERED = ("answered", "answered_elsewhere")
# What is older has been settled elsewhere, or never will be: as old calls are no longer listed to call back.
LATELY = timedelta(days=14)
# By contact: the last place at which somebody here answered them.
ANSWERS = f"""
    SELECT contact_id, max(place) AS place FROM (
        SELECT contact_id, place FROM message WHERE direction = 'out' AND kind = 'manual'
        UNION ALL SELECT contact_id, place FROM message WHERE asks AND answered IS NOT NULL
        UNION ALL SELECT contact_id, place FROM call WHERE called_back IS NOT NULL OR outcome IN {ANSWERED}
    ) AS ours GROUP BY contact_id
"""
# What people wrote that was no STOP, START or HELP, and when they rang in vain.
ASKED = f"""
    SELECT contact_id, place, created AS stamp FROM message
    WHERE direction = 'in' AND kind = 'manual' AND created >= :lately AND NOT EXISTS (
        SELECT 1 FROM consentevent AS said WHERE said.contact_id = message.contact_id AND said.source = 'text'
        AND said.kind IN ('out', 'in', 'help') AND said.words = message.body)
    UNION ALL SELECT contact_id, place, started AS stamp FROM call
    WHERE outcome IN {MISSED} AND (reason IS NULL OR reason <> 'spam') AND started >= :lately
"""
# The first of them that no answer follows.
OPEN = f"""
    SELECT contact_id, min(asked.place) AS place FROM ({ASKED}) AS asked
    JOIN contact ON contact.id = asked.contact_id LEFT JOIN ({ANSWERS}) AS answers USING (contact_id)
    WHERE NOT contact.done AND NOT contact.blocked AND contact.address LIKE '+%'
    AND asked.place > coalesce(answers.place, -1) GROUP BY contact_id
"""


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    op.add_column("contact", sa.Column("waits_since", sa.DateTime(), nullable=True))
    op.add_column("contact", sa.Column("waits_place", sa.BigInteger(), nullable=True))
    op.create_index("ix_contact_waits_place", "contact", ["waits_place"], unique=False)
    connection = op.get_bind()
    # By the rows and no clock: that of the box may be wrong.
    tables = (
        sa.table("call", sa.column("started", sa.DateTime())),
        sa.table("message", sa.column("created", sa.DateTime())),
    )
    newest = [connection.execute(sa.select(sa.func.max(*table.c))).scalar() for table in tables]
    if not any(newest):
        return
    lately = max(moment for moment in newest if moment) - LATELY
    bound = sa.bindparam("lately", lately, sa.DateTime())
    connection.execute(
        sa.text(f"""
        UPDATE contact SET waits_place = open.place FROM ({OPEN}) AS open WHERE open.contact_id = contact.id
        """).bindparams(bound)
    )
    for table, stamp in (("call", "started"), ("message", "created")):
        connection.execute(
            sa.text(f"""
            UPDATE contact SET waits_since = came.{stamp} FROM {table} AS came
            WHERE came.contact_id = contact.id AND came.place = contact.waits_place AND contact.waits_since IS NULL
            """)
        )
    # Rows that somebody wrote by hand have no place of their own.
    connection.execute(sa.text("UPDATE contact SET waits_place = NULL WHERE waits_since IS NULL"))
