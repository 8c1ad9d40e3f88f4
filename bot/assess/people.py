"""The people that a text names.

Theory. A name is a known given name before (or after) a word with a capital, or the surname of a figure whose
name alone says who it is. Given names are known in all spellings of our languages
(`bot/text/given_names.toml`), so names of people whom nobody has heard of yet are found, too; names from
elsewhere are found when two words with capitals stand together in the middle of a sentence in a language that
does not write nouns with capitals.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.assess.reading import Reading, Word
from bot.text.names import find_given_name, person_key

POSSESSIVE = re.compile(r"['’]s$")


class Named(NamedTuple):
    """A person as named: the words from `first` to `last`."""

    first: int
    last: int
    name: str
    key: str


NO_NAME = frozenset({"WEEKDAY", "MONTH", "BELARUS", "US", "EU", "UK", "RUSSIA", "UKRAINE"})


def find_people(reading: Reading) -> tuple[Named, ...]:
    """Everybody named, in the order of the text; each key once."""
    found: dict[str, Named] = {}
    words = reading.words
    place = 0
    while place < len(words):
        named = _read_name(reading, place)
        if named is None:
            place += 1
            continue
        found.setdefault(named.key, named)
        place = named.last + 1
    return tuple(found.values())


def _read_name(reading: Reading, place: int) -> Named | None:
    words = reading.words
    word = words[place]
    if not word.capital or word.value is not None or len(word.text) < 2:
        return None
    following = words[place + 1] if place + 1 < len(words) else None
    if (
        following is not None
        and find_given_name(word.text)
        and _may_follow(word, following)
        and not word.concepts & NO_NAME
    ):
        last = place + 1
        if last + 1 < len(words) and _may_follow(words[last], words[last + 1]) and _is_patronymic(following):
            last += 1
        return _make(reading, place, last)
    return None


def _may_follow(word: Word, other: Word) -> bool:
    return (
        other.capital
        and other.value is None
        and other.start - word.end == 1
        and len(other.text) > 2
        and not other.text.isupper()
        and not other.concepts & NO_NAME
    )


def _is_patronymic(word: Word) -> bool:
    return word.text.casefold().endswith(("вич", "вна", "чна", "віч", "ўна", "vich", "vna"))


def _make(reading: Reading, first: int, last: int) -> Named:
    name = POSSESSIVE.sub("", reading.text[reading.words[first].start : reading.words[last].end])
    return Named(first, last, name, person_key(name, reading.language))
