"""What runs when: jobs on APScheduler, and the one runner that all loops share.

A loop is a `step() -> bool`: it does one piece of work and tells whether more may wait. Tests call the step;
the runner's waiting and its net under a failing step are here and nowhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.clock import Clock

log = structlog.get_logger(__name__)

T = TypeVar("T")

# A step that fails at once would turn a full disk into a busy loop, so the wait doubles; up to a minute only,
# for an alert may be behind it.
LONGEST_WAIT_SECONDS = 60.0
# One bad page or chat makes a step fail once; a loop that fails this often in a row does not do its work.
FAILURES_UNTIL_SICK = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to be done every so often, the first time at once where `at_start` says so.

    side_by_side: how many runs of it may be under way.
    """

    name: str
    every: timedelta
    run: Callable[[], Awaitable[None]]
    at_start: bool = False
    side_by_side: int = 1


@dataclass(slots=True)
class Pulse:
    """How the loops are doing: failures of each in a row, and all that there were.

    patience: how many in a row are worth a complaint.
    """

    in_a_row: dict[str, int] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    patience: int = FAILURES_UNTIL_SICK

    def beat(self, name: str) -> None:
        """The loop `name` has done a step."""
        self.in_a_row[name] = 0

    def fail(self, name: str) -> int:
        """The loop `name` has failed at a step; how often in a row."""
        self.failures[name] = self.failures.get(name, 0) + 1
        self.in_a_row[name] = self.in_a_row.get(name, 0) + 1
        return self.in_a_row[name]

    def complaints(self) -> tuple[str, ...]:
        """One sentence for each loop that does not do its work."""
        return tuple(
            f"{name} failed" + (f" {count} times in a row" if count > 1 else "")
            for name, count in sorted(self.in_a_row.items())
            if count >= self.patience
        )


async def run_steps(
    step: Callable[[], Awaitable[bool]],
    clock: Clock,
    idle_seconds: float,
    name: str,
    pulse: Pulse | None = None,
) -> None:
    """Call `step` for ever, again at once while it says so, else after `idle_seconds`; until cancelled.

    A step that raises is logged, counted and tried again after a wait that doubles with each failure.
    """
    pulse = pulse or Pulse()
    while True:
        more = await guard(step, name, pulse)
        if more is None:
            failures = pulse.in_a_row[name]
            wait = min(LONGEST_WAIT_SECONDS, max(idle_seconds, 1.0) * 2.0 ** min(failures - 1, 10))
        else:
            wait = 0.0 if more else idle_seconds
        await clock.sleep(wait)


async def guard(work: Callable[[], Awaitable[T]], name: str, pulse: Pulse) -> T | None:
    """What `work` returns; None when it raised, which is logged and counted under `name`."""
    try:
        result = await work()
    except Exception:  # one bad step must not end the rest
        log.exception("step failed", loop=name, failures=pulse.fail(name))
        return None
    pulse.beat(name)
    return result


def start_jobs(jobs: Sequence[Job]) -> AsyncIOScheduler:
    """Run `jobs` on the running event loop until the scheduler is shut down.

    Runs that were missed count as one, a job runs beside itself only where it says so, and none is dropped
    for being late: the library's default drops a run that comes a second late.
    """
    scheduler = AsyncIOScheduler(
        timezone=UTC,
        job_defaults={"coalesce": True, "misfire_grace_time": None},
    )
    for job in jobs:
        first = {"next_run_time": datetime.now(UTC)} if job.at_start else {}
        trigger = IntervalTrigger(seconds=job.every.total_seconds())
        run, most = _until_cancelled(job.run), job.side_by_side
        scheduler.add_job(run, trigger, id=job.name, max_instances=most, **first)
    scheduler.start()
    return scheduler


def _until_cancelled(work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """The scheduler cancels what still runs when it is shut down, and would log that as an error."""

    async def run() -> None:
        with suppress(asyncio.CancelledError):
            await work()

    return run
