"""Each command once on each platform, from what a person types to what the person reads: real adapters over fake
platforms, the real dispatcher, real storage."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.chat.adapter import Gone
from bot.chat.place import ChatRef
from bot.chat.settings import Chat
from bot.storage import chats
from tests.fakes.console_stage import ConsoleStage
from tests.fakes.discord_stage import DiscordStage
from tests.fakes.stage import Can, Shown, Stage
from tests.fakes.talk import Talk, talking
from tests.fakes.telegram_stage import TelegramStage

STAGES: tuple[type[Stage], ...] = (TelegramStage, DiscordStage, ConsoleStage)
WITH_GROUPS = tuple(stage for stage in STAGES if Can.GROUP in stage.can)
PATIENCE = 10.0                       # seconds of real time for what should take milliseconds


class Conversation:
    """People on one platform and the bot there."""

    def __init__(self, stage: Stage, talk: Talk) -> None:
        self.stage = stage
        self.talk = talk

    async def ask(self, line: str, place: ChatRef | None = None, *, admin: bool = True) -> Shown:
        """Type a line; the answer as its reader sees it."""
        where = place or self.stage.private
        before = self.stage.accepted(where)
        await self.stage.types(where, line, admin=admin)
        return await self._answer(where, before)

    async def press(self, action: str, place: ChatRef | None = None, *, admin: bool = True) -> Shown:
        """Press a button; the answer."""
        where = place or self.stage.private
        before = self.stage.accepted(where)
        await self.stage.presses(where, action, admin=admin)
        return await self._answer(where, before)

    async def _answer(self, place: ChatRef, before: int) -> Shown:
        async with asyncio.timeout(PATIENCE):
            while self.stage.accepted(place) == before:
                await asyncio.sleep(0.005)
        return self.stage.shown(place)[-1]

    async def chat(self, place: ChatRef | None = None) -> Chat | None:
        """What storage knows of the place."""
        async with self.talk.database.reading() as tx:
            return await chats.find(tx, self.talk.keyring, place or self.stage.private)


async def ignore(_gone: Gone) -> None:
    return


@pytest.fixture(params=STAGES, ids=lambda stage: stage.name)
async def conversation(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Conversation]:
    stage: Stage = request.param()
    await stage.start()
    adapter = stage.adapter()
    await adapter.connect()
    async with talking(tmp_path) as talk:
        listening = asyncio.create_task(
            adapter.listen(talk.dispatcher.specs, talk.dispatcher.dispatch, ignore)
        )
        try:
            yield Conversation(stage, talk)
        finally:
            listening.cancel()
            await asyncio.wait([listening])
            await adapter.close()
            await stage.stop()


async def test_a_person_accepts_chooses_asks_and_is_forgotten(conversation: Conversation) -> None:
    ask = conversation.ask
    start = await ask("/start")
    assert "Nothing is stored until" in start.text
    assert start.actions == ("start:accept", "start:safe")
    assert "/start" in (await ask("/keywords list")).text
    await ask("/start")
    assert "/forget" in (await conversation.press("start:safe")).text
    chat = await conversation.chat()
    assert chat is not None
    assert chat.settings.safe
    conversation.talk.clock.shift(60)
    assert 'Added: "human rights" OR potash' in (await ask('/keywords add "human rights" OR potash')).text
    assert '1. "human rights" OR potash' in (await ask("/keywords list")).text
    assert "Character 1" in (await ask("/keywords add (lime")).text
    assert "Removed" in (await ask("/keywords remove 1")).text
    assert "told of: sanctions" in (await ask("/topics sanctions")).text
    conversation.talk.clock.shift(60)
    assert "No events yet" in (await ask("/latest 3")).text
    assert "no event 7f3k" in (await ask("/event 7f3k")).text
    assert "topics: sanctions" in (await ask("/privacy")).text
    assert "/keywords" in (await ask("/help")).text
    assert "prefix" in (await ask("/help keywords")).text
    assert "is deleted" in (await ask("/forget")).text
    assert await conversation.chat() is None


@pytest.mark.parametrize("conversation", WITH_GROUPS, ids=lambda stage: stage.name, indirect=True)
async def test_in_a_group_only_an_admin_changes_what_all_may_read(conversation: Conversation) -> None:
    stage, ask = conversation.stage, conversation.ask
    group = stage.group
    right = {"telegram": "administrator", "discord": "Manage Server"}[stage.name]
    assert right in (await ask("/start", group, admin=False)).text
    await ask("/start", group)
    # Platforms differ in where they show a refused press; what follows is served after it.
    await stage.presses(group, "start:accept", admin=False)
    assert right in (await ask("/topics all", group, admin=False)).text
    assert await conversation.chat(group) is None
    await conversation.press("start:accept", group)
    assert await conversation.chat(group) is not None
    assert right in (await ask("/keywords add potash", group, admin=False)).text
    assert "Added" in (await ask("/keywords add potash", group)).text
    assert "1. potash" in (await ask("/keywords list", group, admin=False)).text
    assert right in (await ask("/forget", group, admin=False)).text
    assert "is deleted" in (await ask("/forget", group)).text
