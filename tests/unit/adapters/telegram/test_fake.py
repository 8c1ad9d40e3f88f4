"""The fake is as strict as Telegram: what it asks is what the reference asks, its rates are the documented ones."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_rules import METHODS, TYPES, RefusedError, check_text, fields_of

REFERENCE = Path(__file__).parents[5] / "shared" / "specs" / "telegram-bot-api.json"
PERSON, GROUP = 510000001, -1001000000001


def reference_type(types: list[str]) -> set[str]:
    """"Array of X" as "[X]"."""
    found = set()
    for name in types:
        depth = name.count("Array of ")
        found.add("[" * depth + name.replace("Array of ", "") + "]" * depth)
    return found


@pytest.mark.skipif(not REFERENCE.exists(), reason="no Bot API reference beside the checkout")
@pytest.mark.parametrize("name", [*METHODS, *TYPES])
def test_the_fake_asks_what_the_reference_asks(name: str) -> None:
    reference: dict[str, Any] = json.loads(REFERENCE.read_text())
    entry = reference["methods" if name in METHODS else "types"][name]
    variants = [reference["types"][each] for each in entry.get("subtypes", [])] or [entry]
    theirs = {field["name"]: field for variant in variants for field in variant.get("fields", [])}
    ours = fields_of((METHODS | TYPES)[name])

    assert set(ours) <= set(theirs)
    for field, (kinds, must) in ours.items():
        assert set(kinds.split("|")) <= reference_type(theirs[field]["types"]) | {"InputFile"}, field
        if len(variants) == 1:
            assert must == theirs[field]["required"], field
    if len(variants) == 1:
        assert {field for field, entry in theirs.items() if entry["required"]} <= set(ours)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def telegram(clock: FakeClock) -> AsyncIterator[TelegramFake]:
    async with TelegramFake(clock=clock) as fake:
        for person in range(PERSON, PERSON + 100):
            fake.private(person)
        fake.group(GROUP)
        yield fake


async def call(telegram: TelegramFake, method: str, **parameters: Any) -> dict[str, Any]:
    form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}
    url = f"{telegram.url}/bot{telegram.token}/{method}"
    async with aiohttp.ClientSession() as session, session.post(url, data=form) as answer:
        return dict(await answer.json())


async def test_the_thirty_first_message_within_a_second_is_refused(
    telegram: TelegramFake, clock: FakeClock
) -> None:
    answers = [await call(telegram, "sendMessage", chat_id=PERSON + n, text="x") for n in range(31)]
    clock.shift(1.0)
    later = await call(telegram, "sendMessage", chat_id=PERSON + 31, text="x")

    assert [answer["ok"] for answer in answers] == [True] * 30 + [False]
    assert answers[-1]["parameters"] == {"retry_after": 1}
    assert later["ok"]
    assert telegram.refusals == 1


async def test_a_chat_takes_one_message_a_second(telegram: TelegramFake, clock: FakeClock) -> None:
    first = await call(telegram, "sendMessage", chat_id=PERSON, text="x")
    second = await call(telegram, "sendMessage", chat_id=PERSON, text="x")
    clock.shift(1.0)
    third = await call(telegram, "sendMessage", chat_id=PERSON, text="x")

    assert (first["ok"], second["error_code"], third["ok"]) == (True, 429, True)


async def test_a_group_takes_twenty_messages_a_minute(telegram: TelegramFake, clock: FakeClock) -> None:
    answers = []
    for _ in range(21):
        answers.append(await call(telegram, "sendMessage", chat_id=GROUP, text="x"))
        clock.shift(2.0)

    assert [answer["ok"] for answer in answers] == [True] * 20 + [False]
    assert answers[-1]["parameters"] == {"retry_after": 20}


WRONG = [
    ("an unknown method", "sendNothing", {}, 404),
    ("an unknown parameter", "sendMessage", {"chat_id": PERSON, "text": "x", "colour": "red"}, 400),
    ("a missing parameter", "sendMessage", {"chat_id": PERSON}, 400),
    ("a parameter of the wrong type", "sendMessage", {"chat_id": PERSON, "text": "x", "entities": 5}, 400),
    ("no text", "sendMessage", {"chat_id": PERSON, "text": " "}, 400),
    ("too much text", "sendMessage", {"chat_id": PERSON, "text": "🎉" * 2049}, 400),
    ("an entity outside the text", "sendMessage",
     {"chat_id": PERSON, "text": "x", "entities": [{"type": "bold", "offset": 0, "length": 2}]}, 400),
    ("too much in a button", "sendMessage", {"chat_id": PERSON, "text": "x", "reply_markup": {
        "inline_keyboard": [[{"text": "x", "callback_data": "я" * 33}]]}}, 400),
    ("nobody's chat", "sendMessage", {"chat_id": 5, "text": "x"}, 400),
    ("a topic that is not there", "sendMessage", {"chat_id": GROUP, "text": "x", "message_thread_id": 5}, 400),
    ("a message that is not there", "editMessageText", {"chat_id": PERSON, "message_id": 5, "text": "x"}, 400),
    ("the admins of a private chat", "getChatAdministrators", {"chat_id": PERSON}, 400),
]


@pytest.mark.parametrize(("method", "parameters", "code"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
async def test_it_refuses(telegram: TelegramFake, method: str, parameters: dict[str, Any], code: int) -> None:
    answer = await call(telegram, method, **parameters)

    assert (answer["ok"], answer["error_code"]) == (False, code)
    assert not telegram.sent


ENTITIES = [
    ("half a surrogate pair", "🎉", [("bold", 0, 1)]),
    ("crossing entities", "abcdef", [("bold", 0, 4), ("italic", 2, 4)]),
    ("a style in code", "abcdef", [("code", 0, 6), ("bold", 0, 2)]),
    ("a quote in a quote", "abcdef", [("blockquote", 0, 6), ("blockquote", 0, 2)]),
    ("a kind that Telegram finds by itself", "a.com", [("url", 0, 5)]),
]


@pytest.mark.parametrize(("text", "entities"), [row[1:] for row in ENTITIES], ids=[row[0] for row in ENTITIES])
def test_no_message_has(text: str, entities: list[tuple[str, int, int]]) -> None:
    with pytest.raises(RefusedError):
        check_text(text, [{"type": kind, "offset": at, "length": length} for kind, at, length in entities])
