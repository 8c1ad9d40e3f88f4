"""What keeps the bot from speaking in a place, computed by discord.py from what REST tells of the server, the
channel and the bot's own membership.

A channel that the bot cannot see answers like one of a server that it left (50001), so these two are told as
one. Whether a person takes messages is told only by sending one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import discord
from discord.abc import GuildChannel, PrivateChannel

from adapters.discord.errors import RefusedError
from bot.errors import SendError

REMOVED = "removed from the server"
UNSEEN = f"{REMOVED} or View Channel missing"
BY_CODE = {10003: "channel deleted", 10004: REMOVED, 10007: REMOVED, 50001: UNSEEN}


async def find_missing(client: discord.Client, channel_id: int) -> tuple[str, ...]:
    """For `bot.chat.adapter.Adapter.missing_rights`. Raises SendError."""
    try:
        return await _ask(client, channel_id)
    except RefusedError as refused:
        if refused.code not in BY_CODE:
            raise
        return (BY_CODE[refused.code],)
    except (discord.DiscordException, AttributeError, KeyError, TypeError, ValueError) as error:
        problem = f"Discord's answer cannot be read ({type(error).__name__})"
    raise SendError(problem, certainly_not_sent=True)


async def _ask(client: discord.Client, channel_id: int) -> tuple[str, ...]:
    place = await client.fetch_channel(channel_id)
    if isinstance(place, PrivateChannel):
        return ()
    guild = await client.fetch_guild(place.guild.id)
    own = await guild.fetch_member(client.user.id if client.user else 0)
    if own.is_timed_out():
        return ("timed out",)
    if isinstance(place, discord.Thread):
        parent = cast("GuildChannel", await guild.fetch_channel(place.parent_id))
        may = GuildChannel.permissions_for(parent, own)      # its own would bind threads to what it forbids
        locked = place.locked and not may.manage_threads
        told = missing_of(may, "Send Messages in Threads", writes=may.send_messages_in_threads)
        return (*(["thread locked"] if locked else []), *told)
    place.guild = guild               # it came with a server that is only an id, without roles
    may = place.permissions_for(own)
    right = "Create Posts" if isinstance(place, discord.ForumChannel) else "Send Messages"
    return tuple(missing_of(may, right, writes=may.send_messages))


def missing_of(may: discord.Permissions, right: str, *, writes: bool) -> Iterator[str]:
    """The rights that are not there, by Discord's names. `right`: what the right to write is called in such a
    place, `writes`: whether it is there. Who cannot see or write has other rights taken too: they go unnamed.
    """
    if not may.view_channel:
        yield "View Channel"
        return
    if not writes:
        yield right
    elif not may.attach_files:
        yield "Attach Files"
    if not may.read_message_history:
        yield "Read Message History"
