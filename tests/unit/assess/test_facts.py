"""What is read out of a text, and what is not."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.assess import assess
from bot.model import Action, Kind, Stage, Topic

DAY = datetime(2026, 3, 10, 12, tzinfo=UTC)


def row(sentence: str, *values: object) -> object:
    return pytest.param(*values, id=sentence)


@pytest.mark.parametrize(("title", "summary", "released"), [
    row("digits beside the verb", "Lukashenko pardons 19", "", 19),
    row("a number word", "Belarus frees forty-one prisoners", "", 41),
    row("he and others are added", "He and 13 others leave Belarusian prison", "", 14),
    row("two names and others are added", "Ihar Losik, Maksim Znak and 12 others freed in Belarus", "", 14),
    row("a pair without a whole is added", "Lukashenko signs a pardon", "Nine women and 11 men are to be freed.", 20),
    row("an exact number wins over more than", "More than 50 freed in Belarus", "52 prisoners crossed the border.", 52),
    row("the whole wins over its foreigners", "Six Lithuanians freed in Belarus", "They were among 52 people let go.", 52),
    row("an age is no number of people", "Belarus frees activist, 67", "The 67-year-old left prison.", 1),
    row("a term is no number of people", "Belarus frees activist", "She had been given 12 years.", 1),
    row("an earlier group is not this one", "Lukashenko pardons 19", "In November 31 prisoners were freed.", 19),
    row("a total is not this group", "Lukashenko pardons prisoners", "Since July 2024 more than 300 were freed.", None),
    row("those who remain are not freed", "Belarus frees a journalist", "Over 1,000 remain behind bars.", 1),
    row("a part is not the whole", "Belarus frees prisoners", "Those released include 14 foreigners.", None),
    row("one foreign citizen is one", "Belarus frees US citizen", "He is on his way home.", 1),
])
def test_the_number_released(title: str, summary: str, released: int | None) -> None:
    count = assess(title, summary, published=DAY).facts.released
    assert (count.value if count else None) == released


@pytest.mark.parametrize(("summary", "held", "by"), [
    row("who remains", "Viasna says 870 people remain behind bars.", 870, "Viasna"),
    row("at least", "More than 1,200 political prisoners are still held.", 1200, ""),
    row("those under sanctions are not held", "There are 233 individuals on the EU sanctions list.", None, ""),
    row("those arrested since then are not held", "Over 65,000 people have been arrested since 2020.", None, ""),
])
def test_the_number_still_held(summary: str, held: int | None, by: str) -> None:
    count = assess("Lukashenko pardons 19 prisoners", summary, published=DAY, language="en").facts.still_held
    assert (count.value if count else None) == held
    assert count is None or count.by == by


@pytest.mark.parametrize(("title", "expected"), [
    row("several powers act together", "US, UK and Canada impose sanctions on Belarus",
        {(Action.IMPOSED, "US", Stage.DECIDED), (Action.IMPOSED, "UK", Stage.DECIDED),
         (Action.IMPOSED, "Canada", Stage.DECIDED)}),
    row("an extension", "EU extends sanctions on Belarus for a year", {(Action.EXTENDED, "EU", Stage.DECIDED)}),
    row("a firm stands for Belarus", "US lifts sanctions on Belaruskali", {(Action.EASED, "US", Stage.DECIDED)}),
    row("a demand is not a decision", "Latushka urges EU to extend sanctions on Belarus",
        {(Action.EXTENDED, "EU", Stage.DEMANDED)}),
    row("a refusal is not a decision", "EU refuses to lift sanctions on Belarus", {(Action.EASED, "EU", Stage.REFUSED)}),
    row("a listing imposes", "EU lists 14 individuals over repression in Belarus",
        {(Action.IMPOSED, "EU", Stage.DECIDED)}),
    row("Russia's sanctions are not Belarus's", "EU adopts new sanctions on Russia", set()),
])
def test_moves_on_sanctions(title: str, expected: set[tuple[Action, str, Stage]]) -> None:
    moves = assess(title, "", published=DAY, language="en").facts.moves
    assert {(move.action, move.by, move.stage) for move in moves} == expected


@pytest.mark.parametrize("title", [
    "Venezuela frees 24 political prisoners",
    "Russia and Ukraine exchange 150 prisoners of war, soldiers pass through Belarus",
    "EU demands release of all political prisoners in Belarus",
    "Belarus court sentences journalist to six years",
    "Film about Belarus protests released in cinemas",
    "Belarus shuts border crossing with Lithuania",
    "Political prisoner dies in Belarus colony",
    "Trump raises tariffs on potash",
])
def test_other_news_is_not_relevant(title: str) -> None:
    assert not assess(title, "", published=DAY, language="en").relevant


@pytest.mark.parametrize(("title", "kind", "happening"), [
    row("a report tells of a happening", "Belarus frees 20 political prisoners", Kind.REPORT, True),
    row("thanks are a statement", "Tusk thanks Trump for release of prisoners in Belarus", Kind.STATEMENT, False),
    row("a question why is analysis", "Why Lukashenko frees his prisoners", Kind.ANALYSIS, False),
    row("those freed who speak are a follow-up", "Freed prisoner recounts years in Belarus jail", Kind.FOLLOWUP, False),
])
def test_the_kind_of_a_text(title: str, kind: Kind, happening: bool) -> None:
    found = assess(title, "", published=DAY, language="en")
    assert found.relevant
    assert (found.kind, found.happening) == (kind, happening)


def test_background_at_the_end_changes_nothing() -> None:
    title, news = "Lukashenko pardons 19 people", "The decree was published on Tuesday."
    background = ("In July 2024, 18 prisoners were freed. The EU and the US have imposed several rounds of sanctions "
                  "on Belarus. Read also: EU extends sanctions against Belarus.")
    plain, long = (assess(title, summary, published=DAY) for summary in (news, f"{news} {background}"))
    assert plain.topics == long.topics == (Topic.RELEASE,)
    assert plain.facts.released == long.facts.released


def test_a_deal_has_both_topics() -> None:
    found = assess("Belarus frees 52 prisoners as US lifts sanctions on Belavia", "", published=DAY)
    assert set(found.topics) == {Topic.RELEASE, Topic.SANCTIONS}


def test_an_easing_that_is_only_hoped_for_is_not_decided() -> None:
    found = assess("Belarus frees 52 in exchange for easing of US sanctions, it hopes",
                   "It could lead to a possible easing of sanctions. Relief of sanctions remains a hope.",
                   published=DAY)
    assert all(move.stage is not Stage.DECIDED for move in found.facts.moves)


def test_reasons_name_the_words() -> None:
    found = assess("Lukashenko pardons 19 people", "", published=DAY)
    assert any("pardons 19 people" in reason.words for reason in found.reasons)


@pytest.mark.parametrize(("words", "day"), [
    ("on Monday", date(2026, 3, 9)), ("on 7 March", date(2026, 3, 7)), ("today", date(2026, 3, 10)), ("", None),
])
def test_the_day_of_the_happening(words: str, day: date | None) -> None:
    assert assess("Belarus frees 20 prisoners", f"They were let go {words}.", published=DAY).day == day


def test_people_are_named_with_keys_that_cross_languages() -> None:
    one = assess("Belarus frees Mikola Statkevich", "", published=DAY)
    other = assess("Беларусь освободила Николая Статкевича", "", published=DAY)
    assert {person.key for person in one.facts.people} == {person.key for person in other.facts.people} != set()
    assert one.traits & other.traits >= {"person:sttkvq", "concept:free"}


def test_who_frees_is_not_freed() -> None:
    people = assess("Alexander Lukashenko frees Ihar Losik", "", published=DAY).facts.people
    assert {(person.name, person.freed) for person in people} == {("Alexander Lukashenko", False), ("Ihar Losik", True)}


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.text(max_size=600), st.sampled_from(["en", "be", "de", "fr", "lt", "xx", None]))
def test_no_text_raises(title: str, summary: str, language: str | None) -> None:
    assess(title, summary, published=DAY, language=language)


def test_the_same_text_gets_the_same_verdict() -> None:
    assert assess("Belarus frees 5", "x", published=DAY) == assess("Belarus frees 5", "x", published=DAY)
