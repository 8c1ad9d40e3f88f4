"""Catalogues read in memory: plurals, fallbacks, numbers, days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.languages import spoken, translator

AUTUMN = date(2030, 9, 20)


@pytest.mark.parametrize(
    ("language", "n", "words"),
    [
        pytest.param("en", 1, "1 owner: x", id="English has one"),
        pytest.param("en", 3, "3 owners: x", id="English has many"),
        pytest.param("ru", 1, "1 источник: x", id="Russian has one"),
        pytest.param("ru", 3, "3 источника: x", id="Russian has a few"),
        pytest.param("ru", 11, "11 источников: x", id="Russian counts eleven as many"),
        pytest.param("be", 22, "22 крыніцы: x", id="Belarusian counts twenty-two as a few"),
        pytest.param("be", 5, "5 крыніц: x", id="Belarusian has many"),
    ],
)
def test_a_sentence_takes_the_form_of_its_number(language: str, n: int, words: str) -> None:
    assert translator(language).count("alert.owners", n, names="x") == words


@pytest.mark.parametrize("wanted", ["xx", "", "x-unknown"])
def test_a_language_without_a_catalogue_is_answered_in_english(wanted: str) -> None:
    assert translator(wanted).language == "en"


@pytest.mark.parametrize(("wanted", "spoken_as"), [("be-tarask", "be"), ("ru_RU", "ru"), ("EN", "en")])
def test_a_regional_variant_is_answered_in_its_main_language(wanted: str, spoken_as: str) -> None:
    assert translator(wanted).language == spoken_as


@pytest.mark.parametrize("language", ["en", "be", "xx"])
def test_an_unknown_name_raises_and_names_itself(language: str) -> None:
    with pytest.raises(LookupError, match="no such name"):
        translator(language).text("no such name")
    with pytest.raises(LookupError, match="no such name"):
        translator(language).count("no such name", 2)


def test_a_missing_value_raises() -> None:
    with pytest.raises(LookupError, match="names"):
        translator("en").count("alert.owners", 2)


def test_words_of_others_are_not_taken_for_places() -> None:
    assert translator("en").text("alert.single", names="{by} {0}") == "single source: {by} {0}"


def test_numbers_are_grouped_as_the_language_groups_them() -> None:
    assert translator("en").number(1200) == "1,200"
    assert translator("be").number(1200) == "1\u00a0200"


def test_a_day_of_another_year_says_its_year() -> None:
    assert translator("en").day(date(2030, 9, 11), today=AUTUMN) == "11 September"
    assert translator("be").day(date(2030, 9, 11), today=AUTUMN) == "11 верасня"
    assert "2029" in translator("ru").day(date(2029, 9, 11), today=AUTUMN)


def test_a_moment_is_told_in_the_zone_of_the_reader_and_names_another_day() -> None:
    zone, at = ZoneInfo("Europe/Warsaw"), datetime(2030, 9, 11, 22, 30, tzinfo=UTC)
    english = translator("en")
    assert english.moment(at, zone=zone, now=datetime(2030, 9, 12, 9, 0, tzinfo=UTC)) == "00:30"
    assert english.moment(at, zone=zone, now=datetime(2030, 9, 13, 9, 0, tzinfo=UTC)) == "12 September, 00:30"


def test_catalogues_are_read_once() -> None:
    assert translator("be") is translator("be-tarask")
    assert spoken()[0] == "en"
    assert {"be", "ru"} <= set(spoken())
