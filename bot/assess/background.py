"""What a text recalls rather than tells.

Theory. Reports end with what was before: "Since last summer 340 people have been freed", "Нагадаем, …", "in
December 2025 another 123 followed". Such a sentence opens with a date that is not about now, or such a date
stands right beside its predicate, or the predicate is in the pluperfect without a verb that it follows. A
date beside an arrest or a sentence dates only that ("jailed in 2021, she walked free"). The title never
recalls; behind the lead a date before the news anywhere in a sentence is enough. A word of recalling alone
("earlier") may be of this morning and counts half.

Known to fail: background told in a plain past tense without any date, in the first paragraph.
"""

from __future__ import annotations

from bot.assess.days import is_long_ago
from bot.assess.lexicon import MONTH, WEEKDAY
from bot.assess.reading import Reading, Word

OPENING = 4  # words from the start of a sentence within which a date or a word of recalling rules all of it
BESIDE = 5  # words between a date and the predicate that it dates
HAD = 5  # words between an auxiliary of the pluperfect and its participle
NEXT = 3  # words after a date within which an arrest takes it
YEARS = range(1990, 2101)
KEPT = frozenset({"ARREST", "SENTENCE", "HELD"})
RECENT = frozenset({"TODAY", "YESTERDAY", WEEKDAY})


def is_recalled(reading: Reading, place: int) -> bool:
    """Whether the predicate at a word tells of something before the news."""
    word = reading.words[place]
    if word.sentence < reading.title:
        return False
    first, after = reading.sentences[word.sentence]
    past = find_past(reading, word.sentence)
    if past and (
        word.sentence >= reading.lead or any(_dates(reading, index, place, first) for index in past)
    ):
        return True
    return _is_pluperfect(reading, place, first, after)


def opens_recalling(reading: Reading, place: int) -> bool:
    """Whether the sentence of a word opens with a word of recalling, perhaps of what happened this
    morning."""
    word = reading.words[place]
    first, _ = reading.sentences[word.sentence]
    opening = reading.words[first : first + OPENING]
    recalls = any("RECALL" in other.concepts for other in opening)
    return recalls and word.sentence >= reading.title and not _is_recent(opening)


def _is_recent(words: tuple[Word, ...]) -> bool:
    return any(word.concepts & RECENT for word in words)


def find_past(reading: Reading, sentence: int) -> tuple[int, ...]:
    """Words of a sentence that name a time before the news: "last summer", "2025", "in September"."""
    first, after = reading.sentences[sentence]
    return tuple(index for index in range(first, after) if _is_past(reading, index))


def _is_past(reading: Reading, index: int) -> bool:
    word = reading.words[index]
    if "PAST" in word.concepts:
        return True
    if MONTH in word.concepts:
        return is_long_ago(reading, index)
    if word.value is None or word.value not in YEARS or word.value >= reading.published.year:
        return False
    near = reading.words[max(0, index - 2) : index + 2]
    months = [place for place, other in enumerate(near, max(0, index - 2)) if MONTH in other.concepts]
    return all(is_long_ago(reading, place) for place in months)


def _dates(reading: Reading, index: int, place: int, first: int) -> bool:
    """Whether a date is of the predicate, and not of an arrest that stands nearer."""
    words = reading.words
    if any(word.concepts & KEPT for word in words[index + 1 : index + 1 + NEXT]):
        return False
    if index - first < OPENING:
        return not any(word.concepts & KEPT for word in words[first:index])
    low, high = sorted((index, place))
    between = words[low + 1 : high]
    return high - low <= BESIDE and not any(word.concepts & KEPT for word in between)


def _is_pluperfect(reading: Reading, place: int, first: int, after: int) -> bool:
    """Whether an auxiliary of the pluperfect stands beside a predicate, in one clause with it."""
    clause = reading.words[place].clause
    near = reading.words[max(first, place - HAD) : min(after, place + 2)]
    if not any("HAD" in word.concepts and word.clause == clause for word in near):
        return False
    # "Minsk said it had freed 60", "after the US had eased": the tense only follows another verb.
    return not any(word.concepts & {"SAY", "AROUND", "CONFIRM"} for word in reading.words[first:place])
