"""How many messages a second the Discord adapter sends, over its own requests and over discord.py's.

    python -m tests.bench.discord_sends [messages] [at once]

The server is another process that answers at once and checks nothing, so that the figure is the client's. Each
message goes to a channel of its own.
"""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import sys
import time
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection

import discord
from aiohttp import web
from discord.http import Route, handle_message_parameters

from adapters.discord.adapter import DiscordAdapter
from adapters.discord.options import DiscordOptions
from adapters.discord.render import render
from bot.chat.message import Message, Paragraph, Span
from bot.chat.place import ChatRef
from bot.clock import SystemClock
from tests.fakes.discord_world import application, me

TOKEN = "not-a-real-token.of-a-fake.discord-server"
HEADERS = {"Via": "1.1 google", "X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "4",
           "X-RateLimit-Reset-After": "5.000", "X-RateLimit-Reset": "1900000000.000", "X-RateLimit-Bucket": "80c17d2f"}
ALERT = Message(
    paragraphs=(
        Paragraph((Span("Release", bold=True), Span(" · 52 freed"))),
        Paragraph((Span("About 1,200 still held (Viasna, 11 September)"),)),
        Paragraph((Span("3 owners: Reuters, Viasna, LRT · first 14:05"),)),
        Paragraph((Span("“Belarus frees 52 …” Reuters, en  "), Span("https://example.org/1", link=True)), quote=True),
        Paragraph((Span("Event 7f3k"),)),
    )
)


def serve(ready: Connection) -> None:
    numbers = itertools.count(1)

    async def who(request: web.Request) -> web.Response:
        return _json(application() if "applications" in request.path else me())

    async def take(request: web.Request) -> web.Response:
        body = await request.json()
        return _json({"id": str(next(numbers)), "content": body["content"]})

    async def run() -> None:
        app = web.Application()
        app.router.add_get("/{path:.*}", who)
        app.router.add_post("/channels/{channel}/messages", take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
        ready.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(run())


def _json(body: dict[str, object]) -> web.Response:
    return web.Response(body=discord.utils._to_json(body).encode(), headers=HEADERS, content_type="application/json")


async def measure(send: Callable[[int], Awaitable[object]], messages: int, at_once: int) -> tuple[float, float]:
    """Messages a second, and milliseconds of this process's CPU for each."""
    numbers = iter(range(1, messages + 1))

    async def lane() -> None:
        for number in numbers:
            await send(number)

    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(lane() for _ in range(at_once)))
    took, used = time.perf_counter() - began, time.process_time() - cpu
    return messages / took, used / messages * 1000


async def compare(port: int, messages: int, at_once: int) -> None:
    address = f"http://127.0.0.1:{port}"
    adapter = DiscordAdapter(DiscordOptions.model_validate({"token": TOKEN, "api_url": address}), SystemClock())
    await adapter.connect()
    Route.BASE = address
    client = discord.Client(intents=discord.Intents(guilds=True))
    await client.login(TOKEN)

    async def over_wire(number: int) -> object:
        return await adapter.send(ChatRef("discord", str(number)), ALERT, nonce=str(number))

    async def over_library(number: int) -> object:
        params = handle_message_parameters(render(ALERT)[0], nonce=str(number))
        return await client.http.send_message(messages + number, params=params)

    for name, send in (("our requests", over_wire), ("discord.py's", over_library)):
        rate, cpu = await measure(send, messages, at_once)
        sys.stdout.write(f"{name:14} {rate:7.0f} messages a second  {cpu:5.2f} ms CPU each\n")
    await client.close()
    await adapter.close()


def main(messages: int = 5000, at_once: int = 100) -> None:
    mine, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    try:
        asyncio.run(compare(mine.recv(), messages, at_once))
    finally:
        server.terminate()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
