"""Many small changes in few transactions: whoever comes while one commits goes into the next.

Theory. A commit on SQLite waits for the disk, a few milliseconds; alone it would bound how many messages a
second can be acknowledged. Nothing is delayed on purpose: with one change at a time each has its own commit,
at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.clock import Clock
from bot.errors import StorageError
from bot.storage.engine import Database, Tx

log = structlog.get_logger(__name__)

Change = Callable[[Tx], Awaitable[None]]
_Waiting = tuple[Change, asyncio.Future[None]]
RETRY_SECONDS = 1.0                   # a full disk: what was sent must be noted as soon as there is room
TOGETHER = 200                        # changes in one transaction: some 50 ms, the longest that one may wait


class SharedCommits:
    """Writes changes in the order in which they came."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._queue: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, change: Change) -> None:
        """Returns when `change` is committed. While the database refuses, it is tried again."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((change, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        await done

    async def _write_all(self) -> None:
        while self._queue:
            batch, self._queue = self._queue[:TOGETHER], self._queue[TOGETHER:]
            while (error := await self._commit(batch)) is not None:
                if isinstance(error, StorageError):
                    log.warning("the database takes no changes", problem=str(error), waiting=len(batch))
                    await self._clock.sleep(RETRY_SECONDS)
                elif len(batch) > 1:
                    batch, self._queue = batch[:1], [*batch[1:], *self._queue]   # which of them was it?
                else:
                    break
            for _, done in batch:
                if done.done():
                    continue          # who waited for it is gone
                if error is None:
                    done.set_result(None)
                else:
                    done.set_exception(error)

    async def _commit(self, batch: list[_Waiting]) -> BaseException | None:
        """What went wrong, if anything: a wrong change must not take the others with it."""
        async def commit() -> None:
            async with self._database.writing() as tx:
                for change, _ in batch:
                    await change(tx)

        return (await asyncio.gather(commit(), return_exceptions=True))[0]
