"""What every command owes: both platforms' rules for names and descriptions, help in every language, and the
same arguments whether they were typed as words or chosen as options."""

from __future__ import annotations

import dataclasses
import re

import pytest

from bot.chat.command import OptionType
from bot.chat.definition import Command, options_of, read_arguments, spec_of, usage_of
from bot.commands import find_commands
from bot.errors import PersonError
from bot.languages import spoken, translator

COMMANDS = find_commands()
NAMES = {"start", "help", "latest", "event", "keywords", "topics", "privacy", "forget"}

# Telegram: BotCommand.command has 1-32 characters of a-z, 0-9 and _. Discord: application command and option
# names have 1-32, in small letters. Descriptions: at most 100 on Discord, 256 on Telegram.
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
LONGEST_DESCRIPTION = 100
MOST_CHOICES = 25  # Discord
MOST_OPTIONS = 25  # Discord
LONGEST_BUTTON = 80  # Discord


def test_the_commands_are_found() -> None:
    assert {command.name for command in COMMANDS} >= NAMES
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_names_and_descriptions_keep_the_platforms_rules(command: Command) -> None:
    spec = spec_of(command)
    assert len(spec.options) <= MOST_OPTIONS
    for named in (spec, *spec.options):
        assert NAME.fullmatch(named.name)
        assert set(named.descriptions) == set(spoken())
        assert all(0 < len(text) <= LONGEST_DESCRIPTION for text in named.descriptions.values())
    for option in spec.options:
        assert (option.type is OptionType.CHOICE) == bool(option.choices)
        assert len(option.choices) <= MOST_CHOICES


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_required_options_stand_first_and_a_text_last(command: Command) -> None:
    options = options_of(command)
    assert [option.required for option in options] == sorted(
        (option.required for option in options), reverse=True
    )
    assert dataclasses.is_dataclass(command.arguments)
    assert all(field.kw_only for field in dataclasses.fields(command.arguments))


@pytest.mark.parametrize("language", spoken())
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_is_explained_in_every_language(command: Command, language: str) -> None:
    assert translator(language).text(f"help.{command.name}")
    assert usage_of(command).startswith(f"/{command.name}")


@pytest.mark.parametrize("language", spoken())
def test_buttons_have_room_for_their_words(language: str) -> None:
    labels = ["start.accept", "start.accept.safe", "topics.release", "topics.sanctions", "topics.all"]
    assert all(len(translator(language).text(label)) <= LONGEST_BUTTON for label in labels)


SAME = [
    ("a choice and the rest of the line", "keywords", 'add "a b"  c', {"action": "add", "query": '"a b"  c'}),
    ("a choice without a text", "keywords", "list", {"action": "list"}),
    ("a choice in capitals", "topics", "RELEASE", {"topic": "release"}),
    ("nothing", "topics", "", {}),
    ("a number", "latest", "7", {"n": 7}),
    ("a default", "latest", "  ", {}),
    ("a text", "event", " 7F3K ", {"id": "7F3K"}),
    ("words that nobody asked for", "forget", "now please", {}),
    ("a link's word behind start", "start", "accept", {}),
]


@pytest.mark.parametrize(
    ("name", "words", "options"), [row[1:] for row in SAME], ids=[row[0] for row in SAME]
)
def test_words_and_options_give_the_same_arguments(
    name: str, words: str, options: dict[str, str | int]
) -> None:
    command = next(command for command in COMMANDS if command.name == name)
    assert read_arguments(command, words, None) == read_arguments(command, "", options)


WRONG = [
    ("a required option is missing", "event", "", "command.missing"),
    ("a choice is missing", "keywords", "", "command.missing"),
    ("a choice is none", "keywords", "change x", "command.choice"),
    ("a number is none", "latest", "seven", "command.number"),
    ("a number is no whole one", "latest", "7.5", "command.number"),
    ("a number with another script's signs", "latest", "²", "command.number"),
]


@pytest.mark.parametrize(
    ("name", "words", "message_id"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_a_wrong_argument_is_an_error_with_the_usage(name: str, words: str, message_id: str) -> None:
    command = next(command for command in COMMANDS if command.name == name)
    with pytest.raises(PersonError) as caught:
        read_arguments(command, words, None)
    assert caught.value.message_id == message_id
    assert caught.value.values["usage"] == usage_of(command)
