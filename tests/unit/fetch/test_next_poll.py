from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fetch.next_poll import (
    JITTER,
    LONGEST,
    PollOutcome,
    PollRules,
    longest_interval,
    median_gap,
    next_poll,
)

NOW = datetime(2030, 1, 7, 12, 0, tzinfo=UTC)
M, H, D = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

ROWS: list[tuple[str, dict[str, Any], dict[str, Any], timedelta, str]] = [
    ("nothing special: the configured interval", {}, {}, 15 * M, "every"),
    ("a lively source keeps its interval", {"gap": 10 * M}, {}, 15 * M, "every"),
    ("one that publishes daily is asked half as often", {"gap": D}, {}, 30 * M, "seldom"),
    ("a page full of new entries: twice as often", {"overflowed": True}, {}, 7.5 * M, "overflow"),
    ("but never under poll.min", {"overflowed": True, "every": M}, {}, M, "overflow"),
    ("a ttl lengthens", {"ttl": 40 * M}, {}, 40 * M, "ttl"),
    ("and never shortens", {"ttl": M}, {}, 15 * M, "every"),
    ("max-age lengthens", {"max_age": 20 * M}, {}, 20 * M, "max_age"),
    ("the longer of the two counts", {"max_age": 20 * M, "ttl": 25 * M}, {}, 25 * M, "ttl"),
    ("a cache header of a year is heard for an hour", {"max_age": 365 * D}, {}, H, "max_age"),
    (
        "or for the configured interval where that is longer",
        {"max_age": D, "every": 2 * H},
        {},
        2 * H,
        "every",
    ),
    ("the first failure is tried again in its interval", {"failures": 1}, {}, 15 * M, "failures"),
    ("each further one doubles it", {"failures": 4}, {}, 2 * H, "failures"),
    ("down to once a day", {"failures": 40}, {}, D, "failures"),
    (
        "Retry-After goes before all that is shorter",
        {"failures": 1, "retry_after": 7200.0},
        {},
        2 * H,
        "retry_after",
    ),
    ("but failures may be longer", {"failures": 5, "retry_after": 60.0}, {}, 4 * H, "failures"),
    ("a Retry-After of years is heard for a day", {"failures": 1, "retry_after": 1e12}, {}, D, "retry_after"),
    ("a source for once a week may wait a week", {"every": 7 * D}, {}, 7 * D, "every"),
    (
        "adaptive = false: exactly the interval",
        {"gap": D, "ttl": H, "max_age": H, "jitter": 0.9},
        {"adaptive": False},
        15 * M,
        "every",
    ),
    ("Retry-After is heard even then", {"retry_after": 3600.0}, {"adaptive": False}, H, "retry_after"),
    ("jitter only ever adds", {"jitter": 0.5}, {}, 15.75 * M, "every"),
]


@pytest.mark.parametrize(
    ("outcome", "rules", "interval", "code"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_when_a_source_is_asked_again(
    outcome: dict[str, Any], rules: dict[str, Any], interval: timedelta, code: str
) -> None:
    when, reason = next_poll(PollOutcome(**{"at": NOW, "every": 15 * M, **outcome}), PollRules(**rules))
    assert (when - NOW, reason.code) == (interval, code)


spans = st.none() | st.timedeltas(min_value=timedelta(), max_value=10_000 * D)
outcomes = st.builds(
    PollOutcome,
    at=st.just(NOW),
    every=st.timedeltas(min_value=timedelta(seconds=1), max_value=60 * D),
    failures=st.integers(0, 10_000),
    gap=spans,
    overflowed=st.booleans(),
    retry_after=st.none() | st.floats(0, 1e15),
    max_age=spans,
    ttl=spans,
    jitter=st.floats(0, 1, exclude_max=True),
)
rules = st.builds(PollRules, least=st.timedeltas(timedelta(seconds=1), 3 * D), adaptive=st.booleans())


@given(outcomes, rules)
def test_never_earlier_than_the_least_nor_later_than_the_cap(outcome: PollOutcome, rules: PollRules) -> None:
    interval = next_poll(outcome, rules)[0] - NOW
    assert rules.least <= interval <= longest_interval(outcome.every, rules)
    assert longest_interval(outcome.every, rules) == max(LONGEST, outcome.every, rules.least)


@given(outcomes, rules, st.integers(1, 20))
def test_more_failures_never_mean_sooner(outcome: PollOutcome, rules: PollRules, more: int) -> None:
    worse = replace(outcome, failures=outcome.failures + more)
    assert next_poll(worse, rules)[0] >= next_poll(outcome, rules)[0]


@given(outcomes, rules, st.floats(0, 1, exclude_max=True))
def test_more_failures_never_mean_sooner_whatever_the_jitter(
    outcome: PollOutcome, rules: PollRules, jitter: float
) -> None:
    failed = replace(outcome, failures=max(1, outcome.failures))
    worse = replace(failed, failures=failed.failures + 1, jitter=jitter)
    slack = timedelta(seconds=1) + (next_poll(failed, rules)[0] - NOW) * JITTER
    assert next_poll(worse, rules)[0] >= next_poll(failed, rules)[0] - slack


@given(outcomes)
def test_a_servers_wish_never_means_sooner(outcome: PollOutcome) -> None:
    unasked = replace(outcome, retry_after=None, max_age=None, ttl=None)
    assert next_poll(outcome, PollRules())[0] >= next_poll(unasked, PollRules())[0]


def test_a_rhythm_needs_some_dated_entries() -> None:
    days = [NOW - n * D for n in range(6)]
    assert median_gap(days) == D
    assert median_gap([*days, NOW - 100 * D]) == D
    assert median_gap(days[:4]) is None
    assert median_gap([NOW] * 30) is None
