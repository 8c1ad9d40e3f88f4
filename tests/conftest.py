"""What every test may ask for. The network beyond loopback fails a test."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import shutil
import socket
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from bot.crypt import Keyring, make_keyring
from bot.storage.engine import Database
from bot.storage.migrate import upgrade
from tests.fakes.clock import FakeClock
from tests.fakes.postgres import find_binaries, running_server

NO_POSTGRES = "no PostgreSQL: neither VESTKA_TEST_POSTGRES nor its binaries are here"


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and isinstance(address, tuple):
            host = str(address[0]).partition("%")[0]
            if not ipaddress.ip_address(host).is_loopback:
                raise AssertionError(f"a test reached for {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a server where databases may be made; skips where none can be had."""
    named = os.environ.get("VESTKA_TEST_POSTGRES")
    if named:
        yield named
        return
    binaries = find_binaries()
    if binaries is None:
        pytest.skip(NO_POSTGRES)
    with running_server(binaries) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """Name of a migrated database that tests are copied from."""
    name = f"vestka_template_{uuid.uuid4().hex[:8]}"

    async def make() -> None:
        await _statement(postgres_server, f"CREATE DATABASE {name}")
        database = Database(_renamed(postgres_server, name))
        await upgrade(database)
        await database.close()

    asyncio.run(make())
    yield name
    asyncio.run(_statement(postgres_server, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
async def postgres_url(postgres_server: str, postgres_template: str) -> AsyncIterator[str]:
    """URL of a migrated PostgreSQL database of the test's own."""
    name = f"vestka_{uuid.uuid4().hex[:12]}"
    await _statement(postgres_server, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield _renamed(postgres_server, name)
    await _statement(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that tests are copied from."""
    path = tmp_path_factory.mktemp("template") / "vestka.db"

    async def make() -> None:
        database = Database(f"sqlite:///{path}")
        await upgrade(database)
        await database.close()

    asyncio.run(make())
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """URL of a migrated SQLite database of the test's own."""
    shutil.copy(sqlite_template, tmp_path / "vestka.db")
    return f"sqlite:///{tmp_path}/vestka.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Every test that asks for it runs on both databases."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database, SQLite and PostgreSQL in turn."""
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[Database]:
    """A migrated SQLite database, for what is not about databases."""
    opened = Database(sqlite_url)
    yield opened
    await opened.close()


@pytest.fixture
def keyring() -> Keyring:
    return make_keyring()


async def _statement(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _renamed(url: str, name: str) -> str:
    return url.rpartition("/")[0] + "/" + name
