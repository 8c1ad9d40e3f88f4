"""Time that stands until somebody advances it."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta

START = datetime(2030, 1, 7, 12, 0, tzinfo=UTC)


class FakeClock:
    """A clock whose sleepers wake when `advance` passes their moment, in order."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), wake))
        await wake

    def shift(self, seconds: float) -> None:
        """Move on without letting anybody run: for code that only reads the clock."""
        self._elapsed += seconds
        self._now += timedelta(seconds=seconds)

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass; each sleeper wakes at its own moment and runs before the next."""
        end = self._elapsed + seconds
        while self._sleepers and self._sleepers[0][0] <= end:
            moment, _, wake = heapq.heappop(self._sleepers)
            self.shift(moment - self._elapsed)
            if not wake.done():
                wake.set_result(None)
            for _ in range(20):       # enough turns of the loop for the woken task to reach its next wait
                await asyncio.sleep(0)
        self.shift(end - self._elapsed)
