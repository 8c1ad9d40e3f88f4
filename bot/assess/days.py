"""Days that a text names, and the day of its happening.

Theory. A report names the day beside what happened: a date with its month, a weekday, "today", "yesterday".
The one nearest to a release in its sentence counts, when it lies at most a week before publication. A month
or date that is not about the time of publication belongs to another event.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bot.assess.lexicon import MONTH, WEEKDAY
from bot.assess.reading import Reading, Word

WEEK = timedelta(days=7)
DAYS = frozenset({"TODAY", "YESTERDAY", MONTH, WEEKDAY})
OPENING = 3  # words from the start of a sentence within which a month dates all of it
AHEAD = 14  # days: pardons are told before the holiday that they are for
RECENT = 4  # days: a date nearer to publication than this is this event's


def names_another_day(reading: Reading, sentence: int) -> bool:
    """Whether a sentence names a day or month that is not about the time of publication."""
    first, after = reading.sentences[sentence]
    return any(
        MONTH in reading.words[index].concepts and is_another_day(reading, index)
        for index in range(first, after)
    )


def weigh_age(reading: Reading, word: Word) -> float:
    """How much what a word of the summary tells counts as news: less when it stands behind the lead, less
    when it tells of another day, hardly when that is long ago."""
    worth = 1.0 if word.sentence < reading.lead else 0.5
    months = find_dates(reading, word)
    if any(is_long_ago(reading, index) for index in months):
        return worth * 0.3
    return worth * (0.8 if any(is_another_day(reading, index) for index in months) else 1.0)


def find_dates(reading: Reading, word: Word) -> list[int]:
    """The months that date a word: in one clause with it, or opening its sentence ("In July, 18 people
    …")."""
    first, after = reading.sentences[word.sentence]
    return [
        index
        for index in range(first, after)
        if MONTH in reading.words[index].concepts
        and (
            reading.words[index].clause == word.clause
            or (reading.words[index].clause == word.clause - 1 and index - first <= OPENING)
        )
    ]


def is_another_day(reading: Reading, index: int) -> bool:
    """Whether the month at a word (with its day, if one stands beside it) is not about the time of
    publication."""
    published = reading.published
    month = _number(reading.words[index], MONTH)
    if abs(month - published.month) not in {0, 1, 11}:
        return True
    for other in reading.words[max(0, index - 1) : index + 2]:
        if other.value is not None and 1 <= other.value <= 31:
            days = [
                day for year in (-1, 0, 1) if (day := _make_date(published.year + year, month, other.value))
            ]
            return not any(-RECENT <= (day - published).days <= AHEAD for day in days)
    return month != published.month and published.day > RECENT


def is_long_ago(reading: Reading, index: int) -> bool:
    """Whether the month at a word lies more than a month back, by its number or by a year beside it."""
    published = reading.published
    near = reading.words[max(0, index - 2) : index + 3]
    year = next(
        (word.value for word in near if word.value is not None and 1990 <= word.value <= 2100), published.year
    )
    months = (published.year - year) * 12 + published.month - _number(reading.words[index], MONTH)
    return not -1 <= months % 12 <= 1 or year < published.year - 1 or (year < published.year and months > 1)


def find_day(reading: Reading, places: Sequence[int]) -> date | None:
    """The day of the happening, where the text names one within the week before publication. `places`: the
    words that tell the happening."""
    places = places or [0]
    found: list[tuple[int, date]] = []
    for index, word in enumerate(reading.words):
        if word.concepts.isdisjoint(DAYS):
            continue
        day = _read_day(reading, index)
        if day is not None and reading.published - WEEK <= day <= reading.published:
            same = [abs(index - place) for place in places if reading.words[place].sentence == word.sentence]
            found.append((min(same, default=40 + index), day))
    return min(found)[1] if found else None


def _number(word: Word, prefix: str) -> int:
    """7 for a word with the concept MONTH7."""
    return next(
        int(concept[len(prefix) :])
        for concept in word.concepts
        if concept.startswith(prefix) and concept != prefix
    )


def _make_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:  # 31 September
        return None


def _read_day(reading: Reading, index: int) -> date | None:
    word, published = reading.words[index], reading.published
    if "TODAY" in word.concepts:
        return published
    if "YESTERDAY" in word.concepts:
        return published - timedelta(days=1)
    if WEEKDAY in word.concepts:
        return published - timedelta(days=(published.isoweekday() - _number(word, WEEKDAY)) % 7)
    return _read_date(reading, index, _number(word, MONTH)) if MONTH in word.concepts else None


def _read_date(reading: Reading, index: int, month: int) -> date | None:
    """The day with its month at a word, in the year that puts it before publication."""
    for near in (index - 1, index + 1):
        other = reading.words[near] if 0 <= near < len(reading.words) else None
        if other is None or other.value is None or not 1 <= other.value <= 31:
            continue
        for year in (reading.published.year, reading.published.year - 1):
            day = _make_date(year, month, other.value)
            if day is not None and day <= reading.published:
                return day
    return None
