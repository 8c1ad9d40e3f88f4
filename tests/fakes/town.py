"""A whole Vestka among fake sources, a fake Telegram and a fake Discord, on one fake clock.

A process can be killed: nothing is finished, nothing is let go of, and the next one finds what was written.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from email.utils import format_datetime
from html import escape
from pathlib import Path

from bot.app import House, build_house
from bot.config import Config, load_config
from tests.fakes.clock import FakeClock
from tests.fakes.discord_stage import DiscordStage
from tests.fakes.telegram_stage import TelegramStage
from tests.fakes.web import Answer, FakeWeb

TICK = 0.05           # seconds of fake time between two turns of the outbox
POLLS = 300.0         # seconds between two polls of a source, as the configuration says
PATIENCE = 20.0       # seconds of real time for what should take a few


class Town:
    """`async with open_town(tmp_path)`; sources first, then `start`."""

    def __init__(self, folder: Path, clock: FakeClock, web: FakeWeb) -> None:
        self.clock = clock
        self.web = web
        self.telegram = TelegramStage()
        self.discord = DiscordStage()
        self.house: House | None = None
        self._folder = folder
        self._feeds: dict[str, tuple[str, str, list[tuple[datetime, str, str]]]] = {}
        self._stack: AsyncExitStack | None = None
        self._listening: list[asyncio.Task[None]] = []

    # --- sources ------------------------------------------------------------------------------------

    def opens(self, source: str, *, owner: str = "", language: str = "en", standing: str = "independent") -> None:
        """A source with a feed that tells of the weather."""
        self._feeds[source] = (owner or source, standing, [])
        self.publishes(source, f"Weather by {source}", "Rain is expected in the east.")

    def publishes(self, source: str, title: str, summary: str) -> None:
        """The source's feed has one more entry, dated now."""
        _, _, entries = self._feeds[source]
        entries.insert(0, (self.clock.now(), title, summary))
        items = "".join(
            f"<item><guid>{source}-{len(entries) - place}</guid><title>{escape(title)}</title>"
            f"<link>{self.web.url(f'/{source}/{len(entries) - place}')}</link>"
            f"<description>{escape(summary)}</description><pubDate>{format_datetime(when)}</pubDate></item>"
            for place, (when, title, summary) in enumerate(entries)
        )
        body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{source}</title>{items}</channel></rss>'
        self.web.serve(f"/feeds/{source}", Answer(body=body.encode()))

    def config(self, *, database: str = "sqlite:///vestka.db") -> Config:
        """As a maintainer would write it."""
        tables = "".join(
            f'[[source]]\nid = "{name}"\nname = "{name.title()}"\nkind = "feed"\n'
            f'url = "{self.web.url(f"/feeds/{name}")}"\nowner = "{owner}"\nstanding = "{standing}"\n'
            for name, (owner, standing, _) in self._feeds.items()
        )
        path = self._folder / "config.toml"
        path.write_text(
            f'[database]\nurl = "{database}"\n[catalogue]\nenabled = false\n[web]\nport = 0\n'
            f'[poll]\nevery = "5m"\nadaptive = false\nallow_hosts = ["{self.web.host}"]\n'
            f'[adapters.telegram]\ntoken = "{self.telegram.token}"\napi_url = "{self.telegram.telegram.url}"\n'
            f'[adapters.discord]\ntoken = "{self.discord.token}"\napi_url = "{self.discord.discord.api_url}"\n'
            f'gateway_url = "{self.discord.discord.gateway_url}"\n{tables}',
            encoding="utf-8",
        )
        return load_config(path, {})

    # --- the process --------------------------------------------------------------------------------

    async def start(self) -> House:
        """A process starts: everything connected, people heard."""
        self._stack = AsyncExitStack()
        self.house = house = await self._stack.enter_async_context(build_house(self.config(), clock=self.clock))
        await house.pipeline.enrol()
        for name in house.adapters:
            await house.connect(name)
            self._listening.append(asyncio.create_task(house.listen(name)))
        return house

    async def kill(self) -> None:
        """The process is gone in this moment: no message is finished, no lease is given back."""
        assert self._stack is not None
        assert self.house is not None
        outbox = self.house.outbox
        in_hand = (hand.task for lane in outbox._lanes.values() for hand in lane._in_hand.values())
        at_work = [*self._listening, *in_hand]
        for task in at_work:
            task.cancel()
        await asyncio.gather(*at_work, return_exceptions=True)
        if outbox._commits._writing is not None:
            # A dead process holds no lock; a transaction cut off inside this one would go on holding its own.
            await outbox._commits._writing
        self._listening.clear()
        await self._stack.aclose()
        self.house = None

    async def close(self) -> None:
        """The process stops as it should."""
        if self.house is not None:
            await self.house.outbox.stop()
            await self.kill()

    # --- time ---------------------------------------------------------------------------------------

    async def until(self, done: Callable[[], bool]) -> None:
        """Let time pass and messages go until `done`."""
        async with asyncio.timeout(PATIENCE):
            while not done():
                await self._turn()

    async def passes(self, seconds: float) -> None:
        """Let so much time pass; everything that is due is polled and everything that is owed goes."""
        assert self.house is not None
        end = self.clock.monotonic() + seconds
        while self.clock.monotonic() < end:
            await self.house.pipeline.step()
            await self.settles()
            await self.clock.advance(min(POLLS, end - self.clock.monotonic()))
        await self.house.pipeline.step()
        await self.settles()

    async def settles(self) -> None:
        """Messages go until nothing is owed now."""
        assert self.house is not None
        async with asyncio.timeout(PATIENCE):
            while await self.house.outbox.step() or self.house.outbox.in_hand:
                await self._turn()

    async def _turn(self) -> None:
        if self.house is not None:
            await self.house.outbox.step()
        await self.clock.advance(TICK)
        await asyncio.sleep(0.002)       # the network's own work takes real time


@asynccontextmanager
async def open_town(folder: Path, clock: FakeClock) -> AsyncIterator[Town]:
    """Fake platforms and a web server, at work; no process yet."""
    async with FakeWeb() as web:
        town = Town(folder, clock, web)
        await town.telegram.start()
        await town.discord.start()
        try:
            yield town
        finally:
            await town.close()
            await town.discord.stop()
            await town.telegram.stop()
