"""Chats of the configuration exist from the start and keep what was chosen there."""

from __future__ import annotations

from pathlib import Path

from bot.chat.adapter import OwnPlace
from bot.chat.own import open_own_places
from bot.chat.place import ChatKind
from bot.chat.settings import Settings
from bot.model import Topic
from tests.fakes.talk import PRIVATE, talking


async def test_an_own_place_is_a_chat_in_its_language_and_is_opened_once(tmp_path: Path) -> None:
    own = OwnPlace(place=PRIVATE, kind=ChatKind.PRIVATE, language="be")
    async with talking(tmp_path) as talk:
        for _ in range(2):
            await open_own_places(talk.database, talk.keyring, talk.clock, [own], Settings())
            chat = await talk.chat()
            assert chat is not None
            assert chat.settings.language == "be"
            await talk.types("/topics release")
        chat = await talk.chat()
        assert chat is not None
        assert chat.settings.topics == (Topic.RELEASE,)


async def test_a_language_that_is_not_spoken_is_said_in_english(tmp_path: Path) -> None:
    own = OwnPlace(place=PRIVATE, kind=ChatKind.PRIVATE, language="xx")
    async with talking(tmp_path) as talk:
        await open_own_places(talk.database, talk.keyring, talk.clock, [own], Settings())
        chat = await talk.chat()
        assert chat is not None
        assert chat.settings.language == "en"
