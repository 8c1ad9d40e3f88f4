"""What an event says, and who says it."""

from __future__ import annotations

import pytest

from bot.events.change import changes_of
from bot.events.summary import summarise
from bot.model import Action, ChangeKind, Event, Kind, Stage, Standing, Topic
from tests.fakes.reports import Ledger, item, move, release, sanctions


def the_event(ledger: Ledger) -> Event:
    (event,) = ledger.events.values()
    return event


def test_conflicting_numbers_stay_a_range_with_who_said_which() -> None:
    ledger = Ledger()
    ledger.take(item("2031-03-05 08:00", owner="state", standing=Standing.STATE), release(18))
    ledger.take(item("2031-03-05 09:00", owner="watch", standing=Standing.NGO), release(15))
    released = summarise(the_event(ledger)).released
    assert released is not None
    assert (released.low, released.high) == (15, 18)
    assert {(claim.value, claim.outlets, claim.state_only) for claim in released.claims} == {
        (18, ("State",), True),
        (15, ("Watch",), False),
    }


def test_a_number_that_grew_within_a_day_takes_the_newest() -> None:
    ledger = Ledger()
    for hour, number in (("08", 4), ("12", 8), ("20", 18)):
        ledger.take(item(f"2031-07-03 {hour}:00", owner=f"o{hour}"), release(number))
    released = summarise(the_event(ledger)).released
    assert released is not None
    assert (released.low, released.high) == (18, 18)


def test_an_owner_counts_once_with_its_newest_number() -> None:
    ledger = Ledger()
    ledger.take(item("2031-07-03 08:00", owner="a", name="1"), release(18))
    ledger.take(item("2031-07-03 12:00", owner="a", name="2"), release(15))
    summary = summarise(the_event(ledger))
    assert summary.released is not None
    assert (summary.released.low, summary.released.high) == (15, 15)
    assert summary.confirmations == 1


def test_a_few_who_misread_the_number_do_not_widen_the_range() -> None:
    ledger = Ledger()
    for count in range(12):
        ledger.take(item(f"2031-09-11 08:{count:02}", owner=f"o{count}"), release(52))
    ledger.take(item("2031-09-11 09:00", owner="late"), release(14))
    released = summarise(the_event(ledger)).released
    assert released is not None
    assert (released.low, released.high) == (52, 52)


def test_more_than_fifty_agrees_with_fifty_two() -> None:
    ledger = Ledger()
    ledger.take(item("2031-09-11 08:00", owner="a"), release(50, at_least=True))
    ledger.take(item("2031-09-11 09:00", owner="b"), release(52))
    released = summarise(the_event(ledger)).released
    assert released is not None
    assert (released.low, released.high, released.at_least) == (52, 52, False)


def test_who_remains_is_told_by_whoever_counts() -> None:
    ledger = Ledger()
    ledger.take(item("2031-09-11 08:00", owner="a"), release(52, held=1186, held_by="Viasna"))
    ledger.take(item("2031-09-11 09:00", owner="b"), release(52, held=1000))
    held = summarise(the_event(ledger)).still_held
    assert held is not None
    assert (held.value, held.by, held.outlet) == (1186, "Viasna", "A")


def test_a_name_is_published_when_two_owners_named_it() -> None:
    ledger = Ledger()
    ledger.take(item("2031-09-11 08:00", owner="a"), release(52, people=["Ann Bell"]))
    assert summarise(the_event(ledger)).publishable == ()
    ledger.take(item("2031-09-11 09:00", owner="b"), release(52, people=["Ann Bell", "Carl Dean"]))
    assert [person.name for person in summarise(the_event(ledger)).publishable] == ["Ann Bell"]
    assert ChangeKind.NAMES in ledger.decisions[1].changes


def test_a_name_from_an_official_source_is_published_at_once() -> None:
    ledger = Ledger()
    ledger.take(item("2031-09-11 08:00", standing=Standing.OFFICIAL), release(1, people=["Ann Bell"]))
    assert [person.name for person in summarise(the_event(ledger)).publishable] == ["Ann Bell"]


def test_a_move_is_told_at_its_furthest_stage() -> None:
    ledger = Ledger()
    ledger.take(item("2031-06-26 08:00", owner="a"), sanctions(move(Action.IMPOSED, stage=Stage.PROPOSED)))
    ledger.take(item("2031-06-28 08:00", owner="b"), sanctions(move(Action.IMPOSED)))
    assert [m.stage for m in summarise(the_event(ledger)).moves] == [Stage.DECIDED]
    assert ChangeKind.MOVE in ledger.decisions[1].changes


def test_wire_copies_and_quotes_confirm_nothing_for_each_other() -> None:
    ledger = Ledger()
    ledger.take(item("2031-09-11 08:00", owner="herald", summary="VILNIUS (Reuters)"), release(52))
    ledger.take(item("2031-09-11 09:00", owner="courier", summary="As Reuters has learnt"), release(52))
    ledger.take(item("2031-09-11 10:00", owner="gazette", title="52 free, reports Herald"), release(52))
    assert summarise(the_event(ledger)).confirmations == 1
    ledger.take(item("2031-09-11 11:00", owner="watch", standing=Standing.NGO), release(52))
    assert summarise(the_event(ledger)).confirmations == 2
    assert [d.changes for d in ledger.decisions[1:]] == [(), (), (ChangeKind.CONFIRMED,)]


def test_state_media_and_aggregators_confirm_nothing() -> None:
    ledger = Ledger()
    ledger.take(item("2031-09-11 08:00", owner="a"), release(52))
    ledger.take(item("2031-09-11 09:00", owner="b", standing=Standing.STATE), release(52))
    ledger.take(item("2031-09-11 10:00", owner="c", standing=Standing.AGGREGATOR), release(52))
    assert summarise(the_event(ledger)).confirmations == 1


def test_an_authoritys_own_act_satisfies_any_number() -> None:
    ledger = Ledger()
    ledger.take(item("2031-02-26 08:00", standing=Standing.OFFICIAL), sanctions(move(Action.EXTENDED)))
    assert summarise(the_event(ledger)).authority


def test_changes_are_numbered_on_and_only_their_own_urgency_counts() -> None:
    ledger = Ledger()
    ledger.take(item("2031-09-11 08:00", owner="a"), release(people=["Ann Bell"]))
    second = item("2031-09-11 09:00", owner="b")
    event = ledger.take(second, release(52, people=["Ann Bell"]))
    assert event is not None
    changes = changes_of(ledger.decisions[1], event, item=second.id, at=second.seen)
    assert [(c.number, c.kind) for c in changes] == [
        (2, ChangeKind.NUMBER),
        (3, ChangeKind.NAMES),
        (4, ChangeKind.CONFIRMED),
    ]
    assert not any(change.urgent for change in changes)
    assert event.change == 4


def test_a_release_beside_an_easing_widens_the_event_and_is_told() -> None:
    ledger = Ledger()
    ledger.take(item("2031-09-11 08:00", owner="a"), sanctions(move(Action.EASED, "US")))
    event = ledger.take(item("2031-09-11 09:00", owner="b"), release(52))
    assert event is not None
    assert set(event.topics) == {Topic.RELEASE, Topic.SANCTIONS}
    assert {ChangeKind.WIDENED, ChangeKind.NUMBER} <= set(ledger.decisions[1].changes)
    assert set(summarise(event).topics) == set(event.topics)


def test_an_easing_that_one_of_many_recalls_is_not_the_releases_own() -> None:
    ledger = Ledger()
    for count in range(4):
        ledger.take(item(f"2031-09-16 08:{count:02}", owner=f"o{count}"), release(25))
    recalls = release(25, moves=[move(Action.EASED, "US")])
    event = ledger.take(item("2031-09-16 09:00", owner="late"), recalls)
    assert event is not None
    assert event.topics == (Topic.RELEASE,)
    assert summarise(event).moves == ()
    assert ledger.decisions[-1].changes == ()


def test_what_a_statement_says_does_not_change_the_number() -> None:
    ledger = Ledger()
    ledger.take(item("2031-09-11 08:00", owner="a"), release(52))
    ledger.take(item("2031-09-11 09:00", owner="b"), release(9, kind=Kind.STATEMENT, happening=False))
    released = summarise(the_event(ledger)).released
    assert released is not None
    assert (released.low, released.high) == (52, 52)


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ([15, 18], (15, 18)),
        ([4, 8, 18], (18, 18)),
        ([52, 14], (52, 52)),
        ([114, 123, 114], (114, 123)),
        ([20, 178, 20], (20, 20)),
    ],
    ids=[
        "two close numbers are a quarrel, whoever came first",
        "a number that grows takes the newest",
        "a part of the group is left out",
        "a quarrel stays a range",
        "a total over months that one owner takes for the number is left out",
    ],
)
def test_numbers_that_differ(numbers: list[int], shown: tuple[int, int]) -> None:
    ledger = Ledger()
    for minute, number in enumerate(numbers):
        ledger.take(item(f"2031-09-11 08:{minute:02}", owner=f"o{minute}"), release(number))
    released = summarise(the_event(ledger)).released
    assert released is not None
    assert (released.low, released.high) == shown
