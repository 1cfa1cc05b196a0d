"""Alembic's home: how the tables came to be what `models` says, one step a file, forward only."""
