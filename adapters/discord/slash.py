"""Commands as Discord registers them: one bulk overwrite of all global slash commands.

Rules: discord.com/developers/docs/interactions/application-commands (names, 100 characters a description,
25 options, 25 choices, required options first).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from discord import Locale, Permissions

from bot.chat.command import CommandSpec, Option, OptionType

LONGEST_DESCRIPTION = 100
MOST = 25                 # options of a command, choices of an option

_CHAT_INPUT, _STRING, _INTEGER = 1, 3, 4
_IN_SERVERS, _IN_DIRECT_MESSAGES = 0, 1      # interaction contexts; group conversations of users are left out
_INSTALLED_IN_SERVERS = 0
_MANAGE_SERVER = str(Permissions(manage_guild=True).value)


def slash_commands(commands: Sequence[CommandSpec]) -> list[dict[str, Any]]:
    """The body of the overwrite. Raises ValueError that names what breaks Discord's rules."""
    return [_command(command) for command in commands]


def locales(language: str) -> tuple[str, ...]:
    """Discord's locales of a language; () where it has none (Belarusian)."""
    return tuple(str(locale) for locale in Locale if str(locale).partition("-")[0] == language)


def _command(command: CommandSpec) -> dict[str, Any]:
    where = f"/{command.name}"
    if len(command.options) > MOST:
        raise ValueError(f"{where}: more than {MOST} options")
    required_first = sorted(command.options, key=lambda option: not option.required)
    return {
        "type": _CHAT_INPUT,
        "name": command.name,
        **_described(where, command.descriptions),
        "options": [_option(where, option) for option in required_first],
        "default_member_permissions": _MANAGE_SERVER if command.admin else None,
        "contexts": [_IN_DIRECT_MESSAGES] if command.private_only else [_IN_SERVERS, _IN_DIRECT_MESSAGES],
        "integration_types": [_INSTALLED_IN_SERVERS],
    }


def _option(where: str, option: Option) -> dict[str, Any]:
    where = f"{where} {option.name}"
    described = _described(where, option.descriptions or {"en": option.name})
    body = {"name": option.name, "required": option.required, **described}
    if option.type is OptionType.INTEGER:
        return {"type": _INTEGER, **body}
    if len(option.choices) > MOST:
        raise ValueError(f"{where}: more than {MOST} choices")
    choices = [{"name": choice, "value": choice} for choice in option.choices]
    return {"type": _STRING, **body, **({"choices": choices} if choices else {})}


def _described(where: str, descriptions: Mapping[str, str]) -> dict[str, Any]:
    for language, text in descriptions.items():
        if not 1 <= len(text) <= LONGEST_DESCRIPTION:
            raise ValueError(f"{where}: its description in {language!r} must have 1 to {LONGEST_DESCRIPTION} "
                             f"characters, it has {len(text)}")
    return {
        "description": descriptions["en"],
        "description_localizations": {
            locale: text
            for language, text in descriptions.items() if language != "en"
            for locale in locales(language)
        },
    }
