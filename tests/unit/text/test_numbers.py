from __future__ import annotations

import pytest

from bot.assess.lexicon import load_lexicon
from bot.text.numbers import read_digits, read_words


@pytest.mark.parametrize(("language", "text", "value"), [
    ("en", "fifty two", 52), ("en", "two dozen", 24), ("en", "one hundred twenty three", 123),
    ("ru", "пятьдесят два", 52), ("ru", "пятеро", 5), ("ru", "две тысячи", 2000),
    ("uk", "тридцять одного", 31), ("be", "дваццаць пяць", 25), ("be", "пяцёра", 5),
    ("pl", "czterdziestu jeden", 41), ("pl", "dwóch", 2), ("lt", "keturiolika", 14), ("lt", "penkiasdešimt du", 52),
    ("de", "zweiundfünfzig", 52), ("de", "zwei dutzend", 24), ("de", "dreißig", 30),
    ("fr", "vingt et un", 21), ("fr", "quatre cent deux", 402), ("es", "treinta y uno", 31), ("es", "mil", 1000),
    ("it", "trentuno", 31), ("it", "cinquantadue", 52),
])
def test_number_words_have_their_value(language: str, text: str, value: int) -> None:
    words = text.split()
    assert read_words(words, load_lexicon(language).numbers) == (value, len(words))


@pytest.mark.parametrize("words", [["people"], [], ["and"]])
def test_other_words_are_no_numbers(words: list[str]) -> None:
    assert read_words(words, load_lexicon("en").numbers) is None


def test_a_second_number_is_not_added_to_the_first() -> None:
    assert read_words(["five", "fifty"], load_lexicon("en").numbers) == (5, 1)


@pytest.mark.parametrize("digits", ["1,200", "1.200", "1 200", "1\u00a0200", "1’200", "1200"])
def test_marks_between_groups_of_digits_do_not_matter(digits: str) -> None:
    assert read_digits(digits) == 1200
