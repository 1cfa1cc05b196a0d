"""What all texts cost is counted from an index alone."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Brings the indexes of the revision before to this one."""
    op.drop_index("ix_message_kind_created", "message", if_exists=True)
    columns = ["kind", "created", "status", "answered", "parts"]
    op.create_index("ix_message_kind_created", "message", columns, unique=False)
