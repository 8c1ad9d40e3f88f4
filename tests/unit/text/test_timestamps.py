from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.timestamps import month_number, parse_timestamp

MOMENTS = [
    ("RFC 822 as RSS has it", "Mon, 07 Jan 2030 10:05:09 GMT", datetime(2030, 1, 7, 10, 5, 9, tzinfo=UTC)),
    ("with an offset", "Mon, 07 Jan 2030 13:05:09 +0300", datetime(2030, 1, 7, 10, 5, 9, tzinfo=UTC)),
    ("-0000 is UTC", "Mon, 07 Jan 2030 10:05:09 -0000", datetime(2030, 1, 7, 10, 5, 9, tzinfo=UTC)),
    ("without a weekday, without seconds", "7 Jan 2030 10:05 UT", datetime(2030, 1, 7, 10, 5, tzinfo=UTC)),
    ("a year of two digits", "Mon, 07-Jan-30 10:05:09 GMT", datetime(2030, 1, 7, 10, 5, 9, tzinfo=UTC)),
    ("a zone by its name", "Mon, 07 Jan 2030 05:05:09 EST", datetime(2030, 1, 7, 10, 5, 9, tzinfo=UTC)),
    ("Moscow's", "07 Jan 2030 13:05:09 MSK", datetime(2030, 1, 7, 10, 5, 9, tzinfo=UTC)),
    ("a zone in brackets behind", "Mon, 07 Jan 2030 10:05:09 +0000 (UTC)", datetime(2030, 1, 7, 10, 5, 9, tzinfo=UTC)),
    ("RFC 3339", "2030-01-07T10:05:09Z", datetime(2030, 1, 7, 10, 5, 9, tzinfo=UTC)),
    ("with parts of seconds and an offset", "2030-01-07T12:05:09.123+02:00", datetime(2030, 1, 7, 10, 5, 9, tzinfo=UTC)),
    ("with a space", "2030-01-07 12:05:09 +0200", datetime(2030, 1, 7, 10, 5, 9, tzinfo=UTC)),
    ("Russian months", "Пн, 07 янв 2030 13:05:09 +0300", datetime(2030, 1, 7, 10, 5, 9, tzinfo=UTC)),
    ("Belarusian months, written out", "7 студзеня 2030 г., 13:05 +0300", datetime(2030, 1, 7, 10, 5, tzinfo=UTC)),
    ("a leap second", "Sat, 31 Dec 2016 23:59:60 GMT", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ("space and line breaks around", "\n  Mon, 07 Jan 2030\n 10:05:09 GMT ", datetime(2030, 1, 7, 10, 5, 9, tzinfo=UTC)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "moment"), [row[1:] for row in MOMENTS], ids=[row[0] for row in MOMENTS])
def test_a_moment_with_a_zone_is_read(text: str, moment: datetime) -> None:
    stamp = parse_timestamp(text)
    assert stamp is not None
    assert (stamp.moment, stamp.day_only) == (moment, False)


@pytest.mark.parametrize(
    "text", ["2030-01-07", "7 января 2030", "7 студзеня 2030 г.", "07 Jan 2030", "7 stycznia 2030"]
)
def test_a_day_is_a_day(text: str) -> None:
    stamp = parse_timestamp(text)
    assert stamp is not None
    assert (stamp.moment, stamp.day_only) == (datetime(2030, 1, 7, tzinfo=UTC), True)


NONE = [
    ("a moment without a zone may be hours off", "2030-01-07T10:05:09"),
    ("in RFC 822 too", "Mon, 07 Jan 2030 10:05:09"),
    ("a zone that nobody knows", "Mon, 07 Jan 2030 10:05:09 XYZ"),
    ("a day that is none", "31 June 2030"),
    ("an hour that is none", "2030-01-07T25:00:00Z"),
    ("an offset of days", "2030-01-07T10:00:00+99:99"),
    ("the epoch", "1970-01-01T00:00:00Z"),
    ("the year 1", "0001-01-01T00:00:00Z"),
    ("the end of time", "9999-12-31T23:59:59-12:00"),
    ("day and month that may be either", "07/01/2030 10:05 GMT"),
    ("a month that is none", "7 Foo 2030 10:05 GMT"),
    ("prose", "yesterday"),
    ("nothing", ""),
    ("length without end", "2030-01-07" + " " + "x" * 10_000),
]


@pytest.mark.parametrize("text", [row[1] for row in NONE], ids=[row[0] for row in NONE])
def test_what_would_have_to_be_guessed_is_no_date(text: str) -> None:
    assert parse_timestamp(text) is None


MONTHS = """
January February March April May June July August September October November December
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
студзеня лютага сакавіка красавіка мая чэрвеня ліпеня жніўня верасня кастрычніка лістапада снежня
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio
Januar Februar März April Mai Juni Juli August September Oktober November Dezember
"""


@pytest.mark.parametrize("names", MONTHS.strip().splitlines(), ids=["en", "ru", "be", "uk", "pl", "lt", "de"])
def test_months_are_known_in_our_languages(names: str) -> None:
    assert [month_number(name) for name in names.split()] == list(range(1, 13))


@given(st.text(max_size=90))
def test_any_text_is_a_date_or_none(text: str) -> None:
    stamp = parse_timestamp(text)
    assert stamp is None or stamp.moment.tzinfo is UTC
