"""Which events an item is compared with, and what is remembered of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.events.candidates import FEW, CandidateIndex, candidate_window
from bot.events.fold import add, report_of
from bot.events.profile import profile_of, read_profile
from bot.events.summary import read_summary, summarise
from bot.events.tally import tally_of
from bot.model import Action, Assessment, Event, Kind, Standing
from tests.fakes.reports import Ledger, at, item, move, release, sanctions

PEOPLE = ("Ann Bell", "Carl Dean", "Eve Ford")


def an_event(moment: str, assessment: Assessment, *, name: str = "e") -> Event:
    """An event with one report."""
    ledger = Ledger()
    event = ledger.take(item(moment, name=f"{name}-1"), assessment)
    assert event is not None
    return replace(event, id=name)


@pytest.mark.parametrize(
    "assessment",
    [
        release(23, day=date(2031, 5, 4)),
        release(23),
        release(people=["Ann Bell"]),
        release(kind=Kind.STATEMENT, happening=False),
    ],
    ids=["by the day it names", "by the number", "by a person", "what says little, by the week"],
)
def test_an_event_is_found(assessment: Assessment) -> None:
    event = an_event("2031-05-04 08:00", release(23, people=["Ann Bell"]))
    index = CandidateIndex([event])
    assert index.near(item("2031-05-14 08:00"), assessment) == (event,)


def test_an_event_of_sanctions_is_found_by_who_moves_them() -> None:
    event = an_event("2031-05-04 08:00", sanctions(move(Action.IMPOSED)))
    index = CandidateIndex([event])
    assert index.near(item("2031-05-14 08:00"), sanctions(move(Action.IMPOSED))) == (event,)


def test_an_edited_article_is_compared_with_its_own_event_only() -> None:
    events = [
        an_event("2031-05-04 08:00", release(23), name="a"),
        an_event("2031-05-04 08:00", release(23), name="b"),
    ]
    index = CandidateIndex(events)
    edited = item("2031-05-30 08:00", replaces="a-1")
    assert index.near(edited, release(40)) == (events[0],)


def test_a_dropped_event_is_found_no_more() -> None:
    event = an_event("2031-05-04 08:00", release(23))
    index = CandidateIndex([event])
    index.drop(event.id)
    assert index.near(item("2031-05-04 09:00"), release(23)) == ()
    assert index.near(item("2031-05-04 09:00", replaces="e-1"), release(23)) == ()


def test_of_many_events_few_are_compared_and_the_right_one_is_among_them() -> None:
    first = an_event("2031-05-04 08:00", release(1, people=["P 0"]), name="e0")
    events = [
        replace(
            first,
            id=f"e{number}",
            reports=(
                report_of(
                    item("2031-05-04 08:00", name=f"i{number}"),
                    release(1000 + number, people=[f"P {number}"]),
                ),
            ),
        )
        for number in range(2000)
    ]
    index = CandidateIndex(events)
    near = index.near(item("2031-05-04 09:00"), release(1777, people=["P 777"]))
    assert len(near) == FEW
    assert near[0].id == "e777"


def test_the_window_outlasts_the_fortnight_in_which_an_event_alerts() -> None:
    now = at("2031-05-30 08:00")
    assert now - candidate_window(now) > timedelta(days=14)


reports = st.builds(
    lambda owner, standing, minute, number, people, happening, action: report_of(
        item(f"2031-05-04 08:{minute:02}", owner=owner, standing=standing, name=f"{owner}{minute}"),
        replace(
            release(number, people=people, moves=[move(action, "US")] if action else []),
            happening=happening,
        ),
    ),
    owner=st.sampled_from("abcdef"),
    standing=st.sampled_from(Standing),
    minute=st.integers(0, 59),
    number=st.none() | st.integers(1, 60),
    people=st.lists(st.sampled_from(PEOPLE), unique=True),
    happening=st.booleans(),
    action=st.none() | st.sampled_from(Action),
)


@given(st.lists(reports, min_size=1, max_size=12))
def test_counting_report_by_report_equals_counting_afresh(arriving: list) -> None:
    event = an_event("2031-05-04 08:00", release(5), name="counted")
    for report in arriving:
        event = add(event, report)
        fresh = tally_of(event, event.reports)
        assert summarise(event) == read_summary(event, fresh)
        assert profile_of(event) == read_profile(event, fresh)


def test_two_events_of_one_id_are_not_taken_for_each_other() -> None:
    one = an_event("2031-05-04 08:00", release(23), name="e")
    other = an_event("2032-05-04 08:00", release(42), name="e")
    for event, number in ((one, 23), (other, 42), (one, 23)):
        released = summarise(event).released
        assert released is not None
        assert released.low == number
