"""/event: one event with its sources, numbers and history."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.definition import Command, Context
from bot.chat.message import Message
from bot.delivery.compose import compose_event
from bot.delivery.words import reader_of
from bot.errors import PersonError
from bot.events.summary import summarise
from bot.storage import events

LONGEST_ID = 8                        # an id has four or five characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """id: as it stands at the end of an alert, in any case."""

    id: str


async def run(arguments: Arguments, context: Context) -> Message:
    """What is known of the event. Raises PersonError where there is none by this id."""
    name = arguments.id.strip().lower()[:LONGEST_ID]
    async with context.database.reading() as tx:
        event = await events.find(tx, name)
        if event is None:
            raise PersonError("event.unknown", id=name)
        changes = await events.changes(tx, event.id)
    reader = reader_of(context.settings, context.translator, context.clock.now())
    return compose_event(event, summarise(event), changes, reader)


COMMAND = Command(name="event", arguments=Arguments, run=run, needs_chat=False)
