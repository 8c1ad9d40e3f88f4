from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Entry, Item, Risk, Source, Standing
from bot.normalise import AHEAD, MAX_SUMMARY, MAX_TITLE, normalise, oddities

SEEN = datetime(2030, 1, 7, 12, 0, tzinfo=UTC)
MIDNIGHT = datetime(2030, 1, 7, tzinfo=UTC)
SOURCE = Source(
    id="news", name="The News", kind="feed", url="https://feeds.news.example/rss", sites=("news.example",),
    owner="house", standing=Standing.NGO, risk=Risk.B,
)  # fmt: skip
ENTRY = Entry(key="k1", url="https://news.example/a?utm_source=x", title="Ten people were freed", summary="<p>In Brest.</p>",
              published=SEEN - timedelta(hours=1))  # fmt: skip


def item(entry: Entry = ENTRY, source: Source = SOURCE, seen: datetime = SEEN) -> Item:
    return normalise(entry, source, seen=seen, baseline=False, language="en")


def test_an_item_is_clean_canonical_and_knows_its_house() -> None:
    found = item()
    assert (found.url, found.title, found.summary) == (
        "https://news.example/a",
        "Ten people were freed",
        "In Brest.",
    )
    assert (found.source, found.owner, found.outlet, found.standing, found.risk) == (
        "news",
        "house",
        "The News",
        Standing.NGO,
        Risk.B,
    )
    assert (found.key, found.language, found.seen, found.baseline) == ("k1", "en", SEEN, False)


def test_the_language_is_told_from_title_and_summary() -> None:
    heard: list[str] = []

    def identify(text: str) -> str:
        heard.append(text)
        return "be"

    assert normalise(ENTRY, SOURCE, seen=SEEN, baseline=True, language=identify).language == "be"
    assert heard == ["Ten people were freed\nIn Brest."]


def test_the_same_entry_is_the_same_item_whenever_it_is_seen() -> None:
    assert item().id == item(seen=SEEN + timedelta(days=3)).id
    assert item().content_hash == item(replace(ENTRY, published=None)).content_hash


@pytest.mark.parametrize(
    "change",
    [{"title": "Eleven people were freed"}, {"summary": "In Hrodna."}, {"url": "https://news.example/b"}],
    ids=str,
)
def test_an_edited_entry_is_another_item(change: dict[str, str]) -> None:
    edited = item(replace(ENTRY, **change))  # type: ignore[arg-type]
    assert edited.id != item().id
    assert edited.content_hash != item().content_hash


def test_the_same_words_under_another_key_or_source_are_another_item() -> None:
    assert item(replace(ENTRY, key="k2")).id != item().id
    assert item(source=replace(SOURCE, id="other")).id != item().id


def test_tracking_that_comes_and_goes_is_no_edit() -> None:
    assert (
        item(replace(ENTRY, url="https://news.example/a?utm_source=y#top")).content_hash
        == item().content_hash
    )


DATES = [
    ("a moment stands as it is", SEEN - timedelta(hours=1), False, SEEN - timedelta(hours=1), True, ""),
    (
        "in UTC",
        datetime.fromisoformat("2030-01-07T13:00:00+03:00"),
        False,
        SEEN - timedelta(hours=2),
        True,
        "",
    ),
    (
        "a day counts to its end",
        MIDNIGHT - timedelta(days=2),
        True,
        MIDNIGHT - timedelta(days=1, seconds=1),
        True,
        "",
    ),
    ("but never later than it was seen", MIDNIGHT, True, SEEN, True, ""),
    ("no date: when it was seen", None, False, SEEN, False, ""),
    ("a clock a little ahead: when it was seen", SEEN + AHEAD, False, SEEN, True, ""),
    ("further ahead it is no date", SEEN + AHEAD + timedelta(seconds=1), False, SEEN, False, "future_date"),
    ("tomorrow is no date", MIDNIGHT + timedelta(days=1), True, SEEN, False, "future_date"),
    ("without a zone it is no date", datetime(2030, 1, 7, 10, 0), False, SEEN, False, "naive_date"),  # noqa: DTZ001
    ("the epoch is no date", datetime(1970, 1, 1, tzinfo=UTC), False, SEEN, False, "ancient_date"),
]


@pytest.mark.parametrize(
    ("said", "day_only", "published", "dated", "problem"),
    [row[1:] for row in DATES],
    ids=[row[0] for row in DATES],
)
def test_when_it_was_published(
    said: datetime | None, day_only: bool, published: datetime, dated: bool, problem: str
) -> None:
    entry = replace(ENTRY, published=said, day_only=day_only)
    assert (item(entry).published, item(entry).dated) == (published, dated)
    assert [reason.code for reason in oddities(entry, SOURCE, SEEN)] == ([problem] if problem else [])


LINKS = [
    ("a link of the source's sites stays", "https://ru.news.example/a", "https://ru.news.example/a"),
    ("one elsewhere goes, the item stays", "https://www.news.example.evil.example/a", None),
    ("one on another port goes", "https://news.example:8443/a", None),
    ("one with a user name goes", "https://news.example@evil.example/", None),
    ("a look-alike in another alphabet goes", "https://nеws.example/a", None),
    ("no link is none", None, None),
]


@pytest.mark.parametrize(("url", "kept"), [row[1:] for row in LINKS], ids=[row[0] for row in LINKS])
def test_a_link_must_lie_on_the_sources_sites(url: str | None, kept: str | None) -> None:
    entry = replace(ENTRY, url=url)
    assert item(entry).url == kept
    assert item(entry).title == "Ten people were freed"
    assert [reason.code for reason in oddities(entry, SOURCE, SEEN)] == (
        ["foreign_link"] if url and kept is None else []
    )


def test_the_sources_own_host_and_port_count_as_its_site() -> None:
    local = replace(SOURCE, url="http://127.0.0.1:8000/feed", sites=("news.example",))
    assert item(replace(ENTRY, url="http://127.0.0.1:8000/a"), local).url == "http://127.0.0.1:8000/a"
    assert item(replace(ENTRY, url="http://127.0.0.1:8001/a"), local).url is None


def test_an_entry_without_a_title_is_headed_by_its_text() -> None:
    found = item(replace(ENTRY, title="", summary="Word " * 100))
    assert found.title.startswith("Word Word")
    assert found.title.endswith("…")
    assert len(found.title) <= 120


def test_an_aggregators_entry_bears_its_publishers_name() -> None:
    entry = replace(ENTRY, publisher="The <b>Other</b> Paper")
    assert item(entry, replace(SOURCE, standing=Standing.AGGREGATOR)).outlet == "The Other Paper"
    assert item(entry).outlet == "The News"
    assert item(ENTRY, replace(SOURCE, standing=Standing.AGGREGATOR)).outlet == "The News"


@given(
    st.builds(
        Entry, key=st.text(max_size=20), url=st.none() | st.text(max_size=40), title=st.text(max_size=400),
        summary=st.text(max_size=3_000), published=st.none() | st.datetimes(timezones=st.just(UTC)),
        day_only=st.booleans(), publisher=st.none() | st.text(max_size=20),
    )
)  # fmt: skip
def test_whatever_an_entry_holds_an_item_keeps_its_promises(entry: Entry) -> None:
    found = item(entry)
    assert found.published <= found.seen == SEEN
    assert len(found.title) <= MAX_TITLE
    assert len(found.summary) <= MAX_SUMMARY
    assert found == item(entry)
