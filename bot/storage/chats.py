"""Chats: who accepted to be told, and what they chose. Their references are encrypted from the first row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, or_, select, update

from bot.chat.place import ChatKind, ChatRef
from bot.chat.settings import Chat, Settings, Updates
from bot.crypt import Keyring
from bot.errors import Closed
from bot.storage import queries, schema
from bot.storage.engine import Tx, insert_or
from bot.storage.topics import from_bits, to_bits

REF = "chat.ref"


async def find(tx: Tx, keyring: Keyring, place: ChatRef) -> Chat | None:
    """The chat at exactly this place."""
    rows = await tx.execute(select(schema.chat).where(schema.chat.c.ref_index == keyring.index(str(place))))
    row = rows.one_or_none()
    return None if row is None else _read(row, keyring)


async def in_home(tx: Tx, keyring: Keyring, place: ChatRef) -> tuple[Chat, ...]:
    """All chats of this platform's chat, whatever their thread: a group and its topics."""
    home = _home_index(keyring, place)
    rows = await tx.execute(
        select(schema.chat).where(schema.chat.c.home_index == home).order_by(schema.chat.c.id)
    )
    return tuple(_read(row, keyring) for row in rows)


async def get(tx: Tx, keyring: Keyring, ids: Iterable[int]) -> dict[int, Chat]:
    """Chats by row id; forgotten ones are missing."""
    rows = await tx.execute(select(schema.chat).where(schema.chat.c.id.in_(list(ids))))
    return {row.id: _read(row, keyring) for row in rows}


async def some(tx: Tx, keyring: Keyring, platform: str, limit: int) -> tuple[Chat, ...]:
    """At most so many chats of a platform, open ones first."""
    chat = schema.chat
    rows = await tx.execute(
        select(chat)
        .where(chat.c.platform == platform)
        .order_by(chat.c.closed.is_not(None), chat.c.id)
        .limit(limit)
    )
    return tuple(_read(row, keyring) for row in rows)


async def accept(
    tx: Tx, keyring: Keyring, place: ChatRef, kind: ChatKind, settings: Settings, now: datetime
) -> Chat:
    """Make `place` a chat, or give the one that is there these settings and open it again."""
    known = await find(tx, keyring, place)
    if known is not None:
        await save(tx, known.id, settings)
        await reopen(tx, known.id)
    else:
        newest = select(func.coalesce(func.max(schema.event.c.number), 0)).scalar_subquery()
        statement = insert_or(tx, schema.chat).values(
            ref_index=keyring.index(str(place)),
            ref_sealed=keyring.encrypt(REF, str(place)),
            home_index=_home_index(keyring, place),
            platform=place.platform,
            kind=kind.value,
            has_queries=False,
            since_event=newest,
            joined_week=now.strftime("%G-W%V"),
            **_columns(settings),
        )
        # A button pressed twice: the other press may have been first.
        await tx.execute(statement.on_conflict_do_nothing(index_elements=["ref_index"]))
    found = await find(tx, keyring, place)
    if found is None:
        raise RuntimeError("a chat that was just written is not there")
    return found


async def save(tx: Tx, chat_id: int, settings: Settings) -> None:
    """Replace what the chat has chosen."""
    await tx.execute(update(schema.chat).where(schema.chat.c.id == chat_id).values(_columns(settings)))


async def move(tx: Tx, keyring: Keyring, chat_id: int, place: ChatRef) -> None:
    """The chat lives on at `place` with all its settings. A chat already there gives way: it is newer there
    only because the platform told of the move late."""
    await tx.execute(
        delete(schema.chat).where(
            schema.chat.c.ref_index == keyring.index(str(place)), schema.chat.c.id != chat_id
        )
    )
    await tx.execute(
        update(schema.chat)
        .where(schema.chat.c.id == chat_id)
        .values(
            ref_index=keyring.index(str(place)),
            ref_sealed=keyring.encrypt(REF, str(place)),
            home_index=_home_index(keyring, place),
        )
    )
    await queries.touch(tx)           # those of a chat that gave way went with it


async def close(tx: Tx, chat_id: int, closed: Closed, now: datetime) -> None:
    """Nothing is sent there until `reopen`; the first reason and its moment are kept."""
    await tx.execute(
        update(schema.chat)
        .where(schema.chat.c.id == chat_id, schema.chat.c.closed.is_(None))
        .values(closed=closed.value, closed_at=now)
    )


async def reopen(tx: Tx, chat_id: int) -> None:
    """The platform takes messages for this chat again."""
    await tx.execute(
        update(schema.chat).where(schema.chat.c.id == chat_id).values(closed=None, closed_at=None)
    )


async def closed_before(tx: Tx, moment: datetime) -> tuple[int, ...]:
    """Row ids of chats closed since before `moment`, but for those whose right may come back."""
    rows = await tx.execute(
        select(schema.chat.c.id).where(
            schema.chat.c.closed_at < moment, schema.chat.c.closed != Closed.FORBIDDEN.value
        )
    )
    return tuple(rows.scalars())


async def drop_since_event(tx: Tx, before: datetime) -> None:
    """Drop the ledger's number at acceptance where no event up to it has changed since `before`: none of them
    can be pushed any more, and the number says when a chat joined more exactly than its week."""
    event, chat = schema.event, schema.chat
    alive = select(func.min(event.c.number)).where(event.c.changed >= before).scalar_subquery()
    await tx.execute(
        update(chat).where(or_(alive.is_(None), chat.c.since_event < alive)).values(since_event=None)
    )


async def forget(tx: Tx, chat_id: int) -> None:
    """Remove the chat, its queries and its deliveries."""
    for table in (schema.delivery, schema.query):
        await tx.execute(delete(table).where(table.c.chat == chat_id))
    await tx.execute(delete(schema.chat).where(schema.chat.c.id == chat_id))
    await queries.touch(tx)


async def count(tx: Tx) -> int:
    """How many chats accepted."""
    return int((await tx.execute(select(func.count()).select_from(schema.chat))).scalar_one())


def _home_index(keyring: Keyring, place: ChatRef) -> bytes:
    return keyring.index(str(ChatRef(place.platform, place.chat)) + " home")


def _columns(settings: Settings) -> dict[str, Any]:
    return {
        "topics": to_bits(settings.topics),
        "language": settings.language,
        "timezone": settings.timezone,
        "confirm": settings.confirm,
        "updates": settings.updates.value,
        "safe": settings.safe,
        "paused_until": settings.paused_until,
    }


def _read(row: Row[Any], keyring: Keyring) -> Chat:
    return Chat(
        id=row.id,
        place=ChatRef.parse(keyring.decrypt(REF, row.ref_sealed)),
        kind=ChatKind(row.kind),
        settings=Settings(
            topics=from_bits(row.topics),
            language=row.language,
            timezone=row.timezone,
            confirm=row.confirm,
            updates=Updates(row.updates),
            safe=row.safe,
            paused_until=row.paused_until,
        ),
        has_queries=row.has_queries,
        closed=row.closed,
        since_event=row.since_event,
    )
