"""Tables and columns are called what they are called in the code."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    op.rename_table("memo", "keyvalue")
    op.rename_table("deed", "auditentry")
    for column in ("at", "contact_id"):
        op.drop_index(f"ix_deed_{column}", "auditentry", if_exists=True)
        op.create_index(f"ix_auditentry_{column}", "auditentry", [column], unique=False)
    op.alter_column("incident", "over", new_column_name="ended")
