"""What the outbox reads when it claims: all that is needed to decide on a delivery and to say it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat.settings import Chat
from bot.crypt import Keyring
from bot.events.summary import EventSummary, summarise
from bot.model import Delivery, Event, EventChange
from bot.storage import chats, deliveries, events
from bot.storage.engine import Database, Tx

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A claimed delivery. changes: those since the chat was last shown the event, all for a first message.

    sounded: messages that are not urgent in this chat within the hour. unsure: events whose message to this
    chat is of unknown fate.
    """

    delivery: Delivery
    chat: Chat
    event: Event
    summary: EventSummary
    changes: tuple[EventChange, ...]
    sounded: int
    unsure: tuple[str, ...]


async def read_claims(
    database: Database, keyring: Keyring, claimed: Sequence[Delivery], now: datetime
) -> tuple[Claimed, ...]:
    """The claims in their order; those of chats that were forgotten meanwhile are missing."""
    if not claimed:
        return ()
    async with database.reading() as tx:
        people = {one.chat for one in claimed}
        known = await chats.get(tx, keyring, people)
        sounded = await deliveries.sounded_since(tx, people, now - HOUR)
        unsure = await deliveries.unknown_of(tx, people)
        told_of = {event.id: event for event in await events.get(tx, {one.event for one in claimed})}
        changes = await _changes(tx, claimed)
    summaries = {name: summarise(event) for name, event in told_of.items()}
    return tuple(
        Claimed(
            delivery=one, chat=known[one.chat], event=told_of[one.event], summary=summaries[one.event],
            changes=tuple(c for c in changes.get(one.event, ()) if c.number > (one.told or 0)),
            sounded=sounded.get(one.chat, 0),
            unsure=tuple(name for name in unsure.get(one.chat, ()) if name != one.event),
        )
        for one in claimed
        if one.chat in known
    )


async def _changes(tx: Tx, claimed: Iterable[Delivery]) -> dict[str, tuple[EventChange, ...]]:
    """How the events changed that somebody was told of before; a first message needs no history."""
    names = {one.event for one in claimed if one.told is not None}
    return {name: await events.changes(tx, name) for name in names}
