from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from adapters.discord.adapter import DiscordAdapter
from adapters.discord.options import DiscordOptions
from bot.chat.adapter import Gone
from bot.chat.command import CommandSpec, Heard, Listener, Option, OptionType
from tests.fakes.clock import FakeClock
from tests.fakes.discord import FakeDiscord

COMMANDS = (
    CommandSpec(
        name="topics", descriptions={"en": "What to be told of"}, admin=True,
        options=(Option(name="which", type=OptionType.CHOICE, choices=("release", "all"),
                        descriptions={"en": "Which"}),),
    ),
    CommandSpec(name="latest", descriptions={"en": "The last events"},
                options=(Option(name="n", type=OptionType.INTEGER, descriptions={"en": "How many"}),)),
    CommandSpec(name="admin", descriptions={"en": "For maintainers"}, private_only=True),
)


@dataclass
class Stage:
    """A fake Discord, an adapter on it and one clock for both."""

    clock: FakeClock
    discord: FakeDiscord
    adapter: DiscordAdapter
    guild: int
    channel: str
    gone: list[Gone] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)

    def new_adapter(self, *, answer_within: float = 0.3) -> DiscordAdapter:
        options = DiscordOptions.model_validate({
            "token": self.discord.token, "api_url": self.discord.api_url,
            "gateway_url": self.discord.gateway_url,
        })
        return DiscordAdapter(options, self.clock, answer_within=answer_within)

    @asynccontextmanager
    async def listening(
        self, listener: Listener | None = None, commands: Sequence[CommandSpec] = COMMANDS
    ) -> AsyncIterator[asyncio.Task[None]]:
        async def note_heard(heard: Heard) -> None:
            self.heard.append(heard)

        async def note_gone(gone: Gone) -> None:
            self.gone.append(gone)

        task = asyncio.create_task(self.adapter.listen(commands, listener or note_heard, note_gone))
        try:
            await self.until(lambda: self.discord.gateway.connected and bool(self.discord.commands))
            yield task
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait for what the network brings."""
        await self.discord.gateway.until(condition)

    async def pass_time(self, condition: Callable[[], Any]) -> None:
        """Let the clock run, a second at a time, until the network has brought it about."""
        async with asyncio.timeout(10):
            while not condition():
                await self.clock.advance(1.0)
                await asyncio.sleep(0.005)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    clock = FakeClock()
    async with FakeDiscord(clock=clock) as discord:
        guild = discord.add_guild()
        stage = Stage(clock, discord, None, guild, discord.add_channel(guild))  # type: ignore[arg-type]
        stage.adapter = stage.new_adapter()
        await stage.adapter.connect()
        yield stage
        await stage.adapter.close()
