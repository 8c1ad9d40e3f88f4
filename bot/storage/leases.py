"""Leases: at most one process does a thing, and another takes over when it dies."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_

from bot.storage import schema
from bot.storage.engine import Tx, insert_or


async def take(tx: Tx, name: str, holder: str, now: datetime, length: timedelta) -> bool:
    """Take or prolong the lease; False while another holder's is running."""
    statement = insert_or(tx, schema.lease).values(name=name, holder=holder, until=now + length)
    free = or_(schema.lease.c.holder == holder, schema.lease.c.until < now)
    result = await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["name"], set_={"holder": holder, "until": now + length}, where=free
        )
    )
    return bool(result.rowcount)


async def release(tx: Tx, name: str, holder: str) -> None:
    """Let go at once, so that a successor need not wait."""
    await tx.execute(delete(schema.lease).where(schema.lease.c.name == name, schema.lease.c.holder == holder))
