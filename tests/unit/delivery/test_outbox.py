"""The outbox against a Telegram that enforces its limits and fails as told, on a clock that nobody waits for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.crypt import Keyring
from bot.storage.engine import Database
from tests.fakes.clock import FakeClock
from tests.fakes.post_office import PostOffice, post_office


@pytest.fixture
async def office(
    sqlite_database: Database, keyring: Keyring, clock: FakeClock
) -> AsyncIterator[PostOffice]:
    async with post_office(sqlite_database, keyring, clock) as opened:
        yield opened


async def test_an_idle_bot_sends_at_once(office: PostOffice) -> None:
    [chat] = await office.accept()
    await office.happens()
    await office.run(0.02)
    [text] = office.texts(chat)
    assert text.startswith("Release · 52 freed")


async def test_a_burst_of_ninety_alerts_reaches_ninety_private_chats_and_draws_no_refusal(
    office: PostOffice,
) -> None:
    chats = await office.accept(90)
    await office.happens()
    await office.run(3.2)
    assert [len(office.texts(chat)) for chat in chats] == [1] * 90
    assert office.telegram.refusals == 0
    took = office.telegram.sent[-1].at - office.telegram.sent[0].at
    assert 89 / took >= 0.97 * 30
