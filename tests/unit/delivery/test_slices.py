"""Orders become deliveries slice by slice, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.crypt import Keyring
from bot.delivery.slices import Slices
from bot.model import ChangeKind
from bot.query.compile import FOLDING_VERSION, Entry, compile_query, write_entry
from bot.storage import chats, fanouts, queries
from bot.storage.engine import Database
from tests.fakes.clock import FakeClock
from tests.fakes.post_office import PostOffice, post_office


@pytest.fixture
async def office(database: Database, keyring: Keyring, clock: FakeClock) -> AsyncIterator[PostOffice]:
    async with post_office(database, keyring, clock) as opened:
        yield opened


def make_slices(office: PostOffice, length: int = 10_000) -> Slices:
    return Slices(office.database, office.keyring, office.clock, slice_length=length)


async def work_off(slices: Slices) -> int:
    """Until no order is left; how many steps it took."""
    steps = 0
    while await slices.step():
        steps += 1
    return steps


async def owed_chats(office: PostOffice) -> set[object]:
    return {row["chat"] for row in await office.rows()}


async def add_query(office: PostOffice, chat: int, text: str) -> None:
    async with office.database.writing() as tx:
        entry = write_entry(Entry(text, compile_query(text)))
        await queries.add(tx, office.keyring, chat, entry, FOLDING_VERSION)


async def test_an_order_is_worked_off_in_slices(office: PostOffice) -> None:
    people = await office.accept(25)
    await office.happens()
    assert await work_off(make_slices(office, 10)) == 4
    assert await owed_chats(office) == {chat.id for chat in people}


async def test_after_a_crash_it_goes_on_at_the_mark(office: PostOffice) -> None:
    people = await office.accept(25)
    await office.happens()
    await make_slices(office, 10).step()
    assert len(await owed_chats(office)) == 10
    assert await work_off(make_slices(office, 10)) == 3
    assert await owed_chats(office) == {chat.id for chat in people}


async def test_urgent_orders_go_first(office: PostOffice) -> None:
    await office.accept(5)
    event = await office.happens()
    await work_off(make_slices(office))
    await office.changes(event, ChangeKind.CONFIRMED, urgent=False)
    other = await office.happens(freed=3)
    await make_slices(office).step()
    async with office.database.reading() as tx:
        order = await fanouts.oldest(tx)
    assert order is not None
    assert order.event == other.id
    assert order.mark > 0


async def test_a_query_that_was_added_or_removed_counts_from_the_next_order_on(office: PostOffice) -> None:
    [chat] = await office.accept()
    slices = make_slices(office)
    await add_query(office, chat.id, "timber")
    await office.happens()
    await work_off(slices)
    assert await owed_chats(office) == set()
    await add_query(office, chat.id, "potash")
    event = await office.happens(freed=3)
    await work_off(slices)
    assert [row["event"] for row in await office.rows()] == [event.id]


async def test_news_of_an_event_is_for_who_asked_for_any_of_its_items(office: PostOffice) -> None:
    [chat] = await office.accept()
    await add_query(office, chat.id, "source:herald")
    event = await office.happens()
    slices = make_slices(office)
    await work_off(slices)
    assert await owed_chats(office) == set()
    event = await office.changes(event, ChangeKind.CONFIRMED, outlet="Herald")
    await work_off(slices)
    assert await owed_chats(office) == {chat.id}


async def test_numbers_are_asked_of_the_event(office: PostOffice) -> None:
    few, many = await office.accept(2)
    await add_query(office, few.id, "released>=10")
    await add_query(office, many.id, "released>=100")
    await office.happens(freed=52)
    await work_off(make_slices(office))
    assert await owed_chats(office) == {few.id}


async def test_a_chat_that_is_forgotten_meanwhile_is_owed_nothing(office: PostOffice) -> None:
    people = await office.accept(3)
    await office.happens()
    async with office.database.writing() as tx:
        await chats.forget(tx, people[1].id)
    await work_off(make_slices(office, 1))
    assert await owed_chats(office) == {people[0].id, people[2].id}


async def test_a_burst_arrives_once_each(office: PostOffice) -> None:
    people = await office.accept(40)
    await office.happens()
    await office.run(2)
    assert [len(office.texts(chat)) for chat in people] == [1] * 40
    assert office.telegram.refusals == 0
