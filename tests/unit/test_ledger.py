"""The deciding step on real storage: what each report orders, and what stays true beside other processes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import delete

from bot.ledger import Ledger, Taken
from bot.model import Action, Assessment, ChangeKind, Fanout, Item, Standing, Verdict
from bot.storage import events, fanouts, schema
from bot.storage.engine import Database
from tests.fakes.reports import item, move, release, sanctions

DAY = timedelta(hours=24)


async def take(ledger: Ledger, one: Item, found: Assessment) -> Taken:
    async with ledger.deciding(one.seen) as tx:
        return await ledger.take(tx, one, found, one.seen)


async def ordered(database: Database) -> Fanout | None:
    """The order that waits, and none waits afterwards."""
    async with database.writing() as tx:
        order = await fanouts.oldest(tx)
        await tx.execute(delete(schema.fanout))
    return order


async def test_an_event_is_ordered_at_its_first_report_that_is_not_baseline(
    sqlite_database: Database,
) -> None:
    ledger = Ledger(sqlite_database, max_age=DAY)
    await take(ledger, replace(item("2031-05-04 10:00", owner="a"), baseline=True), release(52))
    assert await ordered(sqlite_database) is None
    taken = await take(ledger, item("2031-05-05 09:59", owner="b", name="b"), release(52))
    order = await ordered(sqlite_database)
    assert order is not None
    assert order.event == taken.after.id
    assert ChangeKind.STARTED in order.kinds
    assert order.urgent


async def test_an_event_older_than_max_age_is_recorded_and_never_ordered(sqlite_database: Database) -> None:
    ledger = Ledger(sqlite_database, max_age=DAY)
    await take(ledger, replace(item("2031-05-04 10:00", owner="a"), baseline=True), release(52))
    taken = await take(ledger, item("2031-05-05 10:00", owner="b", name="b"), release(52))
    assert taken.decision.verdict is not Verdict.STARTS
    assert await ordered(sqlite_database) is None


async def test_a_report_two_weeks_after_the_last_change_is_recorded_silently(
    sqlite_database: Database,
) -> None:
    ledger = Ledger(sqlite_database, max_age=DAY)
    await take(ledger, item("2031-05-04 10:00", owner="a"), release(52, people=["Ales One", "Ihar Two"]))
    assert await ordered(sqlite_database) is not None
    late = item("2031-05-19 10:00", owner="b", published="2031-05-04 12:00")
    taken = await take(ledger, late, release(52, people=["Ales One", "Ihar Two"]))
    assert taken.decision.verdict is Verdict.REPEATS
    # Not even to those whose queries match it: the event takes no more reports that alert.
    assert await ordered(sqlite_database) is None


async def test_an_authoritys_own_act_is_ordered_for_those_who_wait_for_it_however_many_reported(
    sqlite_database: Database,
) -> None:
    ledger = Ledger(sqlite_database, max_age=DAY)
    found = sanctions(move(Action.EASED, "US"))
    for number, owner in enumerate(("a", "b", "c", "d")):
        await take(ledger, item(f"2031-05-04 10:0{number}", owner=owner), found)
        assert await ordered(sqlite_database) is not None
    act = item("2031-05-04 11:00", owner="authority", standing=Standing.OFFICIAL)
    taken = await take(ledger, act, found)
    assert taken.decision.verdict is not Verdict.STARTS
    order = await ordered(sqlite_database)
    assert order is not None
    assert order.kinds                # a mere repeat would reach nobody without queries


async def test_an_article_that_returns_to_an_earlier_wording_keeps_its_report(database: Database) -> None:
    first = item("2031-05-04 10:00", owner="a", name="first")
    ledger = Ledger(database, max_age=DAY)
    await take(ledger, first, release(52))
    await take(ledger, replace(item("2031-05-04 11:00", owner="a", name="second"), replaces="first"), release(53))
    taken = await take(ledger, replace(first, replaces="second"), release(52))
    async with database.reading() as tx:
        stored = await events.find(tx, taken.after.id)
    assert stored == taken.after
    assert [report.item for report in stored.reports] == ["first"]


async def test_what_one_coroutine_rolls_back_no_other_believes(database: Database) -> None:
    """However their transactions meet: an event that never came to be takes no report."""
    ledger = Ledger(database, max_age=DAY)

    async def fail(number: int) -> None:
        one = item(f"2031-05-04 10:{number:02}", owner=f"x{number}")
        with suppress(ZeroDivisionError):
            async with ledger.deciding(one.seen) as tx:
                await ledger.take(tx, one, release(52), one.seen)
                raise ZeroDivisionError

    async def succeed(number: int) -> Taken:
        return await take(ledger, item(f"2031-05-04 11:{number:02}", owner=f"y{number}"), release(52))

    results = await asyncio.gather(*(work(number) for number in range(20) for work in (fail, succeed)))
    names = {taken.after.id for taken in results if taken is not None}
    assert len(names) == 1
    async with database.reading() as tx:
        (event,) = await events.get(tx, names)
    assert {report.owner for report in event.reports} == {f"y{number}" for number in range(20)}


async def test_many_who_decide_at_once_leave_the_database_to_others(database: Database) -> None:
    ledger = Ledger(database, max_age=DAY)
    waiting = [
        asyncio.create_task(take(ledger, item(f"2031-05-04 10:{number:02}", owner=f"o{number}"), release(52)))
        for number in range(40)
    ]
    async with ledger.deciding(item("2031-05-04 10:00").seen):
        await asyncio.sleep(0.05)     # all the others stand in line by now
        async with asyncio.timeout(5), database.reading() as tx:
            await events.latest(tx, 1)
    await asyncio.gather(*waiting)
