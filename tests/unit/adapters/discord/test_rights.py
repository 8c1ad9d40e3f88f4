"""What keeps the bot from speaking on Discord: each kind of place and each right."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import discord as library
import pytest

from adapters.discord.adapter import DiscordAdapter
from adapters.discord.options import DiscordOptions
from adapters.discord.rights import UNSEEN, missing_of
from bot.chat.place import ChatRef
from bot.clock import SystemClock
from bot.errors import SendError
from tests.fakes.discord import FakeDiscord, Fault
from tests.fakes.discord_world import FORUM, SEND_MESSAGES, TEXT, THREAD, VIEW_CHANNEL

ATTACH_FILES, READ_HISTORY, SEND_IN_THREADS = 1 << 15, 1 << 16, 1 << 38

ROWS = [
    ("a channel that takes messages", TEXT, 0, ()),
    ("writing", TEXT, SEND_MESSAGES, ("Send Messages",)),
    ("pictures", TEXT, ATTACH_FILES, ("Attach Files",)),
    ("replies", TEXT, READ_HISTORY, ("Read Message History",)),
    ("writing and replies", TEXT, SEND_MESSAGES | READ_HISTORY, ("Send Messages", "Read Message History")),
    ("what threads need is not asked in a channel", TEXT, SEND_IN_THREADS, ()),
    ("seeing", TEXT, VIEW_CHANNEL, (UNSEEN,)),
    ("a forum that takes posts", FORUM, 0, ()),
    ("posts", FORUM, SEND_MESSAGES, ("Create Posts",)),
    ("a thread that takes messages", THREAD, 0, ()),
    ("writing in threads", THREAD, SEND_IN_THREADS, ("Send Messages in Threads",)),
    ("what a channel needs is not asked in a thread", THREAD, SEND_MESSAGES, ()),
    ("a thread in a channel that is not seen", THREAD, VIEW_CHANNEL, (UNSEEN,)),
]


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake:
        yield fake


@pytest.fixture
async def adapter(discord: FakeDiscord) -> AsyncIterator[DiscordAdapter]:
    options = DiscordOptions.model_validate({"token": discord.token, "api_url": discord.api_url})
    connected = DiscordAdapter(options, SystemClock())
    await connected.connect()
    yield connected
    await connected.close()


@pytest.mark.parametrize(("kind", "denied", "missing"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
async def test_discord_tells_what_is_missing(
    discord: FakeDiscord, adapter: DiscordAdapter, kind: int, denied: int, missing: tuple[str, ...]
) -> None:
    channel = discord.add_channel(discord.add_guild(), kind=FORUM if kind == FORUM else TEXT)
    discord.place(channel).denied = denied
    place = discord.add_thread(channel) if kind == THREAD else channel

    assert await adapter.missing_rights(ChatRef("discord", place)) == missing
    assert {method for method, _ in discord.calls} == {"GET"}


async def test_a_deleted_channel_is_told(discord: FakeDiscord, adapter: DiscordAdapter) -> None:
    channel = discord.add_channel(discord.add_guild())
    await discord.delete_channel(channel)

    assert await adapter.missing_rights(ChatRef("discord", channel)) == ("channel deleted",)


async def test_a_locked_thread_is_told(discord: FakeDiscord, adapter: DiscordAdapter) -> None:
    thread = discord.add_thread(discord.add_channel(discord.add_guild()))
    discord.place(thread).locked = True

    assert await adapter.missing_rights(ChatRef("discord", thread)) == ("thread locked",)


async def test_a_bot_that_was_timed_out_is_told(discord: FakeDiscord, adapter: DiscordAdapter) -> None:
    guild = discord.add_guild()
    channel = discord.add_channel(guild)
    discord.timed_out[guild] = datetime.now(UTC) + timedelta(hours=1)
    assert await adapter.missing_rights(ChatRef("discord", channel)) == ("timed out",)

    discord.timed_out[guild] = datetime.now(UTC) - timedelta(hours=1)
    assert await adapter.missing_rights(ChatRef("discord", channel)) == ()


async def test_of_a_person_nothing_is_told_and_no_conversation_opened(
    discord: FakeDiscord, adapter: DiscordAdapter
) -> None:
    assert await adapter.missing_rights(ChatRef("discord", discord.open_dm(9))) == ()
    assert await adapter.missing_rights(ChatRef("discord", "@10")) == ()
    assert {method for method, _ in discord.calls} == {"GET"}


@pytest.mark.parametrize("body", [{"id": "1"}, {"id": "1", "type": 4711}, [], "a page"])
async def test_an_answer_that_cannot_be_read_is_a_send_error(
    discord: FakeDiscord, adapter: DiscordAdapter, body: object
) -> None:
    channel = discord.add_channel(discord.add_guild())
    discord.fail_next(Fault(status=200, body=body))

    with pytest.raises(SendError):
        await adapter.missing_rights(ChatRef("discord", channel))


def test_who_cannot_see_lacks_that_alone() -> None:
    assert list(missing_of(library.Permissions.none(), "Send Messages", writes=False)) == ["View Channel"]
