"""Lexicons: which concepts a word of a language stands for.

A lexicon is data that a native speaker can correct (`bot/languages/<code>/lexicon.toml`); "und" holds what
crosses languages and is read for every text. A key in capitals is a concept, its value the words that stand
for it:

    word      this word, whatever its case; written with a capital it must be written so in the text, too
    word*     every word that begins so; *word ends so; *word* contains it
    two_words a phrase; a lone * in it is any one word, .. any few words (lässt_.._frei)

Looking a word up walks its prefixes once and is then remembered, so that a text costs one dictionary look-up
a word.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from bot.text.belarusian import spell_belarusian
from bot.text.names import find_skeletons, person_key
from bot.text.numbers import NumberWords, read_number_words

SHARED = "und"
IGNORE = "IGNORE"  # a phrase under it takes all meaning from its words ("press release")
ANY, GAP = "*", ".."
MONTH, WEEKDAY = "MONTH", "WEEKDAY"  # with their number: MONTH7 is July, WEEKDAY1 Monday
# Lists of people → the concept of their surnames: "FIGURE_BY" alone says Belarus, "CRITIC" somebody who was
# jailed.
NAMED = (("leaders", "FIGURE_BY"), ("critics", "FIGURE_BY"), ("critics", "CRITIC"))
# What a word is that looks like such a surname to the eye of `find_skeletons`: "Литовские" is not Latushka.
NO_SURNAME = frozenset({"LITHUANIA", "POLAND", "UKRAINE", "RUSSIA", "US", "EU", "UK", "NATIONAL", "MONTH"})
TELLING = 4  # consonants that such a surname has at least: "lsk" would be too many words
REMEMBERED = 200_000  # words with their meanings, for each language; about 30 MB when full


class Phrase(NamedTuple):
    """The elements of a phrase after its first word, and what the whole means."""

    rest: tuple[str, ...]
    concept: str


class Meaning(NamedTuple):
    """What a word stands for by itself, the elements of phrases that it may be, and the phrases that it may
    begin."""

    concepts: frozenset[str]
    elements: frozenset[str]
    begins: tuple[Phrase, ...]


NOTHING = Meaning(frozenset(), frozenset(), ())


@dataclass(slots=True)
class Patterns:
    """Word patterns of one language with their tags: concepts, and elements of phrases (which contain
    "=")."""

    exact: dict[str, set[str]] = field(default_factory=dict)
    cased: dict[str, set[str]] = field(default_factory=dict)
    starts: dict[str, set[str]] = field(default_factory=dict)
    parts: dict[str, set[str]] = field(default_factory=dict)  # "*x" and "*x*"
    phrases: dict[str, list[Phrase]] = field(default_factory=dict)

    def add(self, entry: str, concept: str) -> None:
        words = entry.split("_")
        if len(words) == 1:
            self.tag(entry, concept)
            return
        for word in words:
            if word not in {ANY, GAP}:
                self.tag(word, "=" + word)
        self.phrases.setdefault("=" + words[0], []).append(
            Phrase(tuple("=" + word for word in words[1:]), concept)
        )

    def tag(self, pattern: str, tag: str) -> None:
        if pattern.startswith("*"):
            self.parts.setdefault(pattern, set()).add(tag)
        elif pattern.endswith("*"):
            self.starts.setdefault(pattern[:-1].lower(), set()).add(tag)
        elif pattern != pattern.lower():
            self.cased.setdefault(pattern, set()).add(tag)
        else:
            self.exact.setdefault(pattern, set()).add(tag)

    def find(self, word: str, spelled: str) -> set[str]:
        """All tags of a word; `word` as written, `spelled` as the lexicon spells it."""
        tags = set(self.exact.get(spelled, ())) | self.cased.get(word, set())
        for length in range(1, len(spelled) + 1):
            tags |= self.starts.get(spelled[:length], set())
        for pattern, found in self.parts.items():
            core = pattern.strip("*")
            if core in spelled if pattern.endswith("*") else spelled.endswith(core):
                tags |= found
        return tags


class Lexicon:
    """The concepts of one language, what crosses languages included."""

    def __init__(
        self, language: str, patterns: Patterns, numbers: NumberWords, tables: Mapping[str, Any]
    ) -> None:
        self.language = language
        self.numbers = numbers
        self.leaders = frozenset(person_key(name) for name in tables.get("leaders", ()))
        self.surnames = tuple((concept, _fold_surnames(tables.get(key, ()))) for key, concept in NAMED)
        self._patterns = patterns
        self._known: dict[str, Meaning] = {}

    def find(self, word: str) -> Meaning:
        """What a word as written in a text stands for."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            known = self._known[word] = self._look_up(word)
        return known

    def spell(self, word: str) -> str:
        """A word in small letters as the lexicon spells it: one apostrophe, one Belarusian orthography."""
        spelled = word.lower().replace("’", "'").replace("ʼ", "'")
        return spell_belarusian(spelled) if self.language == "be" else spelled

    def _look_up(self, word: str) -> Meaning:
        if word.endswith(("'s", "’s")):
            word = word[:-2]
        spelled = self.spell(word)
        tags = self._patterns.find(word, spelled)
        if "ё" in spelled:  # printed as е as often as not
            tags |= self._patterns.find(word, spelled.replace("ё", "е"))
        if word[0].isupper() and tags.isdisjoint(NO_SURNAME):
            skeletons = find_skeletons(word, self.language)
            tags |= {concept for concept, names in self.surnames if not names.isdisjoint(skeletons)}
        if not tags:
            return NOTHING
        elements = frozenset(tag for tag in tags if tag[0] == "=")
        begins = tuple(phrase for tag in elements for phrase in self._patterns.phrases.get(tag, ()))
        return Meaning(frozenset(tags) - elements, elements, begins)


@cache
def load_lexicon(language: str) -> Lexicon:
    """The lexicon of a language. One without a folder gets what crosses languages only. Read once."""
    shared, own = _read(SHARED), _read(language)
    patterns = Patterns()
    for table in (shared, own or shared.get("fallback", {})):
        for concept, entries in _concepts(table):
            for entry in entries.split():
                patterns.add(entry, concept)
    for prefix, key in ((MONTH, "months"), (WEEKDAY, "weekdays")):
        for place, entries in enumerate(_flat(own).get(key, ()), 1):
            for entry in entries.split():
                patterns.add(entry, f"{prefix}{place}")
                patterns.add(entry, prefix)
    numbers = read_number_words((own or shared.get("fallback", {})).get("numbers", {}))
    return Lexicon(language, patterns, numbers, {**shared.get("people", {}), **_flat(own)})


@cache
def known_languages() -> frozenset[str]:
    """The codes of the languages that have a lexicon of their own."""
    folders = (entry for entry in files("bot.languages").iterdir() if entry.is_dir())
    return frozenset(folder.name for folder in folders if folder.joinpath("lexicon.toml").is_file()) - {
        SHARED
    }


def _fold_surnames(names: Iterable[str]) -> frozenset[str]:
    """The skeletons of the last words of names, as far as they tell."""
    skeletons = (skeleton for name in names for skeleton in find_skeletons(name.split()[-1]))
    return frozenset(skeleton for skeleton in skeletons if len(skeleton) >= TELLING)


def _read(language: str) -> dict[str, Any]:
    path = files("bot.languages").joinpath(language, "lexicon.toml")
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _concepts(table: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """(concept, entries) of all tables but the fallback, whatever the heading."""
    for heading, content in table.items():
        if heading == "fallback":
            continue
        if isinstance(content, str) and heading.isupper():
            yield heading, content
        elif isinstance(content, dict):
            yield from (
                (key, value) for key, value in content.items() if key.isupper() and isinstance(value, str)
            )


def _flat(table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for content in table.values()
        if isinstance(content, dict)
        for key, value in content.items()
    }
