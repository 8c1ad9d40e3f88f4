"""What works and what does not, with the mend: what `vestka check` and `vestka poll` tell."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.app import open_database
from bot.assess import assess
from bot.catalogue import choose_sources, source_at
from bot.catalogue.home import home_of
from bot.chat.adapter import Adapter
from bot.chat.place import ChatRef
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
from bot.storage import chats
from bot.storage.keys import open_keyring
from bot.text.language import find_language

Progressed = Callable[[int, int, str], None]

CHATS = 100                           # of each platform: enough to see what is wrong with most
LOOK_EVERY = 0.1                      # seconds between two looks at chats of one platform
LOOKS_AT_ONCE = 5
LOOKS = 3                             # tries at a chat where the platform asks us to wait,
LONGEST_WAIT = 30.0                   # for no more than so many seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. mend: what would help, "" where nothing is wrong."""

    kind: str                         # "database", "key", "platform", "chats", "source"
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


@dataclass(slots=True)
class _Progress:
    """How far a whole check is."""

    progressed: Progressed
    total: int
    done: int = 0

    def step(self, what: str, count: int = 1) -> None:
        self.done += count
        self.progressed(self.done, self.total, what)


async def check(config: Config, progressed: Progressed, *, clock: Clock | None = None) -> tuple[Finding, ...]:
    """Look at everything the program depends on, storing nothing but a new database and its key. Nothing is
    sent to any chat."""
    clock = clock or SystemClock()
    adapters = make_adapters(read_adapter_options(config, []), clock)
    findings, places = await _check_storage(config, adapters)
    sources = [source for source in choose_sources(config, []).values() if source.enabled]
    progress = _Progress(progressed, len(sources) + sum(map(len, places.values())))
    platforms = (
        _check_platform(name, adapter, places.get(name, ()), clock, progress)
        for name, adapter in adapters.items()
    )
    for told in await asyncio.gather(*platforms):
        findings += told
    findings += await _check_sources(config, sources, clock, progress)
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
        found = assess(
            item.title, item.summary, published=item.published, language=item.language,
            home=home_of(source, item.url),
        )
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


async def _check_storage(
    config: Config, platforms: Iterable[str]
) -> tuple[list[Finding], Mapping[str, Sequence[ChatRef]]]:
    """What was found, and some chats of each platform where the database can be read."""
    findings: list[Finding] = []
    places: dict[str, Sequence[ChatRef]] = {}
    try:
        async with open_database(config) as database:
            where = "SQLite" if database.is_sqlite else "PostgreSQL"
            findings.append(Finding(kind="database", name=where, works=True, found="whole, newest schema"))
            keyring = await open_keyring(database, config.key_file, may_make=not config.bot.key_file)
            key = config.key_file.name
            findings.append(Finding(kind="key", name=key, works=True, found="fits the database"))
            async with database.reading() as tx:
                for name in platforms:
                    some = await chats.some(tx, keyring, name, CHATS)
                    places[name] = [chat.place for chat in some]
    except StorageError as error:
        kind = "key" if findings else "database"
        mend = "name the right bot.key_file" if findings else "look at database.url"
        findings.append(Finding(kind=kind, name="", works=False, found=str(error), mend=mend))
    return findings, places


# --- platforms ------------------------------------------------------------------------------------------


async def _check_platform(
    name: str, adapter: Adapter, places: Sequence[ChatRef], clock: Clock, progress: _Progress
) -> list[Finding]:
    try:
        found = await _introduce(adapter)
    except SendError as error:
        progress.step(name, len(places))
        mend = "a new token" if error.unauthorised else "look at api_url and at the network"
        return [Finding(kind="platform", name=name, works=False, found=str(error), mend=mend)]
    else:
        findings = [Finding(kind="platform", name=name, works=True, found=found)]
        if places:
            looks = await _look_at_chats(adapter, places, clock, progress)
            findings.append(count_chats(name, looks))
        return findings
    finally:
        await adapter.close()


async def _introduce(adapter: Adapter) -> str:
    """Who the bot is. Raises SendError."""
    identity = await adapter.connect()
    offered = await adapter.registered()
    known = {None: "", 0: "; no commands registered before the first run"}
    return f"{identity.handle} ({identity.id})" + known.get(offered, f"; {offered} commands registered")


async def _look_at_chats(
    adapter: Adapter, places: Sequence[ChatRef], clock: Clock, progress: _Progress
) -> list[tuple[str, ...] | SendError]:
    """What is missing in each chat, or why that was not told."""
    room = asyncio.Semaphore(LOOKS_AT_ONCE)
    looks: list[tuple[str, ...] | SendError] = []

    async def look(place: ChatRef) -> None:
        try:
            looks.append(await _ask_patiently(adapter, place, clock))
        finally:
            room.release()
        progress.step(f"chats on {adapter.name}")

    async with asyncio.TaskGroup() as tasks:
        for place in places:
            await room.acquire()
            tasks.create_task(look(place))
            await clock.sleep(LOOK_EVERY)
    return looks


async def _ask_patiently(
    adapter: Adapter, place: ChatRef, clock: Clock, tries: int = LOOKS
) -> tuple[str, ...] | SendError:
    try:
        return await adapter.missing_rights(place)
    except SendError as error:
        wait = error.retry_after
        if tries == 1 or wait is None or wait > LONGEST_WAIT:
            return error
    await clock.sleep(wait)
    return await _ask_patiently(adapter, place, clock, tries - 1)


def count_chats(name: str, looks: Sequence[tuple[str, ...] | SendError]) -> Finding:
    """What was found in a platform's chats, as numbers: nothing here says which chat it was."""
    wrong = Counter(right for look in looks if not isinstance(look, SendError) for right in look)
    untold = Counter(str(look) for look in looks if isinstance(look, SendError))
    free = looks.count(())
    found = [f"{free} of {len(looks)} chats can be written to"]
    if wrong:
        found.append("missing or in the way: " + _numbered(wrong))
    if untold:
        found.append("not told: " + _numbered(untold))
    mends = (
        (wrong, "admins there give the bot what is missing, or let it in again"),
        (untold, "check again later"),
    )
    mend = "; ".join(words for problems, words in mends if problems)
    return Finding(kind="chats", name=name, works=free > 0, found="; ".join(found), mend=mend)


def _numbered(counts: Counter[str]) -> str:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{what} ({number})" for what, number in ordered)


# --- sources --------------------------------------------------------------------------------------------


async def _check_sources(
    config: Config, sources: Sequence[Source], clock: Clock, progress: _Progress
) -> list[Finding]:
    async def look(source: Source) -> Finding:
        finding = await _check_source(source, fetcher, reader, clock)
        progress.step(source.id)
        return finding

    async with _reading(config, clock) as (fetcher, reader, _):
        return list(await asyncio.gather(*map(look, sources)))


def count_entries(poll: Poll) -> str:
    """How many entries a poll brought, in words."""
    return f"{len(poll.entries)} {'entry' if len(poll.entries) == 1 else 'entries'}"


async def _check_source(source: Source, fetcher: Fetcher, reader: Reader, clock: Clock) -> Finding:
    try:
        poll = await poll_source(source, load_kind(source.kind), Remembered(), fetcher, reader, clock.now())
    except SourceError as error:
        mend = "set enabled = false with a dated reason, or mend its url"
        return Finding(kind="source", name=source.id, works=False, found=str(error), mend=mend)
    found = count_entries(poll) + (f", {poll.degraded}" if poll.degraded else "")
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
