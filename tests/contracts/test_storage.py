"""What storage promises, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from bot.chat.place import ChatKind, ChatRef
from bot.chat.settings import CONFIRM_OFFICIAL, Settings, Updates
from bot.crypt import Keyring
from bot.errors import Closed, StorageError
from bot.model import (
    ChangeKind,
    DeliveryClass,
    DeliveryState,
    Event,
    EventChange,
    Facts,
    Item,
    Kind,
    Reason,
    Report,
    Risk,
    Standing,
    Terms,
    Topic,
    Verdict,
)
from bot.storage import chats, deliveries, events, fanouts, items, leases, meta, queries, schema, sources
from bot.storage.engine import Database
from bot.storage.migrate import newest, upgrade, version

NOW = datetime(2030, 1, 7, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOLD = timedelta(seconds=60)
PLACE = ChatRef("telegram", "-1005550001", "7")


def make_item(name: str = "a", **values: object) -> Item:
    plain = {
        "id": f"item-{name}", "source": "s", "owner": "o", "standing": Standing.NGO, "outlet": "Outlet",
        "key": f"key-{name}", "url": None, "title": "A title", "summary": "", "language": "en",
        "published": NOW, "dated": True, "seen": NOW, "content_hash": f"hash-{name}",
    }
    return Item(**(plain | values))


def make_report(name: str = "a", **values: object) -> Report:
    plain = {
        "item": f"item-{name}", "source": "s", "owner": "o", "standing": Standing.NGO, "outlet": "Outlet",
        "url": None, "risk": Risk.C, "title": "A title", "language": "en", "published": NOW, "seen": NOW,
        "kind": Kind.REPORT, "facts": Facts(), "topics": (Topic.RELEASE,), "traits": frozenset({"number:5"}),
        "happening": True,
    }
    return Report(**(plain | values))


async def start_event(tx, *, number: int | None = None, now: datetime = NOW) -> Event:
    number = number or await events.next_number(tx)
    event = Event(
        id=events.event_id(number), number=number, topics=(Topic.RELEASE,), started=now, changed=now, change=1,
    )
    report = make_report(f"of-{number}")
    change = EventChange(
        event=event.id, number=1, kind=ChangeKind.STARTED, at=now, urgent=True, item=report.item,
        reasons=(Reason(code="first"),),
    )
    await events.save(tx, event, report, [change])
    return dataclasses.replace(event, reports=(report,))


async def accept(tx, keyring: Keyring, number: int, *, kind: ChatKind = ChatKind.PRIVATE, **settings: object):
    place = ChatRef("telegram", str(5_550_000 + number))
    return await chats.accept(tx, keyring, place, kind, Settings(**settings), NOW)


def terms(event: Event, **values: object) -> Terms:
    plain = {
        "event": event.id, "number": event.number, "change": event.change, "topics": event.topics, "owners": 1,
        "official": False, "first": DeliveryClass.URGENT, "again": DeliveryClass.EDIT,
    }
    return Terms(**(plain | values))


async def owe_all(tx, event: Event, *, matching=(), with_plain: bool = True, now: datetime = NOW, **values):
    wanted = terms(event, **values)
    await fanouts.owe(
        tx, wanted, after=0, upto=10**9, matching=list(matching), with_plain=with_plain, now=now
    )


async def claim(tx, keyring: Keyring, *, holder: str = "h", now: datetime = NOW, limit: int = 100, busy=()):
    return await deliveries.claim(
        tx, keyring, platform="telegram", holder=holder, now=now, hold=HOLD, limit=limit, busy=busy
    )


# --- the schema ---------------------------------------------------------------------------------------------


async def test_the_migrations_build_the_declared_schema(database: Database) -> None:
    def compare(connection) -> list:
        return compare_metadata(MigrationContext.configure(connection), schema.metadata)

    async with database.reading() as tx:
        differences = [
            one for one in await tx.run_sync(compare)
            # Alembic reads no type behind our own column type; the names and the rest are compared.
            if one[0] != "modify_type"
        ]
    assert differences == []
    assert await version(database) == newest()


async def test_upgrading_twice_changes_nothing(database: Database) -> None:
    assert await upgrade(database) == (newest(), newest())


async def test_a_database_of_a_newer_program_is_refused(database: Database) -> None:
    async with database.writing() as tx:
        await tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match="9999"):
        await upgrade(database)


async def test_a_server_that_does_not_answer_is_a_storage_error() -> None:
    database = Database("postgresql://vestka@127.0.0.1:1/vestka")
    with pytest.raises(StorageError, match="does not answer"):
        await database.check()
    with pytest.raises(StorageError, match="does not answer"):
        async with database.writing():
            pass
    await database.close()


async def test_concurrent_read_then_write_loses_no_update(database: Database) -> None:
    async with database.writing() as tx:
        await meta.write(tx, "n", "0")

    async def add_ten() -> None:
        for _ in range(10):
            async with database.deciding() as tx:
                await meta.write(tx, "n", str(int(await meta.read(tx, "n") or 0) + 1))

    await asyncio.gather(*(add_ten() for _ in range(5)))
    async with database.reading() as tx:
        assert await meta.read(tx, "n") == "50"


async def test_an_error_rolls_the_whole_transaction_back(database: Database) -> None:
    async def write_and_fail() -> None:
        async with database.writing() as tx:
            await meta.write(tx, "n", "1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()
    async with database.reading() as tx:
        assert await meta.read(tx, "n") is None


async def test_a_raised_number_never_comes_twice(database: Database) -> None:
    async def raise_once() -> int:
        async with database.writing() as tx:
            return await meta.raise_number(tx, "n")

    assert sorted(await asyncio.gather(*(raise_once() for _ in range(12)))) == list(range(1, 13))


# --- chats and queries --------------------------------------------------------------------------------------


async def test_an_accepted_chat_is_found_with_what_it_chose(database: Database, keyring: Keyring) -> None:
    settings = Settings(
        topics=(Topic.SANCTIONS,), language="be", timezone="Europe/Vilnius", confirm=CONFIRM_OFFICIAL,
        updates=Updates.REPLY, safe=True, paused_until=NOW + MINUTE,
    )
    async with database.writing() as tx:
        made = await chats.accept(tx, keyring, PLACE, ChatKind.GROUP, settings, NOW)
    async with database.reading() as tx:
        assert await chats.find(tx, keyring, PLACE) == made
        assert await chats.get(tx, keyring, [made.id]) == {made.id: made}
        assert await chats.in_home(tx, keyring, ChatRef("telegram", PLACE.chat)) == (made,)
        assert await chats.find(tx, keyring, ChatRef("telegram", PLACE.chat)) is None
    assert (made.place, made.kind, made.settings) == (PLACE, ChatKind.GROUP, settings)


async def test_accepting_again_changes_the_settings_of_the_same_chat(
    database: Database, keyring: Keyring
) -> None:
    async with database.writing() as tx:
        first = await chats.accept(tx, keyring, PLACE, ChatKind.GROUP, Settings(), NOW)
        await chats.close(tx, first.id, Closed.REMOVED, NOW)
        again = await chats.accept(tx, keyring, PLACE, ChatKind.GROUP, Settings(safe=True), NOW)
        assert await chats.count(tx) == 1
    assert again.id == first.id
    assert again.settings.safe
    assert again.closed is None


async def test_no_reference_stands_in_clear_anywhere(database: Database, keyring: Keyring) -> None:
    async with database.writing() as tx:
        chat = await chats.accept(tx, keyring, PLACE, ChatKind.GROUP, Settings(), NOW)
        await queries.add(tx, keyring, chat.id, "potash words", 1)
        for table in schema.metadata.sorted_tables:
            for row in await tx.execute(table.select()):
                shown = repr(tuple(row))
                assert PLACE.chat not in shown
                assert "potash" not in shown


async def test_a_moved_chat_is_found_at_its_new_place_alone(database: Database, keyring: Keyring) -> None:
    moved = ChatRef("telegram", "-1005550002", "7")
    async with database.writing() as tx:
        chat = await chats.accept(tx, keyring, PLACE, ChatKind.GROUP, Settings(language="ru"), NOW)
        await chats.accept(tx, keyring, moved, ChatKind.GROUP, Settings(), NOW)
        await chats.move(tx, keyring, chat.id, moved)
        assert await chats.find(tx, keyring, PLACE) is None
        found = await chats.find(tx, keyring, moved)
    assert found is not None
    assert (found.id, found.settings.language) == (chat.id, "ru")


async def test_a_forgotten_chat_leaves_no_row(database: Database, keyring: Keyring) -> None:
    async with database.writing() as tx:
        event = await start_event(tx)
        chat = await accept(tx, keyring, 1)
        await queries.add(tx, keyring, chat.id, "a", 1)
        await tx.execute(schema.chat.update().values(since_event=None))
        await owe_all(tx, event, matching=[chat.id])
        before = await queries.revision(tx)
        await chats.forget(tx, chat.id)
        for table in (schema.chat, schema.query, schema.delivery):
            assert (await tx.execute(table.select())).all() == []
        assert await queries.revision(tx) > before


async def test_a_chat_closed_for_a_right_is_not_among_those_to_forget(
    database: Database, keyring: Keyring
) -> None:
    async with database.writing() as tx:
        removed, forbidden, lately = [await accept(tx, keyring, number) for number in (1, 2, 3)]
        await chats.close(tx, removed.id, Closed.REMOVED, NOW)
        await chats.close(tx, forbidden.id, Closed.FORBIDDEN, NOW)
        await chats.close(tx, lately.id, Closed.REMOVED, NOW + MINUTE)
        assert await chats.closed_before(tx, NOW + MINUTE) == (removed.id,)
        await chats.reopen(tx, removed.id)
        assert await chats.closed_before(tx, NOW + 2 * MINUTE) == (lately.id,)


async def test_some_chats_of_a_platform_come_with_open_ones_first(
    database: Database, keyring: Keyring
) -> None:
    async with database.writing() as tx:
        closed, first, second = [await accept(tx, keyring, number) for number in (1, 2, 3)]
        await chats.accept(tx, keyring, ChatRef("discord", "5"), ChatKind.GROUP, Settings(), NOW)
        await chats.close(tx, closed.id, Closed.REMOVED, NOW)
        found = await chats.some(tx, keyring, "telegram", 2)
        everything = await chats.some(tx, keyring, "telegram", 100)
    assert found == (first, second)
    assert [chat.id for chat in everything] == [first.id, second.id, closed.id]


async def test_queries_come_back_in_order_and_raise_the_revision(database: Database, keyring: Keyring) -> None:
    async with database.writing() as tx:
        chat = await accept(tx, keyring, 1)
        start = await queries.revision(tx)
        first = await queries.add(tx, keyring, chat.id, "one", 1)
        second = await queries.add(tx, keyring, chat.id, "two", 2)
        assert [one.body for one in await queries.of_chat(tx, keyring, chat.id)] == ["one", "two"]
        assert (await chats.get(tx, keyring, [chat.id]))[chat.id].has_queries
        assert [one.id async for one in queries.each(tx, keyring)] == [first, second]
        assert await queries.remove(tx, chat.id, first)
        assert not await queries.remove(tx, chat.id, first)
        assert await queries.remove(tx, chat.id, second)
        assert not (await chats.get(tx, keyring, [chat.id]))[chat.id].has_queries
        assert await queries.revision(tx) > start


async def test_only_one_holder_has_a_lease_until_it_runs_out(database: Database) -> None:
    async with database.writing() as tx:
        assert await leases.take(tx, "lane", "a", NOW, MINUTE)
        assert not await leases.take(tx, "lane", "b", NOW, MINUTE)
        assert await leases.take(tx, "lane", "a", NOW + MINUTE, MINUTE)
        assert await leases.take(tx, "lane", "b", NOW + 3 * MINUTE, MINUTE)
        await leases.release(tx, "lane", "b")
        assert await leases.take(tx, "lane", "a", NOW + 3 * MINUTE, MINUTE)


# --- sources and items --------------------------------------------------------------------------------------


async def test_a_due_source_is_claimed_by_one_process(database: Database) -> None:
    async with database.writing() as tx:
        await sources.enrol(tx, ["a", "b"], NOW)
        await sources.enrol(tx, ["a"], NOW + MINUTE)
        state, _ = await sources.due(tx, NOW)
        assert await sources.claim(tx, state, NOW + 5 * MINUTE, "every 5m")
        assert not await sources.claim(tx, state, NOW + 5 * MINUTE, "every 5m")
        assert [one.id for one in await sources.due(tx, NOW)] == ["b"]


async def test_what_is_remembered_of_a_source_comes_back_whole(database: Database) -> None:
    async with database.writing() as tx:
        await sources.enrol(tx, ["a"], NOW)
        state = sources.SourceState(
            id="a", next_poll=NOW + MINUTE, why="every", polled=NOW, succeeded=NOW, etag='W/"x"',
            last_modified="Mon", body_hash="h", failures=2, problem="refused", baseline_done=True,
            permanent_url="https://example.org/", memory={"newest": 3},
        )
        await sources.record(tx, state)
        assert (await sources.everything(tx))["a"] == state


async def test_a_seen_key_keeps_its_first_moment_and_outlives_the_items_text(database: Database) -> None:
    old, edited = make_item("a"), make_item("a", id="item-a2", content_hash="other", seen=NOW + MINUTE)
    async with database.writing() as tx:
        for item in (old, edited):
            await items.see(tx, [item])
            await items.add(
                tx, items.Judged(item=item, relevant=True, verdict=Verdict.STARTS, event="e", reasons=())
            )
        known = await items.seen(tx, "s", ["key-a", "key-b"])
        assert known == {
            "key-a": items.Seen(
                content_hash="other", first_seen=NOW, last_seen=NOW + MINUTE, item="item-a2"
            )
        }
        assert await items.of_event(tx, "e") == (old, edited)
        await items.expire(tx, NOW + MINUTE, NOW)
        assert await items.find(tx, "item-a") is None
        assert (await items.find(tx, "item-a2")).item == edited
        assert await items.seen(tx, "s", ["key-a"]) == known
        await items.see_again(tx, "s", ["key-a"], NOW + 3 * MINUTE)
        await items.expire(tx, NOW, NOW + 2 * MINUTE)
        (kept,) = (await items.seen(tx, "s", ["key-a"])).values()
        assert (kept.first_seen, kept.last_seen) == (NOW, NOW + 3 * MINUTE)


# --- the ledger ---------------------------------------------------------------------------------------------


async def test_an_event_comes_back_with_its_reports_and_changes(database: Database) -> None:
    async with database.deciding() as tx:
        event = await start_event(tx)
        later = make_report("b", seen=NOW + MINUTE)
        grown = dataclasses.replace(event, change=2, changed=NOW + MINUTE, reports=(*event.reports, later))
        change = EventChange(
            event=event.id, number=2, kind=ChangeKind.CONFIRMED, at=NOW + MINUTE, urgent=False, item=later.item
        )
        await events.save(tx, grown, later, [change])
    async with database.reading() as tx:
        assert await events.find(tx, event.id.upper()) == grown
        assert [one.kind for one in await events.changes(tx, event.id)] == [
            ChangeKind.STARTED, ChangeKind.CONFIRMED
        ]
        assert await events.latest(tx, 5) == (grown,)
        assert await events.latest(tx, 5, topics=(Topic.SANCTIONS,)) == ()


async def test_an_edited_report_takes_the_place_of_the_old_one(database: Database) -> None:
    async with database.deciding() as tx:
        event = await start_event(tx)
        edited = make_report("edited", replaces=event.reports[0].item)
        await events.save(tx, event, edited, [])
        found = await events.find(tx, event.id)
    assert found is not None
    assert found.reports == (edited,)


async def test_a_reader_of_revisions_sees_each_write_once(database: Database) -> None:
    async with database.deciding() as tx:
        first = await start_event(tx)
        found, revision = await events.since(tx, 0, NOW - MINUTE)
        assert [one.id for one in found] == [first.id]
        assert await events.since(tx, revision, NOW - MINUTE) == ((), revision)
        second = await start_event(tx)
        found, _ = await events.since(tx, revision, NOW - MINUTE)
        assert [one.id for one in found] == [second.id]


def test_event_ids_differ_and_neighbours_look_nothing_alike() -> None:
    ids = [events.event_id(number) for number in range(1, 2_000)]
    assert len(set(ids)) == len(ids)
    assert {len(one) for one in ids} == {4}
    assert all(sum(a == b for a, b in zip(*pair, strict=True)) < 3 for pair in itertools.pairwise(ids))


# --- fan-out and the outbox ---------------------------------------------------------------------------------


async def test_a_first_message_is_owed_by_what_each_chat_chose(database: Database, keyring: Keyring) -> None:
    async with database.writing() as tx:
        chosen = {
            "plain": await accept(tx, keyring, 1),
            "other topic": await accept(tx, keyring, 2, topics=(Topic.SANCTIONS,)),
            "two owners": await accept(tx, keyring, 3, confirm=2),
            "official only": await accept(tx, keyring, 4, confirm=CONFIRM_OFFICIAL),
            "closed": await accept(tx, keyring, 5),
            "paused": await accept(tx, keyring, 6, paused_until=NOW + MINUTE),
            "query, matching": await accept(tx, keyring, 7),
            "query, not matching": await accept(tx, keyring, 8),
        }
        for name in ("query, matching", "query, not matching"):
            await queries.add(tx, keyring, chosen[name].id, "a", 1)
        await chats.close(tx, chosen["closed"].id, Closed.REMOVED, NOW)
        names = {chat.id: name for name, chat in chosen.items()}
        matching = [chosen["query, matching"].id]
        event = await start_event(tx)

        await owe_all(tx, event, matching=matching)
        assert {names[one.chat] for one in await claim(tx, keyring)} == {"plain", "query, matching"}
        later = await claim(tx, keyring, now=NOW + MINUTE, holder="g")
        assert {names[one.chat] for one in later} == {"paused"}

        await owe_all(tx, event, matching=matching, owners=2)
        assert {names[one.chat] for one in await claim(tx, keyring)} == {"two owners"}
        await owe_all(tx, event, matching=matching, official=True)
        assert {names[one.chat] for one in await claim(tx, keyring)} == {"official only"}


async def test_an_event_older_than_the_acceptance_is_not_owed(database: Database, keyring: Keyring) -> None:
    async with database.writing() as tx:
        event = await start_event(tx)
        await accept(tx, keyring, 1)
        await owe_all(tx, event)
        assert await claim(tx, keyring) == ()


async def test_planning_the_same_slice_twice_sends_nothing_twice(database: Database, keyring: Keyring) -> None:
    async with database.writing() as tx:
        await accept(tx, keyring, 1)
        event = await start_event(tx)
        await owe_all(tx, event)
        (one,) = await claim(tx, keyring)
        await deliveries.sent(
            tx, keyring,
            [deliveries.Sent(event=one.event, chat=one.chat, shown=1, receipt=("9",), at=NOW, sounded=True)], "h",
        )
        await owe_all(tx, event)
        assert await claim(tx, keyring, now=NOW + MINUTE) == ()


async def test_a_change_is_owed_again_to_those_who_were_told(database: Database, keyring: Keyring) -> None:
    async with database.writing() as tx:
        loud, quiet = await accept(tx, keyring, 1), await accept(tx, keyring, 2, updates=Updates.OFF)
        event = await start_event(tx)
        await owe_all(tx, event)
        for one in await claim(tx, keyring):
            accepted = deliveries.Sent(
                event=one.event, chat=one.chat, shown=1, receipt=("9",), at=NOW, sounded=True
            )
            await deliveries.sent(tx, keyring, [accepted], "h")
        grown = dataclasses.replace(event, change=2)
        await owe_all(tx, grown, now=NOW + MINUTE)
        (edit,) = await claim(tx, keyring, now=NOW + MINUTE)
        assert (edit.chat, edit.told, edit.wanted, edit.receipt) == (loud.id, 1, 2, ("9",))
        assert edit.delivery_class is DeliveryClass.EDIT
        corrected = dataclasses.replace(event, change=3)
        await owe_all(tx, corrected, now=NOW + MINUTE, again=DeliveryClass.URGENT, corrects=True)
        (correction,) = await claim(tx, keyring, now=NOW + MINUTE)
        assert (correction.chat, correction.delivery_class) == (quiet.id, DeliveryClass.URGENT)


async def test_an_event_that_became_urgent_leaves_the_hour_that_held_it(
    database: Database, keyring: Keyring
) -> None:
    """Proposed, and held because the hour was full; then decided, which no hour holds."""
    async with database.writing() as tx:
        await accept(tx, keyring, 1)
        event = await start_event(tx)
        await owe_all(tx, event, first=DeliveryClass.ORDINARY)
        (one,) = await claim(tx, keyring)
        await deliveries.put_back(
            tx, one.event, one.chat, "h", not_before=NOW + 30 * MINUTE, delivery_class=DeliveryClass.GATHERED,
            tried=False,
        )
        grown = dataclasses.replace(event, change=2)
        await owe_all(tx, grown, first=DeliveryClass.ORDINARY, now=NOW + MINUTE)
        assert await claim(tx, keyring, now=NOW + 2 * MINUTE) == ()
        (gathered,) = await claim(tx, keyring, now=NOW + 30 * MINUTE)
        assert gathered.delivery_class is DeliveryClass.GATHERED     # it joins the others that wait
        await deliveries.put_back(
            tx, one.event, one.chat, "h", not_before=NOW + 60 * MINUTE, tried=False
        )
        decided = dataclasses.replace(event, change=3)
        await owe_all(tx, decided, now=NOW + 31 * MINUTE)
        (urgent,) = await claim(tx, keyring, now=NOW + 31 * MINUTE)
        assert (urgent.told, urgent.wanted, urgent.delivery_class) == (None, 3, DeliveryClass.URGENT)


async def test_a_change_during_the_send_is_owed_after_it(database: Database, keyring: Keyring) -> None:
    async with database.writing() as tx:
        await accept(tx, keyring, 1)
        event = await start_event(tx)
        await owe_all(tx, event)
        (one,) = await claim(tx, keyring)
        await owe_all(tx, dataclasses.replace(event, change=2))
        assert await claim(tx, keyring, holder="other") == ()
        accepted = deliveries.Sent(event=one.event, chat=one.chat, shown=1, receipt=("9",), at=NOW, sounded=True)
        await deliveries.sent(tx, keyring, [accepted], "h")
        (again,) = await claim(tx, keyring)
        assert (again.told, again.wanted) == (1, 2)


async def test_a_claim_that_ran_out_before_its_call_is_owed_as_if_untried(
    database: Database, keyring: Keyring
) -> None:
    async with database.writing() as tx:
        await accept(tx, keyring, 1)
        await owe_all(tx, await start_event(tx))
        await claim(tx, keyring)
        assert await deliveries.recover(tx, NOW + HOLD + MINUTE) == 1
        (again,) = await claim(tx, keyring, now=NOW + 3 * MINUTE, holder="other")
        assert (again.ambiguous, again.told, again.attempts) == (0, None, 1)


async def test_what_is_given_up_is_owed_when_something_newer_was_wanted_meanwhile(
    database: Database, keyring: Keyring
) -> None:
    async with database.writing() as tx:
        await accept(tx, keyring, 1)
        event = await start_event(tx)
        await owe_all(tx, event)
        (one,) = await claim(tx, keyring)
        await owe_all(tx, dataclasses.replace(event, change=2))
        await deliveries.give_up(tx, one.event, one.chat, "h", DeliveryState.SENT, shown=one.wanted)
        (again,) = await claim(tx, keyring)
        assert (again.told, again.wanted) == (1, 2)


async def test_a_call_cannot_begin_once_the_chat_was_forgotten(database: Database, keyring: Keyring) -> None:
    async with database.writing() as tx:
        chat = await accept(tx, keyring, 1)
        await owe_all(tx, await start_event(tx))
        (one,) = await claim(tx, keyring)
        await chats.forget(tx, chat.id)
        assert not await deliveries.begin(tx, [(one.event, one.chat)], "h")


async def test_a_new_only_sender_recovers_what_others_held(database: Database, keyring: Keyring) -> None:
    async with database.writing() as tx:
        for number in range(3):
            await accept(tx, keyring, number)
        await owe_all(tx, await start_event(tx))
        (one,) = await claim(tx, keyring, holder="the dead", limit=1)
        assert await deliveries.begin(tx, [(one.event, one.chat)], "the dead")
        await claim(tx, keyring, holder="me", limit=1)
        assert await deliveries.recover_orphans(tx, "discord", "me", NOW) == 0
        assert await deliveries.recover_orphans(tx, "telegram", "me", NOW) == 1
        found = {claimed.chat: claimed.ambiguous for claimed in await claim(tx, keyring, holder="me")}
    assert found[one.chat] == 1
    assert len(found) == 2


async def test_a_call_whose_claim_ran_out_is_of_unknown_fate(database: Database, keyring: Keyring) -> None:
    async with database.writing() as tx:
        await accept(tx, keyring, 1)
        await owe_all(tx, await start_event(tx))
        (one,) = await claim(tx, keyring)
        assert await deliveries.begin(tx, [(one.event, one.chat)], "h")
        assert await deliveries.recover(tx, NOW + HOLD) == 0
        assert await deliveries.recover(tx, NOW + HOLD + MINUTE) == 1
        late = deliveries.Sent(event=one.event, chat=one.chat, shown=1, receipt=(), at=NOW, sounded=True)
        await deliveries.sent(tx, keyring, [late], "h")
        (again,) = await claim(tx, keyring, now=NOW + 3 * MINUTE, holder="other")
        assert (again.ambiguous, again.told, again.attempts) == (1, None, 2)
        await deliveries.give_up(tx, again.event, again.chat, "other", DeliveryState.UNKNOWN, shown=1)
        assert await deliveries.unknown(tx, again.chat) == (again.event,)
        await deliveries.named(tx, again.chat, [again.event])
        assert await deliveries.unknown(tx, again.chat) == ()


async def test_urgent_goes_first_and_a_busy_chat_waits(database: Database, keyring: Keyring) -> None:
    async with database.writing() as tx:
        busy, free = await accept(tx, keyring, 1), await accept(tx, keyring, 2)
        ordinary, urgent = await start_event(tx), await start_event(tx)
        await owe_all(tx, ordinary, first=DeliveryClass.ORDINARY)
        await owe_all(tx, urgent)
        first = await claim(tx, keyring, busy=[busy.id], limit=1)
        assert [(one.event, one.chat) for one in first] == [(urgent.id, free.id)]
        rest = await claim(tx, keyring)
        assert [one.event for one in rest] == [urgent.id, ordinary.id, ordinary.id]


async def test_a_delivery_put_back_waits_for_its_moment(database: Database, keyring: Keyring) -> None:
    async with database.writing() as tx:
        await accept(tx, keyring, 1)
        await owe_all(tx, await start_event(tx))
        (one,) = await claim(tx, keyring)
        await deliveries.put_back(tx, one.event, one.chat, "h", not_before=NOW + MINUTE)
        assert await claim(tx, keyring) == ()
        assert await deliveries.next_due(tx, "telegram") == NOW + MINUTE
        (again,) = await claim(tx, keyring, now=NOW + MINUTE)
        assert (again.attempts, again.ambiguous) == (2, 0)


async def test_sounding_messages_that_are_not_urgent_are_counted(database: Database, keyring: Keyring) -> None:
    async with database.writing() as tx:
        chat = await accept(tx, keyring, 1)
        for first in (DeliveryClass.ORDINARY, DeliveryClass.URGENT, DeliveryClass.ORDINARY):
            await owe_all(tx, await start_event(tx), first=first)
        for one in await claim(tx, keyring):
            accepted = deliveries.Sent(
                event=one.event, chat=one.chat, shown=1, receipt=(), at=NOW, sounded=True
            )
            await deliveries.sent(tx, keyring, [accepted], "h")
        assert await deliveries.sounded_since(tx, [chat.id], NOW - MINUTE) == {chat.id: 2}
        assert await deliveries.sounded_since(tx, [chat.id], NOW) == {}


async def test_gathered_deliveries_of_a_chat_are_claimed_together(database: Database, keyring: Keyring) -> None:
    async with database.writing() as tx:
        chat = await accept(tx, keyring, 1)
        for _ in range(3):
            await owe_all(tx, await start_event(tx), first=DeliveryClass.ORDINARY)
        for one in await claim(tx, keyring):
            await deliveries.put_back(
                tx, one.event, one.chat, "h", not_before=NOW + MINUTE, delivery_class=DeliveryClass.GATHERED
            )
        together = await deliveries.claim_gathered(tx, keyring, chat.id, "h", NOW + MINUTE, HOLD)
        assert len(together) == 3


async def test_an_order_is_worked_off_in_slices_from_its_mark(database: Database, keyring: Keyring) -> None:
    async with database.writing() as tx:
        ids = [(await accept(tx, keyring, number)).id for number in range(1, 6)]
        event = await start_event(tx)
        for urgent in (False, True):
            await fanouts.order(
                tx, event=event.id, change=1, item=None, kinds=[ChangeKind.STARTED], urgent=urgent, now=NOW
            )
        order = await fanouts.oldest(tx)
        assert order is not None
        assert (order.urgent, order.kinds, order.mark) == (True, (ChangeKind.STARTED,), 0)
        assert await fanouts.slice_end(tx, 0, 2) == ids[1]
        await fanouts.advance(tx, order.id, ids[1])
        assert (await fanouts.oldest(tx)).mark == ids[1]
        assert await fanouts.slice_end(tx, ids[1], 10) == ids[4]
        assert await fanouts.slice_end(tx, ids[4], 10) is None
        await fanouts.finish(tx, order.id)
        assert await fanouts.waiting(tx) == 1


async def test_what_chats_were_told_expires_with_the_event(database: Database, keyring: Keyring) -> None:
    async with database.writing() as tx:
        await accept(tx, keyring, 1)
        await owe_all(tx, await start_event(tx))
        assert await deliveries.expire(tx, NOW) == 0
        assert await deliveries.expire(tx, NOW + MINUTE) == 1
