"""Programs use the box: their keys and tokens, what they ask to be sent, which text goes out first, what has changed since."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

# As in rules/submissions.
TURNS = {"auto": -300, "system": -200, "manual": -99}


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    _keys()
    _submissions()
    op.add_column("message", sa.Column("turn", sa.SmallInteger(), nullable=False, server_default="0"))
    for column in ("handed", "settled"):
        op.add_column("message", sa.Column(column, sa.DateTime(), nullable=True))
    for table in ("message", "call"):
        op.add_column(table, sa.Column("changed", sa.BigInteger(), nullable=False, server_default="0"))
        op.execute(f"UPDATE {table} SET changed = place")
        op.create_index(f"ix_{table}_changed", table, ["changed"])
    for kind, turn in TURNS.items():
        op.execute(
            f"UPDATE message SET turn = {turn} WHERE kind = '{kind}' AND status IN ('queued', 'sending')"
        )
    # A start of an earlier release that was cut off never made it.
    op.drop_index("ix_message_status_due", "message", if_exists=True)
    op.create_index("ix_message_outbox", "message", ["status", "turn", "due", "id", "line_id"])


def _keys() -> None:
    op.create_table(
        "apikey",
        sa.Column("id", sa.Integer(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "digest")),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("scopes", "lines")),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        *(sa.Column(name, sa.DateTime(), nullable=True) for name in ("expires", "used", "revoked")),
        sa.UniqueConstraint("digest"),
    )
    op.create_index("ix_apikey_name", "apikey", ["name"])
    op.create_table(
        "apitoken",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("key_id", sa.Integer(), sa.ForeignKey("apikey.id"), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("refresh", sa.Boolean(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.DateTime(), nullable=False) for name in ("created", "expires")),
        sa.Column("ended", sa.Boolean(), nullable=False),
    )
    for column in ("key_id", "family", "expires"):
        op.create_index(f"ix_apitoken_{column}", "apitoken", [column])


def _submissions() -> None:
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("key_id", sa.Integer(), sa.ForeignKey("apikey.id"), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("sim", sa.Integer(), nullable=True),
        sa.Column("created", sa.DateTime(), nullable=False),
        *(sa.Column(name, sa.DateTime(), nullable=True) for name in ("due", "expires")),
        sa.UniqueConstraint("ref"),
    )
    for column in ("key_id", "created"):
        op.create_index(f"ix_submission_{column}", "submission", [column])
    op.create_table(
        "recipient",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("submission_id", sa.Integer(), sa.ForeignKey("submission.id"), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("identity", sa.String(), nullable=True),
        sa.Column("message_id", sa.Integer(), sa.ForeignKey("message.id"), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
    )
    for column in ("submission_id", "identity", "message_id"):
        op.create_index(f"ix_recipient_{column}", "recipient", [column])
