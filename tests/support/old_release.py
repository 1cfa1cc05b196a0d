"""Databases as earlier releases left them."""

from pathlib import Path

from alembic.config import Config
from sqlalchemy import Engine

from bridge.records import engine as database


def alembic_config() -> Config:
    """Where the migrations stand."""
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    return config


def at_revision_empty(engine: Engine, revision: str) -> None:
    """The tables of an earlier release, without rows."""
    from alembic import command

    config = alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
