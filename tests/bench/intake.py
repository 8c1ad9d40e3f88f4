"""How fast sources are polled: feeds of 30 entries on loopback, first all new, then all unchanged.

python -m tests.bench.intake [--feeds 200] [--busy 32]

Fetching, reading and normalising, without storage. The server has a process of its own, so that the figures
are the program's; on two cores it still takes its share of them.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import resource
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection

from bot.clock import SystemClock
from bot.fetch.addresses import AllowedHosts
from bot.fetch.client import Fetcher, Manners
from bot.fetch.poll import Poll, Remembered, poll_source
from bot.model import Source
from bot.normalise import normalise
from bot.sources.kind import load_kind
from bot.sources.reading import Reader
from tests.fakes.web import Answer, FakeWeb

ENTRIES = 30


@dataclass(slots=True)
class Machine:
    """What a pass needs."""

    fetcher: Fetcher
    reader: Reader
    sources: list[Source]


def feed(number: int) -> bytes:
    """An RSS feed as news sites have them: 350 characters of text an entry."""
    items = "".join(
        f"<item><title>Feed {number} story {entry}: a court hears the case of a journalist</title>"
        f"<link>https://news.example/{number}/{entry}?utm_source=rss</link><guid>https://news.example/{number}/{entry}</guid>"
        f"<pubDate>Mon, 07 Jan 2030 {entry % 24:02}:14:00 GMT</pubDate><description><![CDATA[<p>"
        f"{'The hearing went on behind closed doors, said <b>the family</b>. ' * 5}</p>]]></description></item>"
        for entry in range(ENTRIES)
    )
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{number}</title>{items}</channel></rss>'.encode()


def serve(feeds: int, pipe: Connection) -> None:
    """The server's process: says where it is and stays until it is ended."""

    async def stay() -> None:
        async with FakeWeb() as web:
            for number in range(feeds):
                web.serve(f"/{number}", Answer(body=feed(number), etag=f'"{number}"'))
            pipe.send(web.host)
            await asyncio.Event().wait()

    asyncio.run(stay())


async def poll_all(
    machine: Machine, remembered: dict[str, Remembered], busy: int
) -> tuple[float, float, list[Poll]]:
    """One pass over all sources: seconds by the clock, seconds of this process's processor, what came."""
    gate, kind, clock = asyncio.Semaphore(busy), load_kind("feed"), SystemClock()

    async def one(source: Source) -> Poll:
        async with gate:
            before = remembered.get(source.id, Remembered())
            poll = await poll_source(source, kind, before, machine.fetcher, machine.reader, clock.now())
        for entry in poll.entries:
            normalise(entry, source, seen=poll.fetched, baseline=True, language="en")
        remembered[source.id] = poll.remember
        return poll

    started, spent = time.perf_counter(), time.process_time()
    polls = await asyncio.gather(*(one(source) for source in machine.sources))
    return time.perf_counter() - started, time.process_time() - spent, list(polls)


async def measure(host: str, feeds: int, busy: int) -> None:
    """Three passes and their figures."""
    sources = [
        Source(
            id=str(number),
            name="N",
            kind="feed",
            url=f"http://{host}/{number}",
            sites=("news.example",),
            owner="n",
        )
        for number in range(feeds)
    ]
    manners = Manners(contact="bench@example.org", concurrency=busy, allowed=AllowedHosts.parse([host]))
    remembered: dict[str, Remembered] = {}
    async with Fetcher(manners, SystemClock()) as fetcher, Reader() as reader:
        machine = Machine(fetcher, reader, sources)
        show("first poll", *await poll_all(machine, remembered, busy))
        show("unchanged, 304", *await poll_all(machine, remembered, busy))
        without = {name: replace(kept, etag=None, last_modified=None) for name, kept in remembered.items()}
        show("unchanged, same bytes", *await poll_all(machine, without, busy))
        sys.stdout.write(f"memory: {used():.0f} MB at most in the largest process\n")


def show(name: str, seconds: float, spent: float, polls: Iterable[Poll]) -> None:
    """One line of figures."""
    done = list(polls)
    entries = sum(len(poll.entries) for poll in done)
    sys.stdout.write(
        f"{name}: {len(done)} feeds, {entries} entries in {seconds:.2f} s, {len(done) / seconds:.0f} feeds a second, "
        f"{spent / len(done) * 1000:.1f} ms of processor a feed in the main process\n"
    )


def used() -> float:
    """The most memory that this process or one of its ended children had, in MB."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--busy", type=int, default=32)
    asked = parser.parse_args()
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(asked.feeds, there), daemon=True)
    server.start()
    asyncio.run(measure(here.recv(), asked.feeds, asked.busy))
    server.terminate()


if __name__ == "__main__":
    main()
