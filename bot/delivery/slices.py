"""Fan-out orders become deliveries, a slice of the chats at a time.

Chats with queries are found by the index, once for each order; chats without by what storage keeps in clear.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

import structlog

from bot.clock import Clock
from bot.crypt import Keyring
from bot.delivery.plan import terms_of
from bot.errors import QueryError
from bot.events.summary import summarise
from bot.model import Event, Fanout, Item
from bot.query.compile import refresh_entry
from bot.query.index import QueryIndex
from bot.query.match import asked_of, fold_item
from bot.query.tree import Query
from bot.storage import events, fanouts, items, queries
from bot.storage.engine import Database, Tx
from bot.storage.queries import StoredQuery

log = structlog.get_logger(__name__)

SLICE = 10_000        # chats in one transaction: the writer is held some 100 ms


@dataclass(slots=True)
class Slices:
    """Works off orders. Several processes may: an order is locked while one slice of it is made."""

    database: Database
    keyring: Keyring
    clock: Clock
    slice_length: int = SLICE
    _index: QueryIndex = field(default_factory=QueryIndex)
    _revision: int = -1
    _matching: tuple[Fanout | None, tuple[int, ...]] = (None, ())        # of the newest order worked on

    async def step(self) -> bool:
        """One slice of the most pressing order; whether there was an order."""
        async with self.database.reading() as tx:
            if not await fanouts.waiting(tx):
                return False
        await self._refresh()
        async with self.database.writing() as tx:
            order = await fanouts.oldest(tx)
            if order is None:
                return False
            if await queries.revision(tx) != self._revision:
                return True           # a query came in between: its chat must not fall between two readings
            found = await events.get(tx, [order.event])
            await self._work(tx, order, found[0])
        return True

    async def _work(self, tx: Tx, order: Fanout, event: Event) -> None:
        upto = await fanouts.slice_end(tx, order.mark, self.slice_length)
        if upto is None:
            await fanouts.finish(tx, order.id)
            return
        matching = await self._chats_matching(tx, order, event)
        await fanouts.owe(
            tx, terms_of(event, summarise(event), order), after=order.mark, upto=upto,
            matching=[chat for chat in matching if order.mark < chat <= upto],
            with_plain=bool(order.kinds), now=order.created,
        )
        await fanouts.advance(tx, order.id, upto)

    async def _refresh(self) -> None:
        """Read the queries anew when any of them changed."""
        async with self.database.reading() as tx:
            revision = await queries.revision(tx)
            if revision == self._revision:
                return
            index = QueryIndex()
            stored = [row async for row in queries.each(tx, self.keyring)]
        for chat, rows in groupby(sorted(stored, key=lambda row: row.chat), key=lambda row: row.chat):
            index.put(chat, list(_compiled(rows)))
        self._index, self._revision = index, revision
        self._matching = (None, ())

    async def _chats_matching(self, tx: Tx, order: Fanout, event: Event) -> tuple[int, ...]:
        if not len(self._index):
            return ()
        whole = replace(order, mark=0)      # row ids come again: an order is known by all it says
        if self._matching[0] != whole:
            of_event = await items.of_event(tx, event.id)
            # News of the event is for whoever asked for any of its items; a mere repeat for its own words.
            asked = of_event if order.kinds else [one for one in of_event if one.id == order.item]
            self._matching = (whole, tuple(sorted(self._find(asked, event))))
        return self._matching[1]

    def _find(self, asked: Iterable[Item], event: Event) -> set[int]:
        summary = summarise(event)
        released = summary.released.high if summary.released else None
        people = tuple(person.name for person in summary.people)
        reports = {report.item: report for report in event.reports}
        found: set[int] = set()
        for item in asked:
            if (report := reports.get(item.id)) is not None:
                words = fold_item(item.title, item.summary, item.language)
                facts = asked_of(report, event.topics, released=released, people=people)
                found.update(self._index.find(words, facts))
        return found


def _compiled(rows: Iterable[StoredQuery]) -> Iterator[Query]:
    """The queries of one chat. One that today's grammar refuses is left out: the others must not wait."""
    for row in rows:
        try:
            yield refresh_entry(row.body, row.folding).query
        except QueryError as error:
            log.warning("a stored query cannot be read", why=error.message_id)
