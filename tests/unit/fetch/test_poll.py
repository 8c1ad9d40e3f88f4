from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import BaseModel

from bot.errors import FetchError, ReadError
from bot.fetch.addresses import AllowedHosts
from bot.fetch.client import Fetcher, Manners
from bot.fetch.poll import MOST_PAGES, Poll, Remembered, poll_source
from bot.model import Entry, Page, Source
from bot.sources.kind import Memory, Reading, SourceKind, SourceRequest, load_kind
from bot.sources.reading import Reader
from tests.fakes.clock import START, FakeClock
from tests.fakes.web import Answer, FakeWeb


@pytest.fixture
async def web() -> AsyncIterator[FakeWeb]:
    async with FakeWeb() as server:
        yield server


def json_feed(*titles: str) -> bytes:
    """A feed that is read in this process: quick, and the worker has tests of its own."""
    items = ",".join(f'{{"id": "{title}", "title": "{title}"}}' for title in titles)
    return f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{items}]}}'.encode()


def source(web: FakeWeb) -> Source:
    return Source(id="s", name="S", kind="feed", url=web.url("/feed"), sites=("127.0.0.1",), owner="s")


async def poll(web: FakeWeb, remembered: Remembered = Remembered(), kind: SourceKind | None = None) -> Poll:  # noqa: B008
    fetcher = Fetcher(Manners(timeout=5, allowed=AllowedHosts.parse([web.host])), FakeClock())
    async with fetcher, Reader() as reader:
        return await poll_source(source(web), kind or load_kind("feed"), remembered, fetcher, reader, START)


async def test_a_poll_brings_entries_and_what_to_remember(web: FakeWeb) -> None:
    web.serve(
        "/feed", Answer(body=json_feed("one", "two"), etag='"1"', headers={"Cache-Control": "max-age=90"})
    )
    found = await poll(web)
    assert [entry.title for entry in found.entries] == ["one", "two"]
    assert (found.unchanged, found.remember.etag, found.max_age) == (False, '"1"', timedelta(seconds=90))


async def test_an_unchanged_source_costs_one_request_and_no_reading(web: FakeWeb) -> None:
    web.serve("/feed", Answer(body=json_feed("one"), etag='"1"'))
    first = await poll(web)
    second = await poll(web, first.remember)
    assert (second.unchanged, second.entries) == (True, ())
    assert second.remember == first.remember
    assert [request.headers.get("if-none-match") for request in web.asked()] == [None, '"1"']


async def test_the_same_bytes_without_validators_are_unchanged_too(web: FakeWeb) -> None:
    web.serve("/feed", Answer(body=json_feed("one")))
    first = await poll(web)
    assert (await poll(web, first.remember)).unchanged


async def test_what_the_feed_asked_for_holds_while_it_is_unchanged(web: FakeWeb) -> None:
    rss = b"<rss version='2.0'><channel><ttl>45</ttl><item><title>One story of the day</title></item></channel></rss>"
    web.serve("/feed", Answer(body=rss, etag='"1"'))
    first = await poll(web)
    assert first.ttl == (await poll(web, first.remember)).ttl == timedelta(minutes=45)


async def test_a_cut_feed_is_asked_for_again_in_full(web: FakeWeb) -> None:
    rss = b"<rss version='2.0'><channel><item><title>One story of the day</title></item><item><tit"
    web.serve("/feed", Answer(body=rss, etag='"1"'))
    first = await poll(web)
    assert [entry.title for entry in first.entries] == ["One story of the day"]
    assert "cut" in first.degraded
    assert (first.remember.etag, first.remember.body_hash) == (None, None)


async def test_a_permanent_move_is_told(web: FakeWeb) -> None:
    web.serve("/feed", Answer.redirect("/new", status=301))
    web.serve("/new", Answer(body=json_feed("one")))
    assert (await poll(web)).permanent_url == web.url("/new")


async def test_failures_come_through_with_what_they_say(web: FakeWeb) -> None:
    web.serve("/feed", Answer(status=429, headers={"Retry-After": "35"}))
    with pytest.raises(FetchError) as caught:
        await poll(web)
    assert caught.value.retry_after == 35
    web.serve("/feed", Answer(body=b"<html><title>Access Denied</title>" + b" " * 100 + b"</html>"))
    with pytest.raises(ReadError, match="Access Denied"):
        await poll(web)


class NoOptions(BaseModel, frozen=True, extra="forbid"):
    """None."""


def paged(web: FakeWeb, *, endless: bool) -> SourceKind:
    def read(page: Page, source: Source, memory: Memory | None) -> Reading:
        number = int(page.body)
        more = (SourceRequest(url=web.url(f"/{number + 1}")),) if endless or number < 3 else ()
        entry = Entry(key=str(number), url=None, title=str(number))
        return Reading(entries=(entry,), memory={"last": number}, more=more)

    def requests(source: Source, memory: Memory | None, now: object) -> tuple[SourceRequest, ...]:
        return (SourceRequest(url=web.url(f"/{(memory or {}).get('last', 1)}")),)

    return SourceKind(name="paged", options=NoOptions, read=read, requests=requests, is_light=lambda _: True)


async def test_pages_that_a_page_names_belong_to_the_same_poll(web: FakeWeb) -> None:
    for number in range(1, 4):
        web.serve(f"/{number}", Answer(body=str(number).encode()))
    found = await poll(web, kind=paged(web, endless=False))
    assert [entry.key for entry in found.entries] == ["1", "2", "3"]
    again = await poll(web, replace(found.remember, body_hash=None), kind=paged(web, endless=False))
    assert [entry.key for entry in again.entries] == ["3"]


async def test_pages_without_end_end(web: FakeWeb) -> None:
    for number in range(1, 200):
        web.serve(f"/{number}", Answer(body=str(number).encode()))
    found = await poll(web, kind=paged(web, endless=True))
    assert len(found.entries) == MOST_PAGES
    assert "more than 50 pages" in found.degraded
