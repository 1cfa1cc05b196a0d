"""Runs the migrations on the connection that bridge/records/engine.migrate hands over."""

from alembic import context

from bridge.records.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
