from __future__ import annotations

import pytest

from bot.text.fold import fold_word, fold_words


def match(query: str, text: str, language: str) -> list[str]:
    wanted = fold_word(query)
    return [word.text for word in fold_words(text, language) if word.keys & wanted]


@pytest.mark.parametrize(("query", "text", "language", "expected"), [
    pytest.param("Статкевич", "Мікола Статкевіч і сябры Статкевіча", "be", ["Статкевіч", "Статкевіча"],
                 id="a name is found in another language and case"),
    pytest.param("статкевич", "Mikola Statkevich alias Mikołaj Statkiewicz", "en", ["Statkevich", "Statkiewicz"],
                 id="a name is found in another script and spelling"),
    pytest.param("Tsikhanouski", "Встречали Сергея Тихановского", "ru", ["Тихановского"],
                 id="a name typed in Latin is found in Russian"),
    pytest.param("Лосик", "Alaska, ласка, Ігар Лосік", "be", ["Лосік"], id="a short name is not every short word"),
    pytest.param("помилование", "он просил о помиловании", "ru", ["помиловании"], id="a Russian case form is found"),
    pytest.param("в’язень", "списки в'язнів", "uk", ["в'язнів"], id="the kind of apostrophe does not matter"),
    pytest.param("сьвет", "цэлы свет", "be", ["свет"], id="the classical orthography meets the official one"),
    pytest.param("volnaść", "вольнасць", "be", ["вольнасць"], id="Belarusian in Latin script meets Cyrillic"),
    pytest.param("więzień", "dla więźniów", "pl", [], id="a changed consonant in a Polish stem is not bridged"),
    pytest.param("więźniowie", "dla więźniów", "pl", ["więźniów"], id="a Polish case form is found"),
    pytest.param("sanctions", "the sanction", "en", ["sanction"], id="an English plural is found"),
    pytest.param("echange", "L'échange a eu lieu", "fr", ["échange"], id="an elided article and an accent fall away"),
    pytest.param("52", "52 Menschen, 521 Tage", "de", ["52"], id="a number is itself only"),
])
def test_words_match_by_their_keys(query: str, text: str, language: str, expected: list[str]) -> None:
    assert match(query, text, language) == expected


def test_offsets_point_at_the_words_of_the_text() -> None:
    text = "L’échange d'Ihar Łosik, 52 «вязні»!"
    for word in fold_words(text):
        assert text[word.start:word.end] == word.text


def test_combining_letters_stay_in_their_word() -> None:
    assert [word.text for word in fold_words("И\u0306оркшир")] == ["И\u0306оркшир"]
