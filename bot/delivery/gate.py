"""Where messages to one platform wait for their turn: the limits, with a clock and with those who wait.

Answers to commands pass first, then the most pressing; among equals who came first. Who has to wait for its
own chat is passed by the others. Nothing here knows what a message is.
"""

from __future__ import annotations

import asyncio
import bisect
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from bot.chat.command import Heard, Listener
from bot.chat.message import Message, Receipt
from bot.chat.place import ChatKind, ChatRef
from bot.clock import Clock
from bot.delivery.limits import Limits, Ticket
from bot.errors import SendError

ANSWER = -1                           # rank: before any DeliveryClass


class HeldError(SendError):
    """Nothing was tried: the platform wants the whole bot to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            "held by a refusal", certainly_not_sent=True, retry_after=seconds, whole_bot=True
        )


@dataclass(slots=True, order=True)
class _Waiting:
    rank: int
    number: int
    place: ChatRef = field(compare=False)
    kind: ChatKind = field(compare=False)
    turn: asyncio.Future[Ticket] = field(compare=False)

    @property
    def answer(self) -> bool:
        return self.rank == ANSWER


class Gate:
    """One platform's. Everything that is sent there passes it, so that no window is ever exceeded."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self.limits = limits
        self._clock = clock
        self._waiting: list[_Waiting] = []           # in the order in which they may pass
        self._numbers = itertools.count()
        self._news = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def passing(self, place: ChatRef, kind: ChatKind, rank: int) -> AsyncIterator[None]:
        """Wait for the turn, then send inside; the end tells the limits that the platform answered."""
        ticket = await self._turn(place, kind, rank)
        try:
            yield
        finally:
            self.limits.answered(ticket, self._clock.monotonic())

    def told_to_wait(self, place: ChatRef, error: SendError) -> None:
        """A refusal that named a time: for the whole bot where the platform says so, else for the place. When
        it is the whole bot, those who wait here for a turn get HeldError: it can be hours."""
        if error.retry_after is None:
            return
        self.limits.told_to_wait(
            None if error.whole_bot else place, error.retry_after, self._clock.monotonic()
        )
        if error.whole_bot:
            for waiting in self._waiting:
                waiting.turn.set_exception(HeldError(error.retry_after))
            self._waiting.clear()

    def seconds_until(self, place: ChatRef) -> float:
        """How long this place itself has to wait at least, whatever the others."""
        now = self._clock.monotonic()
        return self.limits.place_ready_at(place, now) - now

    async def _turn(self, place: ChatRef, kind: ChatKind, rank: int) -> Ticket:
        turn: asyncio.Future[Ticket] = asyncio.get_running_loop().create_future()
        waiting = _Waiting(rank, next(self._numbers), place, kind, turn)
        bisect.insort(self._waiting, waiting)
        self._news.set()
        if self._keeper is None or self._keeper.done():
            self._keeper = asyncio.create_task(self._keep())
        try:
            return await turn
        except asyncio.CancelledError:
            self._leave(waiting)
            raise

    def _leave(self, waiting: _Waiting) -> None:
        if waiting in self._waiting:
            self._waiting.remove(waiting)
        elif waiting.turn.done() and not waiting.turn.cancelled() and waiting.turn.exception() is None:
            self.limits.answered(waiting.turn.result(), self._clock.monotonic())

    async def _keep(self) -> None:
        """Let them through, as long as anybody waits."""
        while self._waiting:
            now = self._clock.monotonic()
            chosen, ready = self._choose(now)
            if chosen is not None:
                self._waiting.remove(chosen)
                if chosen.turn.done():
                    continue
                ticket = self.limits.took(chosen.place, chosen.kind, now, answer=chosen.answer)
                chosen.turn.set_result(ticket)
            else:
                await self._wait(ready - now)

    def _choose(self, now: float) -> tuple[_Waiting | None, float]:
        """The first who may pass, else when the next can."""
        earliest = now + 3600.0
        bot_ready = {answer: self.limits.bot_ready_at(now, answer=answer) for answer in (False, True)}
        for waiting in self._waiting:
            ready = bot_ready[waiting.answer]
            if ready <= now:
                ready = self.limits.place_ready_at(waiting.place, now, answer=waiting.answer)
                if ready <= now:
                    return waiting, now
            elif not waiting.answer:
                return None, min(earliest, ready)      # all behind it are held by the same
            earliest = min(earliest, ready)
        return None, earliest

    async def _wait(self, seconds: float) -> None:
        """Until then, or until somebody comes who may be allowed more."""
        self._news.clear()
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        hearing = asyncio.ensure_future(self._news.wait())
        try:
            await asyncio.wait({sleeping, hearing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            hearing.cancel()


@dataclass(frozen=True, slots=True)
class _GatedReply:
    """`bot.chat.command.Reply` that waits for its turn."""

    gate: Gate
    heard: Heard

    async def __call__(self, message: Message, *, only_sender: bool = False) -> Receipt | None:
        heard = self.heard
        async with self.gate.passing(heard.place, heard.kind, ANSWER):
            try:
                return await heard.reply(message, only_sender=only_sender)
            except SendError as error:
                self.gate.told_to_wait(heard.place, error)
                raise


def through(gate: Gate, listener: Listener) -> Listener:
    """`listener`, whose answers go through the gate: what an adapter is given to call."""

    async def hear(heard: Heard) -> None:
        await listener(replace(heard, reply=_GatedReply(gate, heard)))

    return hear
