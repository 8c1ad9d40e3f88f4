from __future__ import annotations

import pytest
from pydantic import ValidationError

from adapters.discord import ADAPTER
from adapters.discord.options import DiscordOptions


def test_without_a_token_it_is_not_configured() -> None:
    assert not ADAPTER.configured(DiscordOptions())
    assert ADAPTER.configured(DiscordOptions.model_validate({"token": "some-word"}))


def test_the_token_is_in_no_repr_and_no_error() -> None:
    options = DiscordOptions.model_validate({"token": "some-word\n"})
    assert options.token.get_secret_value() == "some-word"
    assert "some-word" not in repr(options)

    with pytest.raises(ValidationError) as wrong:
        DiscordOptions.model_validate({"token": "two some-word words", "api_url": "x"})
    assert "some-word" not in str(wrong.value)


@pytest.mark.parametrize(("key", "value"), [
    ("token", "токен"), ("api_url", "discord.com"), ("gateway_url", "https://gateway.example"), ("tokn", "x"),
])
def test_a_wrong_value_is_named(key: str, value: str) -> None:
    with pytest.raises(ValidationError, match=key):
        DiscordOptions.model_validate({key: value})


def test_a_slash_behind_the_address_changes_nothing() -> None:
    assert DiscordOptions(api_url="https://discord.com/api/v10/").api_url == DiscordOptions().api_url
