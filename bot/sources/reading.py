"""Reading pages without holding anything up: each in a process of its own, with a limit on its time.

A process that exceeds the limit is ended and replaced; the others and their pages are not touched.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from typing import cast

from bot.errors import ReadError
from bot.model import Page, Source
from bot.sources.kind import Memory, Reading, SourceKind
from bot.sources.worker import Job, Refusal, write_frame

WORKERS = 2  # 27 ms for a feed of 50 entries: 70 feeds a second
TIME_LIMIT = 5.0  # seconds for a page; the longest feeds take one
START = "from bot.sources.worker import main; main()"


class Reader:
    """Reads pages in up to `workers` processes, started when needed; close it by leaving `async with`."""

    def __init__(self, *, workers: int = WORKERS, time_limit: float = TIME_LIMIT) -> None:
        self._time_limit = time_limit
        self._slots = asyncio.Semaphore(workers)
        self._idle: list[Process] = []
        self._all: set[Process] = set()

    async def __aenter__(self) -> Reader:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End the processes."""
        self._idle.clear()
        for process in tuple(self._all):
            await self._end(process)

    async def read(self, kind: SourceKind, page: Page, source: Source, memory: Memory | None) -> Reading:
        """What stands in the page. Raises ReadError."""
        if kind.is_light(page):
            return kind.read(page, source, memory)
        job = Job(kind=kind.name, page=page, source=source, memory=memory)
        async with self._slots:
            answer = await self._ask(self._idle.pop() if self._idle else await self._start(), job)
        if isinstance(answer, Refusal):
            raise ReadError(answer.problem)
        return answer

    async def _ask(self, process: Process, job: Job) -> Reading | Refusal:
        """One job, one answer; a process that fails at it is not used again."""
        answered = False
        try:
            async with asyncio.timeout(self._time_limit):
                answer = await _exchange(process, job)
            answered = True
        except TimeoutError as error:
            raise ReadError(f"reading the page takes longer than {self._time_limit:g} seconds") from error
        except (EOFError, OSError) as error:
            raise ReadError("reading the page broke the process that read it") from error
        finally:
            if answered:
                self._idle.append(process)
            else:
                await self._end(process)
        return answer

    async def _start(self) -> Process:
        """A new process that finds what we find, without our environment: secrets stand in it."""
        environment = {
            name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP") if name in os.environ
        }
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", START, stdin=PIPE, stdout=PIPE, env=environment, start_new_session=True
        )
        self._all.add(process)
        return process

    async def _end(self, process: Process) -> None:
        self._all.discard(process)
        if process.returncode is None:
            with suppress(ProcessLookupError):  # it may end between the look and the call
                process.kill()
        if process.stdin:
            process.stdin.close()
        await process.wait()


async def _exchange(process: Process, job: Job) -> Reading | Refusal:
    """Raises EOFError when the process ends instead of answering."""
    if process.stdin is None or process.stdout is None:
        raise EOFError
    process.stdin.write(write_frame(job))
    await process.stdin.drain()
    head = await process.stdout.readexactly(8)
    body = await process.stdout.readexactly(int.from_bytes(head, "big"))
    return cast("Reading | Refusal", pickle.loads(body))  # noqa: S301 - from our own process
