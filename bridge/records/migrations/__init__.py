"""Alembic's home: how the tables came to be what bridge/records/tables says, one step a file, forward only."""
