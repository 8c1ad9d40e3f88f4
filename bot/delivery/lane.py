"""One platform's part of the outbox: it claims what may be sent soon and sees each claim through in its own
task.

Claimed is for half a second ahead, so that little is lost when the process dies and what is more pressing
passes soon. One task a chat: within a chat messages are serial, across chats parallel, and a chat that hangs
holds up nobody but itself.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.delivery.claims import Claimed, read_claims
from bot.delivery.sending import HOLD, Sender
from bot.model import Delivery
from bot.storage import deliveries, leases
from bot.storage.engine import Tx

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=15)         # how long a successor waits when this process dies without a word
RENEW = timedelta(seconds=10)         # renewed when less is left
AHEAD_SECONDS = 0.5
LEAST_AHEAD, MOST_AHEAD = 10, 500     # claims that wait for their turn
MOST_FLYING = 500                     # calls under way: at 30 a second, answers that take 15 s each
PATIENCE = 2.0                        # seconds that a claim may wait for its own chat; beyond, it is put back


@dataclass(frozen=True, slots=True)
class _InHand:
    claimed: Claimed
    task: asyncio.Task[None]


class Lane:
    """One bot on one platform. `lease` names its token, so that two processes never add up to a ban."""

    def __init__(self, sender: Sender, *, lease: str) -> None:
        self.sender = sender
        self._lease = lease
        self._leased_until: datetime | None = None
        self._in_hand: dict[int, _InHand] = {}       # by chat
        self._stopping = False

    @property
    def in_hand(self) -> int:
        """Claims that are not seen through yet."""
        return len(self._in_hand)

    async def step(self) -> bool:
        """Claim what may be sent soon; whether there was any. What broke in a claim is raised here."""
        self._reap()
        if self.sender.stopped or self._stopping or not await self._is_only_sender():
            return False
        claimed = await self._claim(self._room())
        now = self.sender.clock.now()
        for one in await read_claims(self.sender.database, self.sender.keyring, claimed, now):
            await self._start(one)
        return bool(claimed)

    async def stop(self, seconds: float) -> None:
        """Finish what is in hand within so long; the rest stays owed. Lets go of the lease."""
        self._stopping = True
        tasks = [hand.task for hand in self._in_hand.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        left = [hand for hand in self._in_hand.values() if not hand.task.done()]
        waiting = [hand.claimed for hand in left if hand.claimed.chat.id not in self.sender.flying]
        for hand in left:
            hand.task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with self.sender.database.writing() as tx:
            for one in waiting:
                await self._put_back(tx, one.delivery, self.sender.clock.now())
            await leases.release(tx, self._lease, self.sender.holder)
        log.info("lane stopped", platform=self.sender.adapter.name, unfinished=len(left))

    def _room(self) -> int:
        """How many more to claim; none while only a few would fit, for they cost as much as many."""
        now = self.sender.clock.monotonic()
        if self.sender.gate.limits.bot_ready_at(now) - now > PATIENCE:
            return 0
        per_turn = self.sender.gate.limits.per_second * AHEAD_SECONDS
        ahead = int(max(LEAST_AHEAD, min(MOST_AHEAD, per_turn)))
        flying = len(self.sender.flying)
        room = min(ahead - (len(self._in_hand) - flying), MOST_FLYING - flying)
        return room if room >= ahead // 3 else 0

    async def _claim(self, room: int) -> tuple[Delivery, ...]:
        if room <= 0:
            return ()
        sender, now, platform = self.sender, self.sender.clock.now(), self.sender.adapter.name
        async with sender.database.reading() as tx:
            due = await deliveries.next_due(tx, platform)
        if due is None or due > now:
            return ()
        async with sender.database.writing() as tx:
            claimed = await deliveries.claim(
                tx, sender.keyring, platform=platform, holder=sender.holder, now=now, hold=HOLD, limit=room,
                busy=tuple(self._in_hand),
            )
            first = {one.chat: one for one in reversed(claimed)}
            for one in claimed:
                if first[one.chat] is not one:
                    await self._put_back(tx, one, now)
        return tuple(one for one in claimed if first[one.chat] is one)

    async def _start(self, one: Claimed) -> None:
        sender = self.sender
        wait = sender.gate.seconds_until(one.chat.place)
        if wait > PATIENCE:
            async with sender.database.writing() as tx:
                await self._put_back(tx, one.delivery, sender.clock.now() + timedelta(seconds=wait))
            return
        task = asyncio.create_task(sender.deliver(one))
        self._in_hand[one.chat.id] = _InHand(one, task)

    async def _put_back(self, tx: Tx, one: Delivery, not_before: datetime) -> None:
        """Nothing was tried."""
        await deliveries.put_back(
            tx, one.event, one.chat, self.sender.holder, not_before=not_before, ambiguous=one.ambiguous,
            tried=False,
        )

    def _reap(self) -> None:
        """Forget the claims that are seen through. One that broke stays claimed until its hold runs out, so
        that it breaks no more than once in that time; its error is raised."""
        done = [chat for chat, hand in self._in_hand.items() if hand.task.done()]
        tasks = [self._in_hand.pop(chat).task for chat in done]
        broken = [error for task in tasks if not task.cancelled() and (error := task.exception())]
        if broken:
            raise broken[0]

    async def _is_only_sender(self) -> bool:
        sender, now = self.sender, self.sender.clock.now()
        if self._leased_until is not None and self._leased_until - now > RENEW:
            return True
        had_it = self._leased_until is not None and self._leased_until > now
        async with sender.database.writing() as tx:
            if not await leases.take(tx, self._lease, sender.holder, now, LEASE):
                self._leased_until = None
                return False
            if not had_it:
                await deliveries.recover_orphans(tx, sender.adapter.name, sender.holder, now)
            await deliveries.recover(tx, now)
        self._leased_until = now + LEASE
        return True
