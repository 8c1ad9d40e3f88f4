"""Many small changes in few transactions: whoever comes while one commits goes into the next.

Theory. A commit on SQLite waits for the disk, a few milliseconds; alone it would bound how many messages a
second can be acknowledged. Nothing is delayed on purpose: with one change at a time each has its own commit,
at once. Of one delivery there is never more than one change at a time, so within a transaction their order is
free and those of a kind are one statement.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from bot.clock import Clock
from bot.crypt import Keyring
from bot.errors import StorageError
from bot.storage import deliveries
from bot.storage.deliveries import Sent
from bot.storage.engine import Database, Tx

log = structlog.get_logger(__name__)

Claim = tuple[str, int]               # event, chat
Change = Callable[[Tx], Awaitable[None]]
RETRY_SECONDS = 1.0                   # a full disk: what was sent must be noted as soon as there is room
TOGETHER = 200                        # changes in one transaction: some 50 ms, the longest that one may wait


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """What somebody wants written; `done` gets the claims that began."""

    done: asyncio.Future[frozenset[Claim]]
    begins: tuple[Claim, ...] = ()
    sent: tuple[Sent, ...] = ()
    change: Change | None = None


class SharedCommits:
    """Writes what becomes of the claims of one holder."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock, holder: str) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self._holder = holder
        self._queue: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def begin(self, claims: Sequence[Claim]) -> frozenset[Claim]:
        """The calls for these are about to be made; those that may be."""
        return await self._wait(_Waiting(done=_future(), begins=tuple(claims)))

    async def sent(self, accepted: Sequence[Sent]) -> None:
        """The platform took these."""
        await self._wait(_Waiting(done=_future(), sent=tuple(accepted)))

    async def write(self, change: Change) -> None:
        """Any other change."""
        await self._wait(_Waiting(done=_future(), change=change))

    async def _wait(self, waiting: _Waiting) -> frozenset[Claim]:
        """Returns when it is committed. While the database refuses, it is tried again."""
        self._queue.append(waiting)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        return await waiting.done

    async def _write_all(self) -> None:
        while self._queue:
            batch, self._queue = self._queue[:TOGETHER], self._queue[TOGETHER:]
            result = await self._try(batch)
            if isinstance(result, StorageError):
                log.warning("the database takes no changes", problem=str(result), waiting=len(batch))
                await self._clock.sleep(RETRY_SECONDS)
            if isinstance(result, BaseException) and len(batch) > 1:
                for waiting in batch:         # which of them was it?
                    await self._write_alone(waiting)
            elif isinstance(result, StorageError):
                self._queue += batch
            else:
                _tell(batch, result)

    async def _write_alone(self, waiting: _Waiting) -> None:
        result = await self._try([waiting])
        if isinstance(result, StorageError):
            self._queue.append(waiting)
        else:
            _tell([waiting], result)

    async def _try(self, batch: Sequence[_Waiting]) -> frozenset[Claim] | BaseException:
        """The claims that began, or what went wrong: a wrong change must not take the others with it."""
        return (await asyncio.gather(self._commit(batch), return_exceptions=True))[0]

    async def _commit(self, batch: Sequence[_Waiting]) -> frozenset[Claim]:
        begins = [claim for waiting in batch for claim in waiting.begins]
        accepted = [one for waiting in batch for one in waiting.sent]
        async with self._database.writing() as tx:
            begun = await deliveries.begin(tx, begins, self._holder) if begins else frozenset()
            await deliveries.sent(tx, self._keyring, accepted, self._holder)
            for waiting in batch:
                if waiting.change is not None:
                    await waiting.change(tx)
        return begun


def _future() -> asyncio.Future[frozenset[Claim]]:
    return asyncio.get_running_loop().create_future()


def _tell(batch: Sequence[_Waiting], result: frozenset[Claim] | BaseException) -> None:
    for waiting in batch:
        if waiting.done.done():
            continue                  # who waited for it is gone
        if isinstance(result, BaseException):
            waiting.done.set_exception(result)
        else:
            waiting.done.set_result(result.intersection(waiting.begins))
