"""Fan-out orders, and the slices in which they become deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    delete,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from bot.chat.settings import CONFIRM_OFFICIAL, Updates
from bot.model import ChangeKind, DeliveryClass, DeliveryState, Fanout, Terms
from bot.storage import schema
from bot.storage.deliveries import TAKEN
from bot.storage.engine import Tx, insert_or
from bot.storage.topics import to_bits

Condition = ColumnElement[bool]


async def order(
    tx: Tx, *, event: str, change: int, item: str | None, kinds: Sequence[ChangeKind], urgent: bool,
    now: datetime,
) -> None:
    """Put an order into the same transaction as what it tells of."""
    await tx.execute(
        insert(schema.fanout).values(
            event=event, change=change, item=item, kinds=[kind.value for kind in kinds], urgent=urgent,
            created=now, mark=0,
        )
    )


async def oldest(tx: Tx) -> Fanout | None:
    """The order to work on now: urgent ones first. Locked for this transaction where another process could
    take it too."""
    table = schema.fanout
    rows = await tx.execute(
        select(table).order_by(table.c.urgent.desc(), table.c.id).limit(1).with_for_update(skip_locked=True)
    )
    row = rows.one_or_none()
    if row is None:
        return None
    return Fanout(
        id=row.id, event=row.event, change=row.change, item=row.item, urgent=row.urgent, mark=row.mark,
        created=row.created, kinds=tuple(map(ChangeKind, row.kinds)),
    )


async def slice_end(tx: Tx, mark: int, length: int) -> int | None:
    """Row id of the last of the next `length` chats after `mark`; None when there is none."""
    table = schema.chat
    ids = select(table.c.id).where(table.c.id > mark).order_by(table.c.id).limit(length).subquery()
    last: int | None = (await tx.execute(select(func.max(ids.c.id)))).scalar()
    return last


async def owe(
    tx: Tx, terms: Terms, *, after: int, upto: int, matching: Sequence[int], with_plain: bool, now: datetime
) -> None:
    """Insert or raise the deliveries of chats `after` < id <= `upto`.

    matching: chats of this slice whose queries match. with_plain: whether chats without queries are owed too.
    """
    chosen: Condition = schema.chat.c.id.in_(list(matching))
    if with_plain:
        chosen = or_(chosen, schema.chat.c.has_queries.is_(False))
    within = and_(schema.chat.c.id > after, schema.chat.c.id <= upto)
    if terms.again is not None:
        await _raise_told(tx, terms, terms.again, within, now)
    if terms.first is not None:
        await _insert_owed(tx, terms, terms.first, and_(within, chosen), now)


async def _raise_told(
    tx: Tx, terms: Terms, again_class: DeliveryClass, within: Condition, now: datetime
) -> None:
    """Those who have a delivery of this event come to know the change, whatever their queries say today.

    Who waits for a first message goes on waiting as before, unless that message has become urgent.
    """
    table, chat = schema.delivery, schema.chat
    again = int(again_class)
    heeds = select(chat.c.id).where(within)
    if not terms.corrects:
        heeds = heeds.where(chat.c.updates != Updates.OFF.value)
    moment = literal(now, schema.Instant)
    taken = table.c.state.in_(TAKEN)
    waiting = or_(taken, table.c.state == DeliveryState.OWED.value)
    untold = and_(waiting, table.c.told.is_(None))
    urgent = int(DeliveryClass.URGENT)
    hurries = and_(untold, table.c["class"] != urgent) if terms.first is DeliveryClass.URGENT else false()
    await tx.execute(
        update(table)
        .where(table.c.event == terms.event, table.c.wanted < terms.change)
        .where(or_(table.c.told.is_(None), table.c.chat.in_(heeds)))
        .where(table.c.chat.in_(select(chat.c.id).where(within)))
        .values(
            {
                "wanted": terms.change,
                "class": case(
                    (hurries, urgent),
                    (untold, table.c["class"]),
                    (waiting, _more_pressing(table.c["class"], again)),
                    else_=again,
                ),
                "state": case(
                    (taken, table.c.state), else_=DeliveryState.OWED.value
                ),
                "owed_since": case((waiting, table.c.owed_since), else_=moment),
                "not_before": case((hurries, moment), (waiting, table.c.not_before), else_=moment),
                "attempts": case((waiting, table.c.attempts), else_=0),
                "ambiguous": case((waiting, table.c.ambiguous), else_=0),
            }
        )
    )


def _more_pressing(column: ColumnElement[int], other: int) -> ColumnElement[int]:
    return case((column < other, column), else_=other)


async def _insert_owed(
    tx: Tx, terms: Terms, first: DeliveryClass, chosen: Condition, now: datetime
) -> None:
    statement = insert_or(tx, schema.delivery).from_select(
        ["event", "chat", "platform", "wanted", "class", "state", "not_before", "owed_since", "attempts",
         "ambiguous"],
        _owed_chats(terms, first, chosen, now),
    )
    await tx.execute(statement.on_conflict_do_nothing(index_elements=["event", "chat"]))


def _owed_chats(terms: Terms, first: DeliveryClass, chosen: Condition, now: datetime) -> Select[Any]:
    """Chats that are owed a first message, by what they keep in clear; `bot.delivery.plan` says the same of
    one chat, and a test compares the two."""
    chat = schema.chat
    confirmed = chat.c.confirm <= terms.owners
    if terms.official:
        confirmed = or_(confirmed, chat.c.confirm <= CONFIRM_OFFICIAL)
    moment = literal(now, schema.Instant)
    not_before = case((chat.c.paused_until > now, chat.c.paused_until), else_=moment)
    return select(
        literal(terms.event), chat.c.id, chat.c.platform, literal(terms.change), literal(int(first)),
        literal(DeliveryState.OWED.value), not_before, moment, literal(0), literal(0),
    ).where(
        chosen,
        confirmed,
        chat.c.topics.op("&")(to_bits(terms.topics)) != 0,
        chat.c.closed.is_(None),
        or_(chat.c.since_event.is_(None), chat.c.since_event < terms.number),
    )


async def advance(tx: Tx, fanout_id: int, mark: int) -> None:
    """The slice up to `mark` is done."""
    await tx.execute(update(schema.fanout).where(schema.fanout.c.id == fanout_id).values(mark=mark))


async def finish(tx: Tx, fanout_id: int) -> None:
    """The order is worked off."""
    await tx.execute(delete(schema.fanout).where(schema.fanout.c.id == fanout_id))


async def waiting(tx: Tx) -> int:
    """How many orders are not worked off yet."""
    return int((await tx.execute(select(func.count()).select_from(schema.fanout))).scalar_one())
