"""/forget: delete all that is kept about this chat, at once and without a question."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.definition import Command, Context, changes_always
from bot.chat.message import Message, plain
from bot.storage import chats


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """None: whatever stands behind the command, it forgets."""


async def run(_arguments: Arguments, context: Context) -> Message:
    """Chat, queries and deliveries go in one transaction; the answer is the last message."""
    if context.chat is None:
        return plain(context.translator.text("forget.nothing"))
    async with context.database.writing() as tx:
        await chats.forget(tx, context.chat.id)
    return plain(context.translator.text("forget.done"))


COMMAND = Command(
    name="forget", arguments=Arguments, run=run, changes=changes_always, needs_chat=False, always=True
)
