"""What each command answers and stores, through the real dispatcher and real storage."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.chat.place import ChatKind
from bot.model import Topic
from bot.query.compile import compile_query, read_entry
from bot.storage import queries, schema
from tests.fakes.talk import GROUP, Talk, talking


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as running:
        yield running


async def rows(talk: Talk) -> dict[str, int]:
    """How many rows each table of chats has."""
    async with talk.database.reading() as tx:
        tables = (schema.chat, schema.query, schema.delivery)
        return {
            table.name: int((await tx.execute(select(func.count()).select_from(table))).scalar_one())
            for table in tables
        }


# --- /start ---------------------------------------------------------------------------------------------

FIRST_BUTTON = [
    ("an English client sees the plain one first", "en", ("start:accept", "start:safe")),
    ("a Polish client too", "pl", ("start:accept", "start:safe")),
    ("a client without a language too", None, ("start:accept", "start:safe")),
    ("a Belarusian client sees the safe one first", "be", ("start:safe", "start:accept")),
    ("a Russian client too", "ru", ("start:safe", "start:accept")),
]


@pytest.mark.parametrize(
    ("language", "actions"), [row[1:] for row in FIRST_BUTTON], ids=[row[0] for row in FIRST_BUTTON]
)
async def test_start_offers_both_ways_of_accepting(
    talk: Talk, language: str | None, actions: tuple[str, ...]
) -> None:
    talk.language = language
    await talk.types("/start")
    assert talk.said[-1].actions == actions
    assert await rows(talk) == {"chat": 0, "query": 0, "delivery": 0}


async def test_start_says_what_is_stored_and_what_the_risk_is(talk: Talk) -> None:
    text = await talk.types("/start")
    for words in (
        "is stored",
        "Telegram and Discord see",
        "prosecuted",
        "a phone in other hands",
        "nothing else that you write",
        "public page",
        "Nothing is stored until",
    ):
        assert words in text


async def test_a_group_is_not_offered_safe_mode(talk: Talk) -> None:
    talk.language = "be"
    await talk.types_in_group("/start")
    assert talk.said[-1].actions == ("start:accept",)
    await talk.presses("start:safe", GROUP, ChatKind.GROUP)
    chat = await talk.chat(GROUP)
    assert chat is not None
    assert not chat.settings.safe


@pytest.mark.parametrize(("action", "safe"), [("start:accept", False), ("start:safe", True)])
async def test_a_press_makes_the_chat_in_the_clients_language(talk: Talk, action: str, safe: bool) -> None:
    talk.language = "ru"
    answer = await talk.presses(action)
    chat = await talk.chat()
    assert chat is not None
    assert (chat.settings.safe, chat.settings.language, chat.kind) == (safe, "ru", ChatKind.PRIVATE)
    assert "/forget" in answer


async def test_the_safe_answer_names_no_subject(talk: Talk) -> None:
    answer = await talk.presses("start:safe")
    assert "release" not in answer.lower()
    assert "sanction" not in answer.lower()


async def test_in_safe_mode_start_names_no_subject_either(talk: Talk) -> None:
    await talk.presses("start:safe")
    assert await talk.types("/start") == "Alerts already come here. /help lists the commands."


async def test_accepting_again_keeps_what_was_chosen(talk: Talk) -> None:
    await talk.accepts()
    await talk.types("/topics release")
    await talk.presses("start:safe")
    chat = await talk.chat()
    assert chat is not None
    assert (chat.settings.topics, chat.settings.safe) == ((Topic.RELEASE,), True)
    assert await talk.types("/start")
    assert talk.said[-1].actions == ()


# --- /topics --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("use", ["typed", "pressed", "option"])
@pytest.mark.parametrize(
    ("choice", "topics"),
    [
        ("release", (Topic.RELEASE,)),
        ("sanctions", (Topic.SANCTIONS,)),
        ("all", (Topic.RELEASE, Topic.SANCTIONS)),
    ],
)
async def test_topics_are_chosen(talk: Talk, use: str, choice: str, topics: tuple[Topic, ...]) -> None:
    await talk.accepts()
    match use:
        case "typed":
            await talk.types(f"/topics {choice.upper()}")
        case "pressed":
            await talk.presses(f"topics:{choice}")
        case "option":
            await talk.chooses("topics", {"topic": choice})
    chat = await talk.chat()
    assert chat is not None
    assert chat.settings.topics == topics


async def test_topics_without_a_choice_show_it_with_buttons(talk: Talk) -> None:
    await talk.accepts()
    assert "releases and sanctions" in await talk.types("/topics")
    assert talk.said[-1].actions == ("topics:release", "topics:sanctions", "topics:all")


# --- /keywords ------------------------------------------------------------------------------------------


async def entries(talk: Talk) -> list[str]:
    chat = await talk.chat()
    assert chat is not None
    async with talk.database.reading() as tx:
        stored = await queries.of_chat(tx, talk.keyring, chat.id)
    assert all(read_entry(row.body).query == compile_query(read_entry(row.body).text) for row in stored)
    assert chat.has_queries is bool(stored)
    return [read_entry(row.body).text for row in stored]


async def test_keywords_are_added_listed_and_removed(talk: Talk) -> None:
    await talk.accepts()
    await talk.types("/keywords add potash OR  lime")
    await talk.types('/keywords add "human rights" -sport')
    assert await entries(talk) == ["potash OR lime", '"human rights" -sport']
    assert "2. " in await talk.types("/keywords list")
    await talk.types("/keywords remove 1")
    assert await entries(talk) == ['"human rights" -sport']
    assert "every event" in await talk.types('/keywords remove "human rights" -sport')
    assert await entries(talk) == []


async def test_typed_options_do_the_same(talk: Talk) -> None:
    await talk.accepts()
    await talk.chooses("keywords", {"action": "add", "query": "potash"})
    assert await entries(talk) == ["potash"]
    assert "potash" in await talk.chooses("keywords", {"action": "list"})


async def test_an_entry_that_only_excludes_is_named_as_such(talk: Talk) -> None:
    await talk.accepts()
    assert "kept back" in await talk.types("/keywords add -sport")


async def test_the_same_entry_is_added_once(talk: Talk) -> None:
    await talk.accepts()
    await talk.types("/keywords add potash")
    assert "already" in await talk.types("/keywords add potash")
    assert await entries(talk) == ["potash"]


async def test_an_entry_that_looks_like_a_number_is_removed_by_its_text(talk: Talk) -> None:
    await talk.accepts()
    for entry in ("potash", "1"):
        await talk.types(f"/keywords add {entry}")
    await talk.types("/keywords remove 1")
    assert await entries(talk) == ["potash"]


@pytest.mark.parametrize("what", ["9", "nitrogen", "-1", "0", "9" * 5000])
async def test_what_is_not_in_the_list_cannot_be_removed(talk: Talk, what: str) -> None:
    await talk.accepts()
    await talk.types("/keywords add potash")
    assert "no entry" in await talk.types(f"/keywords remove {what}")
    assert await entries(talk) == ["potash"]


async def test_a_chat_has_at_most_fifty_entries(talk: Talk) -> None:
    await talk.accepts()
    for number in range(51):
        answer = await talk.types(f"/keywords add word{number}")
        talk.clock.shift(60)
    assert "50" in answer
    assert len(await entries(talk)) == 50


@pytest.mark.parametrize(
    "line", ["/keywords add", "/keywords remove", "/keywords", "/keywords change potash"]
)
async def test_a_missing_or_wrong_part_is_named_with_the_usage(talk: Talk, line: str) -> None:
    await talk.accepts()
    assert "/keywords add|remove|list [query]" in await talk.types(line)


async def test_a_query_is_nowhere_in_clear(talk: Talk, tmp_path: Path) -> None:
    await talk.accepts()
    await talk.types("/keywords add unmistakable")
    await talk.database.close()
    assert not any(b"unmistakable" in file.read_bytes() for file in tmp_path.iterdir())


# --- /privacy, /forget, /help ---------------------------------------------------------------------------


async def test_privacy_says_what_is_kept_here_and_who_the_bot_is(talk: Talk) -> None:
    assert "Nothing is kept" in await talk.types("/privacy")
    await talk.accepts()
    await talk.types("/keywords add potash")
    text = await talk.types("/privacy")
    for words in (
        "1 keyword entry",
        "releases and sanctions",
        "safe mode is off",
        "@vestka_example_bot",
        "4242",
    ):
        assert words in text


async def test_forget_deletes_everything_and_answers_last(talk: Talk) -> None:
    await talk.accepts()
    await talk.types("/keywords add potash")
    assert "deleted" in await talk.types("/forget at once please")
    assert await rows(talk) == {"chat": 0, "query": 0, "delivery": 0}
    assert "Nothing was kept" in await talk.types("/forget")


async def test_help_lists_every_command_and_explains_one(talk: Talk) -> None:
    listed = await talk.types("/help")
    for name in ("start", "help", "latest", "event", "keywords", "topics", "privacy", "forget"):
        assert f"/{name} – " in listed
        explained = await talk.types(f"/help /{name}")
        assert explained.startswith(f"/{name}")
        talk.clock.shift(60)
    assert "no such command" in await talk.types("/help weather")
