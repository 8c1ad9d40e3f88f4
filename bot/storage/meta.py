"""Single values of the whole database, by name."""

from __future__ import annotations

from sqlalchemy import Integer, Text, cast, delete, select

from bot.storage import schema
from bot.storage.engine import Tx, insert_or


async def read(tx: Tx, name: str) -> str | None:
    """The value, or None where it was never written."""
    rows = await tx.execute(select(schema.meta.c.value).where(schema.meta.c.name == name))
    return rows.scalar_one_or_none()


async def write(tx: Tx, name: str, value: str) -> None:
    """Set the value."""
    statement = insert_or(tx, schema.meta).values(name=name, value=value)
    await tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


async def write_once(tx: Tx, name: str, value: str) -> str:
    """Set the value unless there is one; what stands then, whoever wrote it."""
    statement = insert_or(tx, schema.meta).values(name=name, value=value)
    await tx.execute(statement.on_conflict_do_nothing(index_elements=["name"]))
    return await read(tx, name) or value


async def raise_number(tx: Tx, name: str) -> int:
    """Add one to a number (from 0) and return it; two transactions never get the same."""
    statement = insert_or(tx, schema.meta).values(name=name, value="1")
    raised = cast(cast(schema.meta.c.value, Integer) + 1, Text)
    result = await tx.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"value": raised}).returning(
            schema.meta.c.value
        )
    )
    return int(result.scalar_one())


async def remove(tx: Tx, name: str) -> None:
    """Forget the value."""
    await tx.execute(delete(schema.meta).where(schema.meta.c.name == name))
