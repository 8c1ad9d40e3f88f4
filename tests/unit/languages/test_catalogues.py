"""Every language says what English says: the same names, the same places for values, all plural forms."""

from __future__ import annotations

import io
import string
from importlib.resources import files

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot.languages import spoken

OTHERS = [code for code in spoken() if code != "en"]


def catalogue(code: str) -> Catalog:
    return read_po(io.BytesIO(files("bot.languages").joinpath(code, "messages.po").read_bytes()), locale=code)


def named(code: str) -> dict[str, Message]:
    """msgid → message, without the header."""
    found = {}
    for message in catalogue(code):
        name = message.id[0] if isinstance(message.id, tuple) else message.id
        if name:
            found[name] = message
    return found


def forms(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_english_belarusian_and_russian_are_spoken() -> None:
    assert {"en", "be", "ru"} <= set(spoken())


@pytest.mark.parametrize("code", OTHERS)
def test_a_language_knows_no_names_that_english_lacks(code: str) -> None:
    assert set(named(code)) <= set(named("en"))


@pytest.mark.parametrize("code", ["be", "ru"])
def test_the_alerts_are_whole_in_belarusian_and_russian(code: str) -> None:
    ours = {name for name in named("en") if name.startswith(("alert.", "list.", "event."))}
    assert len(ours) > 50
    assert ours <= set(named(code))


@pytest.mark.parametrize("code", spoken())
def test_every_plural_form_is_there_and_says_something(code: str) -> None:
    wanted = catalogue(code).num_plurals
    for name, message in named(code).items():
        assert all(forms(message)), name
        assert len(forms(message)) == (wanted if message.pluralizable else 1), name


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_has_the_places_of_the_english_sentence(code: str) -> None:
    english = named("en")
    for name, message in named(code).items():
        assert message.pluralizable == english[name].pluralizable, name
        wanted = places(forms(english[name])[-1])
        for form in forms(message):
            assert places(form) == wanted, name
