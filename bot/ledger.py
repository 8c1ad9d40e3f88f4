"""The deciding step: what an item does to the ledger, written in the same transaction that read it.

The events that an item could be about are kept in memory and brought up to date at the start of each
transaction by their revision, so that deciding is a few milliseconds however many processes decide.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.events.candidates import CandidateIndex, candidate_window
from bot.events.change import changes_of
from bot.events.decide import decide
from bot.events.fold import apply, report_of
from bot.model import Assessment, ChangeKind, Decision, Event, Item, Verdict
from bot.storage import events, fanouts, items
from bot.storage.engine import Database, Tx

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
        self._forget()

    def _forget(self) -> None:
        self._index = CandidateIndex()
        self._revision = 0
        self._loaded: datetime | None = None

    @asynccontextmanager
    async def deciding(self, now: datetime) -> AsyncIterator[Tx]:
        """The transaction in which `take` may be called; what it did counts when it ends well."""
        try:
            async with self._database.deciding() as tx:
                await self._catch_up(tx, now)
                yield tx
        except BaseException:
            self._forget()            # memory may hold events that were rolled back
            raise

    async def _catch_up(self, tx: Tx, now: datetime) -> None:
        if self._loaded is None or now - self._loaded > REFRESH:
            self._forget()
            self._loaded = now
        written, self._revision = await events.since(tx, self._revision, candidate_window(now))
        for event in written:
            self._index.put(event)

    async def take(self, tx: Tx, item: Item, assessment: Assessment, now: datetime) -> Taken:
        """Decide on one item and write what follows: the item, its event, the changes, the fan-out order."""
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
        """Bring the news to the chats, unless nobody may be told of this event (yet)."""
        was_pushed = before is not None and await events.pushed(tx, before.id)
        if not (was_pushed or (not item.baseline and now - after.started < self._max_age)):
            return
        kinds = decision.changes
        if not was_pushed:
            await events.mark_pushed(tx, after.id)
        if not was_pushed or (before and after.topics != before.topics):
            # Chats without queries may be owed their first message by this report.
            kinds = (ChangeKind.STARTED, *(kind for kind in kinds if kind is not ChangeKind.STARTED))
        await fanouts.order(
            tx, event=after.id, change=after.change, item=item.id, kinds=kinds, urgent=decision.urgent,
            now=now,
        )
