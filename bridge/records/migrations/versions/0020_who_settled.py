"""Steps of consent know who here took them in a column of its own; so far the words said it, in English. And two reasons have
codes of their own: that the network told no number, and that somebody has to look what a person meant."""

import json
from functools import partial

import sqlalchemy as sa
from alembic import op

from bridge.records.migrations.rewriting import rewrite

revision = "0020"
down_revision = "0019"

# Reason so far, by what a trace knows it, and the reason that it is.
PARTED = (("withheld", "not_shown", "unknown"), ("opted_out", "doubtful", "unsure"))
SETTLED, ON_THE_BOX = "settled by ", "settled on the box"
EVENT = sa.table(
    "consentevent", *(sa.column(name, sa.String()) for name in ("source", "words", "by")), sa.column("id")
)


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    with op.batch_alter_table("consentevent") as table:
        table.add_column(sa.Column("by", sa.String(), nullable=True))
    connection = op.get_bind()
    here = EVENT.c.source == "page"
    connection.execute(
        EVENT.update()
        .where(here, EVENT.c.words.startswith(SETTLED))
        .values(by=sa.func.substr(EVENT.c.words, len(SETTLED) + 1), words="")
    )
    connection.execute(EVENT.update().where(here, EVENT.c.words == ON_THE_BOX).values(words=""))
    for rule, why, own in PARTED:
        stopped = f"reason = '{rule}' AND CAST(trace AS TEXT) LIKE '%\"{why}\"%'"
        op.execute(sa.text(f"UPDATE call SET reason = '{own}' WHERE {stopped}"))
        rewrite("call", "trace", partial(_trace, rule, why, own), f"reason = '{own}'")


def _trace(rule: str, why: str, own: str, text: str) -> str:
    """A trace, which is JSON, also where a driver hands it over already read: the rule let it pass, its neighbour did not."""
    steps = json.loads(text) if isinstance(text, str) else text
    if not isinstance(steps, list) or not steps or steps[-1].get("why") != why:
        return text
    passed, stopped = {"rule": rule, "verdict": "pass"}, steps[-1] | {"rule": own}
    return json.dumps([*steps[:-1], passed, stopped])
