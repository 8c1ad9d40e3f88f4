from __future__ import annotations

import asyncio
import os
import signal
import time
from datetime import UTC, datetime

import pytest

from bot.errors import ReadError
from bot.model import Page, Source
from bot.sources import worker
from bot.sources.kind import Reading, load_kind
from bot.sources.reading import Reader
from bot.sources.worker import Job, Refusal, perform

SOURCE = Source(
    id="s", name="S", kind="feed", url="https://news.example/feed", sites=("news.example",), owner="s"
)
RSS = b"<rss version='2.0'><channel><item><title>One story of the day, as told</title></item></channel></rss>"


def page(body: bytes) -> Page:
    return Page(url=SOURCE.url, status=200, headers={}, body=body, fetched=datetime(2030, 1, 7, tzinfo=UTC))


async def read(reader: Reader, body: bytes) -> Reading:
    return await reader.read(load_kind("feed"), page(body), SOURCE, None)


async def test_a_page_is_read_in_another_process() -> None:
    async with Reader() as reader:
        reading = await read(reader, RSS)
        assert [entry.title for entry in reading.entries] == ["One story of the day, as told"]
        assert len(reader._all) == 1


async def test_a_refusal_comes_through_and_the_process_goes_on() -> None:
    async with Reader() as reader:
        with pytest.raises(ReadError, match="11 bytes came"):
            await read(reader, b"<rss></rss>")
        assert len((await read(reader, RSS)).entries) == 1
        assert len(reader._all) == 1


async def test_light_pages_need_no_process() -> None:
    async with Reader() as reader:
        body = b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "A story"}]}'
        assert len((await read(reader, body)).entries) == 1
        assert reader._all == set()


async def test_no_more_processes_than_agreed_however_many_pages() -> None:
    async with Reader(workers=2) as reader:
        readings = await asyncio.gather(*(read(reader, RSS) for _ in range(12)))
        assert sum(len(reading.entries) for reading in readings) == 12
        assert len(reader._all) == 2


async def test_a_page_that_takes_too_long_is_given_up_and_costs_only_itself() -> None:
    async with Reader(workers=2, time_limit=0.8) as reader:
        await asyncio.gather(read(reader, RSS), read(reader, RSS))
        slow = reader._idle[-1]
        os.kill(slow.pid, signal.SIGSTOP)  # as stuck as a process can be
        started = time.perf_counter()
        stuck = asyncio.create_task(read(reader, RSS))
        await asyncio.sleep(0)
        assert len((await read(reader, RSS)).entries) == 1
        with pytest.raises(ReadError, match=r"longer than 0\.8 seconds"):
            await stuck
        assert time.perf_counter() - started < 2
        assert slow.returncode is not None
        assert len((await read(reader, RSS)).entries) == 1


async def test_a_process_that_dies_is_replaced() -> None:
    async with Reader(workers=1) as reader:
        await read(reader, RSS)
        reader._idle[-1].kill()
        await reader._idle[-1].wait()
        with pytest.raises(ReadError, match="broke the process"):
            await read(reader, RSS)
        assert len((await read(reader, RSS)).entries) == 1


async def test_a_cancelled_reading_leaves_no_answer_for_the_next() -> None:
    async with Reader(workers=1) as reader:
        await read(reader, RSS)
        task = asyncio.create_task(read(reader, RSS.replace(b"One", b"Another")))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert (await read(reader, RSS)).entries[0].title.startswith("One")


async def test_closing_ends_the_processes() -> None:
    async with Reader() as reader:
        await read(reader, RSS)
        processes = set(reader._all)
    assert all(process.returncode is not None for process in processes)


async def test_secrets_of_the_environment_do_not_reach_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VESTKA_ADAPTERS__TELEGRAM__TOKEN", "12345678:secret")
    async with Reader() as reader:
        await read(reader, RSS)
        (process,) = reader._all
        environment = await asyncio.to_thread(_environment_of, process.pid)
    assert b"PYTHONPATH" in environment
    assert b"secret" not in environment


def _environment_of(pid: int) -> bytes:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:  # noqa: PTH123
            return file.read()
    except OSError:
        pytest.skip("no /proc on this machine")


def test_a_page_too_large_for_the_memory_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Greedy:
        @staticmethod
        def read(*_: object) -> Reading:
            raise MemoryError

    monkeypatch.setattr(worker, "load_kind", lambda _: Greedy)
    job = Job(kind="feed", page=page(RSS), source=SOURCE, memory=None)
    assert perform(job) == Refusal("reading the page takes too much memory")
