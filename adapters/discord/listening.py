"""Hands what people say to the listener: in their order within a chat, chats side by side."""

from __future__ import annotations

import asyncio
from typing import Any
from weakref import WeakValueDictionary

import discord

from adapters.discord.conversation import Conversation, attend, heard_from
from adapters.discord.wire import Wire
from bot.chat.command import Heard, Listener
from bot.chat.place import ChatRef
from bot.clock import Clock

FINISH_WITHIN = 5.0       # seconds for answers in hand when listening ends; the program has ten to stop


class Listening:
    """For one call of `listen`; discord.py calls `on_interaction` by its name."""

    def __init__(self, wire: Wire, listener: Listener, clock: Clock) -> None:
        self._wire = wire
        self._listener = listener
        self._clock = clock
        self._turns: WeakValueDictionary[ChatRef, asyncio.Lock] = WeakValueDictionary()
        self._attending: set[asyncio.Task[None]] = set()
        self._in_hand: set[asyncio.Future[None]] = set()

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer it in a task of its own."""
        conversation = Conversation(self._wire, interaction)
        said = heard_from(interaction, conversation.reply)
        if said is None:
            return
        hearing = asyncio.ensure_future(self._hear(said))
        attending = asyncio.create_task(attend(conversation, hearing, self._clock))
        self._keep(self._in_hand, hearing)
        self._keep(self._attending, attending)

    async def finish(self) -> None:
        """Let the answers in hand go out, then end."""
        if self._in_hand:
            await asyncio.wait(self._in_hand, timeout=FINISH_WITHIN)
        for task in self._attending:
            task.cancel()

    async def _hear(self, said: Heard) -> None:
        async with self._turns.setdefault(said.place, asyncio.Lock()):
            await self._listener(said)

    @staticmethod
    def _keep(tasks: set[Any], task: asyncio.Future[None]) -> None:
        tasks.add(task)
        task.add_done_callback(tasks.discard)
