"""Against a platform that counts arrivals in a sliding window, with a clock that nobody waits for."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.adapter import Scope, Window
from bot.chat.place import ChatKind, ChatRef
from bot.delivery.limits import CATCH_UP, DOUBT, MARGIN, Limits, Ticket

TELEGRAM = (
    Window(Scope.ALL, 30, 1.0), Window(Scope.PRIVATE, 1, 1.0), Window(Scope.GROUP, 20, 60.0),
)
Delay = Callable[[], float]


def private(n: int) -> ChatRef:
    return ChatRef("telegram", str(n))


def group(n: int, thread: str = "") -> ChatRef:
    return ChatRef("telegram", f"-{n}", thread)


@dataclass
class Platform:
    """Counts what arrived within a window, as a server does: at arrival."""

    count: int
    seconds: float
    arrivals: list[float] = field(default_factory=list)

    def most_in_a_window(self) -> int:
        arrivals = sorted(self.arrivals)
        most = start = 0
        for end, arrival in enumerate(arrivals):
            while arrival - arrivals[start] >= self.seconds:
                start += 1
            most = max(most, end - start + 1)
        return most


def send_all(limits: Limits, places: list[ChatRef], there: Delay, back: Delay, platform: Platform) -> float:
    """Send to each place in order, each as soon as the limits allow; when the last one left."""
    now, flying = 0.0, list[tuple[float, int, Ticket]]()
    for number, place in enumerate(places):
        while (ready := limits.ready_at(place, now)) > now:
            while flying and flying[0][0] <= ready:
                moment, _, ticket = heapq.heappop(flying)
                limits.answered(ticket, moment)
            now = ready
        ticket = limits.took(place, ChatKind.PRIVATE, now)
        arrival = now + there()
        platform.arrivals.append(arrival)
        heapq.heappush(flying, (arrival + back(), number, ticket))
    return now


def test_a_burst_of_ninety_leaves_within_the_window_and_near_the_limit() -> None:
    platform, chance = Platform(30, 1.0), random.Random(7)
    took = send_all(
        Limits(TELEGRAM), [private(n) for n in range(90)],
        lambda: 0.02 + chance.random() * 0.005, lambda: 0.02, platform,
    )
    assert platform.most_in_a_window() <= 30
    assert 90 / (took + 1 / 30) >= 0.97 * 30


def test_the_first_messages_on_cold_connections_draw_no_refusal() -> None:
    platform, cold = Platform(30, 1.0), iter([0.3] * 12)
    send_all(
        Limits(TELEGRAM), [private(n) for n in range(200)],
        lambda: next(cold, 0.0) + 0.02, lambda: 0.02, platform,
    )
    assert platform.most_in_a_window() <= 30


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 40), base=st.floats(0, 0.4))
def test_no_sliding_window_of_the_platform_ever_holds_more_than_its_count(
    seed: int, count: int, base: float
) -> None:
    platform, chance = Platform(count, 1.0), random.Random(seed)
    send_all(
        Limits([Window(Scope.ALL, count, 1.0)]), [private(n) for n in range(150)],
        lambda: base * (1 + chance.random() / 8), lambda: chance.random() * base / 8, platform,
    )
    assert platform.most_in_a_window() <= count


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 40), spread=st.floats(0, 0.9))
def test_the_wildest_round_trips_draw_no_refusal_while_the_shortest_is_unknown(
    seed: int, count: int, spread: float
) -> None:
    platform, chance = Platform(count, 1.0), random.Random(seed)
    send_all(
        Limits([Window(Scope.ALL, count, 1.0)]), [private(n) for n in range(19)],
        lambda: chance.random() * spread, lambda: chance.random() * (0.9 - spread), platform,
    )
    assert platform.most_in_a_window() <= count


@pytest.mark.parametrize("seed", range(20))
def test_round_trips_with_a_long_tail_draw_no_refusal(seed: int) -> None:
    platform, chance = Platform(30, 1.0), random.Random(seed)
    took = send_all(
        Limits(TELEGRAM), [private(n) for n in range(600)],
        lambda: 0.02 + min(0.5, chance.expovariate(1 / 0.02)), lambda: 0.03, platform,
    )
    assert platform.most_in_a_window() <= 30
    assert 600 / took >= 0.9 * 30


def test_a_thousand_a_second_reach_nearly_a_thousand() -> None:
    platform, chance = Platform(1000, 1.0), random.Random(3)
    took = send_all(
        Limits([Window(Scope.ALL, 1000, 1.0)]), [private(n) for n in range(4000)],
        lambda: 0.01 + chance.random() * 0.01, lambda: 0.01, platform,
    )
    assert platform.most_in_a_window() <= 1000
    assert 4000 / took >= 0.95 * 1000


def test_a_second_message_to_a_private_chat_waits_a_second_and_others_do_not() -> None:
    limits = Limits(TELEGRAM)
    limits.answered(limits.took(private(1), ChatKind.PRIVATE, 0.0), 0.0)
    assert limits.ready_at(private(2), 0.0) == 0.0
    assert limits.ready_at(private(1), 0.1) == pytest.approx(1.0 + MARGIN)


def test_a_group_takes_twenty_a_minute_over_all_its_topics() -> None:
    limits, now = Limits(TELEGRAM), 0.0
    for n in range(20):
        now = limits.ready_at(group(1, str(n)), now)
        limits.answered(limits.took(group(1, str(n)), ChatKind.GROUP, now), now)
    assert now < 1.0
    assert limits.ready_at(group(1, "20"), now) == pytest.approx(60.0 + MARGIN)
    assert limits.ready_at(group(2), now) < 1.0


def test_what_the_platform_says_wins_for_one_place() -> None:
    limits = Limits(TELEGRAM)
    limits.told_to_wait(private(1), 35.0, 10.0)
    assert limits.ready_at(private(1), 11.0) == 45.0
    assert limits.ready_at(private(2), 11.0) == 11.0


def test_what_the_platform_says_wins_for_the_whole_bot() -> None:
    limits = Limits(TELEGRAM)
    limits.told_to_wait(None, 35.0, 10.0)
    limits.told_to_wait(None, 1.0, 10.0)
    assert limits.ready_at(private(2), 11.0) == 45.0


def test_an_idle_bot_sends_at_once() -> None:
    limits = Limits(TELEGRAM)
    assert limits.ready_at(private(1), 5.0) == 5.0
    limits.answered(limits.took(private(1), ChatKind.PRIVATE, 5.0), 5.01)
    assert limits.ready_at(private(2), 900.0) == 900.0


def test_answers_take_no_more_than_their_part() -> None:
    limits = Limits(TELEGRAM, answers=5)
    for n in range(5):
        limits.answered(limits.took(private(n), ChatKind.PRIVATE, 0.0, answer=True), 0.0)
    assert limits.ready_at(private(9), 0.5, answer=True) == pytest.approx(1.0 + MARGIN)
    assert limits.ready_at(private(9), 0.5) == 0.5


def test_what_answers_leave_goes_to_alerts() -> None:
    limits, platform = Limits(TELEGRAM, answers=5), Platform(30, 1.0)
    took = send_all(limits, [private(n) for n in range(90)], lambda: 0.0, lambda: 0.0, platform)
    assert 90 / (took + 1 / 30) >= 0.97 * 30


def test_answers_leave_most_of_a_group_to_alerts() -> None:
    limits = Limits(TELEGRAM, answers=30)
    for _ in range(5):
        limits.answered(limits.took(group(1), ChatKind.GROUP, 0.0, answer=True), 0.0)
    assert limits.place_ready_at(group(1), 1.0, answer=True) == pytest.approx(60.0 + MARGIN)
    assert limits.place_ready_at(group(1), 1.0) == 1.0


def test_a_call_that_hangs_does_not_hold_the_window_for_ever() -> None:
    limits = Limits([Window(Scope.ALL, 1, 1.0)])
    hanging = limits.took(private(1), ChatKind.PRIVATE, 0.0)
    assert limits.ready_at(private(2), 1.5) > 1.5
    assert limits.ready_at(private(2), 1.0 + DOUBT + MARGIN) == 1.0 + DOUBT + MARGIN
    limits.answered(hanging, 60.0)


def test_a_long_turn_of_the_loop_is_caught_up_without_a_burst() -> None:
    limits = Limits([Window(Scope.ALL, 100, 1.0)])
    limits.took(private(0), ChatKind.PRIVATE, 0.0)
    at_once = 0
    while limits.ready_at(private(1), 5.0) == 5.0:
        limits.took(private(1), ChatKind.PRIVATE, 5.0)
        at_once += 1
    assert at_once <= 100 * CATCH_UP + 1


def test_memory_does_not_grow_with_the_chats_ever_written_to() -> None:
    limits = Limits(TELEGRAM)
    for n in range(5000):
        limits.answered(limits.took(private(n), ChatKind.PRIVATE, n * 2.0), n * 2.0 + 0.1)
    assert len(limits._places) <= 1001


def test_a_bot_without_declared_windows_is_never_held() -> None:
    limits = Limits([], answers=5)
    for _ in range(50):
        limits.took(private(1), ChatKind.PRIVATE, 1.0)
    assert limits.ready_at(private(1), 1.0) == 1.0


def test_answers_that_the_platform_counts_elsewhere_are_held_by_no_window() -> None:
    limits = Limits((Window(Scope.ALL, 45, 1.0), Window(Scope.GROUP, 1, 5.0)))
    for _ in range(3):
        assert limits.ready_at(group(1), 0.0, answer=True) == 0.0
        limits.answered(limits.took(group(1), ChatKind.GROUP, 0.0, answer=True), 0.0)
    assert limits.ready_at(group(1), 0.0) == 0.0
