"""The outbox against a Telegram that enforces its limits and fails as told, on a clock that nobody waits for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.chat.settings import Updates
from bot.clock import SystemClock
from bot.crypt import Keyring
from bot.errors import Closed
from bot.model import ChangeKind, Topic
from bot.query.compile import FOLDING_VERSION, Entry, compile_query, write_entry
from bot.storage import chats, deliveries, fanouts, queries
from bot.storage.engine import Database
from tests.fakes.clock import FakeClock
from tests.fakes.post_office import PostOffice, post_office
from tests.fakes.telegram import Fault
from tests.fakes.telegram_rules import RefusedError


@pytest.fixture
async def office(
    sqlite_database: Database, keyring: Keyring, clock: FakeClock
) -> AsyncIterator[PostOffice]:
    async with post_office(sqlite_database, keyring, clock) as opened:
        yield opened


async def test_an_idle_bot_sends_at_once(office: PostOffice) -> None:
    [chat] = await office.accept()
    await office.happens()
    await office.run(0.02)
    [text] = office.texts(chat)
    assert text.startswith("Release · 52 freed")


async def test_a_burst_of_ninety_alerts_reaches_ninety_private_chats_and_draws_no_refusal(
    office: PostOffice,
) -> None:
    chats = await office.accept(90)
    await office.happens()
    await office.run(3.2, tick=0.02)
    assert [len(office.texts(chat)) for chat in chats] == [1] * 90
    assert office.telegram.refusals == 0
    took = office.telegram.sent[-1].at - office.telegram.sent[0].at
    assert 89 / took >= 0.97 * 30


# --- what a failure leads to ----------------------------------------------------------------------------


def fails(office: PostOffice, *, times: int = 1, **fault: object) -> None:
    office.telegram.fail_next(Fault(**fault), times)  # type: ignore[arg-type]


async def test_what_the_platform_did_not_answer_is_sent_once_more(office: PostOffice) -> None:
    [chat] = await office.accept()
    await office.happens()
    fails(office, html=502)
    await office.run(5)
    assert len(office.texts(chat)) == 1
    assert office.outbox.tallies["telegram"].ambiguous_sends == 1


async def test_an_answer_that_is_lost_makes_two_copies_and_never_three(office: PostOffice) -> None:
    [chat] = await office.accept()
    await office.happens()
    fails(office, cut=True, stored=True, times=5)
    await office.run(120, tick=0.5)
    assert len(office.texts(chat)) == 2
    assert (await office.counts()) == {"unknown": 1}


async def test_after_two_unknown_fates_the_next_message_names_the_event(office: PostOffice) -> None:
    [chat] = await office.accept()
    lost = await office.happens()
    fails(office, html=502, times=2)
    await office.run(20, tick=0.5)
    assert office.texts(chat) == []
    await office.happens(freed=3)
    await office.run(3)
    [text] = office.texts(chat)
    assert text.endswith(f"Perhaps you did not get the message on event {lost.id}")
    await office.happens(freed=4)
    await office.run(3)
    assert lost.id not in office.texts(chat)[1]


async def test_the_copy_waits_until_the_platform_has_answered_another_call(office: PostOffice) -> None:
    [chat] = await office.accept()
    await office.happens()
    fails(office, html=502)
    fails(office, html=502, methods=frozenset({"getMe"}), times=3)
    await office.run(10)
    assert office.texts(chat) == []
    await office.run(20, tick=0.5)
    assert len(office.texts(chat)) == 1
    assert [method for method, _ in office.telegram.calls].count("getMe") >= 4


async def test_a_refusal_to_one_chat_holds_up_no_other(office: PostOffice) -> None:
    first, *others = await office.accept(20)
    await office.happens()
    refusal = RefusedError(429, "Too Many Requests: retry after 35", retry_after=35)
    fails(office, refusal=refusal, chat=int(first.place.chat))
    await office.run(3)
    assert all(len(office.texts(chat)) == 1 for chat in others)
    assert office.texts(first) == []
    await office.run(34, tick=0.5)
    assert len(office.texts(first)) == 1
    assert office.telegram.refusals == 1


async def test_a_person_who_blocked_the_bot_is_forgotten(office: PostOffice) -> None:
    chat, other = await office.accept(2)
    office.telegram.chats[int(chat.place.chat)].bot = "kicked"
    await office.happens()
    await office.happens(freed=3)
    await office.run(5)
    assert len(office.texts(other)) == 2
    async with office.database.reading() as tx:
        assert list(await chats.get(tx, office.keyring, [chat.id, other.id])) == [other.id]
    assert len([call for call in office.telegram.refused if call[1] == 403]) == 1


async def test_a_group_that_put_the_bot_out_is_paused_and_owed_nothing(office: PostOffice) -> None:
    group = await office.accept_group(-100200)
    office.telegram.chats[-100200].bot = "kicked"
    await office.happens()
    await office.happens(freed=3)
    await office.run(5)
    async with office.database.reading() as tx:
        assert (await chats.get(tx, office.keyring, [group.id]))[group.id].closed == Closed.REMOVED
    assert await office.counts() == {}


async def test_a_missing_right_pauses_and_what_is_owed_comes_when_it_is_back(office: PostOffice) -> None:
    group = await office.accept_group(-100201)
    office.telegram.chats[-100201].muted = True
    await office.happens()
    await office.run(2)
    assert await office.counts() == {"owed": 1}
    office.telegram.chats[-100201].muted = False
    async with office.database.writing() as tx:
        await chats.reopen(tx, group.id)
        await deliveries.wake(tx, group.id, office.clock.now())
    await office.run(2)
    assert len(office.texts(group)) == 1


async def test_a_moved_group_is_followed_with_one_delivery(office: PostOffice) -> None:
    group = await office.accept_group(-42)
    office.telegram.group_moves(-42, -100500)
    await office.happens()
    await office.run(3)
    assert [len(office.telegram.accepted(chat)) for chat in (-42, -100500)] == [0, 1]
    async with office.database.reading() as tx:
        assert (await chats.get(tx, office.keyring, [group.id]))[group.id].place.chat == "-100500"


async def test_a_revoked_token_stops_the_lane_and_loses_nothing(office: PostOffice) -> None:
    await office.accept(5)
    office.telegram.revoked = True
    await office.happens()
    await office.run(3)
    assert office.outbox.stopped == {"telegram": "the token is refused"}
    assert await office.counts() == {"owed": 5}
    calls = len(office.telegram.calls)
    await office.run(3)
    assert len(office.telegram.calls) == calls


async def test_a_message_that_the_platform_finds_wrong_comes_once_in_plain_words(office: PostOffice) -> None:
    [chat] = await office.accept()
    await office.happens()
    fails(office, refusal=RefusedError(400, "Bad Request: can't parse entities"))
    await office.run(3)
    [sent] = office.telegram.shown(int(chat.place.chat))
    assert not [entity for entity in sent.entities if entity["type"] in {"bold", "blockquote"}]
    assert sent.text.startswith("Release · 52 freed")


async def test_one_chat_that_hangs_delays_nobody(
    sqlite_database: Database, keyring: Keyring, clock: FakeClock
) -> None:
    async with post_office(sqlite_database, keyring, clock, answer_seconds=60.0) as office:
        slow, *others = await office.accept(60)
        fails(office, silent=True, chat=int(slow.place.chat))
        await office.happens()
        await office.run(4, tick=0.05)
        assert all(len(office.texts(chat)) == 1 for chat in others)
        assert office.texts(slow) == []


# --- what becomes of an event that changes --------------------------------------------------------------


async def test_a_change_edits_the_alert_without_a_sound(office: PostOffice) -> None:
    [chat] = await office.accept()
    event = await office.happens(freed=None)
    await office.run(1)
    await office.changes(event, ChangeKind.NUMBER, freed=52)
    await office.run(2)
    [text] = office.texts(chat)
    assert text.startswith("Release · 52 freed")
    assert office.telegram.sent[0].edits == 1


async def test_changes_before_the_first_message_make_one_message(office: PostOffice) -> None:
    [chat] = await office.accept()
    event = await office.happens(freed=None)
    await office.changes(event, ChangeKind.NUMBER, freed=52)
    await office.run(5)
    assert [sent.edits for sent in office.telegram.sent] == [0]
    assert office.texts(chat)[0].startswith("Release · 52 freed")


async def test_edits_come_once_in_two_minutes_and_the_last_state_always_arrives(office: PostOffice) -> None:
    [chat] = await office.accept()
    event = await office.happens(freed=None)
    await office.run(1)
    for freed in (10, 20, 30):
        event = await office.changes(event, ChangeKind.NUMBER, freed=freed)
        await office.run(10, tick=0.5)
    assert office.telegram.sent[0].edits == 1
    await office.run(110, tick=1.0)
    assert office.telegram.sent[0].edits == 2
    assert "30" in office.texts(chat)[0].splitlines()[0]


async def test_a_chat_that_wants_replies_gets_each_change_as_one(office: PostOffice) -> None:
    [chat] = await office.accept(updates=Updates.REPLY)
    event = await office.happens(freed=None)
    await office.run(1)
    await office.changes(event, ChangeKind.NUMBER, freed=52)
    await office.run(2)
    first, second = office.telegram.shown(int(chat.place.chat))
    assert second.text.startswith("Update · Release · 52 freed")
    assert second.reply_to == first.id
    assert first.edits == 0


async def test_a_chat_that_wants_no_updates_gets_only_corrections(office: PostOffice) -> None:
    [chat] = await office.accept(updates=Updates.OFF)
    event = await office.happens(freed=50)
    await office.run(1)
    event = await office.changes(event, ChangeKind.CONFIRMED, freed=50)
    await office.run(2)
    assert [sent.edits for sent in office.telegram.sent] == [0]
    await office.changes(event, ChangeKind.CORRECTED, freed=49)
    await office.run(3)
    assert [text.partition(" · ")[0] for text in office.texts(chat)] == ["Correction", "Correction"]


async def test_a_retraction_edits_and_replies_to_everyone_who_got_the_alert(office: PostOffice) -> None:
    told = await office.accept(5)
    event = await office.happens()
    await office.run(1)
    [late] = await office.accept()
    await office.changes(event, ChangeKind.RETRACTED)
    await office.run(5)
    for chat in told:
        first, reply = office.telegram.shown(int(chat.place.chat))
        assert first.text.startswith("Withdrawn · Release")
        assert first.edits == 1
        assert reply.reply_to == first.id
        assert not reply.silent
    assert office.texts(late) == []


async def test_an_edit_that_is_refused_goes_as_a_silent_message(office: PostOffice) -> None:
    [chat] = await office.accept()
    event = await office.happens(freed=None)
    await office.run(1)
    office.telegram.sent[0].deleted = True
    await office.changes(event, ChangeKind.NUMBER, freed=52)
    await office.run(3)
    [shown] = office.telegram.shown(int(chat.place.chat))
    assert shown.silent
    assert shown.text.startswith("Update · Release · 52 freed")


async def test_repeated_reports_send_nothing(office: PostOffice) -> None:
    await office.accept(3)
    event = await office.happens()
    await office.run(1)
    async with office.database.writing() as tx:
        await fanouts.order(
            tx, event=event.id, change=event.change, item=event.reports[0].item, kinds=[], urgent=False,
            now=office.clock.now(),
        )
    calls = len(office.telegram.calls)
    await office.run(3)
    assert len(office.telegram.calls) == calls


# --- who is told, and when ------------------------------------------------------------------------------


async def test_a_chat_with_queries_is_told_of_what_matches(office: PostOffice) -> None:
    matching, other, plain = await office.accept(3)
    async with office.database.writing() as tx:
        for chat, text in ((matching, "potash"), (other, "timber")):
            entry = write_entry(Entry(text, compile_query(text)))
            await queries.add(tx, office.keyring, chat.id, entry, FOLDING_VERSION)
    await office.happens()
    await office.run(2)
    assert [len(office.texts(chat)) for chat in (matching, other, plain)] == [1, 0, 1]


async def test_more_than_an_hour_takes_is_gathered_at_its_end(office: PostOffice) -> None:
    [chat] = await office.accept()
    for _ in range(9):
        await office.happens(freed=None, topics=(Topic.SANCTIONS,))
        await office.run(2)
    assert len(office.texts(chat)) == 6
    await office.run(3660, tick=30)
    assert len(office.texts(chat)) == 7
    assert office.texts(chat)[6].startswith("3 events gathered for you")
    assert await office.counts() == {"sent": 9}


async def test_urgent_messages_are_never_held_by_the_hour(office: PostOffice) -> None:
    [chat] = await office.accept()
    for freed in range(1, 10):
        await office.happens(freed=freed)
        await office.run(2)
    assert len(office.texts(chat)) == 9


async def test_a_pause_ends_with_one_gathered_message(office: PostOffice) -> None:
    until = office.clock.now() + timedelta(hours=2)
    [chat] = await office.accept(paused_until=until)
    for freed in (1, 2, 3):
        await office.happens(freed=freed)
        await office.run(60, tick=20)
    assert office.texts(chat) == []
    await office.run(7200, tick=60)
    [text] = office.texts(chat)
    assert text.startswith("3 events gathered for you")


async def test_a_gathered_message_of_unknown_fate_is_not_sent_again(office: PostOffice) -> None:
    until = office.clock.now() + timedelta(hours=2)
    [chat] = await office.accept(paused_until=until)
    for freed in (1, 2):
        await office.happens(freed=freed)
    await office.run(60, tick=20)
    fails(office, cut=True, stored=True, times=5)
    await office.run(7400, tick=60)
    assert len(office.texts(chat)) == 1
    assert await office.counts() == {"unknown": 2}


async def test_after_a_long_stop_of_the_bot_what_was_missed_is_gathered(office: PostOffice) -> None:
    [chat] = await office.accept()
    await office.happens(freed=1)
    await office.happens(freed=2)
    await office.outbox._slices.step()
    office.clock.shift(3 * 86_400)  # type: ignore[attr-defined]
    await office.run(2)
    [text] = office.texts(chat)
    assert text.startswith("2 events gathered for you")


async def test_urgent_messages_pass_those_that_are_not(office: PostOffice) -> None:
    crowd = await office.accept(90)
    await office.happens(freed=None, topics=(Topic.SANCTIONS,))
    await office.run(0.5)
    await office.happens(freed=7)
    await office.run(5)
    urgent = [sent for sent in office.telegram.sent if sent.text.startswith("Release")]
    assert len(urgent) == len(crowd)
    ordinary_after = [sent for sent in office.telegram.sent if sent.at > urgent[0].at + 1.0 and sent not in urgent]
    assert not [sent for sent in ordinary_after if sent.at < urgent[-1].at - 1.0]


# --- processes ------------------------------------------------------------------------------------------


async def test_what_was_claimed_by_a_process_that_died_is_sent_once_more(office: PostOffice) -> None:
    chats_ = await office.accept(3)
    await office.happens()
    await office.outbox._slices.step()
    async with office.database.writing() as tx:
        claimed = await deliveries.claim(
            tx, office.keyring, platform="telegram", holder="the dead", now=office.clock.now(),
            hold=timedelta(seconds=90), limit=2,
        )
        assert await deliveries.begin(tx, [(claimed[0].event, claimed[0].chat)], "the dead")
    await office.run(2)
    assert [len(office.texts(chat)) for chat in chats_] == [1, 1, 1]


async def test_a_process_that_keeps_dying_while_sending_makes_no_third_copy(office: PostOffice) -> None:
    [chat] = await office.accept()
    await office.happens()
    await office.outbox._slices.step()
    for death in ("first", "second"):
        async with office.database.writing() as tx:
            [one] = await deliveries.claim(
                tx, office.keyring, platform="telegram", holder=death, now=office.clock.now(),
                hold=timedelta(seconds=90), limit=2,
            )
            assert await deliveries.begin(tx, [(one.event, one.chat)], death)
            await deliveries.recover_orphans(tx, "telegram", "next", office.clock.now())
    await office.run(2)
    assert office.texts(chat) == []
    assert await office.counts() == {"unknown": 1}


async def test_of_two_processes_with_one_token_only_one_sends(
    sqlite_database: Database, keyring: Keyring, clock: FakeClock
) -> None:
    async with post_office(sqlite_database, keyring, clock) as office:
        people = await office.accept(20)
        first = office.outbox
        await first.step()
        second_adapter = office.adapter
        await office.open()
        second, office.outbox = office.outbox, first
        await office.happens()
        while not await second._slices.step():
            pass
        for _ in range(10):
            assert not await second._lanes["telegram"].step()
        await office.run(2)
        assert [len(office.texts(chat)) for chat in people] == [1] * 20
        await first.stop()
        office.outbox = second
        await office.happens(freed=3)
        await office.run(2)
        assert [len(office.texts(chat)) for chat in people] == [2] * 20
        await second_adapter.close()


async def test_after_forget_nothing_is_sent(office: PostOffice) -> None:
    people = await office.accept(40)
    await office.happens()
    await office.run(0.3)
    leaver = next(chat for chat in reversed(people) if not office.texts(chat))
    async with office.database.writing() as tx:
        await chats.forget(tx, leaver.id)
    await office.run(3)
    assert office.texts(leaver) == []
    assert sum(len(office.texts(chat)) for chat in people) == 39


async def test_a_stop_finishes_what_is_in_hand_and_the_rest_stays_owed(
    sqlite_database: Database, keyring: Keyring
) -> None:
    clock = SystemClock()
    async with post_office(sqlite_database, keyring, clock) as office:
        await office.accept(60)
        await office.happens()
        while not office.outbox.in_hand:
            await office.outbox.step()
        in_hand = office.outbox.in_hand
        await office.outbox.stop()
        assert await office.counts() == {"sent": in_hand, "owed": 60 - in_hand}
        assert len(office.telegram.sent) == in_hand
        assert not await office.outbox.step() or not office.outbox.in_hand


async def test_a_stop_puts_back_what_could_not_leave_in_time(office: PostOffice) -> None:
    await office.accept(60)
    await office.happens()
    while not office.outbox.in_hand:
        await office.outbox.step()
    await office.outbox._lanes["telegram"].stop(0.05)
    counts = await office.counts()
    assert counts["owed"] >= 40
    assert counts.keys() <= {"owed", "sent"}
    assert all(row["attempts"] == 0 for row in await office.rows() if row["state"] == "owed")
