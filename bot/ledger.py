"""The deciding step: what an item does to the ledger, written in the same transaction that read it.

The events that an item could be about are kept in memory and brought up to date at the start of each
transaction by their revision, so that deciding is a few milliseconds however many processes decide.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.events.candidates import CandidateIndex, candidate_window
from bot.events.change import SUPPORTED_BY, changes_of, is_grave
from bot.events.decide import decide, find_silence
from bot.events.fold import apply, report_of
from bot.events.summary import summarise
from bot.model import Assessment, ChangeKind, Decision, Event, Item, Verdict
from bot.storage import events, fanouts, items
from bot.storage.engine import Database, Tx, mapped_errors

REFRESH = timedelta(hours=6)          # how long events that are too old to be candidates stay in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of an item: the decision, and the event before and after it."""

    item: Item
    decision: Decision
    before: Event | None = None
    after: Event | None = None


class Ledger:
    """Takes items, one at a time and one process at a time."""

    def __init__(self, database: Database, *, max_age: timedelta) -> None:
        self._database = database
        self._max_age = max_age
        # Whoever waits for the database's own lock holds a connection that others need, and what one rolls
        # back must be forgotten before the next reads on.
        self._turn = asyncio.Lock()
        self._forget()

    def _forget(self) -> None:
        self._index = CandidateIndex()
        self._revision = 0
        self._loaded: datetime | None = None

    @asynccontextmanager
    async def deciding(self, now: datetime) -> AsyncIterator[Tx]:
        """The transaction in which `take` may be called; what it did counts when it ends well."""
        async with self._turn:
            try:
                async with self._database.deciding() as tx:
                    await self._catch_up(tx, now)
                    yield tx
            except BaseException:
                self._forget()
                raise

    async def _catch_up(self, tx: Tx, now: datetime) -> None:
        if self._loaded is None or now - self._loaded > REFRESH:
            self._forget()
            self._loaded = now
        written, self._revision = await events.since(tx, self._revision, candidate_window(now))
        for event in written:
            self._index.put(event)

    async def take(self, tx: Tx, item: Item, assessment: Assessment, now: datetime) -> Taken:
        """Decide on one item and write what follows: the item, its event, the changes, the fan-out order.

        When it raises, nothing of this item is written, and the next may be taken.
        """
        if self._loaded is None:
            await self._catch_up(tx, now)
        try:
            with mapped_errors():
                async with tx.begin_nested():
                    return await self._take(tx, item, assessment, now)
        except BaseException:
            self._forget()            # memory may hold what was rolled back
            raise

    async def _take(self, tx: Tx, item: Item, assessment: Assessment, now: datetime) -> Taken:
        near = self._index.near(item, assessment)
        decision = decide(item, assessment, near, now=now)
        before = after = None
        if decision.verdict is not Verdict.IGNORED:
            before = next((event for event in near if event.id == decision.event), None)
            after = await self._write(tx, item, assessment, decision, before, now)
        judged = items.Judged(
            item=item, relevant=assessment.relevant, verdict=decision.verdict,
            event=after.id if after else None, reasons=decision.reasons,
        )
        await items.add(tx, judged)
        return Taken(item=item, decision=decision, before=before, after=after)

    async def _write(
        self, tx: Tx, item: Item, assessment: Assessment, decision: Decision, before: Event | None,
        now: datetime,
    ) -> Event:
        report = report_of(item, assessment, before)
        number = before.number if before else await events.next_number(tx)
        name = before.id if before else events.event_id(number)
        after = apply(before, report, decision, id=name, number=number, now=now)
        await events.save(tx, after, report, changes_of(decision, after, item=item.id, at=now))
        self._index.put(after)
        self._revision = await events.revision(tx)
        await self._order(tx, item, decision, before, after, now)
        return after

    async def _order(
        self, tx: Tx, item: Item, decision: Decision, before: Event | None, after: Event, now: datetime
    ) -> None:
        """Bring the news to the chats, unless nobody may be told of this event (yet, or any more)."""
        if before is not None and find_silence(before, now):
            return
        is_first = before is None or not await events.pushed(tx, before.id)
        if is_first:
            if item.baseline or now - after.started >= self._max_age:
                return
            await events.mark_pushed(tx, after.id)
        kinds = decision.changes
        if is_first or before is None or opens_to_more(before, after):
            # Chats without queries may be owed their first message by this report.
            kinds = (ChangeKind.STARTED, *(kind for kind in kinds if kind is not ChangeKind.STARTED))
        urgent = decision.urgent or (is_first and is_grave(summarise(after)))
        await fanouts.order(
            tx, event=after.id, change=after.change, item=item.id, kinds=kinds, urgent=urgent, now=now
        )


def opens_to_more(before: Event, after: Event) -> bool:
    """Whether chats may be owed the event now that were not before: for its topics, or for how many confirm
    it."""
    earlier, later = summarise(before), summarise(after)
    rose = min(earlier.confirmations, SUPPORTED_BY) < min(later.confirmations, SUPPORTED_BY)
    return before.topics != after.topics or rose or (later.authority and not earlier.authority)
