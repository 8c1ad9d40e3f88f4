"""How many messages a second the Telegram adapter sends, over its own HTTP and over the library's.

    python -m tests.bench.telegram_sends [messages] [at once]

The server is another process that answers at once and checks nothing, so that the figure is the client's.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
import time
from multiprocessing.connection import Connection

from aiohttp import web
from telegram import Bot
from telegram.request import BaseRequest, HTTPXRequest

from adapters.telegram.adapter import CONNECTIONS
from adapters.telegram.render import render
from adapters.telegram.request import AiohttpRequest
from bot.chat.message import Message, Paragraph, Span

TOKEN = "700000001:" + "not-a-real-token-" * 2
ANSWER = {"ok": True, "result": {"message_id": 1, "date": 1_900_000_000, "text": "x",
                                 "chat": {"id": 1, "type": "private", "first_name": "x"}}}
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
    async def answer(_: web.Request) -> web.Response:
        return web.json_response(ANSWER)

    async def run() -> None:
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
        ready.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(run())


async def measure(request: BaseRequest, port: int, messages: int, at_once: int) -> tuple[float, float]:
    """Messages a second, and milliseconds of this process's CPU for each."""
    bot = Bot(TOKEN, base_url=f"http://127.0.0.1:{port}/bot", request=request)
    await request.initialize()
    numbers = iter(range(messages))

    async def lane() -> None:
        for number in numbers:
            text = render(ALERT)
            await bot.send_message(number + 1, text.text, entities=text.entities())

    await bot.send_message(1, "warm")
    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(lane() for _ in range(at_once)))
    took, used = time.perf_counter() - began, time.process_time() - cpu
    await request.shutdown()
    return messages / took, used / messages * 1000


async def compare(port: int, messages: int, at_once: int) -> None:
    requests: dict[str, BaseRequest] = {
        "over aiohttp": AiohttpRequest(connections=CONNECTIONS),
        "over httpx": HTTPXRequest(connection_pool_size=CONNECTIONS, pool_timeout=60),
    }
    for name, request in requests.items():
        rate, cpu = await measure(request, port, messages, at_once)
        sys.stdout.write(f"{name:14} {rate:7.0f} messages a second  {cpu:5.2f} ms CPU each\n")


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
