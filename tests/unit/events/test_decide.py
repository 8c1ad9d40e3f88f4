"""What one item does to the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.model import Action, Assessment, ChangeKind, EventState, Kind, Stage, Verdict
from tests.fakes.reports import Ledger, item, move, release, sanctions

EASED = move(Action.EASED, "US", target="airline")

# sentence, [(moment, owner, assessment)], events expected
STORIES = [
    (
        "one number on one day from many outlets is one event",
        [("2031-05-04 08:00", "a", release(23)), ("2031-05-04 12:00", "b", release(23)),
         ("2031-05-06 12:00", "c", release(23))],
        1,
    ),
    (
        "a number that grows on one day is one event",
        [("2031-05-04 08:00", "a", release(4)), ("2031-05-04 12:00", "b", release(8)),
         ("2031-05-04 20:00", "c", release(18))],
        1,
    ),
    (
        "conflicting numbers on one day are one event",
        [("2031-05-04 08:00", "a", release(15)), ("2031-05-04 12:00", "b", release(18))],
        1,
    ),
    (
        "the same number in two months is two events",
        [("2031-08-16 08:00", "a", release(30)), ("2031-09-04 08:00", "b", release(30))],
        2,
    ),
    (
        "another number twelve days later is another event",
        [("2031-09-04 08:00", "a", release(30)), ("2031-09-16 08:00", "b", release(37))],
        2,
    ),
    (
        "another group two days later is another event",
        [("2031-01-24 08:00", "a", release(15)), ("2031-01-26 08:00", "b", release(1, people=["Ann Bell"]))],
        2,
    ),
    (
        "a deal that frees people and eases sanctions is one event",
        [("2031-09-11 07:00", "a", sanctions(EASED)), ("2031-09-11 07:30", "b", release(52)),
         ("2031-09-11 08:00", "c", release(52, moves=[EASED]))],
        1,
    ),
    (
        "a release and new sanctions on one day are two events",
        [("2031-01-26 08:00", "a", release(1)),
         ("2031-01-26 12:00", "b", sanctions(move(Action.IMPOSED, "UK")))],
        2,
    ),
    (
        "allies that impose sanctions on one day make one event",
        [("2031-08-09 08:00", "a", sanctions(move(Action.IMPOSED, "US"))),
         ("2031-08-09 12:00", "b", sanctions(move(Action.IMPOSED, "Canada")))],
        1,
    ),
    (
        "sanctions of another power days later are another event",
        [("2031-08-05 08:00", "a", sanctions(move(Action.IMPOSED, "EU"))),
         ("2031-08-09 12:00", "b", sanctions(move(Action.IMPOSED, "US")))],
        2,
    ),
    (
        "the yearly extension is a new event each year",
        [("2031-02-26 08:00", "a", sanctions(move(Action.EXTENDED))),
         ("2032-02-25 08:00", "b", sanctions(move(Action.EXTENDED)))],
        2,
    ),
    (
        "a plan and its decision within days are one event",
        [("2031-06-26 08:00", "a", sanctions(move(Action.IMPOSED, stage=Stage.PROPOSED))),
         ("2031-06-29 08:00", "b", sanctions(move(Action.IMPOSED)))],
        1,
    ),
    (
        "a threat and an easing by the same power are two events",
        [("2031-06-26 08:00", "a", sanctions(move(Action.THREATENED))),
         ("2031-06-27 08:00", "b", sanctions(move(Action.EASED)))],
        2,
    ),
    (
        "a follow-up that states another number joins what is known",
        [("2031-09-11 08:00", "a", release(52)),
         ("2031-09-13 08:00", "b", release(9, kind=Kind.FOLLOWUP, happening=False))],
        1,
    ),
    (
        "a later report that names the same person joins without a number",
        [("2031-09-11 08:00", "a", release(52, people=["Ann Bell"])),
         ("2031-09-14 08:00", "b", release(people=["Ann Bell"]))],
        1,
    ),
    (
        "a late report that names the day of the event joins it",
        [("2031-09-11 08:00", "a", release(52)),
         ("2031-09-16 08:00", "b", release(25)),
         ("2031-09-19 08:00", "c", release(52, day=date(2031, 9, 11)))],
        2,
    ),
    (
        "two named people and, two days later, a large group are two events",
        [("2031-11-20 08:00", "a", release(2, people=["Ann Bell", "Carl Dean"])),
         ("2031-11-22 08:00", "b", release(31)), ("2031-11-22 09:00", "c", release(31))],
        2,
    ),
    (
        "a part of the group that arrives elsewhere the day after is no event of its own",
        [("2031-12-13 08:00", "a", release(123, moves=[EASED])), ("2031-12-13 15:00", "b", release(114)),
         ("2031-12-14 09:00", "c", release(9)), ("2031-12-14 10:00", "d", release(114))],
        1,
    ),
    (
        "a larger group the day after is an event of its own",
        [("2031-09-15 08:00", "a", release(6)), ("2031-09-16 08:00", "b", release(25))],
        2,
    ),
    (
        "a new group is not pulled to the last by the day and the people it recalls",
        [("2031-09-11 08:00", "a", release(52, people=["Ann Bell", "Carl Dean"])),
         ("2031-09-16 08:00", "b", release(25, people=["Ann Bell", "Carl Dean"], day=date(2031, 9, 11)))],
        2,
    ),
    (
        "a licence that follows an easing is no event of its own",
        [("2031-09-11 08:00", "a", release(52, moves=[EASED])),
         ("2031-09-17 08:00", "b", sanctions(EASED, kind=Kind.FOLLOWUP)),
         ("2031-09-18 08:00", "c", sanctions(EASED))],
        1,
    ),
    (
        "a report that says little, two days after an event, is one more of it",
        [("2031-09-11 08:00", "a", release(52)), ("2031-09-13 08:00", "b", release())],
        1,
    ),
    (
        "the first good report of a day is not swallowed by a thin one of the day before",
        [("2031-09-11 08:00", "a", release()), ("2031-09-12 08:00", "b", release(52))],
        2,
    ),
    (
        "a package and the extension of older sanctions within weeks are two events",
        [("2031-02-16 08:00", "a", sanctions(move(Action.IMPOSED))),
         ("2031-02-26 08:00", "b", sanctions(move(Action.EXTENDED)))],
        2,
    ),
]


@pytest.mark.parametrize(("story", "expected"), [row[1:] for row in STORIES], ids=[row[0] for row in STORIES])
def test_stories(story: list[tuple[str, str, Assessment]], expected: int) -> None:
    ledger = Ledger()
    for moment, owner, assessment in story:
        ledger.take(item(moment, owner=owner), assessment)
    assert len(ledger.events) == expected
    assert ledger.alerts.count("new") == expected


def test_what_is_irrelevant_is_ignored() -> None:
    ledger = Ledger()
    assert ledger.take(item("2031-05-04 08:00"), Assessment(relevant=False)) is None


@pytest.mark.parametrize("kind", [Kind.STATEMENT, Kind.ANALYSIS])
def test_what_tells_of_no_happening_never_starts_an_event(kind: Kind) -> None:
    ledger = Ledger()
    assert ledger.take(item("2031-05-04 08:00"), release(30, kind=kind, happening=False)) is None


def test_a_first_report_starts_an_event_at_once_and_is_urgent() -> None:
    ledger = Ledger()
    event = ledger.take(item("2031-05-04 08:00"), release())
    assert event is not None
    assert (event.change, event.number) == (1, 1)
    assert ledger.decisions[0].urgent
    assert ledger.decisions[0].changes == (ChangeKind.STARTED,)


def test_a_plan_alone_is_not_urgent() -> None:
    ledger = Ledger()
    ledger.take(item("2031-05-04 08:00"), sanctions(move(Action.IMPOSED, stage=Stage.PROPOSED)))
    assert not ledger.decisions[0].urgent


def test_a_report_long_after_the_last_change_is_recorded_silently() -> None:
    ledger = Ledger()
    ledger.take(item("2031-05-04 08:00", owner="a"), release(23))
    late = release(23, day=date(2031, 5, 4), people=["Ann Bell"])
    event = ledger.take(item("2031-05-20 08:00", owner="b"), late)
    assert event is not None
    assert len(ledger.events) == 1
    assert len(event.reports) == 2
    assert ledger.decisions[1].verdict is Verdict.REPEATS
    assert ledger.alerts == ["new", "none"]


def test_an_edited_article_replaces_its_older_version() -> None:
    ledger = Ledger()
    ledger.take(item("2031-05-04 08:00", name="old"), release(18))
    event = ledger.take(item("2031-05-05 20:00", name="new", replaces="old"), release(15))
    assert event is not None
    assert [report.item for report in event.reports] == ["new"]
    assert ledger.decisions[1].changes == (ChangeKind.CORRECTED,)
    assert ledger.decisions[1].urgent


def test_an_edited_article_with_a_larger_number_is_no_correction() -> None:
    ledger = Ledger()
    ledger.take(item("2031-05-04 08:00", name="old"), release(123))
    ledger.take(item("2031-05-04 20:00", name="new", replaces="old"), release(124))
    assert ledger.decisions[1].changes == (ChangeKind.NUMBER,)
    assert ledger.alerts == ["new", "update"]


def test_every_decision_says_why() -> None:
    ledger = Ledger()
    for moment, assessment in (("2031-05-04 08:00", release(23)), ("2031-05-04 09:00", release(23))):
        ledger.take(item(moment), assessment)
    assert all(decision.reasons for decision in ledger.decisions)
    assert "same number: 23" in map(str, ledger.decisions[1].reasons)


def test_what_was_retracted_is_not_told_again_by_its_next_copy() -> None:
    ledger = Ledger()
    event = ledger.take(item("2031-05-04 08:00", owner="a"), release(23))
    assert event is not None
    ledger.events[event.id] = replace(event, state=EventState.RETRACTED)
    ledger.index.put(ledger.events[event.id])
    ledger.take(item("2031-05-04 09:00", owner="b"), release(23))
    assert len(ledger.events) == 1
    assert ledger.alerts == ["new", "none"]
