"""What holds for every lexicon, so that a correction by a native speaker cannot break one unseen."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest

from bot.assess.lexicon import known_languages, load_lexicon

SUPPORTED = ("be", "de", "en", "es", "fr", "it", "lt", "pl", "ru", "uk")
NEEDED = {
    "FREE", "PARDON", "AMNESTY", "EXCHANGE", "DEPORT", "RETURN", "LEAVE", "PRISON", "POLITICAL", "PRISONER", "PERSON",
    "GENDER", "NATIONAL", "OTHERS", "HELD", "STILL", "SANCTION", "IMPOSE", "EXTEND", "EASE", "THREATEN", "DEMAND",
    "HOPE", "REFUSE", "NEGATION", "WELCOME", "COMMENT", "DIGEST", "RELATED", "POW", "EARLIER", "TOTAL", "INCLUDING",
    "AMONG", "AT_LEAST", "APPROX", "AGE", "YEARS", "AND", "IGNORE",
}  # fmt: skip
ENTRY = re.compile(r"\*?[\w'’ʼ.:°№§ -]*\*?")


def read(language: str) -> dict[str, dict[str, object]]:
    path = files("bot.languages").joinpath(language, "lexicon.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def concepts(language: str) -> dict[str, str]:
    return {key: value for table in read(language).values() for key, value in table.items()
            if key.isupper() and isinstance(value, str)}


def test_the_ten_languages_have_lexicons() -> None:
    assert set(SUPPORTED) <= known_languages()


@pytest.mark.parametrize("language", SUPPORTED)
def test_a_lexicon_has_every_concept_that_is_asked_for(language: str) -> None:
    assert not NEEDED - concepts(language).keys()


@pytest.mark.parametrize("language", SUPPORTED)
def test_a_lexicon_has_twelve_months_and_seven_days(language: str) -> None:
    tables = read(language).values()
    assert [len(table["months"]) for table in tables if "months" in table] == [12]
    assert [len(table["weekdays"]) for table in tables if "weekdays" in table] == [7]


@pytest.mark.parametrize("language", SUPPORTED)
def test_no_entry_matches_every_word(language: str) -> None:
    for concept, entries in concepts(language).items():
        for entry in entries.split():
            assert len(entry.replace("*", "").replace("_", "").replace(".", "")) > 0, (concept, entry)


@pytest.mark.parametrize(("language", "word", "concept"), [
    ("en", "Pardoned", "PARDON"), ("en", "US", "US"), ("en", "EU's", "EU"), ("ru", "ПОМИЛОВАЛ", "PARDON"),
    ("be", "вызваленьне", "FREE"), ("be", "vyzvalili", "FREE"), ("de", "Sanktionen", "SANCTION"),
    ("de", "Wirtschaftssanktionen", "SANCTION"), ("ka", "ბელარუსმა", "BELARUS"), ("uk", "політв’язнів", "POLITICAL"),
])
def test_a_word_stands_for_its_concept(language: str, word: str, concept: str) -> None:
    assert concept in load_lexicon(language).find(word).concepts


def test_case_tells_where_an_entry_is_written_with_a_capital() -> None:
    assert "US" not in load_lexicon("en").find("us").concepts


def test_a_surname_in_any_spelling_says_belarus() -> None:
    for language, name in (("en", "Lukashenka"), ("fr", "Loukachenko"), ("ru", "Тихановской"), ("pl", "Cichanouska")):
        assert "FIGURE_BY" in load_lexicon(language).find(name).concepts, name


def test_a_language_without_a_lexicon_falls_back_on_what_crosses_languages() -> None:
    assert "FREE" in load_lexicon("ro").find("eliberat").concepts
    assert "BELARUS" in load_lexicon("xx").find("Belarus").concepts
