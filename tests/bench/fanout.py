"""How fast one event reaches many private chats of a Telegram that enforces its limits.

python -m tests.bench.fanout --subscribers 90 600 --limit 30

The fake platform runs in a process of its own, the outbox in this one, over real HTTP on loopback and in real
time. A row: subscribers, limit (messages a second), seconds from the decision to the last message, share of
the limit (subscribers ÷ limit ÷ the time between the first and the last message), 99th percentile from the
decision to the first request, refusals (429), chats that got none, chats that got two, processor time a
message, memory.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import multiprocessing
import resource
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import structlog

from bot.clock import SystemClock
from bot.crypt import make_keyring
from bot.schedule import run_steps
from bot.storage.engine import Database
from bot.storage.migrate import upgrade
from tests.fakes.post_office import FIRST_USER, PostOffice
from tests.fakes.telegram import TelegramFake

IDLE_SECONDS = 0.1    # as the program waits between two turns that found nothing


@dataclass(frozen=True)
class Outcome:
    """What the platform saw. `sent`: (chat, seconds on its clock)."""

    sent: list[tuple[int, float]]
    refusals: int


async def _serve(pipe: Connection, users: int) -> None:
    async with TelegramFake(clock=SystemClock()) as telegram:
        for user in range(users):
            telegram.private(FIRST_USER + user)
        pipe.send(telegram.url)
        while not pipe.poll():
            await asyncio.sleep(0.05)
        pipe.send(Outcome([(one.chat, one.at) for one in telegram.sent], telegram.refusals))


def _platform(pipe: Connection, users: int) -> None:
    asyncio.run(_serve(pipe, users))


async def measure(subscribers: int, limit: int, folder: Path, url: str, pipe: Connection) -> None:
    """One fan-out; prints its row."""
    database, keyring, clock = Database(f"sqlite:///{folder}/bench.db"), make_keyring(), SystemClock()
    await upgrade(database)
    telegram = TelegramFake()         # only for its token and to know the chats: the real one is elsewhere
    telegram.url = url
    office = PostOffice(database=database, keyring=keyring, clock=clock, telegram=telegram)
    await office.open(messages_per_second=limit, answer_seconds=20.0)
    await office.accept(subscribers)
    running = asyncio.create_task(run_steps(office.outbox.step, clock, IDLE_SECONDS, "outbox"))
    await asyncio.sleep(0.5)
    before = time.process_time()
    started = time.monotonic()
    await office.happens()
    while (await office.counts()).get("sent", 0) < subscribers:
        await asyncio.sleep(0.2)
        if time.monotonic() - started > 60 + 2 * subscribers / limit:
            break
    spent = time.process_time() - before
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await office.close()
    await database.close()
    pipe.send("how was it")
    _print(subscribers, limit, started, spent, pipe.recv())


def _print(subscribers: int, limit: int, started: float, spent: float, seen: Outcome) -> None:
    times = sorted(at for _, at in seen.sent)
    copies = Counter(chat for chat, _ in seen.sent)
    lasted = times[-1] - times[0] if len(times) > 1 else 0.0
    share = (len(times) - 1) / lasted / limit if lasted else float("nan")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"{subscribers:>11} {limit:>6} {times[-1] - started:>9.2f} {share:>6.3f} {times[0] - started:>7.3f} "
        f"{seen.refusals:>9} {subscribers - len(copies):>5} {sum(n > 1 for n in copies.values()):>6} "
        f"{1000 * spent / subscribers:>7.2f} {memory:>6.0f}\n"
    )


def main() -> None:
    """Measure each number of subscribers in turn."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--subscribers", type=int, nargs="+", default=[90, 600])
    arguments.add_argument("--limit", type=int, default=30)
    chosen = arguments.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    sys.stdout.write("subscribers  limit   seconds  share first,s  refusals  lost  twice  CPU,ms     MB\n")
    for subscribers in chosen.subscribers:
        ours, theirs = multiprocessing.Pipe()
        platform = multiprocessing.get_context("spawn").Process(target=_platform, args=(theirs, subscribers))
        platform.start()
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(measure(subscribers, chosen.limit, Path(folder), ours.recv(), ours))
        platform.join()


if __name__ == "__main__":
    main()
