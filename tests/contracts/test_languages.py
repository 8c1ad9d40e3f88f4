"""Every language that Vestka speaks says all that English says, and every message that the code names is there."""

from __future__ import annotations

import io
import re
import string
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import bot
from bot.languages import spoken

WHOLE = ("be", "ru")
HERE = Path(bot.__file__).parent
# What people type stays as it is in every language.
COMMAND = re.compile(r"/[a-z]+\b|https?://\S+|\b(?:lang|person):|released>=10")


def catalogue(code: str) -> Catalog:
    return read_po(io.BytesIO(files("bot.languages").joinpath(code, "messages.po").read_bytes()), locale=code)


def sentences(code: str) -> dict[str, tuple[str, ...]]:
    """msgid → its forms, without the header."""
    found: dict[str, tuple[str, ...]] = {}
    for message in catalogue(code):
        name = message.id[0] if isinstance(message.id, tuple) else message.id
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        if name:
            assert name not in found
            found[name] = forms
    return found


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


ENGLISH = sentences("en")


def test_there_are_messages_and_languages_to_compare() -> None:
    assert len(ENGLISH) > 150
    assert {"en", *WHOLE} <= set(spoken())


@pytest.mark.parametrize("code", WHOLE)
def test_a_language_has_every_message_of_english(code: str) -> None:
    assert set(sentences(code)) == set(ENGLISH)


@pytest.mark.parametrize("code", spoken())
def test_a_message_has_the_same_places_in_every_form(code: str) -> None:
    for name, forms in sentences(code).items():
        for form in forms:
            assert places(form) == places(ENGLISH[name][-1]), name


@pytest.mark.parametrize("code", spoken())
def test_no_message_is_empty_and_every_plural_form_is_there(code: str) -> None:
    plurals = catalogue(code).num_plurals
    for name, forms in sentences(code).items():
        assert all(form.strip() for form in forms), name
        assert len(forms) == (1 if len(ENGLISH[name]) == 1 else plurals), name


@pytest.mark.parametrize("code", WHOLE)
def test_commands_and_fields_are_not_translated(code: str) -> None:
    for name, forms in sentences(code).items():
        assert set(COMMAND.findall(" ".join(forms))) == set(COMMAND.findall(" ".join(ENGLISH[name]))), name


@pytest.mark.parametrize("code", spoken())
def test_no_message_is_written_twice(code: str) -> None:
    text = files("bot.languages").joinpath(code, "messages.po").read_text(encoding="utf-8")
    names = re.findall(r'^msgid "(.+)"$', text, re.MULTILINE)
    assert len(names) == len(set(names))


# Errors for people carry a message's name; a name that no catalogue has would only show when the error does.
NAMED = re.compile(r'(?:PersonError\(|QueryError\([^"]*?|\bsay\(|\.text\(|(?:speaker|translator)\.count\()\s*"([a-z_.]+)"')


def test_every_message_that_the_code_names_exists() -> None:
    named = {name for file in HERE.rglob("*.py") for name in NAMED.findall(file.read_text(encoding="utf-8"))}
    assert len(named) > 40
    assert named <= set(ENGLISH)
