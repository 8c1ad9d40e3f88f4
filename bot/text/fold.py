"""Match keys of words across inflection, script and spelling, for queries and for texts alike.

Two words match when their sets of keys intersect. A key is one of

    w:…  the word itself without case and accents
    s:…  a stem or lemma of its language (bot/text/stems.py)
    n:…  the consonant skeleton of a name (bot/text/names.py), for words of four letters and more

A query is folded without a language and so gets the stems of every language in its script; a text is folded
with its own. Stems carry no language: "sanction" in English may meet "sanction" in French, which is what a
reader wants.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from bot.text.names import find_skeletons
from bot.text.stems import find_stems

# A word: letters with their combining marks, apostrophes inside; or a number. Hyphens part words.
WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u00ad]|['’ʼ](?=[^\W\d_]))*|\d+")
ELISION = re.compile(r"(?:[cdjlmnst]|qu|dell|all|dall|nell|sull|un|quest)['’](?=\w)", re.IGNORECASE)
POSSESSIVE = re.compile(r"['’ʼ]s$", re.IGNORECASE)
ELIDING = frozenset({"fr", "it", "ca"})
NAME = 4  # letters; shorter words have skeletons that say nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedWord:
    """One word of a text, where it stands in it (characters), and the keys that it matches by."""

    text: str
    start: int
    end: int
    keys: frozenset[str]


def fold_words(text: str, language: str | None = None) -> tuple[FoldedWord, ...]:
    """The words of a text in their order. `language` is an ISO 639-1 code, None where unknown."""
    folded = []
    for match in WORD.finditer(text):
        start, end = match.start(), match.end()
        elision = ELISION.match(match.group())
        if elision and (language is None or language in ELIDING):
            start += elision.end()
        folded.append(
            FoldedWord(text=text[start:end], start=start, end=end, keys=fold_word(text[start:end], language))
        )
    return tuple(folded)


def fold_word(word: str, language: str | None = None) -> frozenset[str]:
    """The keys of one word."""
    return _fold_word(word, language or "")


@lru_cache(maxsize=100_000)
def _fold_word(word: str, language: str) -> frozenset[str]:
    plain = fold_letters(POSSESSIVE.sub("", word))
    keys = {f"w:{plain}"}
    if not plain.isdigit():
        keys |= {f"s:{fold_letters(stem)}" for stem in find_stems(_drop_marks(word), language or None)}
    if len(plain) >= NAME:
        keys |= {f"n:{skeleton}" for skeleton in find_skeletons(word, language or None)}
    return frozenset(keys)


def _drop_marks(word: str) -> str:
    return POSSESSIVE.sub("", unicodedata.normalize("NFC", word)).replace("\u00ad", "")


@lru_cache(maxsize=100_000)
def fold_letters(word: str) -> str:
    """A word without case, accents, soft hyphens and kinds of apostrophe. й, ї and ў keep their marks: they
    are letters of their own."""
    word = unicodedata.normalize("NFC", word).casefold().replace("\u00ad", "")
    word = word.replace("’", "'").replace("ʼ", "'")
    if word.isascii():
        return word
    return "".join(_fold_letter(letter) for letter in word)


def _fold_letter(letter: str) -> str:
    if letter in "йїў":
        return letter
    return {"ł": "l", "ß": "ss", "ё": "е"}.get(letter) or "".join(
        part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part)
    )
