from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Sequence

import pytest

from bot import __version__
from bot.errors import ConfigError, FetchError
from bot.fetch.addresses import AllowedHosts
from bot.fetch.client import Fetcher, Manners, NotModified, body_hash, user_agent
from bot.model import Page
from bot.sources.kind import SourceRequest
from tests.fakes.clock import FakeClock
from tests.fakes.web import Answer, FakeWeb

FEED = b"<rss><channel><item><title>Ten people walked out of the colony</title></item></channel></rss>"


@pytest.fixture
async def web() -> AsyncIterator[FakeWeb]:
    async with FakeWeb() as server:
        yield server


def fetcher(web: FakeWeb, clock: FakeClock | None = None, **manners: object) -> Fetcher:
    allowed = AllowedHosts.parse([web.host])
    return Fetcher(Manners(**{"timeout": 5.0, "allowed": allowed, **manners}), clock or FakeClock())  # type: ignore[arg-type]


async def page_of(web: FakeWeb, path: str, **manners: object) -> Page:
    async with fetcher(web, **manners) as client:
        page = await client.fetch(SourceRequest(url=web.url(path)))
        assert isinstance(page, Page)
        return page


async def problem_of(web: FakeWeb, path: str, **manners: object) -> FetchError:
    async with fetcher(web, **manners) as client:
        with pytest.raises(FetchError) as caught:
            await client.fetch(SourceRequest(url=web.url(path)))
        return caught.value


async def test_a_page_comes_with_its_bytes_headers_and_final_address(web: FakeWeb) -> None:
    web.serve("/feed", Answer(body=FEED, headers={"X-Some": "Thing"}))
    page = await page_of(web, "/feed")
    assert (page.body, page.url, page.status, page.permanent_url) == (FEED, web.url("/feed"), 200, None)
    assert page.headers["x-some"] == "Thing"


async def test_the_user_agent_says_who_asks_and_who_to_write_to(web: FakeWeb) -> None:
    web.serve("/feed", Answer(body=FEED))
    await page_of(web, "/feed", contact="mailto:ops@example.org")
    assert web.asked()[0].headers["user-agent"] == f"Vestka/{__version__} (+mailto:ops@example.org)"


def test_a_contact_that_would_break_the_header_is_refused_by_its_key() -> None:
    with pytest.raises(ConfigError, match=r"bot\.contact"):
        user_agent("me\r\nX-Evil: 1")


async def test_what_was_fetched_before_is_not_sent_again(web: FakeWeb) -> None:
    changed = "Mon, 07 Jan 2030 11:00:00 GMT"
    web.serve("/etag", Answer(body=FEED, etag='"one"'))
    web.serve("/date", Answer(body=FEED, last_modified=changed))
    async with fetcher(web) as client:
        by_etag = await client.fetch(SourceRequest(url=web.url("/etag"), etag='"one"'))
        by_date = await client.fetch(SourceRequest(url=web.url("/date"), last_modified=changed))
    assert isinstance(by_etag, NotModified)
    assert isinstance(by_date, NotModified)


async def test_not_modified_without_a_condition_is_a_failure(web: FakeWeb) -> None:
    web.serve("/feed", Answer(status=304))
    assert (await problem_of(web, "/feed")).status == 304


@pytest.mark.parametrize("packing", ["gzip", "deflate", "raw-deflate"])
async def test_packed_bodies_are_unpacked(web: FakeWeb, packing: str) -> None:
    web.serve("/feed", Answer(body=FEED * 50, packing=packing))
    assert (await page_of(web, "/feed")).body == FEED * 50
    assert web.asked()[0].headers["accept-encoding"] == "gzip, deflate"


async def test_gzip_in_several_members_is_one_body(web: FakeWeb) -> None:
    packed = gzip.compress(FEED) + gzip.compress(b"more") + b"\x00\x00"
    web.serve("/feed", Answer(body=packed, headers={"Content-Encoding": "gzip"}))
    assert (await page_of(web, "/feed")).body == FEED + b"more"


BROKEN = [
    (
        "a gzip bomb stops at the limit",
        Answer(body=b"\0" * 30_000_000, packing="gzip"),
        "larger than 100,000 bytes",
    ),
    ("a body that is announced too large is not read", Answer(body=b"x", length=10**9), "larger than"),
    ("an endless body stops at the limit", Answer(body=b"x" * 9_000, endless=True), "larger than"),
    (
        "an endless body that unpacks to nothing stops at the limit",
        Answer(body=gzip.compress(b"") * 500, headers={"Content-Encoding": "gzip"}, endless=True),
        "larger than",
    ),
    (
        "a body packed in a way that was not asked for is refused",
        Answer(headers={"Content-Encoding": "br"}),
        "packed",
    ),
    (
        "twice packed is refused",
        Answer(body=gzip.compress(gzip.compress(FEED)), headers={"Content-Encoding": "gzip, gzip"}),
        "packed",
    ),
    (
        "what is no gzip is refused",
        Answer(body=FEED, headers={"Content-Encoding": "gzip"}),
        "not packed as gzip",
    ),
    (
        "a gzip stream that ends early is refused",
        Answer(body=gzip.compress(FEED)[:30], headers={"Content-Encoding": "gzip"}),
        "ends early",
    ),
    ("a body that is cut is refused", Answer(body=FEED, cut=20), "breaks HTTP"),
    (
        "headers without end are refused",
        Answer(raw=b"HTTP/1.1 200 OK\r\n" + b"X-Y: z\r\n" * 40_000),
        "breaks HTTP",
    ),
    ("an answer that is no HTTP is refused", Answer(raw=b"220 smtp.example.org ESMTP\r\n"), "breaks HTTP"),
    ("a 403 is a failure", Answer(status=403, body=b"Access Denied"), "403 Forbidden"),
    ("a 204 is a failure", Answer(status=204), "204"),
    ("a redirect without an address is a failure", Answer(status=302), "no web address"),
    ("a redirect to a file is refused", Answer.redirect("file:///etc/passwd"), "no web address"),
    (
        "a redirect to another site is refused",
        Answer.redirect("http://feeds.example.net/x"),
        "none of the source's",
    ),
    (
        "a redirect to a link-local address is refused",
        Answer.redirect("http://169.254.169.254/"),
        "none of the source's",
    ),
    ("a redirect with a user name is refused", Answer.redirect("http://user@127.0.0.1/"), "user name"),
    ("a redirect into nonsense is refused", Answer.redirect("http://[::1"), "breaks HTTP"),
    ("a redirect loop ends after three", Answer.redirect("/broken"), "more than 3 redirects"),
    ("a redirect of 100 kB is refused", Answer.redirect("/" + "x" * 99_000), "breaks HTTP"),
]


@pytest.mark.parametrize(("answer", "words"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
async def test_a_broken_answer_is_a_fetch_error_in_no_time(web: FakeWeb, answer: Answer, words: str) -> None:
    web.serve("/broken", answer)
    started = time.perf_counter()
    assert words in str(await problem_of(web, "/broken", max_bytes=100_000))
    assert time.perf_counter() - started < 2


SLOW = [
    ("a server that does not answer", Answer(hang=True)),
    ("a body that drips a byte at a time", Answer(body=FEED, drip=(1, 0.05))),
]


@pytest.mark.parametrize("answer", [row[1] for row in SLOW], ids=[row[0] for row in SLOW])
async def test_a_slow_source_ends_at_the_deadline_and_holds_up_nobody(web: FakeWeb, answer: Answer) -> None:
    web.serve("/slow", answer)
    web.serve("/feed", Answer(body=FEED))
    async with fetcher(web, timeout=0.3) as client:
        started = time.perf_counter()
        slow = asyncio.create_task(client.fetch(SourceRequest(url=web.url("/slow"))))
        assert isinstance(await client.fetch(SourceRequest(url=web.url("/feed"))), Page)
        assert time.perf_counter() - started < 0.25
        with pytest.raises(FetchError, match=r"within 0\.3 seconds"):
            await slow
        assert time.perf_counter() - started < 1.0


async def test_three_redirects_are_followed_and_permanent_ones_noted(web: FakeWeb) -> None:
    web.serve("/a", Answer.redirect("/b", status=301))
    web.serve("/b", Answer.redirect("c?x=1#part", status=308))
    web.serve("/c", Answer(body=FEED))
    page = await page_of(web, "/a")
    assert (page.url, page.permanent_url) == (web.url("/c?x=1"), web.url("/c?x=1"))


async def test_one_passing_redirect_makes_the_move_a_passing_one(web: FakeWeb) -> None:
    web.serve("/a", Answer.redirect("/b", status=301))
    web.serve("/b", Answer.redirect("/c", status=302))
    web.serve("/c", Answer(body=FEED))
    assert (await page_of(web, "/a")).permanent_url is None


async def test_where_a_redirect_is_the_answer_it_is_not_followed(web: FakeWeb) -> None:
    web.serve("/s/channel", Answer.redirect("/channel"))
    async with fetcher(web) as client:
        with pytest.raises(FetchError) as caught:
            await client.fetch(SourceRequest(url=web.url("/s/channel"), follow=False))
    assert caught.value.status == 302
    assert len(web.asked()) == 1


RETRY = [
    ("seconds are seconds", {"Retry-After": "35"}, 35.0),
    (
        "a date counts from the server's own clock",
        {"Retry-After": "Mon, 07 Jan 2030 10:02:00 GMT", "Date": "Mon, 07 Jan 2030 10:00:00 GMT"},
        120.0,
    ),
    (
        "a date without the server's clock counts from ours",
        {"Retry-After": "Mon, 07 Jan 2030 12:01:00 GMT"},
        60.0,
    ),
    ("nonsense is no wish", {"Retry-After": "soon"}, None),
    ("no header is no wish", {}, None),
]


@pytest.mark.parametrize(("headers", "wish"), [row[1:] for row in RETRY], ids=[row[0] for row in RETRY])
async def test_the_servers_wish_is_carried(web: FakeWeb, headers: dict[str, str], wish: float | None) -> None:
    web.serve("/feed", Answer(status=503, headers=headers))
    problem = await problem_of(web, "/feed")
    assert (problem.status, problem.retry_after) == (503, wish)


FORBIDDEN = [
    ("an address with a user name", "http://me:secret@example.org/", "user name"),
    ("a file", "file:///etc/passwd", "only http and https"),
    ("gopher", "gopher://localhost:25/_MAIL", "only http and https"),
    ("no host", "http:///x", "only http and https"),
    ("brackets that never close", "http://[::1/", "cannot be read"),
]


@pytest.mark.parametrize(("url", "words"), [row[1:] for row in FORBIDDEN], ids=[row[0] for row in FORBIDDEN])
async def test_what_is_no_plain_web_address_is_not_asked(web: FakeWeb, url: str, words: str) -> None:
    async with fetcher(web) as client:
        with pytest.raises(FetchError, match=words):
            await client.fetch(SourceRequest(url=url))


async def test_a_private_address_is_refused_unless_allowed(web: FakeWeb) -> None:
    web.serve("/feed", Answer(body=FEED))
    async with Fetcher(Manners(timeout=5.0), FakeClock()) as client:
        with pytest.raises(FetchError, match=r"127\.0\.0\.1, which is loopback"):
            await client.fetch(SourceRequest(url=web.url("/feed")))
    assert web.asked() == []
    assert (await page_of(web, "/feed", allowed=AllowedHosts.parse(["127.0.0.0/8"]))).body == FEED


async def test_a_name_that_turns_private_between_check_and_connect_gains_nothing(web: FakeWeb) -> None:
    """The name is resolved once for each connection, and what was looked at is what is connected to."""
    answers = [["192.0.2.7"], ["127.0.0.1"], ["127.0.0.1"]]

    async def rebinding(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    port = web.host.partition(":")[2]
    clock = FakeClock()
    async with Fetcher(Manners(timeout=1.0), clock, resolve=rebinding) as client:
        for _ in range(2):
            with pytest.raises(FetchError, match="which is"):
                await client.fetch(SourceRequest(url=f"http://rebinding.example:{port}/feed"))
            clock.shift(60)  # past the gap that the host is left in peace
    assert web.asked() == []
    assert len(answers) == 1


async def test_only_the_public_ones_of_a_names_addresses_are_connected_to(web: FakeWeb) -> None:
    web.serve("/feed", Answer(body=FEED))
    port = int(web.host.partition(":")[2])

    async def mixed(host: str, port: int) -> Sequence[str]:
        return ["10.0.0.1", "127.0.0.1"]

    allowed = AllowedHosts.parse(["127.0.0.0/8"])
    async with Fetcher(Manners(timeout=5.0, allowed=allowed), FakeClock(), resolve=mixed) as client:
        page = await client.fetch(SourceRequest(url=f"http://news.example:{port}/feed"))
    assert isinstance(page, Page)
    assert web.asked()[0].headers["host"] == f"news.example:{port}"


async def test_a_source_from_outside_may_not_lead_to_the_operators_own_hosts(web: FakeWeb) -> None:
    async def here(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    web.serve("/feed", Answer.redirect(web.url("/inside")))
    port = web.host.partition(":")[2]
    allowed = AllowedHosts.parse(["127.0.0.0/8"])
    async with Fetcher(Manners(allowed=allowed), FakeClock(), resolve=here) as client:
        with pytest.raises(FetchError, match="none of the source's sites"):
            await client.fetch(SourceRequest(url=f"http://outside.example:{port}/feed"))
    assert web.asked("/inside") == []


async def test_an_unknown_name_is_a_fetch_error(web: FakeWeb) -> None:
    async def nowhere(host: str, port: int) -> Sequence[str]:
        raise OSError("name or service not known")

    async with Fetcher(Manners(timeout=1.0), FakeClock(), resolve=nowhere) as client:
        with pytest.raises(FetchError, match=r"gone\.example cannot be resolved"):
            await client.fetch(SourceRequest(url="https://gone.example/feed"))


async def test_no_more_requests_at_once_than_agreed(web: FakeWeb) -> None:
    gate = asyncio.Event()
    for number in range(8):
        web.serve(f"/{number}", Answer(body=FEED, hold=gate))
    async with fetcher(web, concurrency=3) as client:
        requests = [client.fetch(SourceRequest(url=web.url(f"/{number}"))) for number in range(8)]
        tasks = [asyncio.create_task(request) for request in requests]
        while web.busiest < 3:
            await asyncio.sleep(0.01)
        gate.set()
        await asyncio.gather(*tasks)
    assert web.busiest == 3


async def test_a_busy_host_is_left_alone_for_as_long_as_it_wants(web: FakeWeb) -> None:
    async def here(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    web.serve("/a", Answer(status=429, headers={"Retry-After": "100"}))
    web.serve("/b", Answer(body=FEED))
    clock = FakeClock()
    port = web.host.partition(":")[2]
    allowed = AllowedHosts.parse(["127.0.0.0/8"])  # lets the connection through, not the name past the gate
    async with Fetcher(Manners(allowed=allowed), clock, resolve=here) as client:
        with pytest.raises(FetchError):
            await client.fetch(SourceRequest(url=f"http://busy.example:{port}/a"))
        clock.shift(60)
        with pytest.raises(FetchError, match="left alone") as caught:
            await client.fetch(SourceRequest(url=f"http://busy.example:{port}/b"))
        assert caught.value.retry_after == pytest.approx(40)
        clock.shift(41)
        assert isinstance(await client.fetch(SourceRequest(url=f"http://busy.example:{port}/b")), Page)


def test_equal_bodies_have_equal_hashes() -> None:
    assert body_hash(FEED) == body_hash(bytes(FEED)) != body_hash(FEED + b" ")
