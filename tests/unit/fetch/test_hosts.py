from __future__ import annotations

import asyncio

from bot.fetch.hosts import GAP, LONGEST_HOLD, SWEEP_AT, HostGate, wait_for_turn
from tests.fakes.clock import FakeClock


def test_a_free_host_is_asked_at_once_and_a_fresh_one_after_the_gap() -> None:
    assert wait_for_turn(10.0, 0.0) == 0.0
    assert wait_for_turn(10.0, 11.5) == 1.5


async def test_one_request_at_a_time_for_a_host_with_a_gap_between() -> None:
    clock = FakeClock()
    gate = HostGate(clock)
    starts: list[tuple[str, float]] = []

    async def ask(host: str, seconds: float) -> None:
        async with gate.turn(host):
            starts.append((host, clock.monotonic()))
            await clock.sleep(seconds)

    tasks = [asyncio.create_task(ask(host, 5.0)) for host in ("a", "a", "a", "b")]
    await asyncio.sleep(0)
    await clock.advance(60)
    await asyncio.gather(*tasks)
    assert sorted(starts) == [("a", 0.0), ("a", 5 + GAP), ("a", 10 + 2 * GAP), ("b", 0.0)]


async def test_a_failed_request_frees_its_host() -> None:
    clock = FakeClock()
    gate = HostGate(clock)
    try:
        async with gate.turn("a"):
            raise ValueError
    except ValueError:
        clock.shift(GAP)
    async with asyncio.timeout(1), gate.turn("a"):
        pass


async def test_a_cancelled_request_frees_its_host() -> None:
    clock = FakeClock()
    gate = HostGate(clock)

    async def ask() -> None:
        async with gate.turn("a"):
            await asyncio.Event().wait()

    task = asyncio.create_task(ask())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    clock.shift(GAP)
    async with asyncio.timeout(1), gate.turn("a"):
        pass


def test_a_hold_ends_and_a_mad_one_ends_after_a_day() -> None:
    clock = FakeClock()
    gate = HostGate(clock)
    gate.hold("a", 100)
    gate.hold("a", 10)
    gate.hold("b", 1e12)
    assert (gate.held_for("a"), gate.held_for("b"), gate.held_for("c")) == (100, LONGEST_HOLD, 0)
    clock.shift(LONGEST_HOLD)
    assert (gate.held_for("a"), gate.held_for("b")) == (0, 0)


async def test_hosts_at_rest_are_forgotten() -> None:
    clock = FakeClock()
    gate = HostGate(clock)
    for number in range(3 * SWEEP_AT):
        async with gate.turn(f"host{number}"):
            clock.shift(0.01)
    assert len(gate._hosts) <= SWEEP_AT + GAP / 0.01 + 1
