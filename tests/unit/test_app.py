"""The parts put together: what one part breaks, and what the program says of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import app
from bot.errors import SendError, StorageError
from bot.storage import sources
from tests.fakes.clock import FakeClock
from tests.fakes.town import Town, open_town


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, FakeClock()) as made:
        made.opens("herald")
        yield made


async def test_once_tells_when_no_source_could_be_polled(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise StorageError("the disk is full")

    monkeypatch.setattr(sources, "due", fail)
    assert await app.once(town.config(), clock=town.clock) == ("intake failed",)


async def test_once_does_the_rest_when_a_platform_breaks(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(app.House, "answer_waiting", broken)
    failed = await app.once(town.config(), clock=town.clock)
    assert failed == ("discord failed", "telegram failed")
    assert town.web.asked("/feeds/herald")


async def test_a_platform_that_breaks_is_connected_again_and_ends_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await town.start()
    waits: list[float] = []
    worked = iter((0.0, 0.0, 0.0, 4000.0))
    outbox, lanes = house.outbox, dict(house.outbox._lanes)

    async def listen(_: app.House, name: str) -> None:
        seconds = next(worked, None)
        if seconds is None:
            raise SendError("refused", unauthorised=True, certainly_not_sent=True)
        await town.clock.advance(seconds)
        raise ZeroDivisionError

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(app.House, "listen", listen)
    monkeypatch.setattr(town.clock, "sleep", sleep)
    async with asyncio.timeout(10):
        await app._speak(house, "telegram", delivers=True, hears=True)
    assert waits == [1.0, 2.0, 4.0, 1.0]
    assert house.troubles == {"telegram": "refused"}
    assert outbox._lanes == lanes     # what was in hand stays in hand
