"""Reading the ledger for the commands that only show it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.config import Config
from bot.errors import StorageError
from bot.storage.engine import Database, Tx
from bot.storage.migrate import newest, version


@asynccontextmanager
async def reading_ledger(config: Config) -> AsyncIterator[Tx]:
    """A transaction that reads the database as it is: it is neither made nor migrated for a look.

    Raises StorageError when there is none yet or its schema is another one.
    """
    if config.database_file and not config.database_file.exists():
        raise StorageError(f"there is no database at {config.database_file} yet; `vestka run` makes it")
    database = Database(config.database_url)
    try:
        found = await version(database)
        if found != newest():
            raise StorageError(f"the database has schema {found or 'none'}, not {newest()}: `vestka migrate`")
        async with database.reading() as tx:
            yield tx
    finally:
        await database.close()
