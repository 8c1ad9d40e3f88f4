"""The date that a source wrote into a field, refused rather than guessed.

A moment needs a zone: one without is as good as none, for it may be hours off in either direction, and an
alert's age would be a lie. A day alone is a day. Formats: RFC 822 as RSS has it, with month names in our
languages too, RFC 3339 as Atom has it, and days written out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web: a default or a slip of the source
LATEST_YEAR = 2200

# By their first letters, inflected or not. Polish and Lithuanian months are told apart by four.
MONTHS: tuple[tuple[str, ...], ...] = (
    ("jan", "янв", "студ", "січ", "stycz", "saus"),
    ("feb", "фев", "лют", "luty", "lut", "vasar"),
    ("mar", "мар", "сак", "бер", "mär", "kovo", "kov"),
    ("apr", "апр", "крас", "квіт", "kwie", "bala"),
    ("may", "мая", "май", "тра", "maj", "mai", "gegu"),
    ("jun", "июн", "чэр", "чер", "czer", "birž"),
    ("jul", "июл", "ліп", "лип", "lip", "liep"),
    ("aug", "авг", "жні", "серп", "sier", "rugpj"),
    ("sep", "сен", "вер", "wrze", "rugs"),
    ("oct", "окт", "кас", "жов", "paź", "paz", "okt", "spal"),
    ("nov", "ноя", "ліст", "лист", "listop", "lapkr"),
    ("dec", "дек", "снеж", "груд", "grud", "dez", "gruod"),
)

# RFC 822, 5.1, and what feeds of the region use besides; the many meanings of other names make them no zone.
ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "eet": 2,
    "eest": 3, "msk": 3, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8,
    "pdt": -7,
}  # fmt: skip

ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|[A-Z]{2,4}|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
WRITTEN = re.compile(
    r"(?:[^\W\d]+\.?,?\s+)?(\d{1,2})\.?[\s-]+([^\W\d]{3,14})\.?,?[\s-]+(\d{4}|\d{2})(?:\s*(?:г\.?|года|р\.|г\.,)(?=[\s,]|$))?"
    r"(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([A-Za-z]{1,4}|[+-]\d{2}:?\d{2})?)?(?:\s*\([^)]*\))?"
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment in UTC; with `day_only` it is the first of a day that the source gave without a time."""

    moment: datetime
    day_only: bool = False


def parse_timestamp(text: str) -> Stamp | None:
    """What the field says, or None where it says nothing that can be trusted."""
    plain = " ".join(text.split())
    if len(plain) > 80:
        return None
    parts = _iso(plain) or _written(plain)
    try:
        return _stamp(*parts) if parts else None
    except (ValueError, OverflowError):  # the 31st of June, an hour 25, an offset of days
        return None


Parts = tuple[int, int, int, str | None, str | None, str | None, str | None]


def _iso(text: str) -> Parts | None:
    found = ISO.fullmatch(text)
    return (
        (int(found[1]), int(found[2]), int(found[3]), found[4], found[5], found[6], found[7])
        if found
        else None
    )


def _written(text: str) -> Parts | None:
    found = WRITTEN.fullmatch(text)
    month = month_number(found[2]) if found else None
    if found is None or month is None:
        return None
    year = int(found[3]) + (
        2000 if len(found[3]) == 2 else 0
    )  # RFC 822 years, none of which is before 2000 now
    return year, month, int(found[1]), found[4], found[5], found[6], found[7]


def month_number(name: str) -> int | None:
    """1 to 12 for a month's name in one of our languages, whole or shortened, in any case."""
    low = name.lower()
    hits = [
        (len(start), number)
        for number, starts in enumerate(MONTHS, 1)
        for start in starts
        if low.startswith(start)
    ]
    return max(hits)[1] if hits else None


def _stamp(
    year: int,
    month: int,
    day: int,
    hour: str | None,
    minute: str | None,
    second: str | None,
    zone: str | None,
) -> Stamp | None:
    on = date(year, month, day)
    if hour is None or minute is None:
        return _sane(datetime.combine(on, time(), UTC), day_only=True)
    offset = _offset(zone)
    if offset is None:
        return None
    # A leap second is written :60 and read as :59.
    at = time(int(hour), int(minute), min(int(second or 0), 59), tzinfo=timezone(offset))
    return _sane(datetime.combine(on, at).astimezone(UTC), day_only=False)


def _offset(zone: str | None) -> timedelta | None:
    if not zone:
        return None
    if zone[0] in "+-":
        size = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        return -size if zone[0] == "-" else size
    hours = ZONES.get(zone.lower())
    return None if hours is None else timedelta(hours=hours)


def _sane(moment: datetime, *, day_only: bool) -> Stamp | None:
    return Stamp(moment, day_only) if moment >= EARLIEST and moment.year < LATEST_YEAR else None
