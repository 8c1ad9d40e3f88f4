"""From a decision to what each chat is owed, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat.place import ChatKind, ChatRef
from bot.chat.settings import Settings
from bot.crypt import Keyring
from bot.delivery.slices import Slices
from bot.housekeeping import Keep, tidy
from bot.ledger import Ledger
from bot.model import Action, Assessment, Item
from bot.query.compile import FOLDING_VERSION, Entry, compile_query, write_entry
from bot.storage import chats, deliveries, queries
from bot.storage.engine import Database
from tests.fakes.clock import FakeClock
from tests.fakes.reports import item, move, release, sanctions

DAY = timedelta(days=1)
PLACE = ChatRef("telegram", "1")


async def take(ledger: Ledger, slices: Slices, one: Item, found: Assessment) -> None:
    """Decide on an item and bring it to the chats."""
    async with ledger.deciding(one.seen) as tx:
        await ledger.take(tx, one, found, one.seen)
    while await slices.step():
        pass


async def test_a_query_that_comes_between_reading_them_and_the_slice_is_heeded(
    database: Database, keyring: Keyring, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.writing() as tx:
        chat = await chats.accept(tx, keyring, PLACE, ChatKind.PRIVATE, Settings(), clock.now())
    ledger, slices = Ledger(database, max_age=DAY), Slices(database, keyring, clock)
    refresh = Slices._refresh

    async def then_a_query(self: Slices) -> None:
        await refresh(self)
        monkeypatch.setattr(Slices, "_refresh", refresh)
        body = write_entry(Entry("potash", compile_query("potash")))
        async with database.writing() as tx:          # /keywords add potash, in this very moment
            await queries.add(tx, keyring, chat.id, body, FOLDING_VERSION)

    monkeypatch.setattr(Slices, "_refresh", then_a_query)
    await take(ledger, slices, item("2030-01-07 12:00", title="Potash and prisoners"), release(27))
    async with database.reading() as tx:
        assert await deliveries.counts(tx) == {("telegram", "owed"): 1}


async def test_a_chat_that_joined_days_ago_is_not_given_older_events_as_they_change(
    database: Database, keyring: Keyring, clock: FakeClock
) -> None:
    ledger, slices = Ledger(database, max_age=DAY), Slices(database, keyring, clock)
    await take(ledger, slices, item("2030-01-07 12:00", owner="a"), release(27))
    async with database.writing() as tx:
        await chats.accept(tx, keyring, PLACE, ChatKind.PRIVATE, Settings(), clock.now())
    imposed = sanctions(move(Action.IMPOSED, "Canada"))
    await take(ledger, slices, item("2030-01-07 13:00", owner="z", name="z"), imposed)
    clock.shift(26 * 3600)
    await tidy(database, Keep(messages=30 * DAY, texts=60 * DAY), clock.now())
    confirming = item("2030-01-08 15:00", owner="b", published="2030-01-07 16:00")
    await take(ledger, slices, confirming, release(27))
    async with database.reading() as tx:
        assert await deliveries.counts(tx) == {("telegram", "owed"): 1}
