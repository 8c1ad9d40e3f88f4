"""What works and what does not, with the mend: what `vestka check` and `vestka poll` tell."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.app import open_database
from bot.assess import assess
from bot.catalogue import choose_sources, source_at
from bot.chat.adapter import Adapter
from bot.clock import Clock, SystemClock
from bot.config import Config
from bot.errors import ConfigError, Mistake, SendError, SourceError, StorageError
from bot.fetch.addresses import AllowedHosts
from bot.fetch.client import Fetcher, Manners
from bot.fetch.poll import Poll, Remembered, poll_source
from bot.model import Assessment, Item, Reason, Source, Topic
from bot.normalise import normalise, oddities
from bot.parts import make_adapters, read_adapter_options
from bot.sources.kind import load_kind
from bot.sources.reading import Reader
from bot.storage.keys import open_keyring
from bot.text.language import find_language

Progressed = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. mend: what would help, "" where nothing is wrong."""

    kind: str                         # "database", "key", "platform", "source"
    name: str
    works: bool
    found: str
    mend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One entry of a source as Vestka understands it. oddities: what of it was not believed."""

    item: Item
    assessment: Assessment
    oddities: tuple[Reason, ...]


async def check(config: Config, progressed: Progressed) -> tuple[Finding, ...]:
    """Look at everything the program depends on, storing nothing but a new database and its key."""
    clock = SystemClock()
    findings = [*await _check_storage(config)]
    for name, adapter in make_adapters(read_adapter_options(config, []), clock).items():
        findings.append(await _check_platform(name, adapter))
    findings += await _check_sources(config, clock, progressed)
    return tuple(findings)


def fails(findings: tuple[Finding, ...], config: Config, *, strict: bool) -> tuple[str, ...]:
    """Why a check fails, a sentence each: something other than a source does not work, or no source of a
    topic does; with `strict`: any source."""
    broken = [finding for finding in findings if not finding.works]
    why = [f"{one.kind} {one.name}: {one.found}" for one in broken if one.kind != "source" or strict]
    working = {finding.name for finding in findings if finding.kind == "source" and finding.works}
    told = [source.topics for name, source in choose_sources(config, []).items() if name in working]
    topics = {topic for some in told for topic in some}
    why += [f"no source of the topic {topic.value} works" for topic in Topic if topic not in topics]
    return tuple(why)


async def look_at(config: Config, name: str) -> tuple[Source, Poll, tuple[Look, ...]]:
    """Poll one source, by its id or an address, storing nothing. Raises ConfigError, SourceError."""
    source = _find_source(config, name)
    async with _reading(config, SystemClock()) as (fetcher, reader, clock):
        kind = load_kind(source.kind)
        poll = await poll_source(source, kind, Remembered(), fetcher, reader, clock.now())
    looks = []
    for entry in poll.entries:
        item = normalise(entry, source, seen=poll.fetched, baseline=False, language=find_language)
        found = assess(item.title, item.summary, published=item.published, language=item.language)
        odd = oddities(entry, source, poll.fetched)
        looks.append(Look(item=item, assessment=found, oddities=odd))
    return source, poll, tuple(looks)


def _find_source(config: Config, name: str) -> Source:
    if "://" in name:
        return source_at(name)
    known = choose_sources(config, [])
    if name not in known:
        mend = f"an address, or one of {', '.join(sorted(known))}"
        raise ConfigError([Mistake(name, "is no source", mend)])
    return known[name]


async def _check_storage(config: Config) -> list[Finding]:
    findings: list[Finding] = []
    try:
        async with open_database(config) as database:
            where = "SQLite" if database.is_sqlite else "PostgreSQL"
            findings.append(Finding(kind="database", name=where, works=True, found="whole, newest schema"))
            await open_keyring(database, config.key_file, may_make=not config.bot.key_file)
            key = config.key_file.name
            findings.append(Finding(kind="key", name=key, works=True, found="fits the database"))
    except StorageError as error:
        kind = "key" if findings else "database"
        mend = "name the right bot.key_file" if findings else "look at database.url"
        findings.append(Finding(kind=kind, name="", works=False, found=str(error), mend=mend))
    return findings


async def _check_platform(name: str, adapter: Adapter) -> Finding:
    try:
        identity = await adapter.connect()
    except SendError as error:
        mend = "a new token" if error.unauthorised else "look at api_url and at the network"
        return Finding(kind="platform", name=name, works=False, found=str(error), mend=mend)
    finally:
        await adapter.close()
    return Finding(kind="platform", name=name, works=True, found=f"{identity.handle} ({identity.id})")


async def _check_sources(config: Config, clock: Clock, progressed: Progressed) -> list[Finding]:
    chosen = [source for source in choose_sources(config, []).values() if source.enabled]
    done = 0

    async def look(source: Source) -> Finding:
        nonlocal done
        finding = await _check_source(source, fetcher, reader, clock)
        done += 1
        progressed(done, len(chosen), source.id)
        return finding

    async with _reading(config, clock) as (fetcher, reader, _):
        return list(await asyncio.gather(*map(look, chosen)))


async def _check_source(source: Source, fetcher: Fetcher, reader: Reader, clock: Clock) -> Finding:
    try:
        poll = await poll_source(source, load_kind(source.kind), Remembered(), fetcher, reader, clock.now())
    except SourceError as error:
        mend = "set enabled = false with a dated reason, or mend its url"
        return Finding(kind="source", name=source.id, works=False, found=str(error), mend=mend)
    found = f"{len(poll.entries)} entries" + (f", {poll.degraded}" if poll.degraded else "")
    return Finding(kind="source", name=source.id, works=True, found=found)


@asynccontextmanager
async def _reading(config: Config, clock: Clock) -> AsyncIterator[tuple[Fetcher, Reader, Clock]]:
    poll = config.poll
    manners = Manners(
        contact=config.bot.contact, timeout=poll.timeout.total_seconds(), max_bytes=poll.max_bytes,
        concurrency=poll.concurrency, allowed=AllowedHosts.parse(poll.allow_hosts),
    )
    async with Fetcher(manners, clock) as fetcher, Reader() as reader:
        yield fetcher, reader, clock
