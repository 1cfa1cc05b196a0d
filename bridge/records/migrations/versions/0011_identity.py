"""A person is the line, not the spelling of its number: contacts of one line become one, and the stricter mark wins.

The spellings come from bridge/rules/numbers as it is when this runs, since the very purpose is that rows agree with it.
"""

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from bridge.rules import numbers

revision = "0011"
down_revision = "0010"

# Of several kinds of contact the first counts: rather not texted than texted.
STRICTEST = ("never", "staff", "supplier", "")
CONTACT = sa.table(
    "contact",
    *(
        sa.column(name)
        for name in (
            *("id", "address", "identity", "name", "notes", "opted_out_at", "kind", "blocked", "doubtful"),
            *("unreachable", "done", "assignee", "source", "first_seen", "last_seen"),
        )
    ),
)
# Whose rows name a contact.
OF_CONTACTS = ("call", "message", "consentevent", "alert", "note", "auditentry")


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    with op.batch_alter_table("contact") as table:
        table.add_column(sa.Column("identity", sa.String(), nullable=False, server_default=""))
    connection = op.get_bind()
    region = _region(connection)
    people: dict[str, list[sa.Row[tuple[object, ...]]]] = defaultdict(list)
    for row in connection.execute(sa.select(CONTACT).order_by(CONTACT.c.id)):
        people[numbers.identity(row.address, region)].append(row)
    for identity, rows in people.items():
        _one_person(connection, identity, rows, region)
    op.create_index("ix_contact_identity", "contact", ["identity"], unique=True)


def _region(connection: sa.Connection) -> str:
    """Where the SIMs are at home, for addresses that were kept as they were dialled; none if they do not agree."""
    imsi = sa.column("imsi", sa.String())
    imsis = connection.execute(sa.select(imsi).select_from(sa.table("line"))).scalars()
    regions = {numbers.region_of_imsi(one) for one in imsis if one}
    return (regions.pop() or numbers.NOWHERE) if len(regions) == 1 else numbers.NOWHERE


def _one_person(
    connection: sa.Connection, identity: str, rows: Sequence[sa.Row[tuple[object, ...]]], region: str
) -> None:
    """The first row stays and holds what all held; everything that named the others names it."""
    first, others = rows[0], [row.id for row in rows[1:]]
    if others:
        for name in OF_CONTACTS:
            table = sa.table(name, sa.column("contact_id"))
            moved = table.update().where(table.c.contact_id.in_(others)).values(contact_id=first.id)
            connection.execute(moved)
        connection.execute(CONTACT.delete().where(CONTACT.c.id.in_(others)))
    addresses = [numbers.e164(row.address, region) or row.address for row in rows]
    values = {
        "identity": identity,
        "address": next((a for a in addresses if numbers.tells_mobile(a)), addresses[0]),
    }
    if others:
        values |= _joined(rows)
    connection.execute(CONTACT.update().where(CONTACT.c.id == first.id).values(values))


def _joined(rows: Sequence[sa.Row[tuple[object, ...]]]) -> dict[str, object]:
    """What one contact keeps of several, in the order of their rows."""
    opted_out = [row.opted_out_at for row in rows if row.opted_out_at is not None]
    return {
        "name": next((row.name for row in rows if row.name), ""),
        "notes": "\n".join(dict.fromkeys(row.notes for row in rows if row.notes)),
        "opted_out_at": min(opted_out) if opted_out else None,
        "kind": min((row.kind for row in rows), key=STRICTEST.index),
        "blocked": any(row.blocked for row in rows),
        "doubtful": any(row.doubtful for row in rows),
        # One spelling that could be reached is enough.
        "unreachable": rows[0].unreachable if all(row.unreachable for row in rows) else None,
        "done": all(row.done for row in rows),
        "assignee": next((row.assignee for row in rows if row.assignee), None),
        "first_seen": min(row.first_seen for row in rows),
        "last_seen": max(row.last_seen for row in rows),
    }
