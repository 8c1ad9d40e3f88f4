"""Items and the keys under which they were seen. A key outlives its item: no old story comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import null, select, update

from bot.model import Item, Reason, Verdict
from bot.storage import schema
from bot.storage.encode import from_json, to_json
from bot.storage.engine import Tx, insert_or

SLICE = 500                           # keys in one statement: SQLite takes at most 32,766 values


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Under this key a source showed something with this content, as this item."""

    content_hash: str
    first_seen: datetime
    last_seen: datetime
    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An item with what was decided of it, as it is kept."""

    item: Item
    relevant: bool
    verdict: Verdict
    event: str | None
    reasons: tuple[Reason, ...]


async def seen(tx: Tx, source: str, keys: Iterable[str]) -> dict[str, Seen]:
    """What is known of these keys of a source."""
    table, wanted, found = schema.seen, list(keys), {}
    for start in range(0, len(wanted), SLICE):
        rows = await tx.execute(
            select(table).where(table.c.source == source, table.c.key.in_(wanted[start : start + SLICE]))
        )
        for row in rows:
            found[row.key] = Seen(
                content_hash=row.content_hash, first_seen=row.first_seen, last_seen=row.last_seen,
                item=row.item,
            )
    return found


async def see(tx: Tx, items: Iterable[Item]) -> None:
    """Note the items' keys; a known key keeps the moment it was first seen."""
    rows = [
        {
            "source": item.source, "key": item.key, "content_hash": item.content_hash,
            "first_seen": item.seen, "last_seen": item.seen, "item": item.id,
        }
        for item in items
    ]
    statement = insert_or(tx, schema.seen)
    fresh = {name: statement.excluded[name] for name in ("content_hash", "last_seen", "item")}
    if rows:
        await tx.execute(statement.on_conflict_do_update(index_elements=["source", "key"], set_=fresh), rows)


async def see_again(tx: Tx, source: str, keys: Iterable[str], now: datetime) -> None:
    """The source still lists these keys: their year starts anew."""
    table, wanted = schema.seen, list(keys)
    for start in range(0, len(wanted), SLICE):
        await tx.execute(
            update(table)
            .where(table.c.source == source, table.c.key.in_(wanted[start : start + SLICE]))
            .values(last_seen=now)
        )


async def add(tx: Tx, judged: Judged) -> None:
    """Keep an item with what was decided of it. The same item twice is one row, as it was decided last."""
    item = judged.item
    row = {
        "seen": item.seen, "relevant": judged.relevant, "verdict": judged.verdict.value,
        "event": judged.event, "body": to_json(item),
        "reasons": [to_json(reason) for reason in judged.reasons],
    }
    statement = insert_or(tx, schema.item).values(id=item.id, source=item.source, key=item.key, **row)
    await tx.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))


async def find(tx: Tx, item_id: str) -> Judged | None:
    """One item whose text has not expired."""
    rows = await tx.execute(select(schema.item).where(schema.item.c.id == item_id))
    row = rows.one_or_none()
    if row is None or row.body is None:
        return None
    return Judged(
        item=from_json(Item, row.body), relevant=row.relevant, verdict=Verdict(row.verdict), event=row.event,
        reasons=tuple(from_json(Reason, reason) for reason in row.reasons),
    )


async def of_event(tx: Tx, event: str) -> tuple[Item, ...]:
    """The items that joined an event and whose text has not expired, oldest first."""
    table = schema.item
    rows = await tx.execute(
        select(table.c.body).where(table.c.event == event, table.c.body.is_not(None)).order_by(table.c.seen)
    )
    return tuple(from_json(Item, body) for body in rows.scalars())


async def expire(tx: Tx, text_before: datetime, keys_before: datetime) -> Mapping[str, int]:
    """Drop the text of items seen before `text_before`, and keys last seen before `keys_before`. Of an item
    without an event nothing stays: the reasons quote its text."""
    old = schema.item.c.seen < text_before
    ignored = await tx.execute(schema.item.delete().where(old, schema.item.c.event.is_(None)))
    texts = await tx.execute(
        update(schema.item)
        .where(old, schema.item.c.body.is_not(None))
        .values(body=null())
    )
    keys = await tx.execute(schema.seen.delete().where(schema.seen.c.last_seen < keys_before))
    return {"texts": texts.rowcount + ignored.rowcount, "keys": keys.rowcount}


