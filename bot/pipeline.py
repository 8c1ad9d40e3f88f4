"""One turn of intake, on one screen.

due source ─► fetch ─► Page ─► read ─► Entry ─► normalise ─► Item ─► new? ─► assess ─► decide ─► OUTBOX
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

import structlog

from bot.catalogue.home import home_of
from bot.clock import Clock
from bot.errors import FetchError, SourceError
from bot.fetch.client import Fetcher
from bot.fetch.next_poll import PollOutcome, PollRules, next_poll
from bot.fetch.poll import Poll, Remembered, poll_source
from bot.ledger import Ledger, Taken
from bot.model import Assessment, Entry, Item, Source, Verdict
from bot.normalise import normalise
from bot.sources.kind import load_kind
from bot.sources.reading import Reader
from bot.storage import items, sources
from bot.storage.engine import Database, Tx
from bot.storage.items import Seen
from bot.storage.sources import SourceState

log = structlog.get_logger(__name__)

T = TypeVar("T")
X = TypeVar("X")
Judged = tuple[Item, Assessment]

SEEN_AGAIN = timedelta(days=7)        # keys live a year: that they are still listed is noted once a week


class Assess(Protocol):
    """`bot.assess.assess`."""

    def __call__(
        self, title: str, summary: str, *, published: datetime, language: str, home: str | None
    ) -> Assessment: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """The pure parts that tell what a text is about: its language, and what we think of it."""

    identify: Callable[[str], str]
    assess: Assess


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll of a source came to. problem: why it failed, "" when it did not."""

    source: Source
    entries: int = 0
    taken: tuple[Taken, ...] = ()
    baseline: bool = False
    problem: str = ""


class Guard(Protocol):
    """Runs one piece of work so that its failure ends nothing else: None when it failed, which is logged."""

    async def __call__(self, work: Callable[[], Awaitable[T]], name: str) -> T | None: ...


class Pipeline:
    """Polls what is due: fetching and reading side by side, deciding one item after the other.

    every: interval of a source that names none. jitter: a random number from 0 up to 1. guard: for what one
    source or one item may break.
    """

    def __init__(
        self,
        *,
        database: Database,
        ledger: Ledger,
        chosen: Mapping[str, Source],
        fetcher: Fetcher,
        reader: Reader,
        understanding: Understanding,
        clock: Clock,
        every: timedelta,
        rules: PollRules,
        jitter: Callable[[], float],
        guard: Guard,
        polled: Callable[[Polled], None] = lambda _: None,
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._sources = chosen
        self._fetcher = fetcher
        self._reader = reader
        self._understanding = understanding
        self._clock = clock
        self._every = every
        self._rules = rules
        self._jitter = jitter
        self._guard = guard
        self._polled = polled
        self._under_way: set[str] = set()    # sources

    async def enrol(self) -> None:
        """Make the configured sources known: new ones are due at once."""
        async with self._database.writing() as tx:
            await sources.enrol(tx, self._sources, self._clock.now())

    async def step(self) -> bool:
        """Poll every source that is due; whether there was one."""
        async with self._database.reading() as tx:
            waiting = await sources.due(tx, self._clock.now())
        due = [one for one in waiting if one.id in self._sources and one.id not in self._under_way]
        async with asyncio.TaskGroup() as group:
            for state in due:
                group.create_task(self._turn(self._sources[state.id], state))
        return bool(due)

    async def _turn(self, source: Source, state: SourceState) -> None:
        """Whatever breaks in here, the source is asked less often and says why, and the others go on."""
        self._under_way.add(source.id)
        try:
            if await self._guard(partial(self._poll, source, state), f"poll {source.id}") is None:
                broke = SourceError("reading it broke Vestka: the log says where")
                await self._guard(partial(self._fail, source, state, broke), f"poll {source.id}")
        finally:
            self._under_way.discard(source.id)

    async def _poll(self, source: Source, state: SourceState) -> bool:
        """Whether there was anything to do."""
        if not await self._claim(source, state):
            return False              # another process was first
        try:
            poll = await poll_source(
                source, load_kind(source.kind), _remembered(state), self._fetcher, self._reader,
                self._clock.now(),
            )
        except SourceError as error:
            await self._fail(source, state, error)
            return True
        if poll.unchanged:
            async with self._database.writing() as tx:
                await sources.record(tx, self._succeeded(source, state, poll))
            self._polled(Polled(source=source))
            return True
        taken, problem = await self._take(source, state, poll)
        self._polled(
            Polled(
                source=source, entries=len(poll.entries), taken=taken, baseline=not state.baseline_done,
                problem=problem,
            )
        )
        return True

    async def _claim(self, source: Source, state: SourceState) -> bool:
        """The next poll stands before the request leaves: a crash cannot make a tight loop."""
        outcome = PollOutcome(
            at=self._clock.now(), every=source.every or self._every, failures=state.failures,
            jitter=self._jitter(),
        )
        when, why = next_poll(outcome, self._rules)
        async with self._database.writing() as tx:
            return await sources.claim(tx, state, when, str(why))

    async def _take(self, source: Source, state: SourceState, poll: Poll) -> tuple[tuple[Taken, ...], str]:
        """Assess what is new and decide on it, in one transaction with what is remembered of the source:
        nothing counts as read that was not decided. What was taken, and what is wrong with the page."""
        read = await self._each(source, partial(self._normalise, source, state, poll), poll.entries)
        found = {item.key: item for item in read}
        async with self._database.reading() as tx:
            fresh = _fresh(found, await items.seen(tx, source.id, found))
        judged = await self._each(source, self._judge, sorted(fresh, key=lambda item: item.published))
        now = self._clock.now()
        async with self._ledger.deciding(now) as tx:
            known = await items.seen(tx, source.id, found)
            # Another process may have taken some of them meanwhile.
            untaken = [one for one in judged if not _is_known(one[0], known)]
            taken = await self._each(source, partial(self._decide, tx, now), untaken)
            await items.see(tx, [one.item for one in taken])
            await items.see_again(tx, source.id, _listed_long(known, now), now)
            broken = len(poll.entries) - len(read) + len(fresh) - len(judged) + len(untaken) - len(taken)
            poll = _marked(poll, broken)
            overflowed = state.baseline_done and bool(fresh) and not known
            await sources.record(tx, self._succeeded(source, state, poll, overflowed=overflowed))
        for one in taken:
            _log_taken(one)
        return tuple(taken), poll.degraded

    async def _each(
        self, source: Source, work: Callable[[X], Awaitable[T]], things: Iterable[X]
    ) -> list[T]:
        """What `work` makes of each thing that does not break it."""
        done = [await self._guard(partial(work, thing), f"read {source.id}") for thing in things]
        return [one for one in done if one is not None]

    async def _normalise(self, source: Source, state: SourceState, poll: Poll, entry: Entry) -> Item:
        return normalise(
            entry, source, seen=poll.fetched, baseline=not state.baseline_done,
            language=self._understanding.identify,
        )

    async def _judge(self, item: Item) -> Judged:
        return item, self._understanding.assess(
            item.title, item.summary, published=item.published, language=item.language,
            home=home_of(self._sources[item.source], item.url),
        )

    async def _decide(self, tx: Tx, now: datetime, judged: Judged) -> Taken:
        return await self._ledger.take(tx, *judged, now)

    def _succeeded(
        self, source: Source, state: SourceState, poll: Poll, *, overflowed: bool = False
    ) -> SourceState:
        outcome = PollOutcome(
            at=poll.fetched, every=source.every or self._every, gap=poll.gap, max_age=poll.max_age,
            ttl=poll.ttl, overflowed=overflowed, jitter=self._jitter(),
        )
        when, why = next_poll(outcome, self._rules)
        return SourceState(
            id=source.id, next_poll=when, why=str(why), polled=poll.fetched, succeeded=poll.fetched,
            etag=poll.remember.etag, last_modified=poll.remember.last_modified,
            body_hash=poll.remember.body_hash,
            memory=dict(poll.remember.memory) if poll.remember.memory else None,
            baseline_done=True, problem=poll.degraded,
            permanent_url=poll.permanent_url or state.permanent_url,
        )

    async def _fail(self, source: Source, state: SourceState, error: SourceError) -> None:
        now, failures = self._clock.now(), state.failures + 1
        outcome = PollOutcome(
            at=now, every=source.every or self._every, failures=failures, jitter=self._jitter(),
            retry_after=error.retry_after if isinstance(error, FetchError) else None,
        )
        when, why = next_poll(outcome, self._rules)
        failed = replace(
            state, next_poll=when, why=str(why), polled=now, failures=failures, problem=str(error)
        )
        async with self._database.writing() as tx:
            await sources.record(tx, failed)
        # Once for each time that a source stops answering, not once for each attempt.
        tell = log.warning if failures == 1 else log.info
        tell("source failed", source=source.id, failures=failures, why=str(error), again=str(why))
        self._polled(Polled(source=source, problem=str(error)))


def _remembered(state: SourceState) -> Remembered:
    return Remembered(
        etag=state.etag, last_modified=state.last_modified, body_hash=state.body_hash, memory=state.memory
    )


def _fresh(found: Mapping[str, Item], known: Mapping[str, Seen]) -> list[Item]:
    """What this source never showed with this content."""
    return [
        replace(item, replaces=known[key].item if key in known else None)
        for key, item in found.items()
        if not _is_known(item, known)
    ]


def _is_known(item: Item, known: Mapping[str, Seen]) -> bool:
    return item.key in known and known[item.key].content_hash == item.content_hash


def _marked(poll: Poll, broken: int) -> Poll:
    """The poll as it is to be remembered: a page with entries that broke us is read again in full."""
    if not broken:
        return poll
    problem = f"{broken} of {len(poll.entries)} entries broke Vestka: the log says where"
    return replace(
        poll, degraded="; ".join(filter(None, (poll.degraded, problem))),
        remember=Remembered(memory=poll.remember.memory),
    )


def _listed_long(known: Mapping[str, Seen], now: datetime) -> list[str]:
    return [key for key, seen in known.items() if now - seen.last_seen > SEEN_AGAIN]


def _log_taken(taken: Taken) -> None:
    """One line for each decision that matters."""
    if taken.decision.verdict is Verdict.IGNORED:
        return
    log.info(
        "item taken",
        item=taken.item.id,
        source=taken.item.source,
        verdict=taken.decision.verdict.value,
        event_id=taken.after.id if taken.after else None,
        changes=[kind.value for kind in taken.decision.changes],
        urgent=taken.decision.urgent,
    )
