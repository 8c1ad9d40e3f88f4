"""What people type as a query, and where it goes wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import QueryError
from bot.query.parse import parse
from bot.query.tree import All, Either, Field, Figure, Not, Query, Term, only_excludes


def bare(query: Query) -> object:
    """A query without positions, for comparing."""
    match query:
        case Term(text, _, prefix):
            return text + "*" * prefix
        case Field(name, value):
            return f"{name}:{value}"
        case Figure(relation, number):
            return f"released{relation}{number}"
        case Not(part):
            return ("not", bare(part))
        case All(parts):
            return ("all", *map(bare, parts))
        case Either(parts):
            return ("either", *map(bare, parts))
    raise AssertionError(query)


UNDERSTOOD = [
    ("a word is a term", "potash", "potash"),
    ("all words must occur", "potash lime", ("all", "potash", "lime")),
    ("AND between words says nothing new", "potash AND lime", ("all", "potash", "lime")),
    ("a small or is a word", "now or never", ("all", "now", "or", "never")),
    ("a phrase is one term", '"human rights"', "human rights"),
    ("OR gives alternatives", "potash OR lime OR ore", ("either", "potash", "lime", "ore")),
    ("words bind tighter than OR", "a b OR c", ("either", ("all", "a", "b"), "c")),
    ("parentheses group", "a (b OR c)", ("all", "a", ("either", "b", "c"))),
    ("a minus excludes", "a -b", ("all", "a", ("not", "b"))),
    ("an exclamation mark excludes", "a !b", ("all", "a", ("not", "b"))),
    ("two hyphens, which phones turn into a dash, are one minus", "a --b", ("all", "a", ("not", "b"))),
    ("a group is excluded whole", "a -(b OR c)", ("all", "a", ("not", ("either", "b", "c")))),
    ("a phrase is excluded whole", 'a -"b c"', ("all", "a", ("not", "b c"))),
    ("any dash is a minus", "a –b —c −d", ("all", "a", ("not", "b"), ("not", "c"), ("not", "d"))),
    ("a hyphen inside a word stays", "Anti-Corruption", "Anti-Corruption"),
    ("German quotation marks", "„human rights“", "human rights"),
    ("guillemets", "«правы чалавека»", "правы чалавека"),
    ("curly quotation marks", "“a b” ”c d”", ("all", "a b", "c d")),
    ("a pair of single quotation marks around words", "‘human rights’ x", ("all", "human rights", "x")),
    ("typewriter's single quotation marks", "'human rights'", "human rights"),
    ("an apostrophe is part of its word", "сям'я мар’яна", ("all", "сям'я", "мар’яна")),
    ("a star lets a word go on", "sanct*", "sanct*"),
    ("a field", "topic:release", "topic:release"),
    ("a field's name in capitals", "Topic:Release", "topic:release"),
    ("a field with a phrase", 'person:"Anna Example"', "person:Anna Example"),
    ("a field with a phrase in other marks", "person:«Anna Example» x", ("all", "person:Anna Example", "x")),
    ("an excluded field", "a -lang:ru", ("all", "a", ("not", "lang:ru"))),
    ("a source's id", "source:viasna-en", "source:viasna-en"),
    ("a number released", "released>=10", "released>=10"),
    ("spaces around the comparison", "released >= 10 x", ("all", "released>=10", "x")),
    ("mathematicians' signs", "released≥10 OR released≤3", ("either", "released>=10", "released<=3")),
    ("a colon compares, too", "released:10", "released=10"),
    ("a colon behind a word is punctuation", "Minsk: court", ("all", "Minsk:", "court")),
    ("a time of day is no field", "14:05", "14:05"),
    ("what cannot be seen is left out", "\u200b-lime\ufeff ore", ("all", ("not", "lime"), "ore")),
    ("full-width signs of other keyboards", "（a　OR　b）", ("either", "a", "b")),
    ("a word touching a parenthesis", "a(b)c", ("all", "a", "b", "c")),
]


@pytest.mark.parametrize(
    ("text", "expected"), [row[1:] for row in UNDERSTOOD], ids=[row[0] for row in UNDERSTOOD]
)
def test_a_query_is_understood(text: str, expected: object) -> None:
    assert bare(parse(text)) == expected


REFUSED = [
    ("nothing", "", 0, "query.empty"),
    ("blanks only", "   ", 0, "query.empty"),
    ("too many characters", "x" * 201, 200, "query.too_long"),
    ("too many terms", " ".join(["a"] * 21), 0, "query.too_many_terms"),
    ("a quotation mark without its pair", 'a "b c', 2, "query.unclosed_quote"),
    ("a parenthesis without its pair", "a (b c", 2, "query.unclosed_parenthesis"),
    ("an open parenthesis at the end", "a (", 2, "query.unclosed_parenthesis"),
    ("a closing parenthesis too many", "a b) c", 3, "query.extra_parenthesis"),
    ("a closing parenthesis first", ") a", 0, "query.extra_parenthesis"),
    ("empty parentheses", "a ()", 2, "query.empty_parentheses"),
    ("OR first", "OR a", 0, "query.or_place"),
    ("OR last", "a OR", 2, "query.or_place"),
    ("OR twice", "a OR OR b", 5, "query.or_place"),
    ("OR alone", "OR", 0, "query.or_place"),
    ("OR before a closing parenthesis", "(a OR) b", 3, "query.or_place"),
    ("a minus before a blank", "a - b", 2, "query.nothing_excluded"),
    ("a minus at the end", "a -", 2, "query.nothing_excluded"),
    ("a minus before OR", "a -OR b", 2, "query.nothing_excluded"),
    ("a star alone", "a *", 2, "query.star_place"),
    ("a star in front", "*a", 0, "query.star_place"),
    ("a star inside", "ab*cd", 2, "query.star_place"),
    ("a star in a phrase", 'x "a b*"', 6, "query.star_place"),
    ("a field nobody knows", "x colour:red", 2, "query.unknown_field"),
    ("an address on the web", "https://example.org", 0, "query.unknown_field"),
    ("a topic nobody knows", "topic:sport", 6, "query.unknown_topic"),
    ("a language that is none", "lang:belarusian", 5, "query.unknown_language"),
    ("a comparison with a word", "released>=many", 10, "query.not_a_number"),
    ("a comparison with nothing", "released>=", 10, "query.not_a_number"),
    ("signs without letters", "a …", 2, "query.no_letters"),
    ("an empty phrase", 'a ""', 2, "query.no_letters"),
    ("parentheses without end", "(" * 11 + "a" + ")" * 11, 10, "query.too_deep"),
    ("the position counts what is not seen, too", "\u200b\u200ba *", 4, "query.star_place"),
]


@pytest.mark.parametrize(
    ("text", "position", "message_id"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_a_mistake_is_pointed_at(text: str, position: int, message_id: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert (caught.value.message_id, caught.value.position) == (message_id, position)
    assert caught.value.values["position"] == position + 1


HOSTILE_SIGNS = "\"'“”«»()*-–—!:OR ><=\u0301\u0489\u200d\u202e\x00\x1b aяreleasedpersontopic10"
HOSTILE = st.text(st.one_of(st.sampled_from(HOSTILE_SIGNS), st.characters()), max_size=210)


@given(HOSTILE)
def test_whatever_is_typed_is_a_query_or_a_query_error_within_the_text(text: str) -> None:
    try:
        position = parse(text) and 0
    except QueryError as error:
        position = error.position
    assert 0 <= position <= len(text)


EXCLUSIONS = [
    ("one exclusion", "-a", True),
    ("several", "-a !b", True),
    ("alternatives of exclusions", "-a OR -b", True),
    ("an excluded group", "-(a OR b)", True),
    ("a word beside an exclusion", "a -b", False),
    ("an exclusion or a word", "-a OR b", False),
    ("an exclusion of an exclusion asks for the word", "-(-a)", False),
]


@pytest.mark.parametrize(
    ("text", "expected"), [row[1:] for row in EXCLUSIONS], ids=[row[0] for row in EXCLUSIONS]
)
def test_an_entry_of_exclusions_only_is_known(text: str, expected: bool) -> None:
    assert only_excludes(parse(text)) is expected
