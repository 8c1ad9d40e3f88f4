"""All that differs between SQLite and PostgreSQL, and the one place that maps their errors to ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Table, event, make_url, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import StorageError

Tx = AsyncConnection

# Any number that no other program uses on the same PostgreSQL server for advisory locks: "vestka" in ASCII.
DECIDING_LOCK = 0x766573746B61
BUSY_SECONDS = 30                     # SQLite: how long a writer waits for another process


class Database:
    """One open database. SQLite has one writer a process, taken by an asyncio lock before its own."""

    def __init__(self, url: str) -> None:
        self.url = _driver_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._engine = self._create_engine()
        self._writer: asyncio.Lock | None = asyncio.Lock() if self.is_sqlite else None

    def _create_engine(self) -> AsyncEngine:
        if not self.is_sqlite:
            return create_async_engine(
                self.url, pool_size=8, max_overflow=4, pool_pre_ping=True, hide_parameters=True
            )
        if self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(
            self.url, pool_size=5, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True
        )
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        """A transaction that only reads."""
        with mapped_errors():
            async with self._connected() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Tx]:
        """A transaction that writes: committed at the end, rolled back on an error."""
        async with self._writer or nullcontext():
            with mapped_errors():
                async with self._connected() as bare:
                    connection = await bare.execution_options(vestka_writes=True)
                    async with connection.begin():
                        yield connection

    @asynccontextmanager
    async def deciding(self) -> AsyncIterator[Tx]:
        """A write transaction in which nobody else decides, in this process or another."""
        async with self.writing() as tx:
            if not self.is_sqlite:
                await tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": DECIDING_LOCK})
            yield tx

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        connection = self._engine.connect()
        try:
            await connection.start()
        except OSError as error:      # the driver's own: the library maps only what a server answered
            raise StorageError(f"the database does not answer ({type(error).__name__})") from error
        try:
            yield connection
        finally:
            await connection.close()

    async def check(self) -> None:
        """Raise StorageError when the file is damaged (SQLite) or the server does not answer."""
        async with self.reading() as tx:
            if not self.is_sqlite:
                await tx.execute(text("SELECT 1"))
                return
            answer = (await tx.execute(text("PRAGMA quick_check(1)"))).scalar_one()
            if answer != "ok":
                raise StorageError(f"the database is damaged ({answer}); restore a backup")

    async def close(self) -> None:
        """Let go of all connections."""
        await self._engine.dispose()


def _driver_url(url: str) -> URL:
    parsed = make_url(url)
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
    return parsed.set(drivername=drivers.get(parsed.get_backend_name(), parsed.drivername))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transactions begin too late (read, then write loses updates): switched off, we begin.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("vestka_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def mapped_errors() -> Iterator[None]:
    """Map the library's errors to StorageError; what is not the database's travels on as it is."""
    try:
        yield
    except DBAPIError as error:
        # Without the statement and its values: they may hold what must not reach a log.
        raise StorageError(f"the database refused: {_first_line(error.orig)}") from None
    except SQLAlchemyError as error:
        raise StorageError(f"the database failed: {type(error).__name__}: {_first_line(error)}") from error


def _first_line(error: object) -> str:
    return str(error).partition("\n")[0]


def insert_or(tx: Tx, table: Table) -> Any:
    """The dialect's INSERT that knows ON CONFLICT: same words on both databases."""
    return (sqlite_insert if tx.dialect.name == "sqlite" else postgresql_insert)(table)
