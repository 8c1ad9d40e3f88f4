"""What a text recalls is no news, who is at home need not say where, and what is denied is told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.assess import assess
from bot.model import Kind

DAY = datetime(2031, 3, 5, tzinfo=UTC)
TRIAL = "Belarusian teacher sentenced to six years"

RECALLED = [
    ("a year before this one", "In September 2029 some 52 political prisoners were freed in Belarus."),
    ("the summer before", "Since last summer more than 340 prisoners have been freed in Belarus."),
    ("the pluperfect", "Political prisoners had been freed in Belarus by decree."),
    ("another title's news", "Belarus freed several political prisoners."),
]


@pytest.mark.parametrize("summary", [row[1] for row in RECALLED], ids=[row[0] for row in RECALLED])
def test_a_trial_with_background_is_no_release(summary: str) -> None:
    assert not assess(TRIAL, summary, published=DAY).relevant


TOLD = [
    ("a date of now is news", "Belarus frees prisoners", "On 4 March 2031, 12 of them left the prison."),
    ("a date of the arrest is none of the release", "Teacher jailed in Belarus in 2028 is freed", ""),
    ("saying shifts the tense", "Minsk frees prisoners", "Belarus said it had freed 12 political prisoners."),
]


@pytest.mark.parametrize(("title", "summary"), [row[1:] for row in TOLD], ids=[row[0] for row in TOLD])
def test_what_is_new_is_told(title: str, summary: str) -> None:
    found = assess(title, summary, published=DAY)
    assert found.relevant
    assert found.happening


def test_the_first_paragraph_is_the_lead() -> None:
    told = "The family confirmed that the teacher had come back to her town on Tuesday night.\n"
    again = "Belarus freed 52 political prisoners."
    found = assess("Belarus frees a teacher", told + "In all of 2029, after a visit, " + again, published=DAY)
    assert found.facts.released is not None
    assert found.facts.released.value == 1


def test_an_outlet_of_belarus_need_not_name_it() -> None:
    title = "Президент помиловал 31 человека"
    assert assess(title, "", published=DAY, home="BY").relevant
    assert not assess(title, "", published=DAY).relevant


def test_a_neighbour_in_an_outlet_of_belarus_is_not_belarus() -> None:
    assert not assess("Россия помиловала 31 заключённого", "", published=DAY, home="BY").relevant


def test_a_denied_release_is_a_follow_up() -> None:
    found = assess("Lawyer: reports that political prisoner was freed in Belarus are fake", "", published=DAY)
    assert (found.relevant, found.kind, found.happening) == (True, Kind.FOLLOWUP, False)


def test_an_imperative_demands() -> None:
    assert not assess("Belarus: Free journalist Ann Bell", "", published=DAY).relevant


def test_an_exchange_of_belligerents_only_passes_through() -> None:
    title = "Russia and Ukraine swap 84 prisoners with Belarus as a stop"
    assert not assess(title, "", published=DAY).relevant


def test_a_subject_decides_not_whom_it_follows() -> None:
    found = assess("Switzerland joins EU sanctions on Belarus", "", published=DAY)
    assert [move.by for move in found.facts.moves] == ["Switzerland"]


def test_a_target_is_a_name_of_ours() -> None:
    title = "US eases sanctions on Belavia, the @everyone airline of Belarus"
    assert [move.target for move in assess(title, "", published=DAY).facts.moves] == ["Belavia"]


NUMBERS = [
    ("a denied number gives way", "Belarus pardoned not 18 but 16 people", "", 16),
    (
        "people of two nations are added",
        "Two Lithuanians and three Poles freed from Belarusian prisons",
        "",
        5,
    ),
    ("one and others", "Belarus frees an American and 60 others", "", 61),
    ("two named together", "Andrei Bely and Hanna Karol freed from Belarusian prison", "", 2),
    (
        "the dead are not counted",
        "Belarus frees prisoners",
        "Nine political prisoners have died there.",
        None,
    ),
]


@pytest.mark.parametrize(
    ("title", "summary", "released"), [row[1:] for row in NUMBERS], ids=[row[0] for row in NUMBERS]
)
def test_numbers(title: str, summary: str, released: int | None) -> None:
    count = assess(title, summary, published=DAY).facts.released
    assert (count.value if count else None) == released
