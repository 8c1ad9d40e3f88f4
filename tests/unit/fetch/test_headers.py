from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.fetch.headers import max_age, retry_after, validators

NOW = datetime(2030, 1, 7, 12, 0, tzinfo=UTC)
LATER = "Mon, 07 Jan 2030 12:10:00 GMT"

AGES = [
    ("max-age is heard", {"cache-control": "public, max-age=600"}, 600),
    ("less the time that a cache has had it", {"cache-control": "max-age=600", "age": "100"}, 500),
    ("an answer past its age says nothing", {"cache-control": "max-age=60", "age": "100"}, None),
    ("no-cache goes before max-age", {"cache-control": "no-cache, max-age=600"}, None),
    ("no-store too", {"cache-control": "no-store", "expires": LATER}, None),
    ("max-age 0 is none", {"cache-control": "max-age=0"}, None),
    ("s-maxage is for caches", {"cache-control": "s-maxage=600"}, None),
    (
        "Expires counts from the server's clock",
        {"expires": LATER, "date": "Mon, 07 Jan 2030 12:05:00 GMT"},
        300,
    ),
    ("Expires without it counts from ours", {"expires": LATER}, 600),
    ("Expires in the past says nothing", {"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
    ("Expires 0 says nothing", {"expires": "0"}, None),
    ("nonsense says nothing", {"cache-control": "max-age=soon"}, None),
    ("no header says nothing", {}, None),
]


@pytest.mark.parametrize(("headers", "seconds"), [row[1:] for row in AGES], ids=[row[0] for row in AGES])
def test_how_long_an_answer_may_be_kept(headers: dict[str, str], seconds: int | None) -> None:
    assert max_age(headers, NOW) == (None if seconds is None else timedelta(seconds=seconds))


def test_retry_after_in_the_past_is_now() -> None:
    assert retry_after({"retry-after": "Mon, 07 Jan 2030 11:00:00 GMT"}, NOW) == 0.0


VALIDATORS = [
    ("both are given back as they came", {"etag": 'W/"a"', "last-modified": LATER}, ('W/"a"', LATER)),
    (
        "a date in 2038 is a known slip and is dropped",
        {"last-modified": "Tue, 19 Jan 2038 03:14:07 GMT"},
        (None, None),
    ),
    (
        "an hour ahead is a clock, not a slip",
        {"last-modified": "Mon, 07 Jan 2030 13:00:00 GMT"},
        (None, "Mon, 07 Jan 2030 13:00:00 GMT"),
    ),
    ("a date that is none is dropped", {"last-modified": "yesterday"}, (None, None)),
    ("an etag without end is dropped", {"etag": '"' + "x" * 9_000 + '"'}, (None, None)),
    ("an etag that no header can hold is dropped", {"etag": '"п"'}, (None, None)),
]


@pytest.mark.parametrize(
    ("headers", "kept"), [row[1:] for row in VALIDATORS], ids=[row[0] for row in VALIDATORS]
)
def test_validators_are_kept_when_they_can_be_trusted(
    headers: dict[str, str], kept: tuple[str | None, str | None]
) -> None:
    assert validators(headers, NOW) == kept
