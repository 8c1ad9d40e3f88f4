"""The gateway connection: opened, and opened again, until cancelled.

discord.py's own `Client.connect` sleeps on the machine's clock, ends in an AttributeError when the very first
connection fails, and writes a traceback for each attempt of an outage; here is its loop, over its sockets.
(discord.com/developers/docs/events/gateway)
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from bot.clock import Clock
from bot.errors import SendError

log = logging.getLogger(__name__)

HELLO_WITHIN = 60.0       # seconds for connecting and identifying
STEADY_AFTER = 60.0       # seconds: a connection that lived so long was a good one
LONGEST_PAUSE = 120.0     # seconds: 720 connections a day at most, Discord allows 1,000 identifications
BETWEEN_IDENTIFIES = 5.0  # seconds: Discord's own limit

FATAL: dict[int, str] = {
    4004: "the token is refused",
    4010: "an invalid shard",
    4011: "so many servers that sharding is required",
    4012: "an invalid version of the API",
    4013: "invalid intents",
    4014: "intents that this bot was not granted",
}

_PASSING = (OSError, TimeoutError, aiohttp.ClientError, discord.GatewayNotFound, discord.ConnectionClosed)


async def stay_connected(client: discord.Client, clock: Clock) -> None:
    """Never returns. Raises SendError when Discord says that trying again cannot help."""
    session: dict[str, Any] = {}
    failures = 0
    while True:
        began = clock.monotonic()
        try:
            await _attend(client, session)
        except ReconnectWebSocket as asked:
            session = _resumable(client) if asked.resume else {}
        except _PASSING as error:
            _raise_if_fatal(error)
            session = _resumable(client) if client.ws is not None else {}
            log.warning("the Discord gateway is away: %s", type(error).__name__)
        failures = 0 if clock.monotonic() - began >= STEADY_AFTER else failures + 1
        await clock.sleep(pause(failures, resumes=bool(session)))


def pause(failures: int, *, resumes: bool) -> float:
    """Seconds before the next connection, after so many short-lived ones in a row."""
    backoff = min(LONGEST_PAUSE, 2.0 ** (failures - 1)) if failures else 0.0
    return backoff if resumes else max(BETWEEN_IDENTIFIES, backoff)


def redirect(client: discord.Client, gateway_url: str) -> None:
    """Let this client's sockets go to `gateway_url`, or where the API says when it is empty.

    discord.py has one gateway address for the whole process. A resumed session goes where its READY said.
    """
    connect: Callable[..., Awaitable[Any]] = client.http.ws_connect

    async def connect_there(url: str, *, compress: int = 0) -> Any:
        asked = yarl.URL(url)
        if gateway_url:
            asked = yarl.URL(gateway_url).with_query(asked.query)
        elif asked.host == DiscordWebSocket.DEFAULT_GATEWAY.host:
            asked = yarl.URL(await _ask_gateway(client)).with_query(asked.query)
        return await connect(str(asked), compress=compress)

    client.http.ws_connect = connect_there  # type: ignore[method-assign]


async def _ask_gateway(client: discord.Client) -> str:
    try:
        _, url, _ = await client.http.get_bot_gateway()
    except SendError as error:
        if error.unauthorised:
            raise
        raise discord.GatewayNotFound from error
    return url


async def _attend(client: discord.Client, session: dict[str, Any]) -> None:
    # `initial`: without it discord.py sleeps five seconds before identifying; our pause has done that
    opening = DiscordWebSocket.from_client(client, initial=True, resume=bool(session), **session)
    client.ws = await asyncio.wait_for(opening, HELLO_WITHIN)
    while True:
        await client.ws.poll_event()


def _resumable(client: discord.Client) -> dict[str, Any]:
    socket = client.ws
    if socket is None or socket.session_id is None:
        return {}
    return {"session": socket.session_id, "sequence": socket.sequence, "gateway": socket.gateway}


def _raise_if_fatal(error: BaseException) -> None:
    code = error.code if isinstance(error, discord.ConnectionClosed) else None
    if code in FATAL:
        raise SendError(
            f"the Discord gateway: {FATAL[code]} ({code})",
            certainly_not_sent=True, permanent=True, unauthorised=code == 4004,
        ) from error
