"""Who came out of a file of contacts and has never called nor written was not seen: they stand in no list of conversations."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

NEVER_SEEN = datetime(1900, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # as the columns keep it
CONTACT = sa.table(
    "contact",
    sa.column("id", sa.Integer()),
    sa.column("source", sa.String()),
    sa.column("first_seen", sa.DateTime()),
    sa.column("last_seen", sa.DateTime()),
    sa.column("place", sa.BigInteger()),
)


def upgrade() -> None:
    """Brings the rows of the revision before to this one."""
    met = [
        sa.exists().where(table.c.contact_id == CONTACT.c.id)
        for table in (sa.table(name, sa.column("contact_id")) for name in ("call", "message"))
    ]
    never = CONTACT.update().where(CONTACT.c.source == "import", *(~one for one in met))
    op.get_bind().execute(never.values(first_seen=NEVER_SEEN, last_seen=NEVER_SEEN, place=0))
