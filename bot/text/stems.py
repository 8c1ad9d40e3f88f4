"""What is left of a word when its inflection is taken off, for the languages that Vestka understands.

Russian and Ukrainian lemmas come from pymorphy3's dictionaries, stems of English, German, French, Spanish,
Italian and Lithuanian from Snowball. No library knows Belarusian, and Snowball's Polish is no better than the
light stemmer here: both cut the longest known ending off, as long as a stem of three letters stays.
Belarusian is first brought to one spelling: Latin script to Cyrillic, the soft signs of the classical
orthography (сьвет) dropped.

Light stems can fall together (гора, горад) or apart (рука, руцэ): enough to match a query, not to parse.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import pymorphy3
import snowballstemmer

from bot.text.belarusian import spell_belarusian

SNOWBALL = {
    "en": "english",
    "de": "german",
    "fr": "french",
    "es": "spanish",
    "it": "italian",
    "lt": "lithuanian",
}
DICTIONARIES = frozenset({"ru", "uk"})
LATIN = ("en", "de", "fr", "es", "it", "lt", "pl")
CYRILLIC = ("be", "ru", "uk")
LEMMAS = 3  # of an ambiguous word; more are rare readings
LIKELY = 0.1  # a reading that pymorphy3 finds less likely is left out

BELARUSIAN_ENDINGS = """
    амі ямі ымі імі ага яга ога аму яму ому ыя ія ую юю ай яй ой ёй ам ям ом ём ах ях ох аў яў оў ёў ем эм
    ым ім ых іх ыі іі цца ыць іць ець эць аць яць уць юць іла ыла ала яла алі ялі ілі ылі лі ла аў іў ыў
    аны яны ены эны ана яна ена ана ную ных ным ная ныя нае а я о ё у ю ы і э е ь й
"""
POLISH_ENDINGS = """
    iejszych owaniem owania owanie aniach eniach aniem eniem ościami ościach ością ości ość
    owego owemu owych owymi owym owej ową ami iami ach iach iego iemu ego emu imi ymi ich ych iej ej im ym
    owie owi iem em ów iom om ie ia ię ią ii iu io a ą e ę i o u y ó
    ał ała ało ali ały ił iła iło ili iły ać ić yć eć ano ono any ony ana ona ane one
"""


def find_stems(word: str, language: str | None = None) -> frozenset[str]:
    """Stems of a word in its language; without one, of every language in its script. Empty for a language
    that has no stemmer here."""
    return _find_stems(word.casefold(), language or "")


@lru_cache(maxsize=100_000)
def _find_stems(word: str, language: str) -> frozenset[str]:
    if language:
        return frozenset(_stem(word, language)) - {""}
    codes = CYRILLIC if any("а" <= letter <= "ӿ" for letter in word) else LATIN
    return frozenset(stem for code in codes for stem in _stem(word, code)) - {""}


def _stem(word: str, language: str) -> tuple[str, ...]:
    if language in DICTIONARIES:
        return _find_lemmas(word, language)
    if language in SNOWBALL:
        return (_snowball(language)(word),)
    if language == "be":
        return (cut_ending(spell_belarusian(word), BELARUSIAN),)
    if language == "pl":
        return (cut_ending(word, POLISH),)
    return ()


def _find_lemmas(word: str, language: str) -> tuple[str, ...]:
    readings = _dictionary(language).parse(word.replace("’", "'").replace("ʼ", "'"))
    lemmas = (reading.normal_form.replace("ё", "е") for reading in readings if reading.score >= LIKELY)
    return tuple(dict.fromkeys(lemmas))[:LEMMAS]


@cache
def _dictionary(language: str) -> Any:
    """Loaded at first use: 30 MB and 0.1 s for each language."""
    return pymorphy3.MorphAnalyzer(lang=language)


@cache
def _snowball(language: str) -> Callable[[str], str]:
    stem: Callable[[str], str] = snowballstemmer.stemmer(SNOWBALL[language]).stemWord
    return stem


def _by_length(listed: str) -> tuple[frozenset[str], int]:
    endings = listed.split()
    return frozenset(endings), max(map(len, endings))


BELARUSIAN = _by_length(BELARUSIAN_ENDINGS)
POLISH = _by_length(POLISH_ENDINGS)
STEM = 3  # letters that a light stemmer leaves at least


def cut_ending(word: str, endings: tuple[frozenset[str], int]) -> str:
    """The word without the longest of the endings that leaves STEM letters."""
    known, longest = endings
    for length in range(min(longest, len(word) - STEM), 0, -1):
        if word[-length:] in known:
            return word[:-length]
    return word
