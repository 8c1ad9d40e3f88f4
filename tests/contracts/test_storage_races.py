"""What several processes, or two fingers on one button, may do at the same moment."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest

from bot.chat.place import ChatKind, ChatRef
from bot.chat.settings import Settings
from bot.crypt import Keyring, new_key_file
from bot.errors import KeyFileError
from bot.storage import chats, meta, queries
from bot.storage.engine import Database
from bot.storage.keys import CHECK, open_keyring
from bot.storage.migrate import newest, upgrade, version
from tests.fakes.clock import START

PLACE = ChatRef("telegram", "5550001")


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path):
    """URL of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    server = request.getfixturevalue("postgres_server")
    connection = await asyncpg.connect(server)
    try:
        await connection.execute("DROP DATABASE IF EXISTS vestka_empty WITH (FORCE)")
        await connection.execute("CREATE DATABASE vestka_empty")
        yield f"{server.rpartition('/')[0]}/vestka_empty"
        await connection.execute("DROP DATABASE vestka_empty WITH (FORCE)")
    finally:
        await connection.close()


async def test_two_processes_that_find_an_empty_database_make_one_schema(empty_url: str) -> None:
    opened = [Database(empty_url) for _ in range(3)]
    try:
        await asyncio.gather(*map(upgrade, opened))
        assert await version(opened[0]) == newest()
    finally:
        for database in opened:
            await database.close()


async def test_a_new_database_belongs_to_one_key(database: Database, tmp_path: Path) -> None:
    """Two processes, each with a key of its own, begin at once: one is refused, whichever it is."""
    paths = [tmp_path / name for name in ("one.key", "two.key")]
    for path in paths:
        new_key_file(path)
    opened = [Database(database.url.render_as_string(hide_password=False)) for _ in paths]
    try:
        results = await asyncio.gather(
            *(open_keyring(each, path, may_make=False) for each, path in zip(opened, paths, strict=True)),
            return_exceptions=True,
        )
    finally:
        for each in opened:
            await each.close()
    assert sorted(type(result) for result in results if isinstance(result, Exception)) == [KeyFileError]
    (kept,) = (result for result in results if isinstance(result, Keyring))
    async with database.reading() as tx:
        assert await meta.read(tx, CHECK) == kept.index(CHECK).hex()


async def test_a_button_pressed_twice_makes_one_chat(database: Database, keyring: Keyring) -> None:
    async def press() -> int:
        async with database.writing() as tx:
            return (await chats.accept(tx, keyring, PLACE, ChatKind.PRIVATE, Settings(), START)).id

    assert len(set(await asyncio.gather(*(press() for _ in range(8))))) == 1


async def test_queries_of_a_chat_that_gave_way_to_a_move_leave_the_index(
    database: Database, keyring: Keyring
) -> None:
    old, new = ChatRef("telegram", "-1"), ChatRef("telegram", "-2")
    async with database.writing() as tx:
        moved = await chats.accept(tx, keyring, old, ChatKind.GROUP, Settings(), START)
        there = await chats.accept(tx, keyring, new, ChatKind.GROUP, Settings(), START)
        await queries.add(tx, keyring, there.id, "word", 1)
        before = await queries.revision(tx)
        await chats.move(tx, keyring, moved.id, new)
        assert await queries.revision(tx) > before
