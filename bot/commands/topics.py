"""/topics: what to be told of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.chat.definition import Command, Context
from bot.chat.message import Button, Message, plain
from bot.errors import PersonError
from bot.languages import Translator
from bot.model import Topic
from bot.storage import chats


class Choice(StrEnum):
    """What can be chosen."""

    RELEASE = "release"
    SANCTIONS = "sanctions"
    ALL = "all"


TOPICS = {
    Choice.RELEASE: (Topic.RELEASE,),
    Choice.SANCTIONS: (Topic.SANCTIONS,),
    Choice.ALL: (Topic.RELEASE, Topic.SANCTIONS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """topic: None only shows what is chosen."""

    topic: Choice | None = None


async def run(arguments: Arguments, context: Context) -> Message:
    """What is chosen, with buttons for the choices; or the new choice."""
    if arguments.topic is not None:
        return await _choose(arguments.topic, context)
    say = context.translator.text
    chosen = name_topics(context.accepted.settings.topics, context.translator)
    buttons = tuple((Button(say(f"topics.{choice}"), f"topics:{choice}"),) for choice in Choice)
    return replace(plain(say("topics.chosen", topics=chosen)), buttons=buttons)


async def press(action: str, context: Context) -> Message:
    """A choice by button."""
    if action not in set(Choice):
        raise PersonError("press.unknown")
    return await _choose(Choice(action), context)


async def _choose(choice: Choice, context: Context) -> Message:
    chat = context.accepted
    settings = replace(chat.settings, topics=TOPICS[choice])
    async with context.database.writing() as tx:
        await chats.save(tx, chat.id, settings)
    chosen = name_topics(settings.topics, context.translator)
    return plain(context.translator.text("topics.saved", topics=chosen))


def name_topics(topics: tuple[Topic, ...], speaker: Translator) -> str:
    """The chosen topics in words."""
    choice = next((choice for choice, meant in TOPICS.items() if set(meant) == set(topics)), Choice.ALL)
    return speaker.text(f"topics.{choice}")


COMMAND = Command(
    name="topics",
    arguments=Arguments,
    run=run,
    press=press,
    changes=lambda arguments: arguments.topic is not None,
)
