"""One poll of one source: ask, fetch, read. What it leaves behind is handed in again at the next poll."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.errors import ReadError
from bot.fetch.client import Fetcher, NotModified, body_hash
from bot.fetch.headers import max_age, validators
from bot.fetch.next_poll import median_gap
from bot.model import Entry, Page, Source
from bot.sources.kind import Memory, SourceKind, SourceRequest
from bot.sources.reading import Reader

MOST_PAGES = 50  # of one poll; a kind that asks for more goes in circles


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What the last good poll left behind. `memory` is opaque, plain values that JSON can hold."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    memory: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What a poll brought. `unchanged`: the source has nothing new, `entries` is empty.

    remember: for the next poll. gap, max_age, ttl: for `next_poll`. permanent_url: where the source moved for
    good.
    """

    entries: tuple[Entry, ...]
    unchanged: bool
    remember: Remembered
    fetched: datetime
    degraded: str = ""
    gap: timedelta | None = None
    max_age: timedelta | None = None
    ttl: timedelta | None = None
    permanent_url: str | None = None


async def poll_source(
    source: Source, kind: SourceKind, remembered: Remembered, fetcher: Fetcher, reader: Reader, now: datetime
) -> Poll:
    """Poll one source. Raises FetchError, ReadError; then nothing is to be remembered."""
    notes = dict(remembered.memory or {})
    first, *others = kind.requests(source, notes.get("own"), now)
    answer = await fetcher.fetch(replace(first, etag=remembered.etag, last_modified=remembered.last_modified))
    if isinstance(answer, NotModified) or (not others and body_hash(answer.body) == remembered.body_hash):
        return _unchanged(answer, remembered, notes)
    return await _read_all(source, kind, answer, others, notes, fetcher, reader)


def _unchanged(answer: Page | NotModified, remembered: Remembered, notes: Mapping[str, Any]) -> Poll:
    etag, last_modified = validators(answer.headers, answer.fetched)
    kept = replace(
        remembered, etag=etag or remembered.etag, last_modified=last_modified or remembered.last_modified
    )
    return Poll(
        entries=(),
        unchanged=True,
        remember=kept,
        fetched=answer.fetched,
        gap=_span(notes.get("gap")),
        ttl=_span(notes.get("ttl")),
        max_age=max_age(answer.headers, answer.fetched),
        permanent_url=answer.permanent_url if isinstance(answer, Page) else None,
    )


async def _read_all(
    source: Source,
    kind: SourceKind,
    page: Page,
    others: list[SourceRequest],
    notes: Mapping[str, Any],
    fetcher: Fetcher,
    reader: Reader,
) -> Poll:
    """Read the first page, then fetch and read the others and those that the pages name."""
    reading = await reader.read(kind, page, source, notes.get("own"))
    entries, degraded, memory = list(reading.entries), reading.degraded, reading.memory
    waiting = [*others, *reading.more]
    fetched = 1
    while waiting:
        if fetched == MOST_PAGES:
            degraded = degraded or f"more than {MOST_PAGES} pages"
            break
        answer = await fetcher.fetch(waiting.pop(0))
        if isinstance(answer, NotModified):
            raise ReadError("a page that was asked for without conditions is said not to have changed")
        fetched += 1
        further = await reader.read(kind, answer, source, memory)
        entries += further.entries
        waiting += further.more
        degraded, memory = degraded or further.degraded, further.memory
    return _poll(page, entries, degraded, memory, reading.ttl)


def _poll(
    page: Page, entries: list[Entry], degraded: str, memory: Memory | None, ttl: timedelta | None
) -> Poll:
    etag, last_modified = validators(page.headers, page.fetched)
    gap = median_gap([entry.published for entry in entries if entry.published and not entry.day_only])
    notes = {"own": dict(memory) if memory else None, "gap": _seconds(gap), "ttl": _seconds(ttl)}
    # A page that was cut is asked for again in full, though its server calls it unchanged.
    whole = Remembered(etag=etag, last_modified=last_modified, body_hash=body_hash(page.body), memory=notes)
    return Poll(
        entries=tuple(entries),
        unchanged=False,
        remember=Remembered(memory=notes) if degraded else whole,
        fetched=page.fetched,
        degraded=degraded,
        gap=gap,
        ttl=ttl,
        max_age=max_age(page.headers, page.fetched),
        permanent_url=page.permanent_url,
    )


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()


def _span(seconds: Any) -> timedelta | None:
    return timedelta(seconds=seconds) if isinstance(seconds, int | float) else None
