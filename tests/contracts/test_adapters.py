"""One suite over all chat adapters: what `bot.chat.adapter.Adapter` promises, on every platform.

To add a platform: write `<Name>Stage` in `tests/fakes/` as `tests.fakes.stage.Stage` says (a fake that speaks
the platform's real protocol on 127.0.0.1, one private chat, one group, people who type) and add one line to
`STAGES`. Class attributes of the stage (`can`, `failures`) decide which tests it takes part in.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.chat.adapter import Adapter, Gone
from bot.chat.command import CommandSpec, Heard, Option, OptionType
from bot.chat.message import Button, Message, Paragraph, Picture, Span, plain
from bot.errors import Closed, SendError
from tests.fakes.console_stage import ConsoleStage
from tests.fakes.discord_stage import DiscordStage
from tests.fakes.stage import Can, Failure, Stage
from tests.fakes.telegram_stage import TelegramStage

STAGES: list[type[Stage]] = [
    TelegramStage,
    DiscordStage,
    ConsoleStage,
]
"""One line for each platform."""

PATIENCE = 10.0                       # seconds of real time for what should take milliseconds
PNG = b"\x89PNG\r\n\x1a\n" + b"not much of a picture"

COMMANDS = (
    CommandSpec(
        name="keywords",
        descriptions={"en": "Only what matches", "be": "Толькі тое, што падыходзіць"},
        options=(
            Option(name="action", type=OptionType.CHOICE, required=True, choices=("add", "remove", "list"),
                   descriptions={"en": "What to do"}),
            Option(name="query", descriptions={"en": "The words"}),
        ),
        admin=True,
    ),
    CommandSpec(name="latest", descriptions={"en": "The last events"}),
)


def on(*needed: Can) -> pytest.MarkDecorator:
    """Run a test on every platform that can do what it is about."""
    stages = [pytest.param(stage, id=stage.name) for stage in STAGES if stage.can.issuperset(needed)]
    return pytest.mark.parametrize("stage", stages, indirect=True)


@pytest.fixture(params=STAGES, ids=lambda stage: stage.name)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    running: Stage = request.param()
    await running.start()
    try:
        yield running
    finally:
        await running.stop()


@pytest.fixture
async def adapter(stage: Stage) -> AsyncIterator[Adapter]:
    connected = stage.adapter()
    try:
        await connected.connect()
        yield connected
    finally:
        await connected.close()


@dataclass(slots=True)
class Ears:
    """What a listening adapter told."""

    heard: asyncio.Queue[Heard] = field(default_factory=asyncio.Queue)
    gone: asyncio.Queue[Gone] = field(default_factory=asyncio.Queue)

    async def next_heard(self) -> Heard:
        async with asyncio.timeout(PATIENCE):
            return await self.heard.get()

    async def next_gone(self) -> Gone:
        async with asyncio.timeout(PATIENCE):
            return await self.gone.get()


@asynccontextmanager
async def listening(adapter: Adapter) -> AsyncIterator[Ears]:
    ears = Ears()
    task = asyncio.create_task(adapter.listen(COMMANDS, ears.heard.put, ears.gone.put))
    try:
        yield ears
    finally:
        task.cancel()
        await asyncio.wait([task])


def typed(heard: Heard) -> tuple[str, ...]:
    """The words of a command, however the platform brings them."""
    if heard.options is None:
        return tuple(heard.words.split())
    return tuple(str(value) for value in heard.options.values())


def squeezed(text: str) -> str:
    """Without white space: where a text may be cut."""
    return "".join(text.split())


# --- sending --------------------------------------------------------------------------------------------


async def test_it_says_who_the_bot_is(stage: Stage) -> None:
    adapter = stage.adapter()
    try:
        identity = await adapter.connect()
    finally:
        await adapter.close()
    assert identity.handle
    assert identity.id


async def test_its_limits_are_windows_with_room_for_a_message(adapter: Adapter) -> None:
    assert all(window.count >= 1 and window.seconds > 0 for window in adapter.limits)


@on()
async def test_a_message_arrives_once_and_is_named_by_its_receipt(stage: Stage, adapter: Adapter) -> None:
    receipt = await adapter.send(stage.private, plain("Release · 52 freed", "Event 7f3k"), nonce="n1")

    [shown] = stage.shown(stage.private)
    assert shown.text == "Release · 52 freed\nEvent 7f3k"
    assert receipt.ids == (shown.id,)
    assert stage.accepted(stage.private) == 1


@on(Can.GROUP)
async def test_a_group_is_written_to_and_nobody_else(stage: Stage, adapter: Adapter) -> None:
    await adapter.send(stage.group, plain("for the group"), nonce="n1")

    assert [shown.text for shown in stage.shown(stage.group)] == ["for the group"]
    assert stage.shown(stage.private) == ()


STYLED = Message(
    paragraphs=(
        Paragraph((Span("Release", bold=True), Span(" · 52 "), Span("freed", italic=True))),
        Paragraph((Span("“Belarus frees 52” Reuters, en"),), quote=True),
        Paragraph((Span("https://example.org/a_(b)?c=1&d=2", link=True),)),
        Paragraph((Span("7f3k", code=True),)),
    )
)


@on()
async def test_style_changes_no_word_and_a_link_stays_whole(stage: Stage, adapter: Adapter) -> None:
    await adapter.send(stage.private, STYLED, nonce="n1")

    [shown] = stage.shown(stage.private)
    assert squeezed(shown.text) == squeezed(STYLED.text)
    assert shown.links in {("https://example.org/a_(b)?c=1&d=2",), ()}    # () where nothing can be touched


HOSTILE = {
    "a mention of everybody": "@everyone and @here are <@1> <@&1> <#1> and @some_person",
    "a disguised link": "[your bank](https://evil.example/x) <https://evil.example>",
    "a bare domain": "look at evil.example and t.me/evil now",
    "markdown": "**bold** __under__ _it_ ~~gone~~ ||hid|| `code` ```block``` > quote\n# head\n- list\n-# small",
    "HTML": "<b>bold</b> & <a href='https://evil.example'>x</a> &lt;i&gt;",
    "backslashes": "a\\*b\\\\c\\[d\\](e)",
    "pairs of surrogates": "🇧🇾👩‍👩‍👧‍👦🎉 " * 5 + "end",
}


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("quote", [False, True], ids=["ours", "quoted"])
@on()
async def test_words_of_a_source_neither_ping_nor_link_nor_change(
    stage: Stage, adapter: Adapter, words: str, *, quote: bool
) -> None:
    message = Message(paragraphs=(Paragraph((Span(words, bold=True),), quote=quote),))

    await adapter.send(stage.private, message, nonce="n1")

    [shown] = stage.shown(stage.private)
    assert squeezed(shown.text) == squeezed(words)
    assert not shown.pings
    assert shown.links == ()


@pytest.mark.parametrize("words", ["A sentence of words. ", "word ", "x", "👩‍👩‍👧‍👦", "é\u0301", "🇧🇾"])
@on()
async def test_a_long_text_is_split_and_nothing_of_it_lost(stage: Stage, adapter: Adapter, words: str) -> None:
    text = words * (10_000 // len(words))

    receipt = await adapter.send(stage.private, plain(text), nonce="n1")

    parts = stage.shown(stage.private)
    assert receipt.ids == tuple(part.id for part in parts)
    assert squeezed("".join(part.text for part in parts)) == squeezed(text)
    assert all(len(part.text) <= stage.text_limit for part in parts)
    letters = words.strip().split()[-1]
    if letters == words:
        assert all(len(part.text) % len(words) == 0 for part in parts), "cut inside of a letter"


@on()
async def test_a_link_is_never_cut(stage: Stage, adapter: Adapter) -> None:
    link = "https://example.org/" + "a" * 300
    room = stage.text_limit - 100
    message = Message(paragraphs=(Paragraph((Span("x" * room), Span(" "), Span(link, link=True))),))

    await adapter.send(stage.private, message, nonce="n1")

    assert any(link in part.text for part in stage.shown(stage.private))


@on(Can.REPLY_TO)
async def test_a_reply_stands_under_its_message_and_comes_without_it_too(
    stage: Stage, adapter: Adapter
) -> None:
    first = await adapter.send(stage.private, plain("first"), nonce="n1")
    await adapter.send(stage.private, plain("second"), nonce="n2", reply_to=first.ids[0])
    await adapter.delete(stage.private, first.ids)
    await adapter.send(stage.private, plain("third"), nonce="n3", reply_to=first.ids[0])

    second, third = stage.shown(stage.private)
    assert (second.text, second.reply_to) == ("second", first.ids[0])
    assert third.text == "third"


@on(Can.SILENT)
async def test_a_silent_message_makes_no_sound_and_others_do(stage: Stage, adapter: Adapter) -> None:
    await adapter.send(stage.private, Message(paragraphs=plain("hush").paragraphs, silent=True), nonce="n1")
    await adapter.send(stage.private, plain("loud"), nonce="n2")

    assert [shown.silent for shown in stage.shown(stage.private)] == [True, False]


@on(Can.PICTURE)
async def test_a_picture_comes_with_its_words(stage: Stage, adapter: Adapter) -> None:
    message = Message(paragraphs=plain("Since 2024").paragraphs, picture=Picture(PNG, "a rising line"))

    await adapter.send(stage.private, message, nonce="n1")

    [shown] = stage.shown(stage.private)
    assert shown.picture == PNG
    assert "Since 2024" in shown.text


@on(Can.NONCE)
async def test_the_second_of_two_sends_with_one_nonce_is_dropped(stage: Stage, adapter: Adapter) -> None:
    first = await adapter.send(stage.group, plain("once"), nonce="n1")
    second = await adapter.send(stage.group, plain("once"), nonce="n1")
    await adapter.send(stage.group, plain("another"), nonce="n2")

    assert first == second
    assert [shown.text for shown in stage.shown(stage.group)] == ["once", "another"]


# --- editing and deleting -------------------------------------------------------------------------------


@on(Can.EDIT)
async def test_an_edit_shows_the_new_words_in_the_old_place(stage: Stage, adapter: Adapter) -> None:
    sent = await adapter.send(stage.private, plain("13 freed"), nonce="n1")

    edited = await adapter.edit(stage.private, sent.ids, plain("18 freed"))

    assert edited == sent
    assert [shown.text for shown in stage.shown(stage.private)] == ["18 freed"]
    assert stage.accepted(stage.private) == 1


@on(Can.EDIT)
async def test_an_edit_that_changes_nothing_is_a_success(stage: Stage, adapter: Adapter) -> None:
    sent = await adapter.send(stage.private, STYLED, nonce="n1")

    assert await adapter.edit(stage.private, sent.ids, STYLED) == sent


@on(Can.EDIT)
async def test_an_edit_may_become_longer_and_shorter_than_one_message(stage: Stage, adapter: Adapter) -> None:
    sent = await adapter.send(stage.private, plain("short"), nonce="n1")

    longer = await adapter.edit(stage.private, sent.ids, plain("word " * (stage.text_limit // 4)))
    assert len(longer.ids) == len(stage.shown(stage.private)) > 1
    shorter = await adapter.edit(stage.private, longer.ids, plain("short again"))

    assert shorter == sent
    assert [shown.text for shown in stage.shown(stage.private)] == ["short again"]


@on(Can.EDIT, Can.DELETE)
async def test_an_edit_of_a_message_that_is_gone_is_refused_for_good(stage: Stage, adapter: Adapter) -> None:
    sent = await adapter.send(stage.private, plain("13 freed"), nonce="n1")
    await adapter.delete(stage.private, sent.ids)

    with pytest.raises(SendError) as refused:
        await adapter.edit(stage.private, sent.ids, plain("18 freed"))

    assert refused.value.permanent
    assert refused.value.closed is None


@on(Can.DELETE)
async def test_a_deleted_message_is_gone_and_may_be_deleted_again(stage: Stage, adapter: Adapter) -> None:
    sent = await adapter.send(stage.private, plain("word " * (stage.text_limit // 4)), nonce="n1")
    await adapter.send(stage.private, plain("stays"), nonce="n2")

    await adapter.delete(stage.private, sent.ids)
    await adapter.delete(stage.private, sent.ids)

    assert [shown.text for shown in stage.shown(stage.private)] == ["stays"]


# --- failures -------------------------------------------------------------------------------------------

CERTAIN = {"certainly_not_sent": True}
UNKNOWN = {"certainly_not_sent": False, "permanent": False, "closed": None}
EXPECTED: dict[Failure, dict[str, Any]] = {
    Failure.BLOCKED: CERTAIN | {"permanent": True, "closed": Closed.BLOCKED},
    Failure.REMOVED: CERTAIN | {"permanent": True, "closed": Closed.REMOVED},
    Failure.NOT_FOUND: CERTAIN | {"permanent": True, "closed": Closed.NOT_FOUND},
    Failure.FORBIDDEN: CERTAIN | {"permanent": True, "closed": Closed.FORBIDDEN},
    Failure.MOVED: CERTAIN | {"closed": None},
    Failure.SLOW_DOWN: CERTAIN | {"permanent": False, "retry_after": 7.0, "whole_bot": False, "closed": None},
    Failure.SLOW_DOWN_ALL: CERTAIN | {"permanent": False, "retry_after": 7.0, "whole_bot": True},
    Failure.UNAUTHORISED: CERTAIN | {"unauthorised": True, "closed": None},
    Failure.MALFORMED: CERTAIN | {"permanent": True, "closed": None, "unauthorised": False},
    Failure.BROKEN: UNKNOWN,
    Failure.ANSWER_LOST: UNKNOWN,
    Failure.DROPPED: UNKNOWN,
}
STORED = {Failure.ANSWER_LOST, Failure.DROPPED}
CASES = [
    pytest.param(stage, failure, id=f"{stage.name}-{failure}")
    for stage in STAGES
    for failure in Failure
    if failure in stage.failures and failure is not Failure.UNREACHABLE
]
NETWORKED = [pytest.param(stage, id=stage.name) for stage in STAGES if Failure.UNREACHABLE in stage.failures]


@pytest.mark.parametrize(("stage", "failure"), CASES, indirect=["stage"])
async def test_a_failure_is_told_in_our_words_after_one_attempt(
    stage: Stage, adapter: Adapter, failure: Failure
) -> None:
    place = stage.private if failure is Failure.BLOCKED else stage.group
    stage.fail_next(failure)

    with pytest.raises(SendError) as failed:
        await adapter.send(place, plain("once"), nonce="n1")

    told = {name: getattr(failed.value, name) for name in EXPECTED[failure]}
    assert told == EXPECTED[failure]
    assert failed.value.moved_to == (stage.moved_to if failure is Failure.MOVED else None)
    assert stage.accepted(place) == (1 if failure in STORED else 0)


@pytest.mark.parametrize(("stage", "failure"), CASES, indirect=["stage"])
async def test_after_a_failure_the_next_message_arrives(
    stage: Stage, adapter: Adapter, failure: Failure
) -> None:
    stage.fail_next(failure)
    with pytest.raises(SendError):
        await adapter.send(stage.group, plain("first"), nonce="n1")

    await adapter.send(stage.group, plain("second"), nonce="n2")

    assert stage.shown(stage.group)[-1].text == "second"


@pytest.mark.parametrize("stage", NETWORKED, indirect=True)
async def test_a_platform_that_cannot_be_reached_has_certainly_got_nothing(
    stage: Stage, adapter: Adapter
) -> None:
    await adapter.send(stage.private, plain("before"), nonce="n1")
    await stage.stop()

    with pytest.raises(SendError) as failed:
        await adapter.send(stage.private, plain("after"), nonce="n2")

    assert failed.value.certainly_not_sent
    assert not failed.value.permanent


@pytest.mark.parametrize("stage", NETWORKED, indirect=True)
async def test_asking_tells_whether_answers_come_through(stage: Stage, adapter: Adapter) -> None:
    await adapter.ask()
    await stage.stop()

    with pytest.raises(SendError):
        await adapter.ask()


@pytest.mark.parametrize("stage", NETWORKED, indirect=True)
async def test_a_failed_connect_is_a_send_error_and_can_be_closed(stage: Stage) -> None:
    adapter = stage.adapter()
    await stage.stop()

    with pytest.raises(SendError):
        await adapter.connect()

    await adapter.close()
    await adapter.close()


@pytest.mark.parametrize(("stage", "failure"), CASES, indirect=["stage"])
async def test_no_failure_writes_a_token_an_id_or_words_into_a_log(
    stage: Stage, adapter: Adapter, failure: Failure, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stage.fail_next(failure)

    with pytest.raises(SendError) as failed:
        await adapter.send(stage.group, plain("words nobody may read"), nonce="n1")

    logging.getLogger("test").error("it failed", exc_info=failed.value)
    written = caplog.text + "".join(traceback.format_exception(failed.value)) + repr(failed.value)
    secrets = {stage.token, stage.group.chat, stage.moved_to, "words nobody may read"} - {""}
    frames = [line for line in written.splitlines() if "plain(" not in line]     # this test's own source
    assert not [secret for secret in secrets if secret in "\n".join(frames)]


# --- what it may do -------------------------------------------------------------------------------------


@on()
async def test_where_it_may_speak_nothing_is_missing_and_nothing_is_said(stage: Stage, adapter: Adapter) -> None:
    assert await adapter.missing_rights(stage.private) == ()
    assert await adapter.missing_rights(stage.group) == ()
    assert stage.accepted(stage.private) == stage.accepted(stage.group) == 0


@on(Can.GROUP, Can.DEPART)
async def test_a_right_that_was_taken_is_named_until_it_is_back(stage: Stage, adapter: Adapter) -> None:
    await stage.forbids()
    assert await adapter.missing_rights(stage.group) == (stage.right,)
    with pytest.raises(SendError):
        await adapter.send(stage.group, plain("unheard"), nonce="n1")

    await stage.forbids(back=True)
    assert await adapter.missing_rights(stage.group) == ()


@on(Can.GROUP, Can.DEPART)
async def test_a_group_that_removed_the_bot_says_so_until_it_is_back(stage: Stage, adapter: Adapter) -> None:
    async with listening(adapter):
        await stage.departs(stage.group)
        [fact] = await adapter.missing_rights(stage.group)
        await stage.departs(stage.group, back=True)
        back = await adapter.missing_rights(stage.group)

    assert "removed" in fact
    assert stage.group.chat not in fact
    assert back == ()


@pytest.mark.parametrize("stage", NETWORKED, indirect=True)
async def test_a_platform_that_cannot_be_reached_tells_of_no_rights(stage: Stage, adapter: Adapter) -> None:
    await stage.stop()

    with pytest.raises(SendError):
        await adapter.missing_rights(stage.group)
    with pytest.raises(SendError):
        await adapter.registered()


@on(Can.HEAR, Can.GROUP)
async def test_the_commands_that_people_are_offered_are_counted(stage: Stage, adapter: Adapter) -> None:
    before = await adapter.registered()
    async with listening(adapter) as ears:
        await stage.types(stage.private, "/latest")
        await ears.next_heard()

    assert (before, await adapter.registered()) == (0, len(COMMANDS))


# --- hearing --------------------------------------------------------------------------------------------


@on(Can.HEAR)
async def test_a_command_is_heard_with_its_words_and_can_be_answered(stage: Stage, adapter: Adapter) -> None:
    async with listening(adapter) as ears:
        await stage.types(stage.private, "/keywords add potash", language="be")
        heard = await ears.next_heard()
        await heard.reply(plain("done"))

    assert heard.name == "keywords"
    assert typed(heard) == ("add", "potash")
    assert heard.place == stage.private
    assert heard.sender.startswith(f"{stage.name}:")
    assert heard.at.tzinfo is not None
    assert await heard.is_admin()
    assert [shown.text for shown in stage.shown(stage.private)] == ["done"]


@on(Can.HEAR, Can.GROUP)
@pytest.mark.parametrize("admin", [True, False], ids=["an admin", "somebody else"])
async def test_in_a_group_only_admins_are_admins(stage: Stage, adapter: Adapter, *, admin: bool) -> None:
    async with listening(adapter) as ears:
        await stage.types(stage.group, "/keywords list", admin=admin)
        heard = await ears.next_heard()

    assert heard.place == stage.group
    assert await heard.is_admin() is admin


@on(Can.HEAR)
async def test_commands_of_one_chat_are_served_in_their_order(stage: Stage, adapter: Adapter) -> None:
    served: list[tuple[str, ...]] = []
    done = asyncio.Event()

    async def serve(heard: Heard) -> None:
        await asyncio.sleep(0.02 if not served else 0)       # the first takes longer than the second
        served.append(typed(heard))
        if len(served) == 2:
            done.set()

    async def ignore(_: Gone) -> None:
        return

    task = asyncio.create_task(adapter.listen(COMMANDS, serve, ignore))
    await stage.types(stage.private, "/keywords add one")
    await stage.types(stage.private, "/keywords add two")
    async with asyncio.timeout(PATIENCE):
        await done.wait()
    task.cancel()
    await asyncio.wait([task])

    assert served == [("add", "one"), ("add", "two")]


BUTTONS = Message(
    paragraphs=plain("Accept?").paragraphs,
    buttons=((Button("Accept, safe", "accept:safe"), Button("Accept", "accept:plain")),),
)


@on(Can.PRESS)
async def test_a_pressed_button_brings_its_action_back(stage: Stage, adapter: Adapter) -> None:
    async with listening(adapter) as ears:
        await adapter.send(stage.private, BUTTONS, nonce="n1")
        assert stage.shown(stage.private)[0].actions == ("accept:safe", "accept:plain")
        await stage.presses(stage.private, "accept:plain")
        heard = await ears.next_heard()
        await heard.reply(plain("accepted"))

    assert (heard.name, heard.action, heard.place) == ("", "accept:plain", stage.private)
    assert stage.shown(stage.private)[-1].text == "accepted"


@on(Can.PRESS, Can.GROUP)
@pytest.mark.parametrize("admin", [True, False], ids=["an admin", "somebody else"])
async def test_whose_press_counts_in_a_group_is_asked_at_each_press(
    stage: Stage, adapter: Adapter, *, admin: bool
) -> None:
    async with listening(adapter) as ears:
        await adapter.send(stage.group, BUTTONS, nonce="n1")
        await stage.presses(stage.group, "accept:plain", admin=admin)
        heard = await ears.next_heard()

    assert heard.place == stage.group
    assert await heard.is_admin() is admin


@on(Can.WAIT)
async def test_what_waits_is_heard_once_without_waiting_for_more(stage: Stage, adapter: Adapter) -> None:
    ears = Ears()
    await stage.types(stage.private, "/keywords add potash")
    await stage.types(stage.private, "/latest")

    async with asyncio.timeout(PATIENCE):
        first = await adapter.answer_waiting(COMMANDS, ears.heard.put, ears.gone.put)
        second = await adapter.answer_waiting(COMMANDS, ears.heard.put, ears.gone.put)

    assert (first, second) == (2, 0)
    assert [(await ears.next_heard()).name, (await ears.next_heard()).name] == ["keywords", "latest"]


@on(Can.DEPART)
async def test_a_removed_bot_and_its_return_are_told(stage: Stage, adapter: Adapter) -> None:
    async with listening(adapter) as ears:
        await stage.departs(stage.group)
        gone = await ears.next_gone()
        await stage.departs(stage.group, back=True)
        back = await ears.next_gone()

    assert (gone.place.chat, gone.closed) == (stage.group.chat, Closed.REMOVED)
    assert (back.place.chat, back.closed) == (stage.group.chat, None)


@on(Can.HEAR)
async def test_listening_ends_when_it_is_cancelled(stage: Stage, adapter: Adapter) -> None:
    async with listening(adapter) as ears:
        await stage.types(stage.private, "/latest")
        await ears.next_heard()
    async with listening(adapter) as ears:          # and can begin again
        await stage.types(stage.private, "/latest")
        await ears.next_heard()
