"""Who is owed what, one row for each rule; and storage's set statements say the same as the pure function."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.place import ChatKind, ChatRef
from bot.chat.settings import CONFIRM_OFFICIAL, Chat, Settings, Updates
from bot.crypt import Keyring
from bot.delivery.plan import Doubt, Drop, Hold, Moment, Owed, Show, handle, next_hour, owed, terms_of
from bot.events.summary import summarise
from bot.model import (
    Action,
    ChangeKind,
    Delivery,
    DeliveryClass,
    Event,
    EventState,
    Facts,
    Fanout,
    Kind,
    Move,
    Report,
    Risk,
    Stage,
    Standing,
    Terms,
    Topic,
)
from bot.storage import chats, events, fanouts, schema
from bot.storage.engine import Database

NOW = datetime(2030, 1, 7, 12, 20, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URGENT, ORDINARY, EDIT, GATHERED = DeliveryClass
PLACE = ChatRef("telegram", "5551")


def make_chat(closed: str | None = None, since_event: int | None = None, **settings: object) -> Chat:
    return Chat(
        id=1, place=PLACE, kind=ChatKind.PRIVATE, settings=Settings(**settings), closed=closed,  # type: ignore[arg-type]
        since_event=since_event,
    )


def make_event(*moves: Move, topic: Topic = Topic.RELEASE, standing: Standing = Standing.NGO) -> Event:
    report = Report(
        item="i", source="s", owner="o", standing=standing, outlet="Outlet", url=None, risk=Risk.C, title="t",
        language="en", published=NOW, seen=NOW, kind=Kind.REPORT, facts=Facts(moves=moves), topics=(topic,),
        traits=frozenset(), happening=True,
    )
    return Event(
        id="e", number=7, topics=(topic,), started=NOW, changed=NOW, change=3, reports=(report,)
    )


def make_move(stage: Stage) -> Move:
    return Move(action=Action.EASED, by="US", target="x", stage=stage, quote="q")


def make_terms(**values: object) -> Terms:
    plain = {
        "event": "e", "number": 7, "change": 3, "topics": (Topic.RELEASE,), "owners": 1, "official": False,
        "first": URGENT, "again": EDIT,
    }
    return Terms(**(plain | values))  # type: ignore[arg-type]


def ordered(*kinds: ChangeKind) -> Fanout:
    return Fanout(id=1, event="e", change=3, item="i", kinds=kinds, urgent=False, mark=0, created=NOW)


# --- what an order means for all chats ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "first"),
    [
        pytest.param(make_event(), URGENT, id="People were freed"),
        pytest.param(make_event(make_move(Stage.DECIDED), topic=Topic.SANCTIONS), URGENT,
                     id="A sanction was decided"),
        pytest.param(make_event(make_move(Stage.PROPOSED), topic=Topic.SANCTIONS), ORDINARY,
                     id="A sanction is only planned"),
        pytest.param(replace(make_event(), state=EventState.RETRACTED), None, id="It was taken back"),
    ],
)
def test_the_class_of_a_first_message(event: Event, first: DeliveryClass | None) -> None:
    assert terms_of(event, summarise(event), ordered(ChangeKind.STARTED)).first == first


@pytest.mark.parametrize(
    ("kinds", "again", "corrects"),
    [
        pytest.param((ChangeKind.NUMBER,), EDIT, False, id="A new number is an edit"),
        pytest.param((ChangeKind.NAMES, ChangeKind.CONFIRMED), EDIT, False, id="Names are an edit"),
        pytest.param((ChangeKind.CORRECTED,), URGENT, True, id="A correction is urgent"),
        pytest.param((ChangeKind.RETRACTED,), URGENT, True, id="A retraction is urgent"),
        pytest.param((ChangeKind.SUPPORTED,), None, False, id="More support is for those who waited"),
        pytest.param((ChangeKind.STARTED,), None, False, id="A start tells nobody twice"),
        pytest.param((), None, False, id="A repeated report tells nobody twice"),
    ],
)
def test_the_class_of_a_change(
    kinds: tuple[ChangeKind, ...], again: DeliveryClass | None, corrects: bool
) -> None:
    event = make_event()
    terms = terms_of(event, summarise(event), ordered(*kinds))
    assert (terms.again, terms.corrects) == (again, corrects)


def test_an_authoritys_own_act_is_official() -> None:
    event = make_event(standing=Standing.OFFICIAL)
    assert terms_of(event, summarise(event), ordered(ChangeKind.STARTED)).official


# --- what one chat is owed ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chat", "terms", "matches", "reason", "expected"),
    [
        pytest.param(make_chat(), make_terms(), True, "first message", Owed(URGENT, NOW),
                     id="A chat with default settings gets the first message"),
        pytest.param(make_chat(), make_terms(), False, "no query matches", None, id="Queries keep back"),
        pytest.param(make_chat(topics=(Topic.SANCTIONS,)), make_terms(), True, "other topics", None,
                     id="Topics keep back"),
        pytest.param(make_chat(confirm=2), make_terms(), True, "not confirmed", None, id="Two owners wanted"),
        pytest.param(make_chat(confirm=2), make_terms(owners=2), True, "first message", Owed(URGENT, NOW),
                     id="Two owners are there"),
        pytest.param(make_chat(confirm=3), make_terms(official=True), True, "first message", Owed(URGENT, NOW),
                     id="An authority's own act satisfies any number"),
        pytest.param(make_chat(confirm=CONFIRM_OFFICIAL), make_terms(owners=9), True, "not confirmed", None,
                     id="Only an own act is wanted"),
        pytest.param(make_chat(closed="removed"), make_terms(), True, "closed", None, id="The chat is closed"),
        pytest.param(make_chat(since_event=7), make_terms(), True, "older than the chat", None,
                     id="The chat accepted after the event's first report"),
        pytest.param(make_chat(since_event=6), make_terms(), True, "first message", Owed(URGENT, NOW),
                     id="The chat accepted before it"),
        pytest.param(make_chat(paused_until=NOW + HOUR), make_terms(), True, "first message",
                     Owed(URGENT, NOW + HOUR), id="A pause holds until its end"),
        pytest.param(make_chat(), make_terms(first=None), True, "retracted", None,
                     id="What was taken back is not told any more"),
    ],
)
def test_a_first_message_is_owed(
    chat: Chat, terms: Terms, matches: bool, reason: str, expected: Owed | None
) -> None:
    found, why = owed(chat, terms, known=False, matches=matches, now=NOW)
    assert (found, why.code) == (expected, reason)


@pytest.mark.parametrize(
    ("chat", "terms", "expected"),
    [
        pytest.param(make_chat(), make_terms(), EDIT, id="A change is told to who knows the event"),
        pytest.param(make_chat(topics=(Topic.SANCTIONS,)), make_terms(), EDIT,
                     id="Whatever the settings are today"),
        pytest.param(make_chat(updates=Updates.OFF), make_terms(), None, id="Not with updates off"),
        pytest.param(make_chat(updates=Updates.OFF), make_terms(again=URGENT, corrects=True), URGENT,
                     id="A correction also with updates off"),
        pytest.param(make_chat(), make_terms(again=None), None, id="Nothing new"),
    ],
)
def test_a_change_is_owed(chat: Chat, terms: Terms, expected: DeliveryClass | None) -> None:
    found, _ = owed(chat, terms, known=True, matches=False, now=NOW)
    assert (found.delivery_class if found else None) == expected


async def test_storage_plans_as_the_pure_function_says(database: Database, keyring: Keyring) -> None:
    """Every mixture of settings against several orders; deliveries compared one by one."""
    mixtures = list(itertools.product(
        [(Topic.RELEASE,), (Topic.SANCTIONS,), (Topic.RELEASE, Topic.SANCTIONS)],
        [1, 2, 3, CONFIRM_OFFICIAL], [None, NOW - HOUR, NOW + HOUR], [None, "removed"], [None, 0, 1], [True, False],
    ))
    async with database.writing() as tx:
        for number in range(3):
            event = replace(make_event(), id=f"event{number}", number=number + 1)
            await events.save(tx, event, None, [])
        for topics, confirm, paused, closed, since, queries in mixtures:
            place = ChatRef("telegram", str(await chats.count(tx) + 1))
            settings = Settings(topics=topics, confirm=confirm, paused_until=paused)
            chat = await chats.accept(tx, keyring, place, ChatKind.PRIVATE, settings, NOW)
            values = {"closed": closed, "since_event": since, "has_queries": queries}
            await tx.execute(schema.chat.update().where(schema.chat.c.id == chat.id).values(values))
        known = await chats.get(tx, keyring, range(1, 10_000))
        assert len(known) == len(mixtures)
        matching = [chat.id for chat in known.values() if chat.has_queries and chat.id % 3]
        for terms in (
            make_terms(event="event0", number=1), make_terms(event="event1", number=2, owners=2, first=ORDINARY),
            make_terms(event="event2", number=3, official=True),
        ):
            await fanouts.owe(tx, terms, after=0, upto=10**9, matching=matching, with_plain=True, now=NOW)
            table = schema.delivery
            rows = await tx.execute(table.select().where(table.c.event == terms.event))
            stored = {row.chat: Owed(DeliveryClass(row._mapping["class"]), row.not_before) for row in rows}
            expected = {}
            for chat in known.values():
                matches = not chat.has_queries or chat.id in matching
                found, _ = owed(chat, terms, known=False, matches=matches, now=NOW)
                if found is not None:
                    expected[chat.id] = found
            assert stored == expected
            assert 0 < len(stored) < len(known)


# --- what becomes of a claim ----------------------------------------------------------------------------


def make_delivery(**values: object) -> Delivery:
    plain = {
        "event": "e", "chat": 1, "platform": "telegram", "wanted": 3, "told": None, "delivery_class": URGENT,
        "attempts": 1, "ambiguous": 0, "owed_since": NOW, "edited": None, "receipt": (),
    }
    return Delivery(**(plain | values))  # type: ignore[arg-type]


def make_moment(**values: object) -> Moment:
    plain = {"now": NOW, "max_age": DAY, "max_per_hour": 6}
    return Moment(**(plain | values))  # type: ignore[arg-type]


KNOWN = {"told": 1, "receipt": ("17",), "delivery_class": EDIT}
NEW_NUMBER = frozenset({ChangeKind.NUMBER})
CORRECTED = frozenset({ChangeKind.CORRECTED})


@pytest.mark.parametrize(
    ("delivery", "chat", "moment", "expected"),
    [
        pytest.param(make_delivery(), make_chat(), make_moment(), Show(first=True), id="A first message is shown"),
        pytest.param(make_delivery(), make_chat(closed="forbidden"), make_moment(), Hold(NOW + HOUR, URGENT),
                     id="A closed chat waits"),
        pytest.param(make_delivery(), make_chat(paused_until=NOW + DAY), make_moment(),
                     Hold(NOW + DAY, GATHERED), id="A paused chat waits for the gathered message"),
        pytest.param(make_delivery(**KNOWN), make_chat(paused_until=NOW + DAY), make_moment(kinds=NEW_NUMBER),
                     Hold(NOW + DAY, EDIT), id="An edit waits for the end of a pause"),
        pytest.param(make_delivery(owed_since=NOW - HOUR), make_chat(paused_until=NOW - timedelta(minutes=1)),
                     make_moment(), Hold(NOW, GATHERED), id="What a pause held back is gathered after it"),
        pytest.param(make_delivery(owed_since=NOW - 2 * DAY), make_chat(), make_moment(), Hold(NOW, GATHERED),
                     id="What a long stop held back is gathered"),
        pytest.param(make_delivery(owed_since=NOW - 8 * DAY, delivery_class=GATHERED), make_chat(),
                     make_moment(), Drop(), id="What is older than a week is not gathered"),
        pytest.param(make_delivery(delivery_class=ORDINARY), make_chat(), make_moment(sounded=6),
                     Hold(NOW + timedelta(minutes=40), GATHERED), id="A full hour gathers the rest at its end"),
        pytest.param(make_delivery(delivery_class=ORDINARY), make_chat(), make_moment(sounded=5),
                     Show(first=True), id="The sixth message of an hour still sounds"),
        pytest.param(make_delivery(), make_chat(), make_moment(sounded=60), Show(first=True),
                     id="Urgent messages are never held by the hour"),
        pytest.param(make_delivery(delivery_class=GATHERED), make_chat(), make_moment(sounded=60),
                     Show(first=True), id="The gathered message comes though the hour is full"),
        pytest.param(make_delivery(ambiguous=1), make_chat(), make_moment(), Show(first=True),
                     id="After one unknown fate it is shown once more"),
        pytest.param(make_delivery(ambiguous=2), make_chat(), make_moment(), Doubt(),
                     id="After two unknown fates it is not"),
        pytest.param(make_delivery(ambiguous=1, delivery_class=GATHERED), make_chat(), make_moment(), Doubt(),
                     id="After one unknown fate a gathered message is not"),
        pytest.param(make_delivery(**KNOWN), make_chat(), make_moment(kinds=NEW_NUMBER), Show(edit=True),
                     id="A change edits the alert"),
        pytest.param(make_delivery(**KNOWN, ambiguous=5), make_chat(), make_moment(kinds=NEW_NUMBER),
                     Show(edit=True), id="An edit may be repeated"),
        pytest.param(make_delivery(**KNOWN), make_chat(),
                     make_moment(kinds=NEW_NUMBER, edited=NOW - timedelta(seconds=30)),
                     Hold(NOW + timedelta(seconds=90), EDIT), id="Edits come once in two minutes"),
        pytest.param(make_delivery(**KNOWN | {"receipt": ()}), make_chat(), make_moment(kinds=NEW_NUMBER),
                     Show(reply=True, silent=True), id="Without a message to edit a silent one is sent"),
        pytest.param(make_delivery(**KNOWN), make_chat(updates=Updates.REPLY), make_moment(kinds=NEW_NUMBER),
                     Show(reply=True), id="A chat that wants replies gets one"),
        pytest.param(make_delivery(**KNOWN), make_chat(updates=Updates.REPLY),
                     make_moment(kinds=NEW_NUMBER, sounded=6), Hold(NOW + timedelta(minutes=40), EDIT),
                     id="Replies wait for the next hour when this is full"),
        pytest.param(make_delivery(**KNOWN), make_chat(updates=Updates.OFF), make_moment(kinds=NEW_NUMBER),
                     Drop(), id="A chat that wants no updates gets none"),
        pytest.param(make_delivery(**KNOWN), make_chat(updates=Updates.OFF),
                     make_moment(kinds=CORRECTED, sounded=9, edited=NOW), Show(edit=True, reply=True),
                     id="A correction edits and replies, whatever the settings"),
    ],
)
def test_what_becomes_of_a_claim(delivery: Delivery, chat: Chat, moment: Moment, expected: object) -> None:
    handling, reason = handle(delivery, chat, make_event(), moment)
    assert handling == expected
    assert reason.code


def test_what_was_taken_back_before_it_was_told_is_dropped() -> None:
    retracted = replace(make_event(), state=EventState.RETRACTED)
    handling, _ = handle(make_delivery(), make_chat(), retracted, make_moment())
    assert handling == Drop()


def test_the_next_hour_is_never_now() -> None:
    assert next_hour(datetime(2030, 1, 7, 23, 0, tzinfo=UTC)) == datetime(2030, 1, 8, 0, 0, tzinfo=UTC)
