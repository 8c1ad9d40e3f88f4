from __future__ import annotations

import logging

import pytest

from adapters.discord.adapter import DiscordAdapter
from bot.chat.command import Heard
from bot.chat.message import Button, Message, plain
from bot.chat.place import ChatRef
from bot.errors import Closed, SendError
from tests.fakes.discord import Fault, speaks
from tests.fakes.discord_rules import refused
from tests.unit.adapters.discord.conftest import Stage


def at(channel: str) -> ChatRef:
    return ChatRef("discord", channel)


async def test_it_says_who_it_is(stage: Stage) -> None:
    identity = await stage.adapter.connect()

    assert (identity.handle, identity.id) == ("vestka-test", "1200000000000000001")


async def test_a_refused_token_is_told_as_such(stage: Stage) -> None:
    stage.discord.token = "another"

    with pytest.raises(SendError) as refused_token:
        await stage.adapter.connect()

    assert refused_token.value.unauthorised


async def test_a_server_that_is_not_discord_is_named_so(stage: Stage) -> None:
    stage.discord.fail_next(Fault(status=200, body={"hello": "world"}))

    with pytest.raises(SendError, match="not Discord"):
        await stage.adapter.connect()


async def test_before_it_is_connected_nothing_is_sent(stage: Stage) -> None:
    with pytest.raises(SendError) as failed:
        await stage.new_adapter().send(at(stage.channel), plain("x"), nonce="n")

    assert failed.value.certainly_not_sent


async def test_asking_shows_whether_answers_come_through(stage: Stage) -> None:
    await stage.adapter.ask()

    stage.discord.fail_next(Fault(status=502, body="<html>"))
    with pytest.raises(SendError):
        await stage.adapter.ask()


async def test_two_adapters_have_two_addresses(stage: Stage) -> None:
    other = stage.new_adapter()
    other._options = other._options.model_copy(update={"api_url": "http://127.0.0.1:9/api/v10"})

    with pytest.raises(SendError, match="cannot be reached"):
        await other.connect()
    await stage.adapter.send(at(stage.channel), plain("x"), nonce="n")


# --- what is sent ---------------------------------------------------------------------------------------


async def test_a_hostile_headline_arrives_as_words(stage: Stage) -> None:
    await stage.adapter.send(at(stage.channel), plain("@everyone <@&1> [x](https://evil.example)"), nonce="n")

    [said] = stage.discord.messages(stage.channel)
    assert said.allowed_mentions == {"parse": [], "replied_user": False}
    assert said.flags == 4
    assert said.embeds == []
    assert said.content == "\\@everyone \\<\\@&1\\> \\[x\\]\\(https\\://evil.example\\)"


@pytest.mark.parametrize(("later", "copies"), [
    pytest.param(60, 1, id="within minutes a repeated attempt is the same message"),
    pytest.param(600, 2, id="after Discord has forgotten the nonce it is a second one"),
])
async def test_a_lost_answer_then_another_attempt(stage: Stage, later: float, copies: int) -> None:
    stage.discord.fail_next(Fault(takes=True, only=speaks))
    with pytest.raises(SendError) as lost:
        await stage.adapter.send(at(stage.channel), plain("52 freed"), nonce="event 7f3k, chat 1, change 1")
    assert not lost.value.certainly_not_sent

    stage.clock.shift(later)
    await stage.adapter.send(at(stage.channel), plain("52 freed"), nonce="event 7f3k, chat 1, change 1")

    assert len(stage.discord.accepted(stage.channel)) == copies


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_broken_server_is_asked_once(stage: Stage, status: int) -> None:
    stage.discord.fail_next(Fault(status=status, body=refused(0), only=speaks))
    before = len(stage.discord.calls)

    with pytest.raises(SendError):
        await stage.adapter.send(at(stage.channel), plain("x"), nonce="n")

    assert len(stage.discord.calls) == before + 1


async def test_a_full_bucket_is_told_without_asking(stage: Stage) -> None:
    for number in range(5):
        await stage.adapter.send(at(stage.channel), plain("x"), nonce=str(number))
    stage.clock.shift(2.0)

    with pytest.raises(SendError) as full:
        await stage.adapter.send(at(stage.channel), plain("x"), nonce="5")
    assert full.value.certainly_not_sent
    assert full.value.retry_after == 3.0
    assert not full.value.whole_bot

    stage.clock.shift(3.0)
    await stage.adapter.send(at(stage.channel), plain("x"), nonce="5")
    assert stage.discord.refusals == []


async def test_five_hundred_closed_channels_are_each_tried_once(stage: Stage) -> None:
    channels = [stage.discord.add_channel(stage.guild) for _ in range(500)]
    for channel in channels:
        stage.discord.place(channel).refuses = (403, 50013)
    for channel in channels:
        with pytest.raises(SendError) as failed:
            await stage.adapter.send(at(channel), plain("x"), nonce="n")
        assert failed.value.closed is Closed.FORBIDDEN
        stage.clock.shift(0.025)

    assert [refusal.code for refusal in stage.discord.refusals] == [50013] * 500


async def test_when_a_later_part_fails_the_message_is_not_called_unsent(stage: Stage) -> None:
    stage.discord.fail_next(Fault(status=200, takes=True, body={"id": "1"}, only=speaks))
    stage.discord.refuse_next(503, 0)

    with pytest.raises(SendError) as failed:
        await stage.adapter.send(at(stage.channel), plain("x" * 3000), nonce="n")
    assert not failed.value.certainly_not_sent

    await stage.adapter.send(at(stage.channel), plain("x" * 3000), nonce="n")
    assert len(stage.discord.accepted(stage.channel)) == 2


async def test_a_conversation_is_opened_once_for_a_person_known_by_id(stage: Stage) -> None:
    for number in range(2):
        await stage.adapter.send(at("@7"), plain("your warning"), nonce=str(number))

    assert len(stage.discord.messages(stage.discord.open_dm(7))) == 2
    assert stage.discord.calls.count(("POST", "users/@me/channels")) == 1


@pytest.mark.parametrize("chat", ["", "general", "１２", "-5", "@"])
async def test_an_id_that_is_not_discords_is_not_found(stage: Stage, chat: str) -> None:
    with pytest.raises(SendError) as failed:
        await stage.adapter.send(at(chat), plain("x"), nonce="n")

    assert failed.value.closed is Closed.NOT_FOUND
    assert failed.value.certainly_not_sent


async def test_a_thread_is_a_place_of_its_own(stage: Stage) -> None:
    thread = stage.discord.add_thread(stage.channel)

    await stage.adapter.send(at(thread), plain("x"), nonce="n")

    assert len(stage.discord.messages(thread)) == 1
    assert stage.discord.messages(stage.channel) == []


# --- forums ---------------------------------------------------------------------------------------------


async def test_a_forum_gets_a_post_for_each_message(stage: Stage) -> None:
    forum = stage.discord.add_forum(stage.guild)

    receipt = await stage.adapter.send(at(forum), plain("Release · 52 freed", "x" * 2500), nonce="n")
    await stage.adapter.send(at(forum), plain("Sanctions · US eases"), nonce="m")

    first, second = stage.discord.threads_of(forum)
    assert (first.name, second.name) == ("Release · 52 freed", "Sanctions · US eases")
    assert receipt.ids == tuple(f"{first.id}/{said.id}" for said in first.said)
    assert [refusal.code for refusal in stage.discord.refusals] == [40058], "what it is is asked once"


async def test_a_post_is_edited_replied_to_and_emptied(stage: Stage) -> None:
    forum = stage.discord.add_forum(stage.guild)
    receipt = await stage.adapter.send(at(forum), plain("13 freed"), nonce="n")
    [post] = stage.discord.threads_of(forum)

    edited = await stage.adapter.edit(at(forum), receipt.ids, plain("18 freed"))
    await stage.adapter.send(at(forum), plain("18 now"), nonce="m", reply_to=receipt.ids[0])

    assert edited == receipt
    assert [said.content for said in post.said] == ["18 freed", "18 now"]
    assert post.said[1].reply_to == str(post.id)
    await stage.adapter.delete(at(forum), receipt.ids)
    assert post.said[0].deleted


# --- edits ----------------------------------------------------------------------------------------------


async def test_an_edit_takes_buttons_away(stage: Stage) -> None:
    message = Message(paragraphs=plain("Accept?").paragraphs, buttons=((Button("ok", "ok"),),))
    receipt = await stage.adapter.send(at(stage.channel), message, nonce="n")

    await stage.adapter.edit(at(stage.channel), receipt.ids, plain("Accepted"))

    [said] = stage.discord.messages(stage.channel)
    assert (said.content, said.actions, said.edits) == ("Accepted", (), 1)


@pytest.mark.parametrize(("status", "code"), [(429, 30046), (400, 50083)])
async def test_an_edit_that_discord_never_takes_is_refused_for_good(stage: Stage, status: int, code: int) -> None:
    receipt = await stage.adapter.send(at(stage.channel), plain("13 freed"), nonce="n")
    stage.discord.refuse_next(status, code)

    with pytest.raises(SendError) as failed:
        await stage.adapter.edit(at(stage.channel), receipt.ids, plain("18 freed"))

    assert failed.value.permanent
    assert failed.value.closed is None


# --- departures -----------------------------------------------------------------------------------------


async def test_a_server_that_is_left_closes_each_of_its_places(stage: Stage) -> None:
    thread = stage.discord.add_thread(stage.channel)
    other = stage.discord.add_channel(stage.discord.add_guild())
    async with stage.listening():
        await stage.discord.remove_guild(stage.guild)
        await stage.until(lambda: len(stage.gone) == 2)

    assert {(gone.place.chat, gone.closed) for gone in stage.gone} == {
        (stage.channel, Closed.REMOVED), (thread, Closed.REMOVED)}
    assert at(other) not in [gone.place for gone in stage.gone]


async def test_an_outage_of_discord_closes_nothing(stage: Stage) -> None:
    async with stage.listening():
        await stage.discord.remove_guild(stage.guild, unavailable=True)
        await stage.discord.person_uses(stage.discord.open_dm(7), 7, 0, "latest")
        await stage.until(lambda: stage.heard)

    assert stage.gone == []


@pytest.mark.parametrize("kind", ["channel", "thread"])
async def test_a_deleted_place_is_told(stage: Stage, kind: str) -> None:
    place = stage.channel if kind == "channel" else stage.discord.add_thread(stage.channel)
    async with stage.listening():
        await stage.discord.delete_channel(place)
        await stage.until(lambda: stage.gone)

    assert (stage.gone[0].place, stage.gone[0].closed) == (at(place), Closed.REMOVED)


async def test_rights_that_come_back_are_told(stage: Stage) -> None:
    async with stage.listening():
        await stage.discord.forbid(stage.channel)
        await stage.discord.allow(stage.channel)
        await stage.until(lambda: stage.gone)

    assert [(gone.place, gone.closed) for gone in stage.gone] == [(at(stage.channel), None)]


# --- what nobody may read -------------------------------------------------------------------------------


async def test_nothing_of_a_conversation_is_written_into_a_log(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def answer(heard: Heard) -> None:
        await heard.reply(plain("an answer nobody may read"))

    async with stage.listening(answer):
        interaction = await stage.discord.person_uses(stage.channel, 7345123, 0, "latest")
        await stage.discord.answered(interaction)
        await stage.discord.gateway.hang_up()
        await stage.pass_time(lambda: stage.discord.gateway.resumed)

    for secret in (stage.discord.token, interaction.token, stage.channel, "7345123", "nobody may read"):
        assert secret not in caplog.text


async def test_closing_twice_is_closing(stage: Stage) -> None:
    await stage.adapter.close()
    await stage.adapter.close()


def test_its_windows_stay_under_what_discord_allows() -> None:
    assert [(window.scope, window.count, window.seconds) for window in DiscordAdapter.limits] == [
        ("all", 45, 1.0), ("group", 5, 5.0), ("private", 5, 5.0)]
