"""What follows when a platform tells that a chat ended, opened again or moved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat.adapter import Gone
from bot.chat.departures import depart
from bot.chat.place import ChatKind, ChatRef
from bot.chat.settings import Settings
from bot.crypt import Keyring
from bot.errors import Closed
from bot.storage import chats, deliveries, schema
from bot.storage.engine import Database
from tests.fakes.clock import START

PERSON, GROUP = ChatRef("telegram", "7001"), ChatRef("telegram", "-1007002")
TOPIC = ChatRef("telegram", "-1007002", "5")


@pytest.fixture(autouse=True)
async def _accepted(sqlite_database: Database, keyring: Keyring) -> None:
    async with sqlite_database.writing() as tx:
        for place, kind in ((PERSON, ChatKind.PRIVATE), (GROUP, ChatKind.GROUP), (TOPIC, ChatKind.GROUP)):
            await chats.accept(tx, keyring, place, kind, Settings(), START)


@pytest.mark.parametrize("closed", [Closed.BLOCKED, Closed.REMOVED, Closed.NOT_FOUND])
async def test_a_private_chat_that_ended_is_forgotten(
    sqlite_database: Database, keyring: Keyring, closed: Closed
) -> None:
    await depart(sqlite_database, keyring, Gone(place=PERSON, kind=ChatKind.PRIVATE, closed=closed, at=START))
    async with sqlite_database.reading() as tx:
        assert await chats.find(tx, keyring, PERSON) is None
        assert await chats.find(tx, keyring, GROUP) is not None


async def test_a_group_that_removed_the_bot_is_closed_with_all_its_topics_and_opens_again(
    sqlite_database: Database, keyring: Keyring
) -> None:
    await depart(
        sqlite_database, keyring, Gone(place=GROUP, kind=ChatKind.GROUP, closed=Closed.REMOVED, at=START)
    )
    async with sqlite_database.reading() as tx:
        assert {chat.closed for chat in await chats.in_home(tx, keyring, GROUP)} == {Closed.REMOVED}
    await depart(sqlite_database, keyring, Gone(place=GROUP, kind=ChatKind.GROUP, at=START))
    async with sqlite_database.reading() as tx:
        assert {chat.closed for chat in await chats.in_home(tx, keyring, GROUP)} == {None}


async def test_what_a_chat_is_owed_goes_at_once_when_it_is_open_again(
    sqlite_database: Database, keyring: Keyring
) -> None:
    later = START + timedelta(hours=1)
    async with sqlite_database.writing() as tx:
        chat = await chats.find(tx, keyring, GROUP)
        await tx.execute(
            schema.event.insert().values(
                id="e", number=1, topics=1, started=START, changed=START, change=1, state="open", pushed=True,
                revision=1,
            )
        )
        await tx.execute(
            schema.delivery.insert().values(
                event="e", chat=chat.id, platform="telegram", wanted=1, state="owed", not_before=later,
                owed_since=START, attempts=0, ambiguous=0, **{"class": 0},
            )
        )
    await depart(sqlite_database, keyring, Gone(place=GROUP, kind=ChatKind.GROUP, at=START))
    async with sqlite_database.reading() as tx:
        assert await deliveries.next_due(tx, "telegram") == START


async def test_a_closed_topic_closes_nothing_else(sqlite_database: Database, keyring: Keyring) -> None:
    gone = Gone(place=TOPIC, kind=ChatKind.GROUP, closed=Closed.FORBIDDEN, at=START)
    await depart(sqlite_database, keyring, gone)
    async with sqlite_database.reading() as tx:
        assert (await chats.find(tx, keyring, TOPIC)).closed == Closed.FORBIDDEN
        assert (await chats.find(tx, keyring, GROUP)).closed is None


async def test_a_moved_group_is_followed_with_its_topics(sqlite_database: Database, keyring: Keyring) -> None:
    gone = Gone(place=GROUP, kind=ChatKind.GROUP, moved_to="-1009", at=START)
    await depart(sqlite_database, keyring, gone)
    async with sqlite_database.reading() as tx:
        moved = await chats.in_home(tx, keyring, ChatRef("telegram", "-1009"))
        assert {str(chat.place) for chat in moved} == {"telegram:-1009", "telegram:-1009/5"}
        assert await chats.in_home(tx, keyring, GROUP) == ()
