"""Keyword queries: encrypted, decrypted once into the index at start."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, exists, insert, select, update

from bot.crypt import Keyring
from bot.storage import meta, schema
from bot.storage.engine import Tx

BODY = "query.body"
REVISION = "queries"                  # name in `meta`: rises whenever any query comes or goes
SLICE = 10_000                        # rows read at once


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredQuery:
    """One entry of a chat's list. body: what bot.query made of it, as text. folding: with which version."""

    id: int
    chat: int
    body: str
    folding: int


async def of_chat(tx: Tx, keyring: Keyring, chat_id: int) -> tuple[StoredQuery, ...]:
    """A chat's list in the order in which it was typed."""
    rows = await tx.execute(
        select(schema.query).where(schema.query.c.chat == chat_id).order_by(schema.query.c.id)
    )
    return tuple(_read(row, keyring) for row in rows)


async def add(tx: Tx, keyring: Keyring, chat_id: int, body: str, folding: int) -> int:
    """Append to a chat's list; the new row's id."""
    sealed = keyring.encrypt(BODY, body)
    result = await tx.execute(
        insert(schema.query)
        .values(chat=chat_id, body_sealed=sealed, folding=folding)
        .returning(schema.query.c.id)
    )
    await _changed(tx, chat_id)
    return int(result.scalar_one())


async def remove(tx: Tx, chat_id: int, query_id: int) -> bool:
    """Take one entry off a chat's list; whether it was there."""
    result = await tx.execute(
        delete(schema.query).where(schema.query.c.chat == chat_id, schema.query.c.id == query_id)
    )
    await _changed(tx, chat_id)
    return bool(result.rowcount)


async def revision(tx: Tx) -> int:
    """A number that rises whenever any query comes or goes: an index that knows it is up to date."""
    return int(await meta.read(tx, REVISION) or 0)


async def each(tx: Tx, keyring: Keyring) -> AsyncIterator[StoredQuery]:
    """All queries of all chats, by chat and age."""
    last = 0
    while True:
        rows = (
            await tx.execute(
                select(schema.query).where(schema.query.c.id > last).order_by(schema.query.c.id).limit(SLICE)
            )
        ).all()
        for row in rows:
            yield _read(row, keyring)
        if len(rows) < SLICE:
            return
        last = rows[-1].id


async def touch(tx: Tx) -> None:
    """Queries went with their chat: raise the revision."""
    await meta.raise_number(tx, REVISION)


async def _changed(tx: Tx, chat_id: int) -> None:
    has = select(exists().where(schema.query.c.chat == chat_id)).scalar_subquery()
    await tx.execute(update(schema.chat).where(schema.chat.c.id == chat_id).values(has_queries=has))
    await touch(tx)


def _read(row: Row[Any], keyring: Keyring) -> StoredQuery:
    return StoredQuery(
        id=row.id,
        chat=row.chat,
        body=keyring.decrypt(BODY, row.body_sealed),
        folding=row.folding,
    )
