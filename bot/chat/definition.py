"""What a command is to us: one module, one frozen dataclass of arguments, one function.

From the dataclass come Telegram's words, Discord's typed options and what `/help` says of them. Descriptions
are messages named `command.<name>` and `command.<name>.<option>`.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

from bot.chat.adapter import Identity
from bot.chat.command import CommandSpec, Option, OptionType
from bot.chat.message import Message
from bot.chat.place import ChatKind, ChatRef
from bot.chat.settings import Chat, Settings
from bot.errors import PersonError
from bot.languages import Translator, spoken, translator

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.crypt import Keyring
    from bot.storage.engine import Database


MAX_DIGITS = 9                        # more is no number that a person means
SHOWN = 40                            # characters of a wrong word that are repeated to its writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a command may know and use. chat: None before consent. settings: of the chat, else those that a
    chat here would begin with. identity: what the platform calls this bot, None before it was asked."""

    place: ChatRef
    kind: ChatKind
    chat: Chat | None
    settings: Settings
    translator: Translator
    database: Database
    keyring: Keyring
    clock: Clock
    is_admin: Callable[[], Awaitable[bool]]
    commands: tuple[Command, ...] = ()
    identity: Identity | None = None

    @property
    def accepted(self) -> Chat:
        """The chat. Raises PersonError where nobody accepted yet."""
        if self.chat is None:
            raise PersonError("consent.missing")
        return self.chat


def changes_nothing(_arguments: Any) -> bool:
    """For commands that everybody may use everywhere."""
    return False


def changes_always(_arguments: Any) -> bool:
    """For commands that belong to a group's admins whatever their arguments."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What a module under `bot/commands/` exports as COMMAND.

    arguments: a frozen dataclass of str, int and StrEnum fields in the order in which they are typed.
    run, press: answer a command and the press of one of its buttons, whose action is `<name>:<rest>`.
    changes: whether these arguments change a setting, which in groups only admins may; a press always does.
    needs_chat: it works only where somebody accepted. this_place: it means the very place where it was typed,
    never the group's only chat elsewhere. always: a chat that accepted is heard however much it types.
    """

    name: str
    arguments: type[Any]
    run: Callable[[Any, Context], Awaitable[Message]]
    press: Callable[[str, Context], Awaitable[Message]] | None = None
    changes: Callable[[Any], bool] = changes_nothing
    needs_chat: bool = True
    this_place: bool = False
    always: bool = False

    @property
    def admin(self) -> bool:
        """Whether all of it belongs to a group's admins."""
        return self.changes is changes_always


# --- from the dataclass to options ----------------------------------------------------------------------


def options_of(command: Command) -> tuple[Option, ...]:
    """The options of a command with their descriptions in every language."""
    hints = get_type_hints(command.arguments)
    return tuple(
        Option(
            name=field.name,
            type=_type(hints[field.name]),
            required=field.default is dataclasses.MISSING,
            choices=_choices(hints[field.name]),
            descriptions=_described(f"command.{command.name}.{field.name}"),
        )
        for field in dataclasses.fields(command.arguments)
    )


def spec_of(command: Command) -> CommandSpec:
    """A command as platforms register it."""
    return CommandSpec(
        name=command.name,
        descriptions=_described(f"command.{command.name}"),
        options=options_of(command),
        admin=command.admin,
    )


def usage_of(command: Command) -> str:
    """How a command is typed: `/keywords add|remove|list [query]`."""
    return " ".join([f"/{command.name}", *map(_usage, options_of(command))])


def _usage(option: Option) -> str:
    shown = "|".join(option.choices) or option.name
    return shown if option.required else f"[{shown}]"


def _described(message_id: str) -> Mapping[str, str]:
    return {language: translator(language).text(message_id) for language in spoken()}


def _plain(hint: Any) -> Any:
    """The type behind `int | None`."""
    if get_origin(hint) in {Union, types.UnionType}:
        return next(kind for kind in get_args(hint) if kind is not type(None))
    return hint


def _type(hint: Any) -> OptionType:
    if issubclass(_plain(hint), StrEnum):
        return OptionType.CHOICE
    return OptionType.INTEGER if _plain(hint) is int else OptionType.TEXT


def _choices(hint: Any) -> tuple[str, ...]:
    kind = _plain(hint)
    return tuple(kind) if issubclass(kind, StrEnum) else ()


# --- from what was typed to the dataclass ---------------------------------------------------------------


def read_arguments(command: Command, words: str, options: Mapping[str, str | int] | None) -> Any:
    """The arguments that were typed (`words`) or chosen (`options`). Raises PersonError with the usage."""
    given = dict(_split(command, words)) if options is None else options
    hints = get_type_hints(command.arguments)
    values: dict[str, Any] = {}
    for option in options_of(command):
        value = given.get(option.name)
        if value not in {None, ""}:
            values[option.name] = _convert(command, option, _plain(hints[option.name]), str(value))
        elif option.required:
            raise PersonError("command.missing", option=option.name, usage=usage_of(command))
    return command.arguments(**values)


def _split(command: Command, words: str) -> Iterator[tuple[str, str]]:
    """One word for each option; a last text takes the rest of the line as it is."""
    rest = words.strip()
    options = options_of(command)
    for number, option in enumerate(options, start=1):
        if number == len(options) and option.type is OptionType.TEXT:
            yield option.name, rest
            return
        word, *after = rest.split(maxsplit=1) or [""]
        yield option.name, word
        rest = after[0] if after else ""


def _convert(command: Command, option: Option, kind: Any, value: str) -> Any:
    usage = usage_of(command)
    match option.type:
        case OptionType.CHOICE if value.lower() in option.choices:
            return kind(value.lower())
        case OptionType.CHOICE:
            choices = ", ".join(option.choices)
            raise PersonError("command.choice", value=value[:SHOWN], choices=choices, usage=usage)
        case OptionType.INTEGER if not value.lstrip("-").isdecimal() or len(value) > MAX_DIGITS:
            raise PersonError("command.number", value=value[:SHOWN], usage=usage)
        case OptionType.INTEGER:
            return int(value)
    return value

