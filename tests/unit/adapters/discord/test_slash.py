from __future__ import annotations

from collections.abc import Mapping

import pytest

from adapters.discord.slash import locales, slash_commands
from bot.chat.command import CommandSpec, Option, OptionType
from bot.chat.definition import spec_of
from bot.commands import find_commands
from tests.fakes.discord_rules import command_problems

KEYWORDS = CommandSpec(
    name="keywords",
    descriptions={"en": "Only what matches", "ru": "Только подходящее", "be": "Толькі тое, што падыходзіць",
                  "es": "Solo lo que coincide"},
    options=(
        Option(name="query", descriptions={"en": "The words", "uk": "Слова"}),
        Option(name="n", type=OptionType.INTEGER),
        Option(name="action", type=OptionType.CHOICE, required=True, choices=("add", "list"),
               descriptions={"en": "What to do"}),
    ),
    admin=True,
)


def test_a_command_is_registered_so() -> None:
    assert slash_commands([KEYWORDS]) == [{
        "type": 1,
        "name": "keywords",
        "description": "Only what matches",
        "description_localizations": {"ru": "Только подходящее", "es-419": "Solo lo que coincide",
                                      "es-ES": "Solo lo que coincide"},
        "options": [
            {"type": 3, "name": "action", "required": True, "description": "What to do",
             "description_localizations": {},
             "choices": [{"name": "add", "value": "add"}, {"name": "list", "value": "list"}]},
            {"type": 3, "name": "query", "required": False, "description": "The words",
             "description_localizations": {"uk": "Слова"}},
            {"type": 4, "name": "n", "required": False, "description": "n", "description_localizations": {}},
        ],
        "default_member_permissions": "32",
        "contexts": [0, 1],
        "integration_types": [0],
    }]


def test_what_is_registered_keeps_the_rules() -> None:
    assert command_problems([dict(command) for command in slash_commands([KEYWORDS])]) == {}


def test_all_commands_of_vestka_keep_the_rules() -> None:
    commands = slash_commands([spec_of(command) for command in find_commands()])

    assert commands
    assert command_problems([dict(command) for command in commands]) == {}


def test_a_command_for_everybody_asks_for_no_right() -> None:
    [command] = slash_commands([CommandSpec(name="latest", descriptions={"en": "The last events"})])

    assert command["default_member_permissions"] is None


def test_a_private_command_is_offered_in_direct_messages_only() -> None:
    [command] = slash_commands([CommandSpec(name="admin", descriptions={"en": "x"}, private_only=True)])

    assert command["contexts"] == [1]


@pytest.mark.parametrize(("language", "expected"), [
    ("be", ()), ("ru", ("ru",)), ("en", ("en-US", "en-GB")), ("zh", ("zh-CN", "zh-TW")), ("lt", ("lt",)),
])
def test_a_language_has_the_locales(language: str, expected: tuple[str, ...]) -> None:
    assert locales(language) == expected


@pytest.mark.parametrize("descriptions", [{"en": "x" * 101}, {"en": ""}, {"en": "x", "de": "y" * 101}])
def test_a_description_that_breaks_the_rules_is_named(descriptions: Mapping[str, str]) -> None:
    with pytest.raises(ValueError, match=r"/latest: its description in '(en|de)' must have 1 to 100"):
        slash_commands([CommandSpec(name="latest", descriptions=descriptions)])


def test_too_many_choices_are_named() -> None:
    option = Option(name="zone", choices=tuple(map(str, range(26))))

    with pytest.raises(ValueError, match="/timezone zone: more than 25 choices"):
        slash_commands([CommandSpec(name="timezone", descriptions={"en": "x"}, options=(option,))])
