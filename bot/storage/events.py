"""The ledger: events with their reports and changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, insert, select, update

from bot.model import ChangeKind, Event, EventChange, EventState, Reason, Report, Topic
from bot.storage import meta, schema
from bot.storage.encode import from_json, to_json
from bot.storage.engine import Tx, insert_or
from bot.storage.topics import from_bits, to_bits

REVISION = "events"                   # name in `meta`: rises with every write to any event
NUMBER = "event"                      # name in `meta`: of the newest event

# Letters and digits that people do not mix up when they read an id aloud.
ID_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
ID_LENGTH = 4
# A step that shares no factor with 31**4 walks through all 923,521 ids before one repeats, and neighbours
# in time look nothing alike, so that a mistyped id is no other recent event.
ID_STEP = 564_361


def event_id(number: int) -> str:
    """What people type for the event with this number: four characters, five from the 923,522nd event on."""
    space = len(ID_ALPHABET) ** ID_LENGTH
    rounds, place = divmod(number - 1, space)
    rest = (place * ID_STEP + ID_STEP) % space
    letters = ""
    for _ in range(ID_LENGTH):
        rest, digit = divmod(rest, len(ID_ALPHABET))
        letters += ID_ALPHABET[digit]
    return letters if not rounds else letters + ID_ALPHABET[(rounds - 1) % len(ID_ALPHABET)]


async def next_number(tx: Tx) -> int:
    """The number of the event that is about to start."""
    return await meta.raise_number(tx, NUMBER)


async def revision(tx: Tx) -> int:
    """The newest revision: a reader who knows it knows every event."""
    return int(await meta.read(tx, REVISION) or 0)


async def since(tx: Tx, known: int, changed_after: datetime) -> tuple[tuple[Event, ...], int]:
    """Events written after revision `known` whose last change is younger than `changed_after`, and the
    newest revision."""
    newest = await revision(tx)
    if newest == known:
        return (), known
    table = schema.event
    rows = await tx.execute(
        select(table.c.id).where(table.c.revision > known, table.c.changed > changed_after)
    )
    return await get(tx, rows.scalars().all()), newest


async def get(tx: Tx, ids: Iterable[str]) -> tuple[Event, ...]:
    """Events by id with all their current reports, in the order in which they started."""
    wanted = list(ids)
    reports: dict[str, list[Report]] = {name: [] for name in wanted}
    table = schema.report
    rows = await tx.execute(
        select(table.c.event, table.c.body)
        .where(table.c.event.in_(wanted), table.c.replaced.is_(False))
        .order_by(table.c.position)
    )
    for row in rows:
        reports[row.event].append(from_json(Report, row.body))
    events = await tx.execute(
        select(schema.event).where(schema.event.c.id.in_(wanted)).order_by(schema.event.c.number)
    )
    return tuple(
        Event(
            id=row.id, number=row.number, topics=from_bits(row.topics), started=row.started,
            changed=row.changed, change=row.change, state=EventState(row.state),
            reports=tuple(reports[row.id]),
        )
        for row in events
    )


async def find(tx: Tx, name: str) -> Event | None:
    """The event that people call `name`."""
    found = await get(tx, [name.strip().lower()])
    return found[0] if found else None


async def latest(tx: Tx, count: int, *, topics: Sequence[Topic] = ()) -> tuple[Event, ...]:
    """The newest events that still stand, newest first."""
    table = schema.event
    statement = select(table.c.id).where(table.c.state == EventState.OPEN.value)
    if topics:
        statement = statement.where(table.c.topics.op("&")(to_bits(topics)) != 0)
    rows = await tx.execute(statement.order_by(table.c.started.desc(), table.c.number.desc()).limit(count))
    found = await get(tx, rows.scalars().all())
    return tuple(sorted(found, key=lambda event: (event.started, event.number), reverse=True))


async def newest(tx: Tx, count: int | None) -> tuple[Event, ...]:
    """At most `count` events (None: all), the newest first, retracted ones too."""
    table = schema.event
    rows = await tx.execute(select(table.c.id).order_by(table.c.number.desc()).limit(count))
    ids = rows.scalars().all()
    found: list[Event] = []
    for start in range(0, len(ids), 500):        # SQLite takes 32,766 values in one statement
        found += await get(tx, ids[start : start + 500])
    return tuple(sorted(found, key=lambda event: event.number, reverse=True))


async def changes(tx: Tx, event: str) -> tuple[EventChange, ...]:
    """How an event came to be what it is, oldest first."""
    table = schema.event_change
    rows = await tx.execute(select(table).where(table.c.event == event).order_by(table.c.number))
    return tuple(
        EventChange(
            event=row.event, number=row.number, kind=ChangeKind(row.kind), at=row.at,
            urgent=row.urgent, item=row.item,
            reasons=tuple(from_json(Reason, reason) for reason in row.reasons),
        )
        for row in rows
    )


async def save(tx: Tx, event: Event, report: Report | None, made: Sequence[EventChange]) -> None:
    """Write an event as it now is, the report that joined and the changes that it made."""
    row = {
        "number": event.number, "topics": to_bits(event.topics), "started": event.started,
        "changed": event.changed, "change": event.change, "state": event.state.value,
        "revision": await meta.raise_number(tx, REVISION),
    }
    statement = insert_or(tx, schema.event).values(id=event.id, pushed=False, **row)
    await tx.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))
    if report is not None:
        await _add_report(tx, event.id, report)
    for change in made:
        await tx.execute(
            insert(schema.event_change).values(
                event=change.event, number=change.number, kind=change.kind.value, at=change.at,
                urgent=change.urgent, item=change.item,
                reasons=[to_json(reason) for reason in change.reasons],
            )
        )


async def pushed(tx: Tx, event: str) -> bool:
    """Whether the event was ever given to the chats."""
    return bool((await tx.execute(select(schema.event.c.pushed).where(schema.event.c.id == event))).scalar())


async def mark_pushed(tx: Tx, event: str) -> None:
    """The event is given to the chats from now on."""
    await tx.execute(update(schema.event).where(schema.event.c.id == event).values(pushed=True))


async def _add_report(tx: Tx, event: str, report: Report) -> None:
    table = schema.report
    if report.replaces is not None:
        await tx.execute(update(table).where(table.c.item == report.replaces).values(replaced=True))
    position = select(func.coalesce(func.max(table.c.position), 0) + 1).where(table.c.event == event)
    row = {
        "event": event, "seen": report.seen, "position": position.scalar_subquery(),
        "body": to_json(report), "replaced": False,
    }
    # The same item comes again when an article returns to an earlier wording: it stands last once more.
    statement = insert_or(tx, table).values(item=report.item, **row)
    await tx.execute(statement.on_conflict_do_update(index_elements=["item"], set_=row))
