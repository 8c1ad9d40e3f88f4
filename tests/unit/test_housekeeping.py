"""What is dropped, and what stays."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.place import ChatKind, ChatRef
from bot.chat.settings import Settings
from bot.crypt import Keyring
from bot.errors import Closed
from bot.housekeeping import Keep, tidy
from bot.model import Event, Topic
from bot.storage import chats, events
from bot.storage.engine import Database
from tests.fakes.clock import FakeClock

DAY = timedelta(days=1)
KEEP = Keep(messages=30 * DAY, texts=60 * DAY, since_event=DAY)


async def test_a_group_that_removed_the_bot_is_forgotten_after_a_month(
    sqlite_database: Database, keyring: Keyring, clock: FakeClock
) -> None:
    places = [ChatRef("telegram", str(number)) for number in (1, 2)]
    async with sqlite_database.writing() as tx:
        for place in places:
            chat = await chats.accept(tx, keyring, place, ChatKind.GROUP, Settings(), clock.now())
        await chats.close(tx, chat.id, Closed.REMOVED, clock.now())
    clock.shift(29 * 86_400)
    await tidy(sqlite_database, KEEP, clock.now())
    async with sqlite_database.reading() as tx:
        assert await chats.count(tx) == 2
    clock.shift(2 * 86_400)
    await tidy(sqlite_database, KEEP, clock.now())
    async with sqlite_database.reading() as tx:
        assert await chats.find(tx, keyring, places[0]) is not None
        assert await chats.find(tx, keyring, places[1]) is None


async def test_the_number_at_acceptance_goes_when_no_older_event_can_be_pushed(
    sqlite_database: Database, keyring: Keyring, clock: FakeClock
) -> None:
    place = ChatRef("telegram", "1")
    async with sqlite_database.deciding() as tx:
        number = await events.next_number(tx)
        now = clock.now()
        event = Event(
            id=events.event_id(number), number=number, topics=(Topic.RELEASE,), started=now, changed=now, change=0
        )
        await events.save(tx, event, None, [])
        await chats.accept(tx, keyring, place, ChatKind.PRIVATE, Settings(), now)
    for hours, expected in ((1, number), (25, None)):
        clock.shift(hours * 3600)
        await tidy(sqlite_database, KEEP, clock.now())
        async with sqlite_database.reading() as tx:
            chat = await chats.find(tx, keyring, place)
        assert chat is not None
        assert chat.since_event == expected
