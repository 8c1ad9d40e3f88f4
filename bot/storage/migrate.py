"""Bring a database's schema up to date."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.errors import StorageError
from bot.storage.engine import Database

FOLDER = Path(__file__).with_name("migrations")


def newest() -> str:
    """The version that this program's schema has."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


async def version(database: Database) -> str | None:
    """The version that the database has; None when it is new."""
    async with database.reading() as tx:
        return await tx.run_sync(lambda bare: MigrationContext.configure(bare).get_current_revision())


async def upgrade(database: Database) -> tuple[str | None, str]:
    """Take every missing step in one transaction; the versions before and after.

    Raises StorageError when the database was written by a newer Vestka.
    """
    before = await version(database)
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if before is not None and before not in known:
        raise StorageError(f"the database has version {before}, unknown to this Vestka: use a newer one")
    if before != newest():
        # Whoever waits here for another process finds the schema made, and takes no step.
        async with database.deciding() as tx:
            await tx.run_sync(_run)
    return before, newest()


def _run(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config
