"""/latest: the last events, also those that this chat was not told of."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.definition import Command, Context
from bot.chat.message import Message
from bot.delivery.compose import compose_latest
from bot.delivery.words import reader_of
from bot.events.summary import summarise
from bot.storage import events

FEW = 5                               # fits a phone's screen
MANY = 10                             # fits one message on every platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """n: how many; what is out of bounds means the nearest bound."""

    n: int = FEW


async def run(arguments: Arguments, context: Context) -> Message:
    """The newest events that still stand, newest first."""
    async with context.database.reading() as tx:
        found = await events.latest(tx, max(1, min(arguments.n, MANY)))
    reader = reader_of(context.settings, context.translator, context.clock.now())
    return compose_latest([(event, summarise(event)) for event in found], reader)


COMMAND = Command(name="latest", arguments=Arguments, run=run, needs_chat=False)
