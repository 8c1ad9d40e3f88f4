"""What keeps the bot from speaking on Telegram: each kind of chat and each of the bot's states in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.options import TelegramOptions
from adapters.telegram.rights import missing_in
from bot.chat.place import ChatRef
from bot.errors import SendError
from tests.fakes.telegram import SENDING, TOKEN, Fault, TelegramFake
from tests.fakes.telegram_rules import bad
from tests.fakes.telegram_stage import InstantClock

PERSON, GROUP, OLD, CHANNEL = 510000001, -1001000000001, -400001, -1001000000009
REMOVED = ("removed from the group",)


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramFake]:
    async with TelegramFake() as fake:
        fake.private(PERSON)
        fake.group(GROUP, topics=(7,))
        fake.channel(CHANNEL)
        yield fake


@pytest.fixture
async def adapter(telegram: TelegramFake) -> AsyncIterator[TelegramAdapter]:
    options = TelegramOptions.model_validate({"token": TOKEN, "api_url": telegram.url})
    connected = TelegramAdapter(options, InstantClock())
    await connected.connect()
    yield connected
    await connected.close()


def set_(chat: int, **state: object) -> Callable[[TelegramFake], None]:
    def change(telegram: TelegramFake) -> None:
        for name, value in state.items():
            setattr(telegram.chats[chat], name, value)

    return change


ROWS = [
    ("a member of a group may write", GROUP, set_(GROUP), ()),
    ("a restricted member may not", GROUP, set_(GROUP, muted=True), ("Send Messages",)),
    ("nor any member where only administrators may", GROUP, set_(GROUP, silent=True), ("Send Messages",)),
    ("administrators may there", GROUP, set_(GROUP, silent=True, bot="administrator"), ()),
    ("a group put it out", GROUP, set_(GROUP, bot="kicked"), REMOVED),
    ("it left a group", GROUP, set_(GROUP, bot="left"), REMOVED),
    ("an administrator of a channel posts", CHANNEL, set_(CHANNEL), ()),
    ("but not without the right to", CHANNEL, set_(CHANNEL, muted=True), ("Post Messages",)),
    ("a mere member of a channel reads", CHANNEL, set_(CHANNEL, bot="member"), ("Post Messages",)),
    ("a channel put it out", CHANNEL, set_(CHANNEL, bot="kicked"), REMOVED),
    ("a chat that is not there", -1001000000404, set_(GROUP), ("chat not found",)),
    ("a block is not told before a message is sent", PERSON, set_(PERSON, bot="kicked"), ()),
]


@pytest.mark.parametrize(("chat", "change", "missing"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
async def test_telegram_tells_what_is_missing(
    telegram: TelegramFake, adapter: TelegramAdapter, chat: int, change: Callable[[TelegramFake], None],
    missing: tuple[str, ...],
) -> None:
    change(telegram)

    assert await adapter.missing_rights(ChatRef("telegram", str(chat))) == missing
    assert not SENDING & {method for method, _ in telegram.calls}


async def test_a_group_that_moved_is_asked_about_at_its_new_place(
    telegram: TelegramFake, adapter: TelegramAdapter
) -> None:
    telegram.group(OLD, kind="group")
    telegram.group_moves(OLD, -1001000000077)
    telegram.chats[-1001000000077].muted = True

    assert await adapter.missing_rights(ChatRef("telegram", str(OLD))) == ("Send Messages",)


async def test_what_telegram_refuses_to_tell_is_a_send_error(
    telegram: TelegramFake, adapter: TelegramAdapter
) -> None:
    telegram.fail_next(Fault(refusal=bad("something new"), methods=frozenset({"getChatMember"})))

    with pytest.raises(SendError, match="Something new"):
        await adapter.missing_rights(ChatRef("telegram", str(GROUP)))


@pytest.mark.parametrize(
    ("chat", "member"),
    [
        pytest.param({}, {"status": "member"}, id="no kind of chat"),
        pytest.param({"type": "supergroup"}, {"status": "member"}, id="no permissions of a group"),
        pytest.param({"type": "supergroup"}, {}, id="no status"),
    ],
)
def test_an_answer_without_what_decides_is_a_send_error(chat: dict[str, str], member: dict[str, str]) -> None:
    with pytest.raises(SendError, match="cannot be read"):
        missing_in(chat, member)


def test_somebody_restricted_who_left_is_out() -> None:
    own = {"status": "restricted", "is_member": False, "can_send_messages": True}
    assert missing_in({"type": "supergroup", "permissions": {"can_send_messages": True}}, own) == REMOVED
