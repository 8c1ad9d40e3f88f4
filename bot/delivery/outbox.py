"""The outbox: what is owed leaves, at the platforms' pace. One turn is a slice of planning and a claim a
lane.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Callable, Mapping

from bot.chat.adapter import Adapter, Identity
from bot.clock import Clock
from bot.crypt import Keyring
from bot.delivery.books import Books
from bot.delivery.commits import SharedCommits
from bot.delivery.gate import Gate
from bot.delivery.lane import Lane
from bot.delivery.sending import Rules, Sender, Tally
from bot.delivery.slices import Slices
from bot.storage.engine import Database

SHUTDOWN_SECONDS = 9.0                # of the ten that a stop may take


class Outbox:
    """All lanes of one process. `step` never waits for a platform: sends run in tasks of their own."""

    def __init__(
        self, *, database: Database, keyring: Keyring, clock: Clock, rules: Rules,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self._rules = rules
        self._jitter = jitter
        self._holder = uuid.uuid4().hex
        self._commits = SharedCommits(database, keyring, clock, self._holder)
        self._books = Books(commits=self._commits, keyring=keyring, clock=clock, holder=self._holder)
        self._slices = Slices(database, keyring, clock)
        self._lanes: dict[str, Lane] = {}

    def open_lane(self, adapter: Adapter, identity: Identity, gate: Gate) -> None:
        """Send through this adapter, which is connected as `identity`, from the next step on."""
        sender = Sender(
            adapter=adapter, gate=gate, database=self._database, keyring=self._keyring, books=self._books,
            clock=self._clock, holder=self._holder, rules=self._rules, jitter=self._jitter,
        )
        self._lanes[adapter.name] = Lane(sender, lease=f"send:{adapter.name}:{identity.id}")

    async def step(self) -> bool:
        """One turn; whether another should follow at once. What broke in one lane is raised after the others
        had their turn.
        """
        worked = await self._slices.step()
        turns = await asyncio.gather(*(lane.step() for lane in self._lanes.values()), return_exceptions=True)
        broken = [turn for turn in turns if isinstance(turn, BaseException)]
        if broken:
            raise broken[0]
        return worked or any(turn is True for turn in turns)

    async def drain(self) -> None:
        """Step until nothing is owed now and nothing is in hand: for cron and tests. Messages that wait for a
        later moment stay owed."""
        while await self.step() or self.in_hand:
            await self._clock.sleep(0.01)

    async def stop(self) -> None:
        """Finish what is in hand within ten seconds; the rest stays owed."""
        await asyncio.gather(*(lane.stop(SHUTDOWN_SECONDS) for lane in self._lanes.values()))

    @property
    def in_hand(self) -> int:
        """Messages claimed and not seen through."""
        return sum(lane.in_hand for lane in self._lanes.values())

    @property
    def tallies(self) -> Mapping[str, Tally]:
        """What happened since the start, by platform."""
        return {name: lane.sender.tally for name, lane in self._lanes.items()}

    @property
    def stopped(self) -> Mapping[str, str]:
        """Platforms on which nothing is sent any more, and why."""
        return {name: lane.sender.stopped for name, lane in self._lanes.items() if lane.sender.stopped}
