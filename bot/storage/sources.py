"""How each source is doing: when it is next due, what its server wants back, what went wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from bot.storage import schema
from bot.storage.engine import Tx, insert_or


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is remembered of a source between polls. failures: in a row. memory: its kind's own."""

    id: str
    next_poll: datetime
    why: str = ""
    polled: datetime | None = None
    succeeded: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    failures: int = 0
    problem: str = ""
    baseline_done: bool = False
    permanent_url: str | None = None
    memory: dict[str, Any] | None = None
    switched_off: bool = False


FIELDS = SourceState.__match_args__ or tuple(SourceState.__dataclass_fields__)


async def enrol(tx: Tx, ids: Iterable[str], now: datetime) -> None:
    """Make sources known that are not yet: due at once."""
    for source_id in ids:
        statement = insert_or(tx, schema.source_state).values(id=source_id, next_poll=now, why="new")
        await tx.execute(statement.on_conflict_do_nothing(index_elements=["id"]))


async def due(tx: Tx, now: datetime) -> tuple[SourceState, ...]:
    """Sources whose time has come, the longest waiting first."""
    table = schema.source_state
    rows = await tx.execute(
        select(table)
        .where(table.c.next_poll <= now, table.c.switched_off.is_(False))
        .order_by(table.c.next_poll)
    )
    return tuple(_read(row) for row in rows)


async def claim(tx: Tx, state: SourceState, next_poll: datetime, why: str) -> bool:
    """Write the next poll before the request leaves; False when another process was first."""
    table = schema.source_state
    result = await tx.execute(
        update(table)
        .where(table.c.id == state.id, table.c.next_poll == state.next_poll)
        .values(next_poll=next_poll, why=why)
    )
    return bool(result.rowcount)


async def record(tx: Tx, state: SourceState) -> None:
    """Write all that is remembered of a source, but for whether a maintainer switched it off."""
    values = {name: getattr(state, name) for name in FIELDS if name not in {"id", "switched_off"}}
    table = schema.source_state
    await tx.execute(update(table).where(table.c.id == state.id).values(values))


async def everything(tx: Tx) -> dict[str, SourceState]:
    """Every source that was ever enrolled, by id."""
    rows = await tx.execute(select(schema.source_state))
    return {row.id: _read(row) for row in rows}


def _read(row: Row[Any]) -> SourceState:
    return SourceState(**{name: getattr(row, name) for name in FIELDS})
