"""Which items a chat's list of queries lets through, and which words did it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import QueryError
from bot.model import Facts, Kind, Report, Risk, Standing, Topic
from bot.query.compile import (
    FOLDING_VERSION,
    Entry,
    compile_query,
    pack,
    read_entry,
    refresh_entry,
    unpack,
    write_entry,
)
from bot.query.match import Asked, Match, asked_of, fold_item, match
from bot.text.fold import fold_words

TITLE = "Minsk frees 52 prisoners after talks on potash"
SUMMARY = "The prisoners were taken to Vilnius; Ihar Example is among them. Sanctions on potash stay."
ASKED = Asked(
    topics=frozenset({"release"}),
    sources=frozenset({"wire-en", "the wire"}),
    owner="wire",
    language="en",
    people=(tuple(word.keys for word in fold_words("Ihar Example")),),
    released=52,
)


def ask(*entries: str, title: str = TITLE, summary: str = SUMMARY, asked: Asked = ASKED) -> Match:
    return match(
        [compile_query(entry) for entry in entries], fold_item(title, summary, asked.language), asked
    )


ANSWERS = [
    ("an empty list is everything", (), True),
    ("a word that occurs", ("potash",), True),
    ("a word that does not occur", ("nitrogen",), False),
    ("all words must occur", ("potash nitrogen",), False),
    ("one alternative is enough", ("nitrogen OR potash",), True),
    ("entries are alternatives", ("nitrogen", "potash"), True),
    ("a phrase stands side by side", ('"talks on potash"',), True),
    ("a phrase in another order does not match", ('"potash on talks"',), False),
    ("a phrase does not cross from title to summary", ('"potash the prisoners"',), False),
    ("a word with a hyphen is found as its parts", ("fifty-two",), False),
    ("a prefix", ("sanct*",), True),
    ("a prefix that nothing begins with", ("sanctu*",), False),
    ("an inflected form", ("prisoner",), True),
    ("an exclusion beside a word", ("potash -Vilnius",), False),
    ("an exclusion beside a word that holds", ("potash -Warsaw",), True),
    ("a veto alone lets everything else through", ("-Warsaw",), True),
    ("a veto alone keeps its own back", ("-Vilnius",), False),
    ("a veto holds over the whole list", ("potash", "-Vilnius"), False),
    ("a veto that does not hold decides nothing", ("nitrogen", "-Warsaw"), False),
    ("a veto on either of two words", ("-Warsaw -Vilnius",), False),
    ("a topic", ("topic:release",), True),
    ("another topic", ("topic:sanctions",), False),
    ("a source by its id", ("source:wire-en",), True),
    ("a source by its name", ('source:"The Wire"',), True),
    ("an owner", ("owner:wire",), True),
    ("a language", ("lang:be",), False),
    ("a person by surname", ("person:Example",), True),
    ("a person by both names in any order", ('person:"Example Ihar"',), True),
    ("another person of that surname", ('person:"Anna Example"',), False),
    ("a number that is large enough", ("released>=52",), True),
    ("a number that is too small", ("released>52",), False),
    ("an exact number", ("released:52",), True),
]


@pytest.mark.parametrize(
    ("entries", "expected"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS]
)
def test_a_list_lets_through(entries: tuple[str, ...], expected: bool) -> None:
    assert ask(*entries).matched is expected


NO_NUMBER = [
    ("nothing is at least", "released>=0", False),
    ("nothing is at most", "released<=1000", False),
    ("an exclusion of a number holds", "-released>=10", True),
]


@pytest.mark.parametrize(
    ("entry", "expected"), [row[1:] for row in NO_NUMBER], ids=[row[0] for row in NO_NUMBER]
)
def test_an_absent_number_matches_nothing(entry: str, expected: bool) -> None:
    assert ask(entry, asked=Asked()).matched is expected


OTHER_FORMS = [
    ("Russian genitive", "Освобождение Статкевича", "ru"),
    ("Belarusian", "Статкевіч на волі", "be"),
    ("English", "Statkevich is free", "en"),
    ("Polish", "Statkiewicz na wolności", "pl"),
]


@pytest.mark.parametrize(
    ("title", "language"), [row[1:] for row in OTHER_FORMS], ids=[row[0] for row in OTHER_FORMS]
)
def test_a_word_is_found_in_other_forms_and_scripts(title: str, language: str) -> None:
    assert ask("Статкевич", title=title, summary="", asked=Asked(language=language)).matched


PAIRS = [
    ("a name in another script", "Statkevich", "Статкевіча адпусцілі", "be", True),
    ("a name in small letters", "статкевич", "Statkevich is free", "en", True),
    ("a shorter name in small letters", "лосік", "Losik is free", "en", True),
    ("a short name with a capital", "Коул", "Coale comes to Minsk", "en", True),
    ("a short name in small letters is left to its own spelling", "coale", "Coale comes", "en", True),
    ("a word that two languages share", "пратэст", "A protest in Minsk", "en", True),
    ("a word that two languages share, the other way", "amnesty", "Закон об амнистии", "ru", True),
    ("chance in another script", "potash", "Поэтому он ушёл, потому что", "ru", False),
    ("a fertiliser and Lithuanian prisoners", "калійныя", "Paleisti kaliniai", "lt", False),
    ("chance in one script", "potash", "Peace at any pace", "en", False),
    ("chance with a capital in the query only", "Poland", "It was planned", "en", False),
    ("a small word against a name", "tool", "Coale comes", "en", False),
]


@pytest.mark.parametrize(
    ("query", "title", "language", "expected"), [row[1:] for row in PAIRS], ids=[row[0] for row in PAIRS]
)
def test_skeletons_find_names_and_shared_words_but_not_chance(
    query: str, title: str, language: str, expected: bool
) -> None:
    assert ask(query, title=title, summary="", asked=Asked(language=language)).matched is expected


def test_the_words_that_matched_are_marked_in_reading_order() -> None:
    found = ask("potash Vilnius", "nitrogen", '"were taken"')
    texts = [(SUMMARY if mark.in_summary else TITLE)[mark.start : mark.end] for mark in found.marks]
    assert texts == ["potash", "were", "taken", "Vilnius", "potash"]
    assert found.entry == 0


def test_a_veto_that_kept_an_item_back_is_named() -> None:
    assert ask("potash", "-Warsaw", "-Vilnius") == Match(matched=False, entry=2)


def test_fields_ask_the_report_and_what_is_known_of_its_event() -> None:
    moment = datetime(2030, 1, 7, tzinfo=UTC)
    report = Report(
        item="i", source="Wire-EN", owner="wire", standing=Standing.INDEPENDENT, outlet="The Wire", url=None,
        risk=Risk.B, title="", language="en", published=moment, seen=moment, kind=Kind.REPORT, facts=Facts(),
        topics=(), traits=frozenset(), happening=True,
    )  # fmt: skip
    assert asked_of(report, (Topic.RELEASE,), released=52, people=("Ihar Example",)) == ASKED


STORED = [
    "potash",
    '"human rights" OR lime*',
    "a -b -(c OR released>=10)",
    'person:"Ihar Example" topic:release -lang:ru',
]


@pytest.mark.parametrize("text", STORED)
def test_a_compiled_query_survives_storage(text: str) -> None:
    query = compile_query(text)
    assert unpack(json.loads(json.dumps(pack(query)))) == query
    assert read_entry(write_entry(Entry(text, query))) == Entry(text, query)


@pytest.mark.parametrize("body", ["[]", "{}", '["a", ["word"]]', '["a", ["spell", 1]]', "3", "nonsense"])
def test_what_is_no_stored_query_is_refused(body: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_entry(body)


HOSTILE_SIGNS = "\"'“”«»()*-–—!:OR ><=\u0301\u0489\u200d\u202e\x00\x1b aя²ªreleasedpersontopic10"


@given(st.text(st.one_of(st.sampled_from(HOSTILE_SIGNS), st.characters()), max_size=200))
def test_whatever_is_typed_compiles_and_matches_or_is_a_query_error(text: str) -> None:
    try:
        entries = [compile_query(text)]
    except QueryError:
        return
    assert match(entries, fold_item(TITLE, SUMMARY, "en"), ASKED).matched in {True, False}


def test_an_entry_of_an_older_folding_is_compiled_again() -> None:
    old = write_entry(Entry("potash", compile_query("lime")))
    assert refresh_entry(old, FOLDING_VERSION).query == compile_query("lime")
    assert refresh_entry(old, FOLDING_VERSION - 1) == Entry("potash", compile_query("potash"))
