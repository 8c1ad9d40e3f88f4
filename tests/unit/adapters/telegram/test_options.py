"""The table [adapters.telegram]."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from adapters.telegram import ADAPTER
from adapters.telegram.options import TelegramOptions
from bot.chat.adapter import Scope, Window
from tests.fakes.clock import FakeClock
from tests.fakes.telegram import TOKEN

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("a token without a colon", {"token": "abcdef"}, "token"),
    ("a token that would change the address", {"token": "123:a/../b"}, "token"),
    ("an address without a scheme", {"api_url": "api.example.org"}, "api_url"),
    ("an address with a query", {"api_url": "https://api.example.org/?a=b"}, "api_url"),
    ("more than Telegram takes without payment", {"messages_per_second": 31}, "paid_broadcast"),
    ("more than Telegram takes at all", {"messages_per_second": 1001, "paid_broadcast": True},
     "messages_per_second"),
    ("no message at all", {"messages_per_second": 0}, "messages_per_second"),
    ("nothing left for alerts", {"messages_per_second": 5, "answers_per_second": 5}, "answers_per_second"),
    ("a key that does not exist", {"tokne": ""}, "tokne"),
]


@pytest.mark.parametrize(("table", "named"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_mistake_is_named_and_no_token_shown(table: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        TelegramOptions.model_validate(table)

    assert named in str(wrong.value)
    assert "abcdef" not in str(wrong.value)


def test_every_mistake_is_found_at_once_under_its_own_key() -> None:
    with pytest.raises(ValidationError) as wrong:
        TelegramOptions.model_validate({"token": "x", "messages_per_second": 31, "answers_per_second": 200})

    assert [error["loc"] for error in wrong.value.errors()] == [("token",), ("messages_per_second",)]
    with pytest.raises(ValidationError) as wrong:
        TelegramOptions.model_validate({"messages_per_second": 5, "answers_per_second": 5})
    assert [error["loc"] for error in wrong.value.errors()] == [("answers_per_second",)]


def test_without_a_token_the_adapter_is_off() -> None:
    assert not ADAPTER.configured(TelegramOptions())
    assert ADAPTER.configured(TelegramOptions.model_validate({"token": TOKEN}))


def test_text_from_the_environment_is_read_as_numbers_and_switches() -> None:
    options = TelegramOptions.model_validate({"messages_per_second": "500", "paid_broadcast": "true"})

    assert (options.messages_per_second, options.paid_broadcast) == (500, True)


def test_a_token_is_in_no_representation() -> None:
    options = TelegramOptions.model_validate({"token": TOKEN})

    assert TOKEN not in f"{options!r} {options}"


def test_the_windows_are_telegrams() -> None:
    options = TelegramOptions.model_validate({"token": TOKEN, "messages_per_second": 25})

    assert ADAPTER.create(options, FakeClock()).limits == (
        Window(Scope.ALL, 25, 1.0),
        Window(Scope.PRIVATE, 1, 1.0),
        Window(Scope.GROUP, 1, 1.0),
        Window(Scope.GROUP, 20, 60.0),
    )
