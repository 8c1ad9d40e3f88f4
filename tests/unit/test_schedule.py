"""The one runner of all loops, and the jobs."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.schedule import FAILURES_UNTIL_SICK, Job, Pulse, guard, run_steps, start_jobs
from tests.fakes.clock import FakeClock


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def run_for(clock: FakeClock, seconds: float, answers: list[bool | Exception], pulse: Pulse) -> list[float]:
    """When the step was called, on a clock that runs for `seconds`; after its answers it is idle."""
    calls: list[float] = []

    async def step() -> bool:
        calls.append(clock.monotonic())
        answer = answers.pop(0) if answers else False
        if isinstance(answer, Exception):
            raise answer
        return answer

    task = asyncio.create_task(run_steps(step, clock, 10.0, "intake", pulse))
    await settle()
    await clock.advance(seconds)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return calls


async def test_a_step_that_found_work_is_called_again_at_once() -> None:
    assert await run_for(FakeClock(), 15, [True, True, False], Pulse()) == [0, 0, 0, 10]


async def test_a_failing_step_ends_nothing_and_is_tried_later_each_time() -> None:
    pulse = Pulse()
    calls = await run_for(FakeClock(), 75, [OSError("a"), OSError("b"), OSError("c"), True], pulse)
    assert calls == [0, 10, 30, 70, 70]
    assert pulse.failures == {"intake": 3}
    assert pulse.complaints() == ()


async def test_no_wait_is_longer_than_a_minute() -> None:
    calls = await run_for(FakeClock(), 400, [OSError()] * 30, Pulse())
    assert max(after - before for before, after in itertools.pairwise(calls)) == 60


async def test_a_loop_that_only_fails_is_complained_of() -> None:
    pulse = Pulse()
    for _ in range(FAILURES_UNTIL_SICK):
        assert pulse.complaints() == ()
        pulse.fail("delivery")
    assert pulse.complaints() == ("delivery failed 3 times in a row",)
    pulse.beat("delivery")
    assert pulse.complaints() == ()


async def test_a_job_that_wants_it_runs_at_the_start_and_never_beside_itself() -> None:
    running = asyncio.Event()

    async def run() -> None:
        assert not running.is_set()
        running.set()

    scheduler = start_jobs([Job(name="tick", every=timedelta(hours=1), run=run, at_start=True)])
    try:
        await asyncio.wait_for(running.wait(), timeout=5)
        [job] = scheduler.get_jobs()
        assert (job.id, job.coalesce, job.max_instances, job.misfire_grace_time) == ("tick", True, 1, None)
    finally:
        scheduler.shutdown(wait=False)


async def test_another_job_waits_for_its_time() -> None:
    async def run() -> None:
        raise AssertionError

    scheduler = start_jobs([Job(name="digests", every=timedelta(hours=1), run=run)])
    try:
        [job] = scheduler.get_jobs()
        assert job.next_run_time is not None
    finally:
        scheduler.shutdown(wait=False)


async def test_what_fails_under_the_guard_is_logged_and_ends_nothing_else() -> None:
    async def good() -> str:
        return "done"

    async def bad() -> str:
        raise ValueError("broken page")

    pulse = Pulse()
    with capture_logs() as lines:
        assert await guard(good, "poll one", pulse) == "done"
        assert await guard(bad, "poll two", pulse) is None
    [line] = lines
    assert (line["loop"], line["log_level"]) == ("poll two", "error")
    assert pulse.failures == {"poll two": 1}


async def test_the_guard_does_not_hold_back_the_end_of_the_program() -> None:
    async def cancelled() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await guard(cancelled, "delivery", Pulse())


async def test_a_job_that_runs_when_the_scheduler_ends_leaves_no_error(caplog: pytest.LogCaptureFixture) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def run() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    scheduler = start_jobs([Job(name="tick", every=timedelta(hours=1), run=run, at_start=True)])
    await asyncio.wait_for(begun.wait(), timeout=5)
    scheduler.shutdown(wait=False)
    await asyncio.wait_for(ended.wait(), timeout=5)
    await settle()
    assert caplog.records == []
