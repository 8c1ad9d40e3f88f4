"""What becomes of what people type: consent, rights, errors in words, floods, and nothing that escapes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from bot.chat.definition import Command, Context
from bot.chat.message import Message, plain
from bot.chat.place import ChatKind, ChatRef
from tests.fakes.talk import GROUP, PRIVATE, Talk, talking


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as running:
        yield running


# --- consent --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["/keywords add potash", "/keywords list", "/topics release", "/topics"])
async def test_before_consent_a_setting_is_refused_with_the_way_to_consent(talk: Talk, line: str) -> None:
    assert "/start" in await talk.types(line)
    assert await talk.chat() is None


@pytest.mark.parametrize("line", ["/start", "/help", "/privacy", "/latest", "/forget", "/event 2222"])
async def test_before_consent_these_answer_and_store_nothing(talk: Talk, line: str) -> None:
    assert await talk.types(line)
    assert await talk.chat() is None


async def test_a_link_behind_start_accepts_for_nobody(talk: Talk) -> None:
    await talk.types("/start accept")
    assert await talk.chat() is None


async def test_a_command_elsewhere_in_a_group_works_on_its_only_chat(talk: Talk) -> None:
    await talk.accepts(ChatRef("telegram", GROUP.chat, "7"), ChatKind.GROUP)
    assert "potash" in await talk.types_in_group("/keywords add potash")
    assert "potash" in await talk.types_in_group("/keywords list", ChatRef("telegram", GROUP.chat, "7"))


async def test_a_command_elsewhere_in_a_group_with_several_chats_names_them(talk: Talk) -> None:
    for thread in ("7", "9"):
        await talk.accepts(ChatRef("telegram", GROUP.chat, thread), ChatKind.GROUP)
    for line in ("/keywords list", "/forget"):
        answer = await talk.types_in_group(line)
        assert ("7" in answer, "9" in answer) == (True, True)
    assert await talk.chat(ChatRef("telegram", GROUP.chat, "7")) is not None


# --- rights ---------------------------------------------------------------------------------------------

SETTINGS = ["/start", "/keywords add potash", "/keywords remove 1", "/topics release", "/forget"]


@pytest.mark.parametrize("kind", [ChatKind.GROUP, ChatKind.CHANNEL])
@pytest.mark.parametrize("line", SETTINGS)
async def test_only_admins_change_a_groups_settings(talk: Talk, line: str, kind: ChatKind) -> None:
    await talk.accepts(GROUP, kind)
    before = await talk.chat(GROUP)
    talk.admin = False
    assert "administrator" in await talk.types(line, GROUP, kind)
    assert talk.said[-1].only_sender
    assert await talk.chat(GROUP) == before


@pytest.mark.parametrize("line", ["/help", "/latest", "/privacy", "/keywords list", "/topics", "/event 2222"])
async def test_everybody_in_a_group_may_ask(talk: Talk, line: str) -> None:
    await talk.accepts(GROUP, ChatKind.GROUP)
    talk.admin = False
    answer = await talk.types_in_group(line)
    assert answer
    assert "administrator" not in answer


async def test_rights_are_checked_again_at_each_press(talk: Talk) -> None:
    await talk.types_in_group("/start")
    assert talk.said[-1].actions == ("start:accept",)
    talk.admin = False
    assert "administrator" in await talk.presses("start:accept", GROUP, ChatKind.GROUP)
    assert await talk.chat(GROUP) is None


@pytest.mark.parametrize(
    ("platform", "right"), [("telegram", "administrator"), ("discord", "Manage Server"), ("elsewhere", "run")]
)
async def test_a_platforms_own_right_is_named(talk: Talk, platform: str, right: str) -> None:
    talk.admin = False
    assert right in await talk.types_in_group("/start", ChatRef(platform, "77"))


async def test_a_platform_that_cannot_tell_the_rights_refuses(talk: Talk) -> None:
    talk.rights_fail = True
    assert "later" in await talk.types_in_group("/start")
    assert await talk.chat(GROUP) is None


# --- what is not understood -----------------------------------------------------------------------------

UNKNOWN = [
    ("an unknown command in private gets a line", "/weather", ChatKind.PRIVATE, "/help"),
    ("an unknown command in a group is silence", "/ban somebody", ChatKind.GROUP, ""),
    ("free text in private gets a line", "hello there", ChatKind.PRIVATE, "nobody reads"),
    ("free text in a group is silence", "hello there", ChatKind.GROUP, ""),
    ("a command in capitals is understood", "/HELP", ChatKind.PRIVATE, "/keywords"),
    ("a missing argument shows how", "/event", ChatKind.PRIVATE, "/event id"),
    ("a wrong choice shows the right ones", "/topics sport", ChatKind.PRIVATE, "release, sanctions, all"),
    ("a number that is none", "/latest many", ChatKind.PRIVATE, "/latest [n]"),
    ("a number that nobody means", "/latest 99999999999999", ChatKind.PRIVATE, "/latest [n]"),
]


@pytest.mark.parametrize(
    ("line", "kind", "expected"), [row[1:] for row in UNKNOWN], ids=[row[0] for row in UNKNOWN]
)
async def test_what_is_not_understood(talk: Talk, line: str, kind: ChatKind, expected: str) -> None:
    answer = await talk.types(line, PRIVATE, kind)
    assert expected in answer
    assert bool(answer) == bool(expected)


async def test_a_query_error_points_at_the_place(talk: Talk) -> None:
    await talk.accepts()
    answer = await talk.types('/keywords add potash "lime')
    assert "Character 8" in answer
    assert 'potash ▸"lime' in answer


async def test_a_forged_press_changes_nothing(talk: Talk) -> None:
    await talk.accepts()
    before = await talk.chat()
    for action in ("start:admin", "topics:everything", "forget:yes", "help:", "nonsense", ":", "start"):
        assert await talk.presses(action)
    assert await talk.chat() == before


@pytest.mark.parametrize("line", ["/weather", "free text", "/keywords list", "/keywords add (", "/help"])
async def test_the_chats_language_answers_whatever_the_client_speaks(talk: Talk, line: str) -> None:
    talk.language = "be"
    await talk.accepts()
    expected = await talk.types(line)
    talk.language = "en"
    assert await talk.types(line) == expected
    assert any("а" <= letter <= "ў" for letter in expected)


HOSTILE = [
    "/", "//", "/\0", "/keywords", "/keywords add", "/keywords add " + "(" * 4000, "/keywords add \u202e\u0301*",
    "/keywords remove " + "9" * 4000, "/latest " + "9" * 5000, "/latest ٣", "/event " + "{id}" * 900, "/help {usage}",
    "/keywords add {query}", "/topics {0}", "/keywords add " + "\u0301" * 180, "{", "/keywords remove {}",
]  # fmt: skip


async def test_hostile_lines_are_answered_like_any_mistake(talk: Talk) -> None:
    await talk.accepts()
    for line in HOSTILE:
        answer = await talk.types(line)
        assert answer
        assert "fault is ours" not in answer
        assert len(answer) < 2000
        talk.clock.shift(60)


# --- floods ---------------------------------------------------------------------------------------------


async def test_a_flood_is_told_once_and_then_ignored(talk: Talk) -> None:
    answers = [await talk.types("/help") for _ in range(30)]
    assert sum("wait" in answer for answer in answers) == 1
    assert answers[-1] == ""
    talk.clock.shift(60)
    assert "/help" in await talk.types("/help")


async def test_forgetting_works_in_the_middle_of_a_flood(talk: Talk) -> None:
    await talk.accepts()
    for _ in range(30):
        await talk.types("/help")
    assert await talk.types("/forget")
    assert await talk.chat() is None
    assert await talk.types("/forget") == ""


async def test_one_chats_flood_does_not_silence_another(talk: Talk) -> None:
    for _ in range(30):
        await talk.types("/help")
    assert await talk.types("/help", ChatRef("telegram", "5550009"))


# --- what goes wrong inside -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NoArguments:
    """None."""


async def fail(_arguments: NoArguments, context: Context) -> Message:
    raise ZeroDivisionError(f"with {context.place!s}")


async def wait_long(_arguments: NoArguments, _context: Context) -> Message:
    await asyncio.Event().wait()
    return plain("never")


BROKEN = Command(name="help", arguments=NoArguments, run=fail, needs_chat=False)
SLOW = Command(name="latest", arguments=NoArguments, run=wait_long, needs_chat=False)


async def test_a_broken_command_ends_nothing_and_says_sorry(tmp_path: Path) -> None:
    async with talking(tmp_path, [BROKEN]) as talk:
        with capture_logs() as lines:
            assert "fault is ours" in await talk.types("/help")
        assert [line["error"] for line in lines] == ["ZeroDivisionError"]
        assert PRIVATE.chat not in str(lines)


async def test_stopping_the_bot_stops_a_command_that_waits(tmp_path: Path) -> None:
    async with talking(tmp_path, [SLOW]) as talk:
        task = asyncio.create_task(talk.types("/latest"))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        left = {other for other in asyncio.all_tasks() if "_serve" in repr(other)}
        await asyncio.gather(*left, return_exceptions=True)
        assert all(other.cancelled() for other in left)


async def test_a_lost_answer_is_not_sent_again(talk: Talk) -> None:
    talk.reply_fails = True
    assert await talk.types("/help") == ""


@pytest.fixture
def every_level() -> Iterator[None]:
    """Logs of every level, whatever another test configured."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(0))
    yield
    structlog.configure(**before)


async def test_no_log_line_holds_an_id_or_a_text(talk: Talk, every_level: None) -> None:
    with capture_logs() as lines:
        await talk.types("/start")
        await talk.accepts()
        await talk.types("/keywords add potash")
        await talk.types('/keywords add "lime')
        await talk.types("/weather in Minsk")
        await talk.types("/forget")
    assert lines
    for secret in (PRIVATE.chat, "potash", "lime", "weather", "Minsk"):
        assert secret not in str(lines)
