from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.chat.command import Heard
from bot.chat.message import Button, Message, Picture, Receipt, plain
from bot.chat.place import ChatKind, ChatRef
from bot.errors import SendError
from tests.fakes.discord_world import ADMINISTRATOR, MANAGE_GUILD
from tests.unit.adapters.discord.conftest import Stage

BUTTON = Message(paragraphs=plain("Accept?").paragraphs, buttons=((Button("Accept", "sealed"),),))


async def test_a_command_is_heard_with_typed_options(stage: Stage) -> None:
    async with stage.listening():
        await stage.discord.person_uses(stage.channel, 7, MANAGE_GUILD, "latest", {"n": 3}, locale="pt-BR")
        await stage.until(lambda: stage.heard)

    [heard] = stage.heard
    assert (heard.name, heard.options, heard.words, heard.action) == ("latest", {"n": 3}, "", "")
    assert (heard.place.chat, heard.place.thread, heard.kind) == (stage.channel, "", ChatKind.GROUP)
    assert (heard.language, heard.sender) == ("pt", "discord:7")
    assert abs((heard.at - stage.clock.now()).total_seconds()) < 1


@pytest.mark.parametrize(("permissions", "expected"), [
    pytest.param(MANAGE_GUILD, True, id="Manage Server is an admin"),
    pytest.param(ADMINISTRATOR, True, id="so is an administrator"),
    pytest.param(0x7FFFFFFFFFFFF & ~MANAGE_GUILD & ~ADMINISTRATOR, False, id="all other rights are not enough"),
])
async def test_whose_word_counts_in_a_server(stage: Stage, permissions: int, *, expected: bool) -> None:
    async with stage.listening():
        await stage.discord.person_uses(stage.channel, 7, permissions, "topics", {"which": "all"})
        await stage.until(lambda: stage.heard)

    assert await stage.heard[0].is_admin() is expected


async def test_the_rights_are_those_of_the_moment_of_the_press(stage: Stage) -> None:
    async def answer(heard: Heard) -> None:
        stage.heard.append(heard)
        await heard.reply(BUTTON)

    async with stage.listening(answer):
        await stage.discord.answered(
            await stage.discord.person_uses(stage.channel, 7, MANAGE_GUILD, "topics", {"which": "all"}))
        await stage.discord.presses(stage.channel, 7, 0, "sealed")
        await stage.until(lambda: len(stage.heard) == 2)

    assert [await heard.is_admin() for heard in stage.heard] == [True, False]
    assert stage.heard[1].action == "sealed"


async def test_a_thread_is_heard_as_itself(stage: Stage) -> None:
    thread = stage.discord.add_thread(stage.channel)
    async with stage.listening():
        await stage.discord.person_uses(thread, 7, 0, "latest")
        await stage.until(lambda: stage.heard)

    assert stage.heard[0].place == ChatRef("discord", thread)
    assert stage.heard[0].kind is ChatKind.GROUP


async def test_from_hello_to_an_alert(stage: Stage) -> None:
    async def answer(heard: Heard) -> None:
        stage.heard.append(heard)
        await heard.reply(BUTTON if heard.name else plain("You will be told."), only_sender=bool(heard.action))

    async with stage.listening(answer):
        asked = await stage.discord.person_uses(stage.channel, 7, MANAGE_GUILD, "topics", {"which": "release"})
        await stage.discord.answered(asked)
        pressed = await stage.discord.presses(stage.channel, 7, MANAGE_GUILD, "sealed")
        await stage.discord.answered(pressed)
        await stage.adapter.send(stage.heard[0].place, plain("Release · 52 freed"), nonce="7f3k")

    assert [(said.content, said.hidden) for said in stage.discord.messages(stage.channel)] == [
        ("Accept?", False), ("You will be told.", True), ("Release · 52 freed", False)]


async def test_in_a_conversation_everybody_is_their_own_admin(stage: Stage) -> None:
    async with stage.listening():
        await stage.discord.person_uses(stage.discord.open_dm(7), 7, 0, "admin")
        await stage.until(lambda: stage.heard)

    assert stage.heard[0].kind is ChatKind.PRIVATE
    assert await stage.heard[0].is_admin()


@pytest.mark.parametrize("only_sender", [True, False])
async def test_an_answer_is_seen_by_those_who_should_see_it(stage: Stage, *, only_sender: bool) -> None:
    receipts: list[Receipt | None] = []

    async def answer(heard: Heard) -> None:
        receipts.append(await heard.reply(plain("the answer"), only_sender=only_sender))

    async with stage.listening(answer):
        interaction = await stage.discord.person_uses(stage.channel, 7, 0, "latest")
        [said] = await stage.discord.answered(interaction)
        await stage.until(lambda: receipts)

    assert said.hidden is only_sender
    assert interaction.called_back == 4
    assert receipts == [None if only_sender else Receipt((str(said.id),))]


async def test_an_answer_may_be_long_and_others_may_follow(stage: Stage) -> None:
    async def answer(heard: Heard) -> None:
        await heard.reply(plain("x" * 2500), only_sender=True)
        await heard.reply(Message(paragraphs=plain("chart").paragraphs, picture=Picture(b"png", "a line")))

    async with stage.listening(answer):
        interaction = await stage.discord.person_uses(stage.channel, 7, 0, "latest")
        said = await stage.discord.answered(interaction, 3)

    assert "".join(one.content for one in said) == "x" * 2500 + "chart"
    assert [(one.hidden, one.files) for one in said] == [(True, []), (True, []), (False, [b"png"])]


async def test_a_slow_answer_is_deferred_in_time_and_hidden_in_a_server(stage: Stage) -> None:
    ready = asyncio.Event()

    async def answer(heard: Heard) -> None:
        await ready.wait()
        assert await heard.reply(plain("at last")) is None

    async with stage.listening(answer):
        interaction = await stage.discord.person_uses(stage.channel, 7, 0, "latest")
        await asyncio.sleep(0.05)
        await stage.clock.advance(2.0)
        await stage.until(lambda: interaction.called_back == 5)
        await stage.clock.advance(10.0)
        ready.set()
        [said] = await stage.discord.answered(interaction)

    assert (said.content, said.hidden) == ("at last", True)
    assert stage.discord.refusals == []


async def test_a_slow_answer_in_a_conversation_stays(stage: Stage) -> None:
    ready = asyncio.Event()
    receipts: list[Receipt | None] = []

    async def answer(heard: Heard) -> None:
        await ready.wait()
        receipts.append(await heard.reply(plain("at last")))

    async with stage.listening(answer):
        interaction = await stage.discord.person_uses(stage.discord.open_dm(7), 7, 0, "latest")
        await asyncio.sleep(0.05)
        await stage.clock.advance(2.0)
        await stage.until(lambda: interaction.called_back == 5)
        ready.set()
        [said] = await stage.discord.answered(interaction)
        await stage.until(lambda: receipts)

    assert not said.hidden
    assert receipts == [Receipt((str(said.id),))]


async def test_a_press_that_is_answered_late_chooses_freely_who_sees_it(stage: Stage) -> None:
    await stage.adapter.send(ChatRef("discord", stage.channel), BUTTON, nonce="n")
    ready = asyncio.Event()

    async def answer(heard: Heard) -> None:
        await ready.wait()
        await heard.reply(plain("done"))

    async with stage.listening(answer):
        interaction = await stage.discord.presses(stage.channel, 7, 0, "sealed")
        await asyncio.sleep(0.05)
        await stage.clock.advance(2.0)
        await stage.until(lambda: interaction.called_back == 6)
        ready.set()
        [said] = await stage.discord.answered(interaction)

    assert (said.content, said.hidden) == ("done", False)


async def test_an_answer_in_hand_goes_out_before_listening_ends(stage: Stage) -> None:
    began, ready = asyncio.Event(), asyncio.Event()

    async def answer(heard: Heard) -> None:
        began.set()
        await ready.wait()
        await heard.reply(plain("in time"))

    async with stage.listening(answer) as task:
        interaction = await stage.discord.person_uses(stage.channel, 7, 0, "latest")
        await began.wait()
        task.cancel()
        await asyncio.sleep(0.02)
        assert not task.done()
        ready.set()
        await asyncio.wait([task])

    assert [said.content for said in interaction.answers] == ["in time"]


async def test_silence_leaves_nothing_behind(stage: Stage) -> None:
    async with stage.listening():
        interaction = await stage.discord.person_uses(stage.channel, 7, 0, "latest")
        await stage.until(lambda: stage.heard)
        await stage.clock.advance(2.0)
        await stage.until(lambda: interaction.called_back == 5 and not interaction.thinking)

    assert stage.discord.messages(stage.channel) == []


async def test_an_answer_that_comes_too_late_for_discord_is_an_error_to_the_caller(stage: Stage) -> None:
    async with stage.listening():
        interaction = await stage.discord.person_uses(stage.channel, 7, 0, "latest")
        await stage.until(lambda: stage.heard)
        interaction.at -= 4.0

        with pytest.raises(SendError) as late:
            await stage.heard[0].reply(plain("x"))

    assert late.value.permanent
    assert late.value.closed is None


async def test_a_chat_is_served_in_order_and_others_need_not_wait(stage: Stage) -> None:
    other = stage.discord.add_channel(stage.guild)
    first_is_slow = asyncio.Event()
    served: list[tuple[str, Any]] = []

    async def serve(heard: Heard) -> None:
        if not served and heard.place.chat == stage.channel:
            await first_is_slow.wait()
        served.append((heard.place.chat, dict(heard.options or {}).get("n")))

    async with stage.listening(serve):
        for channel, number in ((stage.channel, 1), (stage.channel, 2), (other, 3)):
            await stage.discord.person_uses(channel, 7, 0, "latest", {"n": number})
        await stage.until(lambda: (other, 3) in served)
        served.remove((other, 3))
        first_is_slow.set()
        await stage.until(lambda: len(served) == 2)

    assert served == [(stage.channel, 1), (stage.channel, 2)]
