"""How much of what people type is answered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.flood import Flood, Hearing, Rate


def test_a_burst_is_answered_then_warned_of_once_then_ignored() -> None:
    flood = Flood(Rate(burst=3, per_second=0.1))
    heard = [flood.hear("a", 0.0) for _ in range(6)]
    assert heard == [Hearing.ANSWER] * 3 + [Hearing.WARN] + [Hearing.IGNORE] * 2


def test_a_drip_after_a_flood_is_answered_without_another_warning() -> None:
    flood = Flood(Rate(burst=4, per_second=0.1))
    for _ in range(6):
        flood.hear("a", 0.0)
    assert [flood.hear("a", 10.0), flood.hear("a", 10.0)] == [Hearing.ANSWER, Hearing.IGNORE]
    assert [flood.hear("a", 60.0) for _ in range(5)][-1] is Hearing.WARN


def test_all_chats_together_are_bounded() -> None:
    flood = Flood(everyone=Rate(burst=5, per_second=1))
    heard = [flood.hear(chat, 0.0) for chat in range(20)]
    assert heard.count(Hearing.ANSWER) == 5
    assert flood.hear("late", 3.0) is Hearing.ANSWER


def test_chats_that_were_silent_longest_are_forgotten() -> None:
    flood = Flood(Rate(burst=1, per_second=0.001), remembered=2)
    for chat in ("a", "b", "c"):
        flood.hear(chat, 0.0)
    assert flood.hear("a", 1.0) is Hearing.ANSWER
    assert flood.hear("c", 1.0) is not Hearing.ANSWER


@given(st.lists(st.floats(0, 100), max_size=200))
def test_no_more_is_answered_than_the_rate_allows(moments: list[float]) -> None:
    rate = Rate(burst=5, per_second=0.5)
    flood = Flood(rate)
    heard = [flood.hear("a", moment) for moment in sorted(moments)]
    allowed = rate.burst + rate.per_second * (max(moments, default=0) - min(moments, default=0))
    assert heard.count(Hearing.ANSWER) <= allowed + 1e-6
