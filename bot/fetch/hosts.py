"""One request at a time for a host, and a gap between: a source has no reason to block us."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.clock import Clock

GAP = 2.0  # seconds between two requests to one host; public previews stand 60 at this pace
LONGEST_HOLD = 86_400.0  # seconds: a day, however long the host wants
SWEEP_AT = 1_000  # hosts remembered before those at rest are dropped


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    free_at: float = 0.0  # monotonic: the next request may start
    held_until: float = 0.0  # monotonic: the host wants to be left alone


def wait_for_turn(now: float, free_at: float) -> float:
    """Seconds until the next request to the host may start."""
    return max(0.0, free_at - now)


class HostGate:
    """Lets callers through, one at a time for each host."""

    def __init__(self, clock: Clock, gap: float = GAP) -> None:
        self._clock = clock
        self._gap = gap
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Wait for this host's turn; the gap to the next one starts when the block is left."""
        host = self._host(name)
        host.waiting += 1
        try:
            async with host.lock:
                if wait := wait_for_turn(self._clock.monotonic(), host.free_at):
                    await self._clock.sleep(wait)
                try:
                    yield
                finally:
                    host.free_at = self._clock.monotonic() + self._gap
        finally:
            host.waiting -= 1

    def hold(self, name: str, seconds: float) -> None:
        """Remember that the host wants to be left alone."""
        until = self._clock.monotonic() + min(seconds, LONGEST_HOLD)
        host = self._host(name)
        host.held_until = max(host.held_until, until)

    def held_for(self, name: str) -> float:
        """Seconds that the host still wants to be left alone; 0 for none."""
        host = self._hosts.get(name)
        return max(0.0, host.held_until - self._clock.monotonic()) if host else 0.0

    def _host(self, name: str) -> _Host:
        if len(self._hosts) > SWEEP_AT and name not in self._hosts:
            now = self._clock.monotonic()
            self._hosts = {
                known: host
                for known, host in self._hosts.items()
                if host.waiting or host.free_at > now or host.held_until > now
            }
        return self._hosts.setdefault(name, _Host())
