"""What deserves telling."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.events.change import alert_of
from bot.model import Action, Assessment, ChangeKind, Item, Stage, Standing
from tests.fakes.reports import Ledger, item, move, release, sanctions

DECIDED = move(Action.IMPOSED)
OFFICIAL = Standing.OFFICIAL

# sentence, second report, its assessment, the changes it makes of "23 freed" by owner a
SECOND = [
    ("a second owner confirms", item("2031-05-04 09:00", owner="b"), release(23), {"confirmed"}),
    ("the same owner again is nothing new", item("2031-05-04 09:00", owner="a"), release(23), set()),
    ("another number is told", item("2031-05-04 09:00", owner="a"), release(25), {"number"}),
    (
        "an authority's own act satisfies every chat",
        item("2031-05-04 09:00", owner="office", standing=OFFICIAL),
        release(23),
        {"confirmed", "supported"},
    ),
    (
        "what remains is no change by itself",
        item("2031-05-04 09:00", owner="a"),
        release(23, held=1100),
        set(),
    ),
]


@pytest.mark.parametrize(
    ("second", "assessment", "expected"), [row[1:] for row in SECOND], ids=[row[0] for row in SECOND]
)
def test_what_a_second_report_changes(second: Item, assessment: Assessment, expected: set[str]) -> None:
    ledger = Ledger()
    ledger.take(item("2031-05-04 08:00", owner="a"), release(23))
    ledger.take(second, assessment)
    assert {kind.value for kind in ledger.decisions[1].changes} == expected


def test_a_third_owner_is_told_only_where_waited_for() -> None:
    ledger = Ledger()
    for hour, owner in enumerate("abc"):
        ledger.take(item(f"2031-05-04 0{hour}:00", owner=owner), release(23))
    assert ledger.decisions[2].changes == (ChangeKind.SUPPORTED,)
    assert ledger.alerts == ["new", "update", "none"]


def test_twenty_outlets_with_nothing_new_make_one_alert_and_one_update() -> None:
    ledger = Ledger()
    for minute in range(20):
        ledger.take(item(f"2031-05-04 08:{minute:02}", owner=f"o{minute}"), release(23))
    assert ledger.alerts.count("new") == 1
    assert ledger.alerts.count("update") == 1


def test_names_are_told_again_only_when_twice_as_many_are_known() -> None:
    people = [f"P{number}" for number in range(6)]
    told = []
    ledger = Ledger()
    for hour, count in enumerate((2, 2, 3, 3, 6, 6)):
        ledger.take(item(f"2031-05-04 0{hour}:00", owner=f"o{hour}"), release(23, people=people[:count]))
        told.append(ChangeKind.NAMES in ledger.decisions[-1].changes)
    assert told == [False, True, False, False, False, True]


def test_a_decided_sanction_is_urgent_and_a_proposed_one_is_not() -> None:
    for stage, urgent in ((Stage.DECIDED, True), (Stage.PROPOSED, False)):
        ledger = Ledger()
        ledger.take(item("2031-05-04 08:00"), sanctions(replace(DECIDED, stage=stage)))
        assert ledger.decisions[0].urgent is urgent


def test_an_ignored_item_alerts_nobody() -> None:
    ledger = Ledger()
    ledger.take(item("2031-05-04 08:00"), Assessment(relevant=False))
    assert alert_of(ledger.decisions[0], None, None) == "none"
