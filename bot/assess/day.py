"""On which day a text says that its happening took place.

Theory. A report names the day beside what happened: a date with its month, a weekday, "today", "yesterday".
The one nearest to a release in the first sentences counts, when it lies at most a week before publication.
"""

from __future__ import annotations

from datetime import date, timedelta

from bot.assess.lexicon import MONTH, WEEKDAY
from bot.assess.reading import Reading
from bot.assess.release import Release

WEEK = timedelta(days=7)


def find_day(reading: Reading, releases: tuple[Release, ...], published: date) -> date | None:
    """The day of the happening, where the text names one within the week before publication."""
    places = [release.place for release in releases if release.asserted] or [0]
    found: list[tuple[int, date]] = []
    for index, word in enumerate(reading.words):
        day = _read_day(reading, index, published)
        if day is not None and published - WEEK <= day <= published:
            same = [abs(index - place) for place in places if reading.words[place].sentence == word.sentence]
            found.append((min(same, default=40 + index), day))
    return min(found)[1] if found else None


def _read_day(reading: Reading, index: int, published: date) -> date | None:
    word = reading.words[index]
    for concept in word.concepts:
        if concept == "TODAY":
            return published
        if concept == "YESTERDAY":
            return published - timedelta(days=1)
        if concept.startswith(WEEKDAY):
            return published - timedelta(days=(published.isoweekday() - int(concept[len(WEEKDAY) :])) % 7)
        if concept.startswith(MONTH):
            return _read_date(reading, index, int(concept[len(MONTH) :]), published)
    return None


def _read_date(reading: Reading, index: int, month: int, published: date) -> date | None:
    for near in (index - 1, index + 1):
        other = reading.words[near] if 0 <= near < len(reading.words) else None
        if other is not None and other.value is not None and 1 <= other.value <= 31:
            for year in (published.year, published.year - 1):
                try:
                    day = date(year, month, other.value)
                except ValueError:
                    continue
                if day <= published:
                    return day
    return None
