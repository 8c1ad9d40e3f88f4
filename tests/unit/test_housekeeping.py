"""What is dropped, and what stays."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from bot.chat.place import ChatKind, ChatRef
from bot.chat.settings import Settings
from bot.crypt import Keyring
from bot.errors import Closed
from bot.housekeeping import Keep, tidy
from bot.model import ChangeKind, Event, EventChange, Reason, Topic, Verdict
from bot.storage import chats, events, items, schema
from bot.storage.engine import Database
from tests.fakes.clock import FakeClock
from tests.fakes.reports import item

DAY = timedelta(days=1)
KEEP = Keep(messages=30 * DAY, texts=60 * DAY)


async def record(database: Database, now: datetime, *, started: datetime | None = None) -> int:
    """An event enters the ledger; its number."""
    async with database.deciding() as tx:
        number = await events.next_number(tx)
        event = Event(
            id=events.event_id(number), number=number, topics=(Topic.RELEASE,), started=started or now,
            changed=now, change=1,
        )
        begun = EventChange(
            event=event.id, number=1, kind=ChangeKind.STARTED, at=now, urgent=True, item=None
        )
        await events.save(tx, event, None, [begun])
    return number


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
    number = await record(sqlite_database, clock.now())
    async with sqlite_database.writing() as tx:
        await chats.accept(tx, keyring, place, ChatKind.PRIVATE, Settings(), clock.now())
    await record(sqlite_database, clock.now())
    for days, expected in ((13, number), (2, None)):
        clock.shift(days * 86_400)
        await tidy(sqlite_database, KEEP, clock.now())
        async with sqlite_database.reading() as tx:
            chat = await chats.find(tx, keyring, place)
        assert chat is not None
        assert chat.since_event == expected


async def test_what_became_of_an_item_without_an_event_goes_with_its_text(
    sqlite_database: Database, clock: FakeClock
) -> None:
    async with sqlite_database.writing() as tx:
        for name, event in (("ignored", None), ("joined", "e")):
            one = item("2030-01-07 12:00", name=name)
            reasons = (Reason(code="not relevant", words="words of the text"),)
            judged = items.Judged(
                item=one, relevant=event is not None, verdict=Verdict.IGNORED, event=event, reasons=reasons
            )
            await items.add(tx, judged)
    clock.shift(61 * 86_400)
    await tidy(sqlite_database, KEEP, clock.now())
    async with sqlite_database.reading() as tx:
        rows = (await tx.execute(select(schema.item.c.id, schema.item.c.body))).all()
    assert [tuple(row) for row in rows] == [("joined", None)]
