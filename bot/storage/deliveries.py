"""The outbox: one row for each (event, chat). Every change of state is compare-and-set."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Update,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)

from bot.crypt import Keyring
from bot.model import Delivery, DeliveryClass, DeliveryState
from bot.storage import schema
from bot.storage.engine import Tx

RECEIPT = "delivery.receipt"
TAKEN = (DeliveryState.CLAIMED.value, DeliveryState.SENDING.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An accepted message: what it showed, its ids, and whether it sounded or edited an earlier one."""

    event: str
    chat: int
    shown: int                        # the change it told of: the claimed `wanted`
    receipt: tuple[str, ...]
    at: datetime
    sounded: bool
    edited: bool = False


async def claim(
    tx: Tx, keyring: Keyring, *, platform: str, holder: str, now: datetime, hold: timedelta, limit: int,
    busy: Sequence[int] = (),
) -> tuple[Delivery, ...]:
    """Take up to `limit` deliveries that are due, most pressing first, none of them to a chat in `busy`.

    They stay claimed until `now + hold`; what becomes of a claim that runs out, `recover` says.
    """
    table = schema.delivery
    due = (
        select(table.c.event, table.c.chat)
        .where(
            table.c.platform == platform,
            table.c.state == DeliveryState.OWED.value,
            table.c.not_before <= now,
            table.c.chat.not_in(list(busy)),
        )
        .order_by(table.c["class"], table.c.owed_since, table.c.chat)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    rows = await tx.execute(
        update(table)
        .where(table.c.event == due.c.event, table.c.chat == due.c.chat)
        .values(
            state=DeliveryState.CLAIMED.value, holder=holder, held_until=now + hold,
            attempts=table.c.attempts + 1,
        )
        .returning(table)
    )
    claimed = [_read(row, keyring) for row in rows]
    return tuple(sorted(claimed, key=lambda one: (one.delivery_class, one.owed_since, one.chat)))


async def next_due(tx: Tx, platform: str) -> datetime | None:
    """When the next delivery of this platform may be sent; None when nothing is owed."""
    table = schema.delivery
    rows = await tx.execute(
        select(func.min(table.c.not_before)).where(
            table.c.platform == platform, table.c.state == DeliveryState.OWED.value
        )
    )
    earliest: datetime | None = rows.scalar()
    return earliest


async def sent(tx: Tx, keyring: Keyring, accepted: Iterable[Sent], holder: str) -> None:
    """The platform took these. A delivery raised meanwhile is owed again, as an edit or reply."""
    rows = [
        {
            "of_event": one.event, "of_chat": one.chat, "shown": one.shown, "at": one.at,
            "receipt": keyring.encrypt(RECEIPT, json.dumps(one.receipt)),
            "sounded_at": one.at if one.sounded else None, "edited_at": one.at if one.edited else None,
        }
        for one in accepted
    ]
    if rows:
        await tx.execute(_note_sent(holder), rows)


def _note_sent(holder: str) -> Update:
    table, at = schema.delivery, bindparam("at", type_=schema.Instant)
    raised = table.c.wanted > bindparam("shown", type_=table.c.wanted.type)
    return (
        update(table)
        .where(_held(bindparam("of_event"), bindparam("of_chat"), holder))
        .values(
            told=bindparam("shown", type_=table.c.wanted.type),
            receipt_sealed=bindparam("receipt"),
            state=case((raised, DeliveryState.OWED.value), else_=DeliveryState.SENT.value),
            owed_since=case((raised, at), else_=table.c.owed_since),
            not_before=at,
            sounded=func.coalesce(bindparam("sounded_at", type_=schema.Instant), table.c.sounded),
            edited=func.coalesce(bindparam("edited_at", type_=schema.Instant), table.c.edited),
            holder=None, held_until=None, attempts=0, ambiguous=0,
        )
    )


async def put_back(
    tx: Tx, event: str, chat: int, holder: str, *, not_before: datetime, ambiguous: int = 0,
    delivery_class: DeliveryClass | None = None, tried: bool = True,
) -> None:
    """Owed again from `not_before` on. ambiguous: attempts of unknown fate so far. tried: the claim counts
    as an attempt."""
    table = schema.delivery
    values: dict[str, Any] = {
        "state": DeliveryState.OWED.value, "not_before": not_before, "ambiguous": ambiguous,
        "holder": None, "held_until": None,
    }
    if not tried:
        values["attempts"] = table.c.attempts - 1
    if delivery_class is not None:
        values["class"] = int(delivery_class)
    await tx.execute(update(table).where(_held(event, chat, holder)).values(values))


async def give_up(
    tx: Tx, event: str, chat: int, holder: str, state: DeliveryState, *, shown: int
) -> None:
    """Not tried again: UNKNOWN when nobody can know whether it arrived, SENT when trying cannot help. shown:
    the change it was to tell of; when it was raised meanwhile, the newer one is owed."""
    table = schema.delivery
    raised = table.c.wanted > shown
    await tx.execute(
        update(table)
        .where(_held(event, chat, holder))
        .values(
            state=case((raised, DeliveryState.OWED.value), else_=state.value), told=shown,
            holder=None, held_until=None, attempts=0, ambiguous=0,
        )
    )


async def begin(tx: Tx, claims: Iterable[tuple[str, int]], holder: str) -> frozenset[tuple[str, int]]:
    """The calls for these (event, chat) are about to be made: from now on their fate can be unknown. Those
    whose claim still stands; the others, as after the chat was forgotten, must not be made."""
    table = schema.delivery
    rows = await tx.execute(
        update(table)
        .where(
            tuple_(table.c.event, table.c.chat).in_(list(claims)), table.c.holder == holder,
            table.c.state.in_(TAKEN),
        )
        .values(state=DeliveryState.SENDING.value)
        .returning(table.c.event, table.c.chat)
    )
    return frozenset((row.event, row.chat) for row in rows)


async def drop(tx: Tx, chat: int) -> None:
    """Nothing is owed to this chat any more."""
    await tx.execute(delete(schema.delivery).where(schema.delivery.c.chat == chat))


async def recover(tx: Tx, now: datetime) -> int:
    """Claims that ran out are owed again: nothing was tried, or nobody knows what became of it. How many."""
    return await _recover(tx, schema.delivery.c.held_until < now, now)


async def recover_orphans(tx: Tx, platform: str, holder: str, now: datetime) -> int:
    """The same for all claims of other holders, when `holder` has become the only sender of the platform."""
    table = schema.delivery
    return await _recover(tx, and_(table.c.platform == platform, table.c.holder != holder), now)


async def _recover(tx: Tx, which: ColumnElement[bool], now: datetime) -> int:
    table = schema.delivery
    begun = table.c.state == DeliveryState.SENDING.value
    result = await tx.execute(
        update(table)
        .where(table.c.state.in_(TAKEN), which)
        .values(
            state=DeliveryState.OWED.value, holder=None, held_until=None, not_before=now,
            ambiguous=case((begun, table.c.ambiguous + 1), else_=table.c.ambiguous),
            attempts=case((begun, table.c.attempts), else_=table.c.attempts - 1),
        )
    )
    return result.rowcount


async def wake(tx: Tx, chat: int, now: datetime) -> None:
    """The chat is open again: what it is owed need not wait for its next try."""
    table = schema.delivery
    await tx.execute(
        update(table)
        .where(
            table.c.chat == chat, table.c.state == DeliveryState.OWED.value,
            table.c["class"] != int(DeliveryClass.GATHERED),
        )
        .values(not_before=now)
    )


async def unknown(tx: Tx, chat: int) -> tuple[str, ...]:
    """Events whose message to this chat is of unknown fate: its next message names them."""
    return (await unknown_of(tx, [chat])).get(chat, ())


async def unknown_of(tx: Tx, chats: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The same for many chats; those that miss nothing are not in it."""
    table = schema.delivery
    rows = await tx.execute(
        select(table.c.chat, table.c.event).where(
            table.c.chat.in_(list(chats)), table.c.state == DeliveryState.UNKNOWN.value
        )
    )
    found: dict[int, tuple[str, ...]] = {}
    for row in rows:
        found[row.chat] = (*found.get(row.chat, ()), row.event)
    return found


async def named(tx: Tx, chat: int, events: Iterable[str]) -> None:
    """A message named these events of unknown fate."""
    table = schema.delivery
    await tx.execute(
        update(table)
        .where(
            table.c.chat == chat, table.c.event.in_(list(events)),
            table.c.state == DeliveryState.UNKNOWN.value,
        )
        .values(state=DeliveryState.SENT.value)
    )


async def sounded_since(tx: Tx, chats: Iterable[int], moment: datetime) -> dict[int, int]:
    """How many messages that are not urgent sounded in each chat after `moment`."""
    table = schema.delivery
    rows = await tx.execute(
        select(table.c.chat, func.count())
        .where(
            table.c.chat.in_(list(chats)), table.c.sounded > moment,
            table.c["class"] != int(DeliveryClass.URGENT),
        )
        .group_by(table.c.chat)
    )
    return {row[0]: row[1] for row in rows}


async def claim_gathered(
    tx: Tx, keyring: Keyring, chat: int, holder: str, now: datetime, hold: timedelta
) -> tuple[Delivery, ...]:
    """All that waits to be gathered for one chat: it goes out as one message."""
    table = schema.delivery
    rows = await tx.execute(
        update(table)
        .where(
            table.c.chat == chat, table.c["class"] == int(DeliveryClass.GATHERED),
            table.c.state == DeliveryState.OWED.value,
        )
        .values(
            state=DeliveryState.CLAIMED.value, holder=holder, held_until=now + hold,
            attempts=table.c.attempts + 1,
        )
        .returning(table)
    )
    return tuple(_read(row, keyring) for row in rows)


async def expire(tx: Tx, before: datetime) -> int:
    """Drop message ids and what chats were told of events that last changed before `before`. How many."""
    old = select(schema.event.c.id).where(schema.event.c.changed < before)
    table = schema.delivery
    result = await tx.execute(
        delete(table).where(table.c.event.in_(old), table.c.state.not_in(TAKEN))
    )
    return result.rowcount


async def counts(tx: Tx) -> dict[tuple[str, str], int]:
    """How many deliveries stand in each (platform, state)."""
    table = schema.delivery
    rows = await tx.execute(
        select(table.c.platform, table.c.state, func.count()).group_by(table.c.platform, table.c.state)
    )
    return {(platform, state): number for platform, state, number in rows}


def _held(event: Any, chat: Any, holder: str) -> ColumnElement[bool]:
    table = schema.delivery
    # No IN: it cannot stand in a statement that runs for many rows.
    taken = or_(*(table.c.state == state for state in TAKEN))
    return and_(table.c.event == event, table.c.chat == chat, table.c.holder == holder, taken)


def _read(row: Row[Any], keyring: Keyring) -> Delivery:
    sealed = row.receipt_sealed
    return Delivery(
        event=row.event, chat=row.chat, platform=row.platform, wanted=row.wanted, told=row.told,
        delivery_class=DeliveryClass(row._mapping["class"]), attempts=row.attempts,
        ambiguous=row.ambiguous, owed_since=row.owed_since, edited=row.edited,
        receipt=tuple(json.loads(keyring.decrypt(RECEIPT, sealed))) if sealed else (),
    )


