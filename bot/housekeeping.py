"""What is dropped when its time is over: CONTRACT's table "kept … for"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.events.similarity import ALERTING
from bot.storage import chats, deliveries, items
from bot.storage.engine import Database

log = structlog.get_logger(__name__)

KEYS = timedelta(days=365)            # since a source last listed them
REMOVED_CHATS = timedelta(days=30)    # since a group removed the bot


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How long: message ids and what a chat was told; an item's text."""

    messages: timedelta
    texts: timedelta


async def tidy(database: Database, keep: Keep, now: datetime) -> None:
    """Drop what is too old. Each kind in a transaction of its own, so that the writer is never held long."""
    async with database.writing() as tx:
        dropped = await items.expire(tx, now - keep.texts, now - KEYS)
    async with database.writing() as tx:
        told = await deliveries.expire(tx, now - keep.messages)
    async with database.writing() as tx:
        gone = await chats.closed_before(tx, now - REMOVED_CHATS)
        for chat_id in gone:
            await chats.forget(tx, chat_id)
        await chats.drop_since_event(tx, now - ALERTING)
    log.info("tidied", texts=dropped["texts"], keys=dropped["keys"], deliveries=told, chats=len(gone))
