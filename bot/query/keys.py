"""Which keys of a folded word count in a keyword query.

Theory. Words and stems (`w:`, `s:`) agree rarely by chance. Name skeletons (`n:`) do not: made for surnames,
they drop vowels and endings, so that "potash" has that of "потому" and "peace". Two things tell a name or a
shared foreign word from chance. A name is written with a capital in the text. And in another script only a
skeleton can match, chance being small from four consonants on ("пратэст", "protest"; but
"калійныя" has three, as has Lithuanian "kaliniai", prisoners). So a skeleton counts

    where the scripts differ and it has four consonants;
    where the word in the text has a capital, and so has the query's word or the skeleton is long: four
    consonants or, with the vowels that shorter ones keep, five sounds ("лосік", "Losik").

Known to fail: short words shared by two scripts (bank, банк), names in a text without capitals, and chance
where a headline gives every word a capital.
"""

from __future__ import annotations

from bot.query.tree import Keys
from bot.text.fold import FoldedWord

SKELETON = "n:"
NAME = "N:"                           # of a word with a capital
CYRILLIC = "nc:"                      # of a word in this script
LATIN = "nl:"
VOWELS = frozenset("aiu")             # as bot/text/names.py merges them
CONSONANTS = 4
SOUNDS = 5


def keys_of_text(word: FoldedWord) -> Keys:
    """The keys that a word of an item can be found by."""
    skeletons = _skeletons(word)
    script = CYRILLIC if _is_cyrillic(word.text) else LATIN
    named = [NAME + skeleton for skeleton in skeletons if _has_capital(word.text)]
    return (*_plain(word), *named, *(script + skeleton for skeleton in filter(_is_sure, skeletons)))


def keys_of_query(word: FoldedWord) -> Keys:
    """The keys that a query's word finds words by."""
    skeletons = _skeletons(word)
    other_script = LATIN if _is_cyrillic(word.text) else CYRILLIC
    named = [NAME + skeleton for skeleton in skeletons if _has_capital(word.text) or _is_long(skeleton)]
    return (*_plain(word), *named, *(other_script + skeleton for skeleton in filter(_is_sure, skeletons)))


def _plain(word: FoldedWord) -> list[str]:
    return sorted(key for key in word.keys if not key.startswith(SKELETON))


def _skeletons(word: FoldedWord) -> list[str]:
    return sorted(key.removeprefix(SKELETON) for key in word.keys if key.startswith(SKELETON))


def _has_capital(text: str) -> bool:
    return text != text.lower()


def _is_cyrillic(text: str) -> bool:
    return any("\u0400" <= letter <= "\u04ff" for letter in text)


def _is_long(skeleton: str) -> bool:
    return len(skeleton) >= SOUNDS or _is_sure(skeleton)


def _is_sure(skeleton: str) -> bool:
    return sum(letter not in VOWELS for letter in skeleton) >= CONSONANTS
