"""Numbers in words: "fifty-two", "пятьдесят два", "zweiundfünfzig", "due dozzine".

A language lists its simple number words; they are put together by rules that all our languages share: a
smaller one after a larger is added (fifty two, vingt et un), a multiplier (hundred, thousand, dozen; written
x100 in the lexicon) multiplies what stands before it. German and Italian write compounds as one word, which
the lexicon's `compound` says.

Known to fail: "один" and its kin are articles as often as numbers and are left to the reader of the phrase.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# 1,200 1.200 1 200 1’200 with any of the usual group marks; a plain number; a decimal, which counts nobody.
NUMBER = re.compile(r"\d{1,3}(?:[.,\u00a0\u202f\u2009 ’']\d{3})+(?![\d])|\d+")
GROUP_MARKS = re.compile(r"\D")


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberWords:
    """The number words of one language: values, multipliers, words that may stand between."""

    values: Mapping[str, int] = field(default_factory=dict)
    multipliers: Mapping[str, int] = field(default_factory=dict)
    joining: frozenset[str] = frozenset()


def read_number_words(table: Mapping[str, Any]) -> NumberWords:
    """Number words from a lexicon's table [numbers]: `words = "1 one, 2 two, x12 dozen"`, `joining`,
    `compound`."""
    values: dict[str, int] = {}
    multipliers: dict[str, int] = {}
    for group in table.get("words", "").split(","):
        number, *words = group.split()[:1] + group.split()[1:] or ["0"]
        for word in _spellings(words):
            if number.startswith("x"):
                multipliers[word] = int(number[1:])
            else:
                values[word] = int(number)
    values |= _compounds(values, table.get("compound", ""))
    return NumberWords(
        values=values, multipliers=multipliers, joining=frozenset(table.get("joining", "").split())
    )


def _spellings(words: Sequence[str]) -> list[str]:
    """Number words in small letters, with ё as it is printed: as ё or as е."""
    lowered = [word.lower() for word in words]
    return [*lowered, *(word.replace("ё", "е") for word in lowered if "ё" in word)]


def _compounds(values: Mapping[str, int], pattern: str) -> dict[str, int]:
    """One-word numbers below a hundred, by the pattern "{unit}und{ten}" or "{ten}{unit}"."""
    if not pattern:
        return {}
    units = [(word, value) for word, value in values.items() if 1 <= value <= 9]
    tens = [(word, value) for word, value in values.items() if 20 <= value <= 90]
    return {pattern.format(unit=unit, ten=ten): low + high for unit, low in units for ten, high in tens} | {
        pattern.format(unit=unit, ten=ten[:-1]): low + high
        for unit, low in units
        for ten, high in tens
        if pattern.startswith("{ten}") and unit[0] in "uo"
    }


def read_digits(text: str) -> int:
    """1,200 → 1200, whatever parts the groups."""
    return int(GROUP_MARKS.sub("", text))


def read_words(words: Sequence[str], known: NumberWords) -> tuple[int, int] | None:
    """(value, how many of the words it takes) of the number that begins with the first word; None if none
    does."""
    total, current, smallest, taken = 0, 0, 0, 0
    for place, word in enumerate(words):
        if (value := known.values.get(word)) is not None:
            if taken and not _fits(value, smallest):
                break
            current, smallest, taken = current + value, value, place + 1
        elif (times := known.multipliers.get(word)) is not None:
            if times >= 1000:
                total, current, smallest = total + max(1, current) * times, 0, times
            else:
                current, smallest = max(1, current) * times, times
            taken = place + 1
        elif not (taken and word in known.joining):
            break
    return (total + current, taken) if taken else None


def _fits(value: int, smallest: int) -> bool:
    """Whether a value may follow: 2 after 50, 12 after 100, not 50 after 2."""
    return (value < 10 <= smallest and smallest % 10 == 0) or value < 100 <= smallest
