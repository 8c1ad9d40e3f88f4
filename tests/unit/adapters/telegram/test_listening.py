"""Polling that goes on: through conflicts, outages and updates that cannot be read, until the token is refused."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.listening import LONGEST_PAUSE, pause_after
from adapters.telegram.options import TelegramOptions
from bot.chat.adapter import Gone
from bot.chat.command import CommandSpec, Heard
from bot.errors import SendError
from tests.fakes.clock import FakeClock
from tests.fakes.telegram import BOT_NAME, TOKEN, Fault, TelegramFake
from tests.fakes.telegram_rules import RefusedError
from tests.fakes.telegram_stage import InstantClock

PERSON, OTHER = 510000001, 510000002
CONFLICT = RefusedError(409, "Conflict: terminated by other getUpdates request")
POLLS = frozenset({"getUpdates"})

COMMANDS = (
    CommandSpec(name="latest", descriptions={"en": "The last events", "be": "Апошнія падзеі"}),
    CommandSpec(name="topics", descriptions={"en": "What to be told of"}, admin=True),
    CommandSpec(name="admin", descriptions={"en": "For maintainers"}, private_only=True),
)


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramFake]:
    async with TelegramFake(enforce_rates=False) as fake:
        fake.private(PERSON)
        fake.private(OTHER)
        yield fake


@pytest.fixture
async def adapter(telegram: TelegramFake) -> AsyncIterator[TelegramAdapter]:
    options = TelegramOptions.model_validate({"token": TOKEN, "api_url": telegram.url})
    connected = TelegramAdapter(options, InstantClock())
    await connected.connect()
    yield connected
    await connected.close()


class Listener:
    """Counts what it hears."""

    def __init__(self, adapter: TelegramAdapter) -> None:
        self.heard: asyncio.Queue[Heard] = asyncio.Queue()
        self.task = asyncio.create_task(adapter.listen(COMMANDS, self.heard.put, self._ignore))

    async def _ignore(self, _: Gone) -> None:
        return

    async def next(self) -> Heard:
        async with asyncio.timeout(10):
            return await self.heard.get()

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.wait([self.task])


async def test_a_second_poller_is_told_once_and_polling_goes_on(
    telegram: TelegramFake, adapter: TelegramAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.fail_next(Fault(refusal=CONFLICT, methods=POLLS), times=5)
    telegram.person_types(PERSON, PERSON, "/latest")
    with caplog.at_level(logging.INFO):
        listener = Listener(adapter)
        heard = await listener.next()
        await listener.stop()

    assert heard.name == "latest"
    warnings = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert ["another program" in record.getMessage() for record in warnings] == [True]


async def test_two_real_pollers_take_turns_and_neither_ends(
    telegram: TelegramFake, adapter: TelegramAdapter
) -> None:
    options = TelegramOptions.model_validate({"token": TOKEN, "api_url": telegram.url})
    second = TelegramAdapter(options, FakeClock())
    await second.connect()
    listeners = [Listener(adapter), Listener(second)]
    async with asyncio.timeout(10):
        while not any(code == 409 for _, code, _ in telegram.refused):
            await asyncio.sleep(0.01)
    assert not any(listener.task.done() for listener in listeners)
    for listener in listeners:
        await listener.stop()
    await second.close()


@pytest.mark.parametrize("fault", [
    Fault(html=502, methods=POLLS),
    Fault(cut=True, methods=POLLS),
    Fault(refusal=RefusedError(429, "Too Many Requests", retry_after=3), methods=POLLS),
    Fault(html=502, methods=frozenset({"deleteWebhook"})),
    Fault(html=502, methods=frozenset({"setMyCommands"})),
], ids=["a page of HTML", "a cut connection", "a wish to wait", "no take-over", "no list of commands"])
async def test_a_failure_delays_a_command_and_loses_none(
    telegram: TelegramFake, adapter: TelegramAdapter, fault: Fault
) -> None:
    telegram.fail_next(fault)
    telegram.person_types(PERSON, PERSON, "/latest")
    listener = Listener(adapter)
    heard = await listener.next()
    await listener.stop()

    assert heard.name == "latest"


async def test_a_refused_token_ends_listening_with_the_reason(
    telegram: TelegramFake, adapter: TelegramAdapter
) -> None:
    telegram.revoked = True
    listener = Listener(adapter)

    with pytest.raises(SendError) as refused:
        await asyncio.wait_for(listener.task, 10)

    assert refused.value.unauthorised
    assert len(telegram.refused) == 1


async def test_commands_to_the_bot_by_name_are_heard_though_connecting_failed(telegram: TelegramFake) -> None:
    options = TelegramOptions.model_validate({"token": TOKEN, "api_url": telegram.url})
    adapter = TelegramAdapter(options, InstantClock())
    telegram.fail_next(Fault(html=502, methods=frozenset({"getMe"})))
    with pytest.raises(SendError):
        await adapter.connect()
    telegram.person_types(PERSON, PERSON, f"/latest@{BOT_NAME}")
    listener = Listener(adapter)
    heard = await listener.next()
    await listener.stop()
    await adapter.close()

    assert heard.name == "latest"


async def test_a_webhook_left_by_another_installation_is_ended(
    telegram: TelegramFake, adapter: TelegramAdapter
) -> None:
    telegram.webhook = True
    telegram.person_types(PERSON, PERSON, "/latest")
    listener = Listener(adapter)
    heard = await listener.next()
    await listener.stop()

    assert heard.name == "latest"


async def test_an_update_that_cannot_be_read_costs_only_itself(
    telegram: TelegramFake, adapter: TelegramAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.deliver_raw({"message": {"text": "words nobody may read", "chat": 5}})
    telegram.deliver_raw({"a_kind_from_the_future": {"id": 1}})
    telegram.person_types(PERSON, PERSON, "/latest")
    caplog.set_level(logging.DEBUG)
    listener = Listener(adapter)
    heard = await listener.next()
    await listener.stop()

    assert heard.name == "latest"
    assert "could not be read" in caplog.text
    assert "words nobody may read" not in caplog.text
    assert TOKEN not in caplog.text


async def test_a_slow_chat_delays_no_other(telegram: TelegramFake, adapter: TelegramAdapter) -> None:
    for_ever = asyncio.Event()
    served: list[str] = []

    async def serve(heard: Heard) -> None:
        if heard.place.chat == str(PERSON):
            await for_ever.wait()
        served.append(heard.place.chat)

    async def ignore(_: Gone) -> None:
        return

    task = asyncio.create_task(adapter.listen((), serve, ignore))
    telegram.person_types(PERSON, PERSON, "/latest")
    telegram.person_types(OTHER, OTHER, "/latest")
    async with asyncio.timeout(10):
        while served != [str(OTHER)]:
            await asyncio.sleep(0.01)
        telegram.person_types(OTHER, OTHER, "/latest")
        while served != [str(OTHER)] * 2:
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])


async def test_each_scope_and_language_gets_its_list_of_commands(
    telegram: TelegramFake, adapter: TelegramAdapter
) -> None:
    async def ignore(_: object) -> None:
        return

    await adapter.answer_waiting(COMMANDS, ignore, ignore)

    names = {key: [command["command"] for command in listed] for key, listed in telegram.commands.items()}
    assert names == {
        ("all_private_chats", ""): ["latest", "topics", "admin"],
        ("all_group_chats", ""): ["latest"],
        ("all_chat_administrators", ""): ["latest", "topics"],
        ("all_private_chats", "be"): ["latest", "topics", "admin"],
        ("all_group_chats", "be"): ["latest"],
        ("all_chat_administrators", "be"): ["latest", "topics"],
    }
    assert telegram.commands["all_private_chats", "be"][0]["description"] == "Апошнія падзеі"


async def test_only_what_is_listened_to_is_asked_for(telegram: TelegramFake, adapter: TelegramAdapter) -> None:
    async def ignore(_: object) -> None:
        return

    await adapter.answer_waiting((), ignore, ignore)

    asked = [parameters for method, parameters in telegram.calls if method == "getUpdates"]
    assert asked[0]["allowed_updates"] == ["message", "callback_query", "my_chat_member"]


PAUSES = [
    ("the first attempt comes soon", 1, None, 1.0),
    ("each pause is twice the one before", 4, None, 8.0),
    ("no pause is longer than half a minute", 60, None, LONGEST_PAUSE),
    ("but as long as Telegram wants", 1, 90.0, 90.0),
]


@pytest.mark.parametrize(("failures", "wish", "pause"), [row[1:] for row in PAUSES], ids=[row[0] for row in PAUSES])
def test_the_pause_after_failures(failures: int, wish: float | None, pause: float) -> None:
    assert pause_after(failures, wish) == pause
