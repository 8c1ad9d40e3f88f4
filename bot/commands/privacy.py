"""/privacy: what is kept about this chat, what is not, and how to tell this bot from look-alikes."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.definition import Command, Context
from bot.chat.message import Message, plain
from bot.commands.topics import name_topics
from bot.storage import queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """None."""


async def run(_arguments: Arguments, context: Context) -> Message:
    """Everything that is kept, in words."""
    say = context.translator.text
    lines = [*await _kept(context), say("privacy.never"), say("start.risk")]
    if context.identity is not None:
        lines.append(say("privacy.identity", handle=context.identity.handle, id=context.identity.id))
    return plain(*lines, say("privacy.silent"))


async def _kept(context: Context) -> list[str]:
    say, chat = context.translator.text, context.chat
    if chat is None:
        return [say("privacy.nothing")]
    async with context.database.reading() as tx:
        stored = await queries.of_chat(tx, context.keyring, chat.id)
    settings = chat.settings
    topics = name_topics(settings.topics, context.translator)
    return [
        say("privacy.kept"),
        say("privacy.settings", language=settings.language, topics=topics),
        context.translator.count("privacy.keywords", len(stored)),
        say("privacy.safe") if settings.safe else say("privacy.plain"),
        say("privacy.forget"),
    ]


COMMAND = Command(name="privacy", arguments=Arguments, run=run, needs_chat=False)
