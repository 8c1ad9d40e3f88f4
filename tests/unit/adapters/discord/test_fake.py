"""The fake itself: it must say no where Discord does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_gateway import PRIVILEGED
from tests.fakes.discord_rules import SPECIFICATION, message_problems
from tests.fakes.discord_world import APPLICATION


class Client:
    """Plain HTTP, as impolite as the test wants it."""

    def __init__(self, discord: FakeDiscord, session: aiohttp.ClientSession) -> None:
        self.discord, self._session = discord, session

    async def ask(self, method: str, path: str, body: Any = None, *, token: str | None = None
                  ) -> tuple[int, Any, Any]:
        headers = {"Authorization": f"Bot {token or self.discord.token}", "User-Agent": "DiscordBot (x, 1)"}
        async with self._session.request(method, f"{self.discord.api_url}/{path}", json=body, headers=headers
                                         ) as answer:
            content = await answer.text()
            return answer.status, (await answer.json() if content.startswith(("{", "[")) else content), answer.headers


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with FakeDiscord(clock=FakeClock()) as discord, aiohttp.ClientSession() as session:
        yield Client(discord, session)


async def test_the_fifty_first_request_of_a_second_is_refused_for_the_whole_bot(client: Client) -> None:
    for _ in range(50):
        assert (await client.ask("GET", "users/@me"))[0] == 200

    status, body, headers = await client.ask("GET", "users/@me")

    assert (status, body["global"], body["retry_after"]) == (429, True, 1.0)
    assert headers["X-RateLimit-Scope"] == "global"
    assert headers["Via"]


async def test_the_sixth_message_in_five_seconds_is_refused_for_this_channel(client: Client) -> None:
    guild = client.discord.add_guild()
    first, other = client.discord.add_channel(guild), client.discord.add_channel(guild)
    left = []
    for _ in range(5):
        _, _, headers = await client.ask("POST", f"channels/{first}/messages", {"content": "x"})
        left.append(headers["X-RateLimit-Remaining"])

    status, body, headers = await client.ask("POST", f"channels/{first}/messages", {"content": "x"})

    assert left == ["4", "3", "2", "1", "0"]
    assert (status, body["global"], body["retry_after"]) == (429, False, 5.0)
    assert (await client.ask("POST", f"channels/{other}/messages", {"content": "x"}))[0] == 200


async def test_ten_thousand_refused_requests_are_a_ban(client: Client) -> None:
    for _ in range(10_000):
        client.discord._limits.note_refusal(403, {})

    status, body, headers = await client.ask("GET", "users/@me")

    assert (status, headers.get("Via")) == (429, None)
    assert body.startswith("<html>")


async def test_a_wrong_token_is_refused(client: Client) -> None:
    assert (await client.ask("GET", "users/@me", token="another"))[0] == 401


@pytest.mark.parametrize(("body", "field"), [
    pytest.param({"content": "x" * 2001}, "content", id="2,001 characters"),
    pytest.param({"content": "x", "nonce": "n" * 26}, "nonce", id="a nonce of 26"),
    pytest.param({"content": "x", "flags": 1 << 1}, "flags", id="a flag that is not a bot's to set"),
    pytest.param({"content": "x", "components": [{"type": 1, "components": []}]}, "components", id="an empty row"),
    pytest.param({"content": "x", "components": [{"type": 1, "components": [
        {"type": 2, "style": 2, "label": "l", "custom_id": "c" * 101}]}]}, "components", id="a custom_id of 101"),
    pytest.param({"content": "x", "components": [{"type": 1, "components": [
        {"type": 2, "style": 2, "label": "l", "custom_id": "c"}] * 2}]}, "components", id="one custom_id twice"),
    pytest.param({"content": "x", "allowed_mentions": {"parse": ["all"]}}, "allowed_mentions", id="a wrong mention"),
])
def test_a_message_that_breaks_the_rules_is_refused(body: dict[str, Any], field: str) -> None:
    assert list(message_problems(body)) == [field]


@pytest.mark.skipif(not SPECIFICATION.exists(), reason="no Discord specification beside the checkout")
async def test_the_specification_is_asked_too(client: Client) -> None:
    channel = client.discord.add_channel(client.discord.add_guild())

    status, body, _ = await client.ask("POST", f"channels/{channel}/messages", {"content": "x", "tts": "loud"})

    assert (status, body["code"]) == (400, 50035)


@pytest.mark.parametrize("command", [
    pytest.param({"name": "Latest", "description": "x"}, id="a capital letter"),
    pytest.param({"name": "latest", "description": ""}, id="no description"),
    pytest.param({"name": "latest", "description": "x", "description_localizations": {"be": "x"}}, id="no such locale"),
    pytest.param({"name": "latest", "description": "x", "options": [
        {"type": 3, "name": "a", "description": "x"},
        {"type": 3, "name": "b", "description": "x", "required": True}]}, id="a required option behind another"),
])
async def test_a_command_that_breaks_the_rules_is_refused(client: Client, command: dict[str, Any]) -> None:
    status, body, _ = await client.ask("PUT", f"applications/{APPLICATION}/commands", [command])

    assert (status, body["code"]) == (400, 50035)


@pytest.mark.parametrize(("token", "intents", "code"), [
    ("another", 1, 4004), (None, 1 << 40, 4013), (None, PRIVILEGED, 4014),
])
async def test_the_gateway_closes_on_those_who_may_not_come(
    client: Client, token: str | None, intents: int, code: int
) -> None:
    url = client.discord.gateway_url + "?v=10&encoding=json"
    async with client._session.ws_connect(url) as socket:
        assert (await socket.receive_json())["op"] == 10
        await socket.send_json({"op": 2, "d": {"token": token or client.discord.token, "intents": intents}})
        await socket.receive()

    assert socket.close_code == code


async def test_an_interaction_is_answered_within_three_seconds_and_once(client: Client) -> None:
    discord = client.discord
    channel = discord.add_channel(discord.add_guild())
    await client.ask("PUT", f"applications/{APPLICATION}/commands", [{"name": "latest", "description": "x"}])
    answer = {"type": 4, "data": {"content": "x"}}

    late = await discord.person_uses(channel, 7, 0, "latest")
    late.at -= 3.5
    once = await discord.person_uses(channel, 7, 0, "latest")
    paths = [f"interactions/{known.id}/{known.token}/callback" for known in (late, once, once)]
    answers = [await client.ask("POST", path, answer) for path in paths]

    assert [(status, body and body["code"]) for status, body, _ in answers] == [
        (404, 10062), (204, ""), (400, 40060)]


async def test_people_can_only_use_what_is_registered_and_fits(client: Client) -> None:
    channel = client.discord.add_channel(client.discord.add_guild())
    await client.ask("PUT", f"applications/{APPLICATION}/commands", [
        {"name": "latest", "description": "x", "contexts": [0],
         "options": [{"type": 4, "name": "n", "description": "x"}]}])

    for place, name, options in ((channel, "event", {}), (channel, "latest", {"n": "three"}),
                                 (channel, "latest", {"m": 3}), (client.discord.open_dm(7), "latest", {})):
        with pytest.raises(AssertionError):
            await client.discord.person_uses(place, 7, 0, name, options)
