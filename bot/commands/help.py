"""/help: the commands, or how one of them works."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.definition import Command, Context, options_of, usage_of
from bot.chat.message import Message, Paragraph, Span, plain
from bot.errors import PersonError
from bot.languages import Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """command: its name, with or without the stroke."""

    command: str = ""


async def run(arguments: Arguments, context: Context) -> Message:
    """All commands with a line each, or everything about one."""
    if not arguments.command:
        return _list(context)
    name = arguments.command.strip().lstrip("/").lower()
    command = next((known for known in context.commands if known.name == name), None)
    if command is None:
        raise PersonError("command.unknown")
    return _explain(command, context.translator)


def _list(context: Context) -> Message:
    say = context.translator.text
    lines = (f"/{command.name} – {say(f'command.{command.name}')}" for command in context.commands)
    return plain(say("help.title"), *lines, say("help.more"))


def _explain(command: Command, speaker: Translator) -> Message:
    usage = Paragraph((Span(usage_of(command), code=True),))
    options = (
        f"{option.name} – {speaker.text(f'command.{command.name}.{option.name}')}"
        for option in options_of(command)
    )
    lines = plain(speaker.text(f"command.{command.name}"), *options, *_details(command, speaker))
    return Message(paragraphs=(usage, *lines.paragraphs))


def _details(command: Command, speaker: Translator) -> list[str]:
    return speaker.text(f"help.{command.name}").splitlines()


COMMAND = Command(name="help", arguments=Arguments, run=run, needs_chat=False)
