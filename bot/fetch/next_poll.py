"""When a source is asked again. Pure; kept with its reason.

Theory. The configured interval is what a maintainer thought right. A source that publishes seldom may be
asked up to half as often, one whose page was full of new entries twice as often; a server's wish
(Retry-After, the age its answer may be kept, a feed's ttl) only ever lengthens; failures double the interval.
Limits keep a mad header from silencing a source, and a mad source from being hammered. Known to fail: for a
source that is silent for weeks and then tells of a release, the longer interval costs up to one interval of
delay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from bot.model import Reason

LONGEST = timedelta(days=1)  # between two polls, whatever happened: a blocked source is tried daily
LONGEST_WISH = timedelta(hours=1)  # that cache headers and ttl may ask for; a day is a common slip
SELDOM = 8  # entries this many intervals apart: asked half as often
FEW = 5  # dated entries from which a rhythm can be told
DOUBLINGS = 12  # of the interval; more would not change what LONGEST caps
JITTER = 0.1  # of the interval, so that sources do not march in step


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRules:
    """Keys of `[poll]`: the shortest interval, and whether sources and servers have a say."""

    least: timedelta = timedelta(minutes=1)
    adaptive: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOutcome:
    """What a poll left behind. `every`: the configured interval. `failures`: in a row, this one counted.

    gap: median time between the source's entries. overflowed: all entries were new, some may have been
    missed. retry_after: seconds. max_age, ttl: as headers and feed say. jitter: a random number from 0 up to
    1.
    """

    at: datetime
    every: timedelta
    failures: int = 0
    gap: timedelta | None = None
    overflowed: bool = False
    retry_after: float | None = None
    max_age: timedelta | None = None
    ttl: timedelta | None = None
    jitter: float = 0.0


def next_poll(outcome: PollOutcome, rules: PollRules) -> tuple[datetime, Reason]:
    """When to ask again, and the rule that said so."""
    interval, reason = _by_rhythm(outcome) if rules.adaptive else (outcome.every, Reason(code="every"))
    if rules.adaptive:
        interval, reason = _by_wish(interval, reason, outcome)
    if outcome.failures:
        interval = max(interval, outcome.every) * 2 ** min(outcome.failures - 1, DOUBLINGS)
        reason = Reason(code="failures", words=str(outcome.failures))
    if outcome.retry_after is not None and timedelta(seconds=min(outcome.retry_after, 1e9)) > interval:
        interval = timedelta(seconds=min(outcome.retry_after, 1e9))
        reason = Reason(code="retry_after", words=f"{outcome.retry_after:.0f} s")
    if rules.adaptive or outcome.failures:
        interval += interval * JITTER * outcome.jitter
    return outcome.at + _within(interval, outcome, rules), reason


def longest_interval(every: timedelta, rules: PollRules) -> timedelta:
    """No poll is further away than this."""
    return max(LONGEST, every, rules.least)


def median_gap(published: Sequence[datetime]) -> timedelta | None:
    """The usual time between entries; None where too few are dated."""
    moments = sorted(set(published))
    if len(moments) < FEW:
        return None
    return timedelta(
        seconds=median((later - earlier).total_seconds() for earlier, later in pairwise(moments))
    )


def _within(interval: timedelta, outcome: PollOutcome, rules: PollRules) -> timedelta:
    return min(max(interval, rules.least), longest_interval(outcome.every, rules))


def _by_rhythm(outcome: PollOutcome) -> tuple[timedelta, Reason]:
    if outcome.overflowed:
        return outcome.every / 2, Reason(code="overflow")
    if outcome.gap is not None and outcome.gap > outcome.every * SELDOM:
        return min(outcome.gap / SELDOM, outcome.every * 2), Reason(code="seldom", words=str(outcome.gap))
    return outcome.every, Reason(code="every")


def _by_wish(interval: timedelta, reason: Reason, outcome: PollOutcome) -> tuple[timedelta, Reason]:
    for code, wish in (("max_age", outcome.max_age), ("ttl", outcome.ttl)):
        heard = min(wish, max(LONGEST_WISH, outcome.every)) if wish else timedelta()
        if heard > interval:
            interval, reason = heard, Reason(code=code, words=str(wish))
    return interval, reason
