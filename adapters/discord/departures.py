"""What Discord tells by itself about places: a server or channel ended, or takes our messages again.

Chats are known by channel, so a server is told of as each of its channels and threads. A server that is
`unavailable` is an outage of Discord's and no departure: discord.py raises no event here for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import discord

from bot.chat.adapter import Departures, Gone
from bot.chat.place import ChatKind, ChatRef
from bot.clock import Clock
from bot.errors import Closed


@dataclass(frozen=True, slots=True)
class Watch:
    """discord.py calls its methods by their names."""

    gone: Departures
    clock: Clock

    def over(self, client: discord.Client) -> None:
        """Be told by `client` from now on."""
        for handler in (
            self.on_guild_remove, self.on_guild_join, self.on_guild_channel_delete, self.on_raw_thread_delete,
            self.on_guild_channel_update, self.on_guild_role_update, self.on_member_update,
        ):
            client.event(handler)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self._tell(_places(guild), Closed.REMOVED)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self._tell(_places(guild), None)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self._tell([channel.id], Closed.REMOVED)

    async def on_raw_thread_delete(self, thread: discord.RawThreadDeleteEvent) -> None:
        await self._tell([thread.thread_id], Closed.REMOVED)

    async def on_guild_channel_update(self, before: Any, after: discord.abc.GuildChannel) -> None:
        if before.overwrites != after.overwrites and _may_speak(after):
            await self._tell([after.id], None)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        if before.permissions != after.permissions and after in after.guild.me.roles:
            await self._tell(_open_places(after.guild), None)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        if before.roles != after.roles and after == after.guild.me:
            await self._tell(_open_places(after.guild), None)

    async def _tell(self, places: Iterable[int], closed: Closed | None) -> None:
        for place in places:
            await self.gone(Gone(place=ChatRef("discord", str(place)), kind=ChatKind.GROUP, closed=closed,
                                 at=self.clock.now()))


def _places(guild: discord.Guild) -> list[int]:
    return [place.id for place in (*guild.channels, *guild.threads)]


def _open_places(guild: discord.Guild) -> list[int]:
    """Told of once more although they may never have been closed: who hears it knows which were."""
    return [channel.id for channel in guild.channels if _may_speak(channel)]


def _may_speak(channel: discord.abc.GuildChannel) -> bool:
    may = channel.permissions_for(channel.guild.me)
    return may.view_channel and may.send_messages
