"""What is a command, whose it is, and who may change settings: real updates through a real poll."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.options import TelegramOptions
from bot.chat.adapter import Gone
from bot.chat.command import Heard
from bot.chat.message import plain
from bot.chat.place import ChatKind
from bot.errors import Closed
from tests.fakes.telegram import BOT_NAME, TOKEN, TelegramFake
from tests.fakes.telegram_stage import InstantClock

PERSON, ADMIN, CREATOR, MEMBER = 510000001, 510000002, 510000003, 510000004
GROUP, CHANNEL, LINKED = -1001000000001, -1001000000002, -1001000000003


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramFake]:
    async with TelegramFake(enforce_rates=False) as fake:
        fake.private(PERSON, language="be-tarask")
        fake.group(GROUP, admins=(CREATOR, ADMIN), members=(MEMBER,), topics=(7,), linked=LINKED)
        fake.channel(CHANNEL)
        yield fake


@pytest.fixture
async def adapter(telegram: TelegramFake) -> AsyncIterator[TelegramAdapter]:
    options = TelegramOptions.model_validate({"token": TOKEN, "api_url": telegram.url})
    connected = TelegramAdapter(options, InstantClock())
    await connected.connect()
    yield connected
    await connected.close()


async def hear(adapter: TelegramAdapter) -> tuple[list[Heard], list[Gone]]:
    """Everything that waits."""
    heard: asyncio.Queue[Heard] = asyncio.Queue()
    gone: asyncio.Queue[Gone] = asyncio.Queue()
    await adapter.answer_waiting((), heard.put, gone.put)
    return ([heard.get_nowait() for _ in range(heard.qsize())],
            [gone.get_nowait() for _ in range(gone.qsize())])


OTHER_BOT = {"from": {"id": 99, "is_bot": True, "first_name": "Another bot"}}
FORWARDED = {"forward_origin": {"type": "user", "date": 1, "sender_user": {
    "id": CREATOR, "is_bot": False, "first_name": "Somebody"}}}

# Kind of sender → how it writes; whether it is heard; whether it may change the group's settings.
SENDERS: list[tuple[str, Callable[[TelegramFake], Any], bool, bool]] = [
    ("the creator may", lambda t: t.person_types(GROUP, CREATOR, "/topics all"), True, True),
    ("an administrator may", lambda t: t.person_types(GROUP, ADMIN, "/topics all"), True, True),
    ("an anonymous administrator may", lambda t: t.anonymous_admin_types(GROUP, "/topics all"), True, True),
    ("a member may not", lambda t: t.person_types(GROUP, MEMBER, "/topics all"), True, False),
    ("somebody who left may not", lambda t: t.person_types(GROUP, 98, "/topics all"), True, False),
    ("a person in a channel's name may not", lambda t: t.channel_identity_types(GROUP, -77, "/topics all"),
     True, False),
    ("a person in the linked channel's name may not",
     lambda t: t.channel_identity_types(GROUP, LINKED, "/topics all"), True, False),
    ("a post of the linked channel is no command", lambda t: t.linked_channel_posts(GROUP, "/topics all"),
     False, False),
    ("another bot is not heard", lambda t: t.person_types(GROUP, 99, "/topics all", **OTHER_BOT), False, False),
    ("a forwarded command is none", lambda t: t.person_types(GROUP, CREATOR, "/topics all", **FORWARDED),
     False, False),
    ("a forwarded command of an anonymous admin is none",
     lambda t: t.person_types(GROUP, 1, "/topics all", sender_chat={"id": GROUP, "type": "supergroup"},
                              **FORWARDED), False, False),
    ("words through an inline bot are none",
     lambda t: t.person_types(GROUP, CREATOR, "/topics all", via_bot=OTHER_BOT["from"]), False, False),
    ("an edited command is none",
     lambda t: t.person_types(GROUP, CREATOR, "/topics all", edit_date=1_900_000_000), False, False),
    ("an edit as Telegram tells it is not even asked for",
     lambda t: t._deliver("edited_message", {"message_id": 1}), False, False),
    ("a channel's post is not even asked for", lambda t: t._deliver("channel_post", {"message_id": 1}),
     False, False),
]


@pytest.mark.parametrize(("write", "is_heard", "may"), [row[1:] for row in SENDERS], ids=[row[0] for row in SENDERS])
async def test_who_may_change_a_groups_settings(
    telegram: TelegramFake, adapter: TelegramAdapter, write: Callable[[TelegramFake], Any], *,
    is_heard: bool, may: bool
) -> None:
    await hear(adapter)                   # the kinds of updates wanted are said with the first poll
    write(telegram)

    heard, _ = await hear(adapter)

    assert [one.name for one in heard] == (["topics"] if is_heard else [])
    assert [await one.is_admin() for one in heard] == ([may] if is_heard else [])


async def test_only_a_person_is_a_sender(telegram: TelegramFake, adapter: TelegramAdapter) -> None:
    telegram.person_types(GROUP, ADMIN, "/latest")
    telegram.anonymous_admin_types(GROUP, "/latest")
    telegram.channel_identity_types(GROUP, -77, "/latest")

    heard, _ = await hear(adapter)

    assert [one.sender for one in heard] == [f"telegram:{ADMIN}", "", ""]


COMMANDS = [
    ("words follow the name", "/keywords add potash", [("keywords", "add potash")]),
    ("lines count as words", "/keywords add\n potash  \n", [("keywords", "add\n potash")]),
    ("capitals are small", "/Latest 3", [("latest", "3")]),
    ("a command to this bot", f"/latest@{BOT_NAME.upper()} 3", [("latest", "3")]),
    ("a command to another bot is not ours", "/latest@another_bot 3", []),
    ("a command in the middle is none", "please /latest", []),
    ("words in a group are nobody's command", "hello there", []),
    ("a path is no command", "/usr/bin", []),
]


@pytest.mark.parametrize(("line", "expected"), [row[1:] for row in COMMANDS], ids=[row[0] for row in COMMANDS])
async def test_a_line_in_a_group(
    telegram: TelegramFake, adapter: TelegramAdapter, line: str, expected: list[tuple[str, str]]
) -> None:
    telegram.person_types(GROUP, MEMBER, line)

    heard, _ = await hear(adapter)

    assert [(one.name, one.words) for one in heard] == expected


async def test_of_free_text_in_a_private_chat_nothing_is_kept(
    telegram: TelegramFake, adapter: TelegramAdapter
) -> None:
    telegram.person_types(PERSON, PERSON, "I saw something at the prison")
    telegram.person_types(PERSON, PERSON, "x", text=None, voice={
        "file_id": "1", "file_unique_id": "1", "duration": 9})
    telegram.person_types(PERSON, PERSON, "x", text=None, pinned_message=None)

    heard, _ = await hear(adapter)

    assert [(one.kind, one.name, one.words, one.action) for one in heard] == [
        (ChatKind.PRIVATE, "", "", "")] * 2
    assert "prison" not in repr(heard)


async def test_the_language_of_the_client_and_the_command_are_told(
    telegram: TelegramFake, adapter: TelegramAdapter
) -> None:
    message = telegram.person_types(PERSON, PERSON, "/start")

    [heard], _ = await hear(adapter)

    assert (heard.language, heard.command_id, heard.sender) == ("be", str(message), f"telegram:{PERSON}")


async def test_a_topic_is_a_place_of_its_own_and_a_reply_is_none(
    telegram: TelegramFake, adapter: TelegramAdapter
) -> None:
    telegram.person_types(GROUP, ADMIN, "/latest", thread=7)
    telegram.person_types(GROUP, ADMIN, "/latest", message_thread_id=1234)      # a reply, says Telegram

    (topic, reply), _ = await hear(adapter)
    await topic.reply(plain("in the topic"))
    await reply.reply(plain("in the group"))

    assert (topic.place.thread, reply.place.thread) == ("7", "")
    assert [sent.text for sent in telegram.shown(GROUP, 7)] == ["in the topic"]


async def test_a_press_is_answered_once_whatever_the_command_does(
    telegram: TelegramFake, adapter: TelegramAdapter
) -> None:
    telegram.person_types(PERSON, PERSON, "/start")
    [command], _ = await hear(adapter)
    await command.reply(plain("the risk"))
    message = telegram.shown(PERSON)[0].id
    queries = [telegram.presses(PERSON, PERSON, message, "start:accept") for _ in range(2)]

    async def answer_the_first(heard: Heard) -> None:
        if not telegram.answers:
            await heard.reply(plain("accepted"))

    async def ignore(_: Gone) -> None:
        return

    assert await adapter.answer_waiting((), answer_the_first, ignore) == 2
    assert [(answer["id"], answer["text"]) for answer in telegram.answers] == [(query, "") for query in queries]


async def test_in_a_group_a_short_answer_to_a_press_is_seen_by_the_presser_only(
    telegram: TelegramFake, adapter: TelegramAdapter
) -> None:
    telegram.person_types(GROUP, ADMIN, "/settings")
    [command], _ = await hear(adapter)
    await command.reply(plain("settings"))
    telegram.presses(GROUP, MEMBER, telegram.shown(GROUP)[0].id, "topics:all")
    [press], _ = await hear(adapter)

    # `hear` ended the press already, as it did nothing: one that is served answers with the notice itself.
    telegram.presses(GROUP, MEMBER, telegram.shown(GROUP)[0].id, "topics:all")

    async def refuse(heard: Heard) -> None:
        assert await heard.reply(plain("Only admins may."), only_sender=True) is None

    async def ignore(_: Gone) -> None:
        return

    await adapter.answer_waiting((), refuse, ignore)

    assert not await press.is_admin()
    assert telegram.answers[-1]["text"] == "Only admins may."
    assert telegram.answers[-1]["alert"]
    assert len(telegram.shown(GROUP)) == 1


STANDINGS = [
    ("blocked by a person", PERSON, "kicked", ChatKind.PRIVATE, Closed.BLOCKED),
    ("unblocked by a person", PERSON, "member", ChatKind.PRIVATE, None),
    ("kicked from a group", GROUP, "kicked", ChatKind.GROUP, Closed.REMOVED),
    ("left a group", GROUP, "left", ChatKind.GROUP, Closed.REMOVED),
    ("back in a group", GROUP, "member", ChatKind.GROUP, None),
    ("made administrator of a group", GROUP, "administrator", ChatKind.GROUP, None),
    ("removed from a channel", CHANNEL, "left", ChatKind.CHANNEL, Closed.REMOVED),
    ("administrator of a channel", CHANNEL, "administrator", ChatKind.CHANNEL, None),
    ("no administrator of a channel any more", CHANNEL, "member", ChatKind.CHANNEL, Closed.FORBIDDEN),
]


@pytest.mark.parametrize(("chat", "status", "kind", "closed"), [row[1:] for row in STANDINGS],
                         ids=[row[0] for row in STANDINGS])
async def test_the_bots_own_standing_is_told(
    telegram: TelegramFake, adapter: TelegramAdapter, chat: int, status: str, kind: ChatKind,
    closed: Closed | None
) -> None:
    telegram.bot_becomes(chat, status)

    _, [gone] = await hear(adapter)

    assert (gone.place.chat, gone.kind, gone.closed) == (str(chat), kind, closed)


async def test_a_group_that_moves_is_told(telegram: TelegramFake, adapter: TelegramAdapter) -> None:
    telegram.group_moves(GROUP, -1001000000009)

    heard, [gone] = await hear(adapter)

    assert not heard
    assert (gone.place.chat, gone.moved_to, gone.closed) == (str(GROUP), "-1001000000009", None)
