"""Changes that share their commits."""

from __future__ import annotations

import asyncio

import pytest

from bot.crypt import make_keyring
from bot.delivery.commits import SharedCommits
from bot.errors import StorageError
from bot.storage import meta
from bot.storage.engine import Database, Tx
from tests.fakes.clock import FakeClock


async def test_changes_that_come_together_are_all_committed(
    sqlite_database: Database, clock: FakeClock
) -> None:
    commits = SharedCommits(sqlite_database, make_keyring(), clock, "h")

    async def note(number: int) -> None:
        async def write(tx: Tx) -> None:
            await meta.write(tx, f"n{number}", "done")

        await commits.write(write)

    await asyncio.gather(*(note(number) for number in range(50)))
    async with sqlite_database.reading() as tx:
        assert [await meta.read(tx, f"n{number}") for number in range(50)] == ["done"] * 50


async def test_what_was_sent_is_noted_as_soon_as_the_database_takes_it(
    sqlite_database: Database, clock: FakeClock
) -> None:
    commits, tries = SharedCommits(sqlite_database, make_keyring(), clock, "h"), 0

    async def write(tx: Tx) -> None:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise StorageError("the disk is full")
        await meta.write(tx, "n", "done")

    noting = asyncio.create_task(commits.write(write))
    while not noting.done():
        await asyncio.sleep(0.005)
        await clock.advance(1.0)
    await noting
    assert tries == 4


async def test_a_change_that_is_wrong_fails_its_own_writer_and_no_other(
    sqlite_database: Database, clock: FakeClock
) -> None:
    commits = SharedCommits(sqlite_database, make_keyring(), clock, "h")

    async def wrong(_tx: Tx) -> None:
        raise ZeroDivisionError

    async def right(tx: Tx) -> None:
        await meta.write(tx, "n", "done")

    first, second = asyncio.create_task(commits.write(wrong)), asyncio.create_task(commits.write(right))
    with pytest.raises(ZeroDivisionError):
        await first
    await second
    async with sqlite_database.reading() as tx:
        assert await meta.read(tx, "n") == "done"


async def test_one_change_that_the_database_never_takes_holds_up_no_other(
    sqlite_database: Database, clock: FakeClock
) -> None:
    commits = SharedCommits(sqlite_database, make_keyring(), clock, "h")

    async def refused(_tx: Tx) -> None:
        raise StorageError("never")

    async def right(tx: Tx) -> None:
        await meta.write(tx, "n", "done")

    stuck, good = asyncio.create_task(commits.write(refused)), asyncio.create_task(commits.write(right))
    while not good.done():
        await asyncio.sleep(0.005)
        await clock.advance(1.0)
    await good
    assert not stuck.done()
    stuck.cancel()
