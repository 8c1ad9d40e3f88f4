"""What Telegram's refusals mean: one row for each sentence, told over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from telegram.error import NetworkError, TimedOut

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.api import Floods
from adapters.telegram.options import TelegramOptions
from adapters.telegram.request import NotSentError, examine, name_failure
from bot.chat.message import Message, Paragraph, Span, plain
from bot.chat.place import ChatRef
from bot.errors import Closed, SendError
from tests.fakes.clock import FakeClock
from tests.fakes.telegram import TOKEN, Fault, TelegramFake
from tests.fakes.telegram_rules import RefusedError
from tests.fakes.telegram_stage import InstantClock

PERSON, GROUP = 510000001, -1001000000001
PLACE = ChatRef("telegram", str(GROUP))

ROWS = [
    ("a person who blocked the bot is gone", 403, "Forbidden: bot was blocked by the user", Closed.BLOCKED),
    ("a deleted account is gone", 403, "Forbidden: user is deactivated", Closed.BLOCKED),
    ("a deleted account in the server's code", 400, "Bad Request: INPUT_USER_DEACTIVATED", Closed.BLOCKED),
    ("a block in the server's code", 400, "Bad Request: USER_IS_BLOCKED", Closed.BLOCKED),
    ("kicked from a group", 403, "Forbidden: bot was kicked from the group chat", Closed.REMOVED),
    ("kicked from a supergroup", 403, "Forbidden: bot was kicked from the supergroup chat", Closed.REMOVED),
    ("kicked from a channel", 403, "Forbidden: bot was kicked from the channel chat", Closed.REMOVED),
    ("never in the channel", 403, "Forbidden: bot is not a member of the channel chat", Closed.REMOVED),
    ("left the supergroup", 403, "Forbidden: bot is not a member of the supergroup chat", Closed.REMOVED),
    ("a switched off group", 403, "Forbidden: the group chat was deactivated", Closed.REMOVED),
    ("a channel that became private", 400, "Bad Request: CHANNEL_PRIVATE", Closed.REMOVED),
    ("a deleted group may have moved", 403, "Forbidden: the group chat was deleted", Closed.NOT_FOUND),
    ("no such chat", 400, "Bad Request: chat not found", Closed.NOT_FOUND),
    ("no such peer", 400, "Bad Request: PEER_ID_INVALID", Closed.NOT_FOUND),
    ("no such person", 400, "Bad Request: user not found", Closed.NOT_FOUND),
    ("a person who never spoke first", 403, "Forbidden: bot can't initiate conversation with a user",
     Closed.NOT_FOUND),
    ("no right to write", 400, "Bad Request: not enough rights to send text messages to the chat",
     Closed.FORBIDDEN),
    ("no right to send pictures", 400, "Bad Request: not enough rights to send photos to the chat",
     Closed.FORBIDDEN),
    ("no rights, older words", 400, "Bad Request: have no rights to send a message", Closed.FORBIDDEN),
    ("no administrator", 400, "Bad Request: need administrator rights in the channel chat", Closed.FORBIDDEN),
    ("no right in the server's code", 400, "Bad Request: CHAT_WRITE_FORBIDDEN", Closed.FORBIDDEN),
    ("no text in the server's code", 400, "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN", Closed.FORBIDDEN),
    ("no pictures in the server's code", 400, "Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN", Closed.FORBIDDEN),
    ("a restricted chat", 400, "Bad Request: CHAT_RESTRICTED", Closed.FORBIDDEN),
    ("a closed topic", 400, "Bad Request: TOPIC_CLOSED", Closed.FORBIDDEN),
    ("a deleted topic", 400, "Bad Request: TOPIC_DELETED", Closed.FORBIDDEN),
    ("a missing topic", 400, "Bad Request: message thread not found", Closed.FORBIDDEN),
    ("a 403 in unknown words can come back", 403, "Forbidden: something new", Closed.FORBIDDEN),
    ("a long text closes no chat", 400, "Bad Request: message is too long", None),
    ("a bad button closes no chat", 400, "Bad Request: BUTTON_DATA_INVALID", None),
]


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramFake]:
    async with TelegramFake(clock=FakeClock()) as fake:
        fake.private(PERSON)
        fake.group(GROUP)
        yield fake


@pytest.fixture
async def adapter(telegram: TelegramFake) -> AsyncIterator[TelegramAdapter]:
    options = TelegramOptions.model_validate({"token": TOKEN, "api_url": telegram.url})
    connected = TelegramAdapter(options, FakeClock(), answer_seconds=0.3)
    await connected.connect()
    yield connected
    await connected.close()


async def fail(telegram: TelegramFake, adapter: TelegramAdapter, fault: Fault) -> SendError:
    telegram.fail_next(fault)
    with pytest.raises(SendError) as failed:
        await adapter.send(PLACE, plain("once"), nonce="")
    return failed.value


@pytest.mark.parametrize(("code", "sentence", "closed"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
async def test_a_refusal_is_permanent_and_closes_what_it_says(
    telegram: TelegramFake, adapter: TelegramAdapter, code: int, sentence: str, closed: Closed | None
) -> None:
    error = await fail(telegram, adapter, Fault(refusal=RefusedError(code, sentence)))

    assert (error.closed, error.permanent, error.certainly_not_sent) == (closed, True, True)
    assert not error.unauthorised


@pytest.mark.parametrize("code", [401, 404], ids=["a revoked token", "a token of the wrong form"])
async def test_a_refused_token_stops_everything(
    telegram: TelegramFake, adapter: TelegramAdapter, code: int
) -> None:
    error = await fail(telegram, adapter, Fault(refusal=RefusedError(code, "Unauthorized")))

    assert (error.unauthorised, error.certainly_not_sent, error.closed) == (True, True, None)


async def test_words_go_without_their_styles_when_telegram_does_not_take_these(
    telegram: TelegramFake, adapter: TelegramAdapter
) -> None:
    refusal = Fault(refusal=RefusedError(400, "Bad Request: can't parse entities: at byte offset 7"))
    bold = Message(paragraphs=(Paragraph((Span("52 freed", bold=True),)),))
    telegram.fail_next(refusal)
    receipt = await adapter.send(PLACE, bold, nonce="")

    assert [(sent.text, list(sent.entities)) for sent in telegram.shown(GROUP)] == [("52 freed", [])]

    telegram.fail_next(refusal)
    await adapter.edit(PLACE, receipt.ids, Message(paragraphs=(Paragraph((Span("53", bold=True),)),)))

    assert [(sent.text, list(sent.entities)) for sent in telegram.shown(GROUP)] == [("53", [])]


async def test_alerts_are_paid_for_where_asked_and_answers_never(telegram: TelegramFake) -> None:
    options = TelegramOptions.model_validate(
        {"token": TOKEN, "api_url": telegram.url, "paid_broadcast": True, "messages_per_second": 500})
    adapter = TelegramAdapter(options, InstantClock())
    await adapter.connect()
    sent = await adapter.send(PLACE, plain("an alert"), nonce="")
    await adapter.answer(ChatRef("telegram", str(PERSON)), plain("an answer"), reply_to=sent.ids[0])
    await adapter.close()

    assert [message.paid for message in telegram.sent] == [True, False]


async def test_a_closed_adapter_has_certainly_sent_nothing(
    telegram: TelegramFake, adapter: TelegramAdapter
) -> None:
    await adapter.close()

    with pytest.raises(SendError) as failed:
        await adapter.send(PLACE, plain("once"), nonce="")

    assert failed.value.certainly_not_sent


async def test_asking_proves_that_answers_come_through(
    telegram: TelegramFake, adapter: TelegramAdapter
) -> None:
    await adapter.ask()
    await telegram.stop()

    with pytest.raises(SendError):
        await adapter.ask()


async def test_a_refused_token_is_known_at_connect_and_not_repeated(telegram: TelegramFake) -> None:
    telegram.revoked = True
    adapter = TelegramAdapter(
        TelegramOptions.model_validate({"token": TOKEN, "api_url": telegram.url}), FakeClock()
    )
    with pytest.raises(SendError) as refused:
        await adapter.connect()
    await adapter.close()

    assert refused.value.unauthorised
    assert TOKEN not in str(refused.value)


async def test_a_moved_group_brings_its_new_id(telegram: TelegramFake, adapter: TelegramAdapter) -> None:
    telegram.group_moves(GROUP, -1001000000009)

    with pytest.raises(SendError) as failed:
        await adapter.send(PLACE, plain("once"), nonce="")

    assert failed.value.moved_to == "-1001000000009"
    assert failed.value.certainly_not_sent
    assert "1000000009" not in str(failed.value)


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_server_error_in_whatever_form_is_of_unknown_fate(
    telegram: TelegramFake, adapter: TelegramAdapter, status: int
) -> None:
    page = await fail(telegram, adapter, Fault(html=status))
    json = await fail(telegram, adapter, Fault(refusal=RefusedError(status, "Internal Server Error: restart")))

    assert (page.certainly_not_sent, page.permanent) == (False, False)
    assert (json.certainly_not_sent, json.permanent) == (False, False)
    assert TOKEN not in str(page)


async def test_a_refusal_with_an_unusual_status_was_certainly_not_sent(
    telegram: TelegramFake, adapter: TelegramAdapter
) -> None:
    error = await fail(telegram, adapter, Fault(refusal=RefusedError(413, "Request Entity Too Large")))

    assert (error.certainly_not_sent, error.permanent) == (True, False)


FAILURES: list[tuple[str, Exception, type[Exception]]] = [
    ("no connection in time was not sent", aiohttp.ConnectionTimeoutError(TOKEN), NotSentError),
    ("a refused connection was not sent",
     aiohttp.ClientConnectorError(None, OSError(111, "refused")), NotSentError),  # type: ignore[arg-type]
    ("a name that is unknown was not sent",
     aiohttp.ClientConnectorDNSError(None, OSError(-2, "unknown")), NotSentError),  # type: ignore[arg-type]
    ("no answer in time is unknown", aiohttp.SocketTimeoutError(TOKEN), TimedOut),
    ("a time-out of ours is unknown", TimeoutError(), TimedOut),
    ("a connection that was closed is unknown", aiohttp.ServerDisconnectedError(TOKEN), NetworkError),
    ("a connection that was reset is unknown", aiohttp.ClientOSError(104, TOKEN), NetworkError),
    ("half an answer is unknown", aiohttp.ClientPayloadError(TOKEN), NetworkError),
]


@pytest.mark.parametrize(("error", "kind"), [row[1:] for row in FAILURES], ids=[row[0] for row in FAILURES])
def test_the_phase_of_a_failure_decides(error: Exception, kind: type[Exception]) -> None:
    named = name_failure(error)

    assert type(named) is kind
    assert TOKEN not in str(named)
    assert named.__cause__ is None
    assert named.__context__ is None


def test_a_429_without_a_time_is_waited_for_all_the_same() -> None:
    found = examine(429, b'{"ok": false, "error_code": 429, "description": "Too Many Requests"}')

    assert getattr(found, "seconds", 0) > 0


FLOODS: list[tuple[str, list[tuple[str, float]], list[bool]]] = [
    ("one refusal is that chat's", [("1", 0.0)], [False]),
    ("the same chat again is still that chat's", [("1", 0.0), ("1", 0.5)], [False, False]),
    ("another chat at the same moment is the bot's", [("1", 0.0), ("2", 0.5)], [False, True]),
    ("another chat much later is its own", [("1", 0.0), ("2", 5.0)], [False, False]),
    ("a call that names no chat is the bot's", [("", 0.0)], [True]),
]


@pytest.mark.parametrize(("refusals", "expected"), [row[1:] for row in FLOODS], ids=[row[0] for row in FLOODS])
def test_whose_limit_a_429_is(refusals: list[tuple[str, float]], expected: list[bool]) -> None:
    floods = Floods()

    assert [floods.is_whole_bot(chat, at) for chat, at in refusals] == expected


async def test_a_429_of_two_chats_at_once_stops_the_bot(
    telegram: TelegramFake, adapter: TelegramAdapter
) -> None:
    telegram.fail_next(Fault(refusal=RefusedError(429, "Too Many Requests", retry_after=35)), times=2)
    errors: list[SendError] = []
    for chat in (GROUP, PERSON):
        with pytest.raises(SendError) as failed:
            await adapter.send(ChatRef("telegram", str(chat)), plain("once"), nonce="")
        errors.append(failed.value)

    assert [(error.retry_after, error.whole_bot) for error in errors] == [(35.0, False), (35.0, True)]


async def test_a_chat_id_of_another_platform_is_refused_before_any_call(
    telegram: TelegramFake, adapter: TelegramAdapter
) -> None:
    with pytest.raises(SendError) as failed:
        await adapter.send(ChatRef("telegram", "not-a-number"), plain("once"), nonce="")

    assert failed.value.permanent
    assert not telegram.sent


async def test_a_later_part_that_fails_leaves_the_message_in_doubt(telegram: TelegramFake) -> None:
    class ClockThatBreaksTelegram(InstantClock):
        async def sleep(self, seconds: float) -> None:      # the adapter waits between two parts
            telegram.fail_next(Fault(refusal=RefusedError(429, "Too Many Requests", retry_after=3)))
            await super().sleep(seconds)

    options = TelegramOptions.model_validate({"token": TOKEN, "api_url": telegram.url})
    adapter = TelegramAdapter(options, ClockThatBreaksTelegram())
    await adapter.connect()
    with pytest.raises(SendError) as failed:
        await adapter.send(PLACE, plain("word " * 1500), nonce="")
    await adapter.close()

    assert not failed.value.certainly_not_sent
    assert failed.value.retry_after == 3.0
    assert len(telegram.accepted(GROUP)) == 1
