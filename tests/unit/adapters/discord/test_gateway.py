from __future__ import annotations

import asyncio

import pytest

from adapters.discord.gateway import FATAL, pause
from bot.chat.message import plain
from bot.chat.place import ChatRef
from bot.errors import SendError
from tests.fakes.discord import Fault
from tests.unit.adapters.discord.conftest import COMMANDS, Stage


async def test_it_asks_for_servers_only(stage: Stage) -> None:
    async with stage.listening():
        pass

    assert stage.discord.gateway.identified == [1]


async def test_without_a_gateway_address_the_api_is_asked(stage: Stage) -> None:
    stage.adapter._options = stage.adapter._options.model_copy(update={"gateway_url": ""})
    await stage.adapter.connect()

    async with stage.listening():
        pass

    assert ("GET", "gateway/bot") in stage.discord.calls


async def test_commands_are_registered_when_it_listens(stage: Stage) -> None:
    async with stage.listening():
        pass

    assert [command["name"] for command in stage.discord.commands] == [spec.name for spec in COMMANDS]


async def test_registering_is_tried_again_until_discord_takes_it(stage: Stage) -> None:
    stage.discord.fail_next(Fault(status=503, body={"message": "overloaded", "code": 130000}, times=3,
                                  only=lambda method, path: method == "PUT"))
    task = asyncio.create_task(stage.adapter.listen(COMMANDS, _nobody, _nobody))
    await stage.pass_time(lambda: stage.discord.commands)
    task.cancel()

    assert len(stage.discord.refusals) == 3


@pytest.mark.parametrize("code", [4000, 1000, 4009])
async def test_after_a_broken_line_what_was_missed_is_heard_once(stage: Stage, code: int) -> None:
    async with stage.listening():
        await stage.discord.person_uses(stage.channel, 7, 0, "latest", {"n": 1})
        await stage.until(lambda: len(stage.heard) == 1)
        stage.discord.gateway.up = False
        await stage.discord.gateway.hang_up(code)
        await stage.discord.person_uses(stage.channel, 7, 0, "latest", {"n": 2})
        await stage.clock.advance(7200)
        await stage.adapter.send(ChatRef("discord", stage.channel), plain("sending goes on"), nonce="n")
        stage.discord.gateway.up = True
        await stage.pass_time(lambda: len(stage.heard) == 2)

    assert [dict(heard.options or {}) for heard in stage.heard] == [{"n": 1}, {"n": 2}]
    assert stage.discord.gateway.resumed == 1
    assert stage.discord.gateway.identified == [1], "a resumed session is not identified again"


async def test_after_an_outage_both_ways_work_again(stage: Stage) -> None:
    async with stage.listening():
        await stage.discord.break_down()
        with pytest.raises(SendError) as failed:
            await stage.adapter.send(ChatRef("discord", stage.channel), plain("x"), nonce="n")
        assert not failed.value.permanent
        await stage.clock.advance(600)
        stage.discord.recover()
        await stage.pass_time(lambda: stage.discord.gateway.resumed)
        await stage.adapter.send(ChatRef("discord", stage.channel), plain("x"), nonce="n")

    assert len(stage.discord.messages(stage.channel)) == 1


async def test_asked_to_reconnect_it_resumes(stage: Stage) -> None:
    async with stage.listening():
        await stage.discord.gateway.ask_to_reconnect()
        await stage.pass_time(lambda: stage.discord.gateway.resumed == 1)


async def test_a_session_that_is_forgotten_is_begun_anew(stage: Stage) -> None:
    async with stage.listening():
        await stage.discord.gateway.hang_up()
        stage.discord.gateway.forget_sessions()
        await stage.pass_time(lambda: len(stage.discord.gateway.identified) == 2)
        await stage.until(lambda: stage.discord.gateway.connected)
        await stage.discord.person_uses(stage.channel, 7, 0, "latest")
        await stage.until(lambda: stage.heard)


async def test_a_gateway_that_is_away_from_the_start_is_found_later(stage: Stage) -> None:
    stage.discord.gateway.up = False
    task = asyncio.create_task(stage.adapter.listen(COMMANDS, _nobody, _nobody))
    await stage.clock.advance(100)
    stage.discord.gateway.up = True
    await stage.pass_time(lambda: stage.discord.gateway.connected)
    assert not task.done()
    task.cancel()


async def test_a_token_that_is_refused_ends_it(stage: Stage) -> None:
    stage.discord.token = "another"

    with pytest.raises(SendError) as refused:
        await stage.adapter.listen(COMMANDS, _nobody, _nobody)

    assert refused.value.unauthorised


@pytest.mark.parametrize("code", sorted(FATAL))
async def test_a_line_closed_for_good_ends_it(stage: Stage, code: int) -> None:
    async with stage.listening() as task:
        await stage.discord.gateway.hang_up(code)
        await asyncio.wait([task], timeout=5)
        assert isinstance(task.exception(), SendError)
        assert str(code) in str(task.exception())


@pytest.mark.parametrize(("failures", "resumes", "seconds"), [
    pytest.param(0, True, 0.0, id="a steady line that broke is resumed at once"),
    pytest.param(0, False, 5.0, id="a new session waits for Discord's limit"),
    pytest.param(1, True, 1.0, id="then a second"),
    pytest.param(4, True, 8.0, id="then twice as long each time"),
    pytest.param(4, False, 8.0, id="a new session too"),
    pytest.param(400, True, 120.0, id="never longer than two minutes"),
])
def test_the_pause(failures: int, seconds: float, *, resumes: bool) -> None:
    assert pause(failures, resumes=resumes) == seconds


async def _nobody(_: object) -> None:
    return
