"""An outbox with a database, chats, events and a fake Telegram that enforces its limits, on one fake clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.options import TelegramOptions
from bot.chat.place import ChatKind, ChatRef
from bot.chat.settings import Chat, Settings
from bot.clock import Clock
from bot.crypt import Keyring
from bot.delivery.gate import Gate
from bot.delivery.limits import Limits
from bot.delivery.outbox import Outbox
from bot.delivery.sending import Rules
from bot.model import (
    ChangeKind,
    Count,
    DeliveryClass,
    Event,
    EventChange,
    EventState,
    Facts,
    Item,
    Kind,
    Reason,
    Report,
    Risk,
    Standing,
    Topic,
    Verdict,
)
from bot.storage import chats, deliveries, events, fanouts, items, schema
from bot.storage.engine import Database
from tests.fakes.clock import FakeClock
from tests.fakes.telegram import TelegramFake

FIRST_USER = 5_550_000
TICK = 0.1            # seconds of fake time between two turns of the outbox, as in the program


@dataclass(kw_only=True)
class PostOffice:
    """Everything between an event in the ledger and a message in a chat."""

    database: Database
    keyring: Keyring
    clock: Clock
    telegram: TelegramFake
    rules: Rules = field(default_factory=Rules)
    adapter: TelegramAdapter = field(init=False)
    outbox: Outbox = field(init=False)

    async def open(self, *, messages_per_second: int = 30, answer_seconds: float = 5.0) -> None:
        """Connect, as `app` does."""
        options = TelegramOptions(
            token=self.telegram.token, api_url=self.telegram.url, messages_per_second=messages_per_second,
            paid_broadcast=messages_per_second > 30,
        )
        self.adapter = TelegramAdapter(options, self.clock, answer_seconds=answer_seconds)
        identity = await self.adapter.connect()
        gate = Gate(Limits(self.adapter.limits, answers=options.answers_per_second), self.clock)
        self.outbox = Outbox(
            database=self.database, keyring=self.keyring, clock=self.clock, rules=self.rules, jitter=lambda: 0.5
        )
        self.outbox.open_lane(self.adapter, identity, gate)

    async def close(self) -> None:
        """As when the process ends; nobody waits for the fake clock."""
        for lane in self.outbox._lanes.values():
            await lane.stop(0.05)
        await self.adapter.close()

    # --- chats and events ---------------------------------------------------------------------------

    async def accept(self, count: int = 1, **settings: object) -> list[Chat]:
        """So many more people accept, in private chats."""
        first = FIRST_USER + len(self.telegram.chats)
        made = []
        async with self.database.writing() as tx:
            for user in range(first, first + count):
                self.telegram.private(user)
                place = ChatRef("telegram", str(user))
                made.append(await self._accept(tx, place, ChatKind.PRIVATE, settings))
        return made

    async def accept_group(self, chat: int, **settings: object) -> Chat:
        """A group accepts."""
        self.telegram.group(chat, admins=[1])
        async with self.database.writing() as tx:
            return await self._accept(tx, ChatRef("telegram", str(chat)), ChatKind.GROUP, settings)

    async def _accept(self, tx, place: ChatRef, kind: ChatKind, settings: dict[str, object]) -> Chat:
        chosen = Settings(**settings)  # type: ignore[arg-type]
        return await chats.accept(tx, self.keyring, place, kind, chosen, self.clock.now())

    async def happens(self, *, freed: int | None = 52, topics: Sequence[Topic] = (Topic.RELEASE,)) -> Event:
        """An event starts, reported by one outlet, and is given to the chats."""
        now = self.clock.now()
        async with self.database.writing() as tx:
            number = await events.next_number(tx)
            event = Event(
                id=events.event_id(number), number=number, topics=tuple(topics), started=now, changed=now,
                change=0,
            )
        return await self.changes(event, ChangeKind.STARTED, freed=freed)

    async def changes(
        self, event: Event, kind: ChangeKind, *, freed: int | None = None, outlet: str = "", urgent: bool = True
    ) -> Event:
        """Another outlet reports and something about the event is new."""
        now, change = self.clock.now(), event.change + 1
        outlet = outlet or f"Outlet {len(event.reports) + 1}"
        item = _item(f"{event.id}-{change}", outlet, now)
        report = _report(item, event.topics, freed)
        state = EventState.RETRACTED if kind is ChangeKind.RETRACTED else event.state
        after = replace(event, change=change, changed=now, state=state, reports=(*event.reports, report))
        made = EventChange(event=event.id, number=change, kind=kind, at=now, urgent=urgent, item=item.id)
        judged = items.Judged(
            item=item, relevant=True, verdict=Verdict.JOINS, event=event.id, reasons=(Reason(code="test"),)
        )
        async with self.database.deciding() as tx:
            await events.save(tx, after, report, [made])
            await items.add(tx, judged)
            await fanouts.order(
                tx, event=event.id, change=change, item=item.id, kinds=[kind], urgent=urgent, now=now
            )
        return after

    # --- time ---------------------------------------------------------------------------------------

    async def run(self, seconds: float, *, tick: float = TICK) -> None:
        """Let so much fake time pass, with a turn of the outbox and the network's work at each tick."""
        assert isinstance(self.clock, FakeClock)
        for _ in range(max(1, round(seconds / tick))):
            while await self.outbox.step():
                await self.settle()
            await self.settle()
            await self.clock.advance(tick)
        await self.settle()

    async def settle(self) -> None:
        """Let calls under way come to their end; one that the platform does not answer is not waited for."""
        quiet = 0
        while quiet < 25:
            calls, busy = len(self.telegram.calls), self._busy()
            await asyncio.sleep(0.001)
            if calls != len(self.telegram.calls) or busy != self._busy():
                quiet = 0
            elif not busy:
                return
            quiet += 1

    def _busy(self) -> int:
        """Claims that are at work and not only waiting for their turn."""
        lanes = self.outbox._lanes.values()
        at_work = sum(not hand.task.done() for lane in lanes for hand in lane._in_hand.values())
        return at_work - sum(len(lane.sender.gate._waiting) for lane in lanes)

    # --- what came of it ----------------------------------------------------------------------------

    def texts(self, chat: Chat) -> list[str]:
        """What stands in the chat now."""
        return [sent.text for sent in self.telegram.shown(int(chat.place.chat))]

    async def counts(self) -> dict[str, int]:
        """Deliveries by state."""
        async with self.database.reading() as tx:
            return {state: number for (_, state), number in (await deliveries.counts(tx)).items()}

    async def rows(self) -> list[dict[str, object]]:
        """The outbox as it is stored."""
        async with self.database.reading() as tx:
            return [dict(row._mapping) for row in await tx.execute(schema.delivery.select())]


@asynccontextmanager
async def post_office(
    database: Database, keyring: Keyring, clock: Clock, *, grace: float = 0.0, **opening: object
) -> AsyncIterator[PostOffice]:
    """An open one, with a Telegram that enforces its documented limits to the microsecond."""
    async with TelegramFake(clock=clock, grace=grace) as telegram:
        office = PostOffice(database=database, keyring=keyring, clock=clock, telegram=telegram)
        await office.open(**opening)  # type: ignore[arg-type]
        try:
            yield office
        finally:
            await office.close()


def _item(name: str, outlet: str, now) -> Item:
    return Item(
        id=name, source=outlet.lower(), owner=outlet.lower(), standing=Standing.NGO, outlet=outlet, key=name,
        url=f"https://{outlet.lower().replace(' ', '-')}.example/{name}", title=f"What {outlet} calls it",
        summary="Potash and prisoners", language="en", published=now, dated=True, seen=now, content_hash=name,
        risk=Risk.B,
    )


def _report(item: Item, topics: tuple[Topic, ...], freed: int | None) -> Report:
    return Report(
        item=item.id, source=item.source, owner=item.owner, standing=item.standing, outlet=item.outlet,
        url=item.url, risk=item.risk, title=item.title, language=item.language, published=item.published,
        seen=item.seen, kind=Kind.REPORT, topics=topics, traits=frozenset(), happening=True,
        facts=Facts(released=None if freed is None else Count(value=freed, quote=str(freed))),
    )


GATHERED = int(DeliveryClass.GATHERED)
DAY = timedelta(days=1)
