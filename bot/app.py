"""The only place that puts the parts together."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from bot.assess import assess
from bot.catalogue import choose_sources
from bot.chat.adapter import Adapter, Gone, Identity
from bot.chat.departures import depart
from bot.chat.dispatch import Dispatcher
from bot.chat.own import open_own_places
from bot.chat.settings import CONFIRM_OFFICIAL, Settings
from bot.clock import Clock, SystemClock
from bot.commands import find_commands
from bot.config import Config
from bot.crypt import Keyring
from bot.delivery.gate import Gate, through
from bot.delivery.limits import Limits
from bot.delivery.outbox import Outbox
from bot.delivery.sending import Rules
from bot.errors import ConfigError, Mistake, SendError
from bot.fetch.addresses import AllowedHosts
from bot.fetch.client import Fetcher, Manners, user_agent
from bot.fetch.next_poll import PollRules
from bot.housekeeping import Keep, tidy
from bot.languages import spoken
from bot.ledger import Ledger
from bot.model import Source
from bot.parts import make_adapters, own_places, read_adapter_options
from bot.pipeline import Pipeline, Polled, Understanding
from bot.schedule import Job, Pulse, guard, run_steps, start_jobs
from bot.sources.reading import Reader
from bot.storage.engine import Database
from bot.storage.keys import open_keyring
from bot.storage.migrate import upgrade
from bot.text.language import find_language
from bot.web.server import Health, make_web, serve_web

log = structlog.get_logger(__name__)

ALL_PARTS = frozenset({"intake", "delivery", "chat", "web"})
INTAKE_TICK = timedelta(seconds=5)    # how late a due source may be noticed
TURNS = 100                           # of intake under way: whoever is slow holds up the next tick no more
TIDY_EVERY = timedelta(hours=1)
OUTBOX_IDLE = 0.1                     # seconds until an idle outbox looks again
CONNECT_AGAIN = (1.0, 300.0)          # seconds between tries to connect: the first, doubling up to the last


@dataclass(slots=True, kw_only=True)
class House:
    """The parts of one process, put together and not yet at work."""

    config: Config
    clock: Clock
    database: Database
    keyring: Keyring
    pipeline: Pipeline
    outbox: Outbox
    dispatcher: Dispatcher
    adapters: Mapping[str, Adapter]
    gates: Mapping[str, Gate]
    identities: dict[str, Identity]
    pulse: Pulse
    ready: set[str] = field(default_factory=set)    # what has begun its work: "intake", platforms by name
    troubles: dict[str, str] = field(default_factory=dict)     # platforms that refuse us, and their words

    async def connect(self, name: str, *, delivers: bool = True) -> None:
        """Connect a platform, anew where it was lost; `delivers`: let the outbox send through it. Raises
        SendError."""
        adapter = self.adapters[name]
        identity = await adapter.connect()
        self.identities[name] = identity
        if delivers and name not in self.ready:      # a second lane would forget what the first has in hand
            self.outbox.open_lane(adapter, identity, self.gates[name])
        self.ready.add(name)
        log.info("connected", platform=name, handle=identity.handle)

    async def listen(self, name: str) -> None:
        """Hear people on a connected platform until cancelled."""
        heard = through(self.gates[name], self.dispatcher.dispatch)
        await self.adapters[name].listen(self.dispatcher.specs, heard, self.depart)

    async def answer_waiting(self, name: str) -> int:
        """Answer what people typed on a platform while nobody listened; how much it was."""
        heard = through(self.gates[name], self.dispatcher.dispatch)
        return await self.adapters[name].answer_waiting(self.dispatcher.specs, heard, self.depart)

    async def depart(self, gone: Gone) -> None:
        """A `bot.chat.adapter.Departures`."""
        await guard(partial(depart, self.database, self.keyring, gone), "departures", self.pulse)

    async def poll_due(self) -> None:
        """Poll every source that is due, once."""
        await guard(self.pipeline.step, "intake", self.pulse)

    async def tidy(self) -> None:
        """Drop what is too old."""
        kept = self.config.retention
        keep = Keep(messages=kept.messages, texts=kept.items)
        await guard(partial(tidy, self.database, keep, self.clock.now()), "housekeeping", self.pulse)

    def complaints(self) -> tuple[str, ...]:
        """What keeps the program from its work, a sentence each."""
        stopped = {**self.troubles, **self.outbox.stopped}
        return (*self.pulse.complaints(), *(f"{name}: {why}" for name, why in sorted(stopped.items())))


def find_mistakes(config: Config, mistakes: list[Mistake]) -> None:
    """Add what the platforms' and the sources' own models have against the configuration."""
    options = read_adapter_options(config, mistakes)
    choose_sources(config, mistakes)
    for find in (lambda: user_agent(config.bot.contact), lambda: AllowedHosts.parse(config.poll.allow_hosts)):
        try:
            find()
        except ConfigError as error:
            mistakes += error.mistakes
    if config.bot.language not in spoken():
        problem = f"{config.bot.language!r} is no language that Vestka speaks"
        mistakes.append(Mistake("bot.language", problem, f"one of {', '.join(spoken())}"))
    home = config.bot.maintainers_chat
    if home and options and home.partition(":")[0] not in options:
        problem = "is on a platform that is not configured"
        mistakes.append(Mistake("bot.maintainers_chat", problem, f"one of {', '.join(options)}"))


@asynccontextmanager
async def open_database(config: Config) -> AsyncIterator[Database]:
    """The database, whole and with the newest schema. Raises StorageError."""
    database = Database(config.database_url)
    try:
        await database.check()
        await upgrade(database)
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def build_house(
    config: Config, *, clock: Clock | None = None, polled: Callable[[Polled], None] = lambda _: None
) -> AsyncIterator[House]:
    """Every part, opened and put together; closed again at the end. Raises ConfigError, StorageError."""
    clock = clock or SystemClock()
    mistakes: list[Mistake] = []
    options = read_adapter_options(config, mistakes)
    adapters = make_adapters(options, clock)
    sources = {name: source for name, source in choose_sources(config, mistakes).items() if source.enabled}
    if mistakes:
        raise ConfigError(mistakes)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(config))
        keyring = await open_keyring(database, config.key_file, may_make=not config.bot.key_file)
        first = _first_settings(config)
        await open_own_places(database, keyring, clock, own_places(options), first)
        for adapter in adapters.values():
            stack.push_async_callback(adapter.close)
        pulse, identities = Pulse(), dict[str, Identity]()
        rules = Rules(max_age=config.alerts.max_age, max_per_hour=config.alerts.max_per_hour)
        yield House(
            config=config,
            clock=clock,
            database=database,
            keyring=keyring,
            pipeline=await _build_pipeline(config, sources, database, clock, polled, stack),
            outbox=Outbox(database=database, keyring=keyring, clock=clock, rules=rules),
            dispatcher=Dispatcher(
                commands=find_commands(), database=database, keyring=keyring, clock=clock,
                settings=first, identities=identities,
            ),
            adapters=adapters,
            gates={name: Gate(_limits_of(adapter), clock) for name, adapter in adapters.items()},
            identities=identities,
            pulse=pulse,
        )


async def _build_pipeline(
    config: Config,
    sources: Mapping[str, Source],
    database: Database,
    clock: Clock,
    polled: Callable[[Polled], None],
    stack: AsyncExitStack,
) -> Pipeline:
    poll, per_source = config.poll, Pulse()       # one broken source does not make the program unwell
    manners = Manners(
        contact=config.bot.contact,
        timeout=poll.timeout.total_seconds(),
        max_bytes=poll.max_bytes,
        concurrency=poll.concurrency,
        allowed=AllowedHosts.parse(poll.allow_hosts),
    )
    return Pipeline(
        database=database,
        ledger=Ledger(database, max_age=config.alerts.max_age),
        chosen=sources,
        fetcher=await stack.enter_async_context(Fetcher(manners, clock)),
        reader=await stack.enter_async_context(Reader()),
        understanding=Understanding(identify=find_language, assess=assess),
        clock=clock,
        every=poll.every,
        rules=PollRules(least=poll.min, adaptive=poll.adaptive),
        jitter=random.random,
        guard=partial(guard, pulse=per_source),
        polled=polled,
    )


def _first_settings(config: Config) -> Settings:
    """What a chat begins with."""
    confirm = config.alerts.confirm
    return Settings(
        language=config.bot.language,
        timezone=config.bot.timezone,
        confirm=CONFIRM_OFFICIAL if confirm == "official" else confirm,
    )


def _limits_of(adapter: Adapter) -> Limits:
    return Limits(adapter.limits, answers=adapter.answers)


# --- run and once ---------------------------------------------------------------------------------------


class _StopAskedError(Exception):
    """Somebody asked the program to stop: ends the group of everything that runs."""


async def run(
    config: Config,
    *,
    only: frozenset[str] = ALL_PARTS,
    clock: Clock | None = None,
    polled: Callable[[Polled], None] = lambda _: None,
    settled: Callable[[House], Awaitable[None]] | None = None,
) -> None:
    """Everything in `only`, until SIGTERM or SIGINT; what is in hand is finished within ten seconds.

    polled: called after each poll. settled: called once, when the first poll of all that was due is over.
    """
    async with build_house(config, clock=clock, polled=polled) as house:
        try:
            async with asyncio.TaskGroup() as group:
                for work in _work_of(house, only, settled):
                    group.create_task(work)
                group.create_task(_wait_for_stop())
        except* _StopAskedError:
            log.info("stopping")
        finally:
            await house.outbox.stop()


async def once(config: Config, *, clock: Clock | None = None) -> tuple[str, ...]:
    """Answer what waits, poll every due source, deliver what is owed. What failed, a sentence each."""
    async with build_house(config, clock=clock) as house:
        house.pulse.patience = 1      # nothing is tried a second time
        for name in house.adapters:
            await guard(partial(_answer_waiting, house, name), name, house.pulse)
        await house.pipeline.enrol()
        await house.poll_due()
        await guard(house.outbox.drain, "delivery", house.pulse)
        await house.outbox.stop()
        await house.tidy()
        return house.complaints()


async def _answer_waiting(house: House, name: str) -> None:
    try:
        await house.connect(name)
        await house.answer_waiting(name)
    except SendError as error:
        house.troubles[name] = str(error)


def _work_of(
    house: House, only: frozenset[str], settled: Callable[[House], Awaitable[None]] | None
) -> Iterator[Coroutine[Any, Any, None]]:
    if "intake" in only:
        yield _take_in(house, settled)
    if "delivery" in only:
        yield run_steps(house.outbox.step, house.clock, OUTBOX_IDLE, "outbox", house.pulse)
    if {"delivery", "chat"} & only:
        yield from (
            _speak(house, name, delivers="delivery" in only, hears="chat" in only) for name in house.adapters
        )
    if "web" in only:
        yield _serve(house, only)


async def _take_in(house: House, settled: Callable[[House], Awaitable[None]] | None) -> None:
    """The first poll, then all that runs by the clock."""
    await house.pipeline.enrol()
    await house.poll_due()
    house.ready.add("intake")
    if settled is not None:
        await settled(house)
    scheduler = start_jobs(
        [
            Job(name="intake", every=INTAKE_TICK, run=house.poll_due, side_by_side=TURNS),
            Job(name="housekeeping", every=TIDY_EVERY, run=house.tidy, at_start=True),
        ]
    )
    try:
        await asyncio.Event().wait()
    finally:
        scheduler.shutdown(wait=False)


async def _speak(house: House, name: str, *, delivers: bool, hears: bool) -> None:
    """One platform: connect, however long it takes, then hear people. What breaks there ends nothing else."""
    first, longest = CONNECT_AGAIN
    wait = first
    while True:
        begun = house.clock.monotonic()
        if await guard(partial(_hear, house, name, delivers=delivers, hears=hears), name, house.pulse):
            return
        if house.clock.monotonic() - begun > longest:
            wait = first              # it worked for long
        await house.clock.sleep(wait)
        wait = min(wait * 2, longest)


async def _hear(house: House, name: str, *, delivers: bool, hears: bool) -> bool:
    """Whether that is over: there is nobody to hear, or the token is refused."""
    try:
        await house.connect(name, delivers=delivers)
        house.pulse.beat(name)        # it works again, though it may listen for days before it returns
        if hears:
            await house.listen(name)
    except SendError as error:
        log.warning("not connected", platform=name, why=str(error), final=error.unauthorised)
        if error.unauthorised:
            house.troubles[name] = str(error)
        return error.unauthorised
    return True


async def _serve(house: House, only: frozenset[str]) -> None:
    """The pages, until cancelled."""
    expected = {"intake"} & only
    if {"delivery", "chat"} & only:
        expected |= set(house.adapters)

    async def complaints() -> tuple[str, ...]:
        return house.complaints()

    async def waiting_for() -> tuple[str, ...]:
        return tuple(f"{name} has not begun" for name in sorted(expected - house.ready))

    web = house.config.web
    pages = make_web(Health(complaints=complaints, waiting_for=waiting_for), web.private_from)
    runner = await serve_web(pages, web.host, web.port)
    if runner is None:
        return
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


async def _wait_for_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await stop.wait()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
    raise _StopAskedError
