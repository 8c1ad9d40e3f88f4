from __future__ import annotations

import random
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import ReadError
from bot.model import Page, Source
from bot.sources.feed import MAX_DEPTH, MOST_ENTRIES, read

ROOT = Path(__file__).parents[3]
CASES = ROOT / "tests" / "data" / "sources" / "feed"
SAMPLES = ROOT.parent / "shared" / "samples" / "feeds"
SOURCE = Source(
    id="s", name="S", kind="feed", url="https://news.example/feed", sites=("news.example",), owner="s"
)
PIECES = (b"<", b">", b"&", b"&#xD800;", b"&#99999999999;", b"<![CDATA[", b"]]>", b"<!--", b"<!", b"<?", b"</item>",
          b"<item>", b'"', b"\x00", b"<![x", b"\xff", b"</channel>")  # fmt: skip


def page(body: bytes) -> Page:
    return Page(url=SOURCE.url, status=200, headers={}, body=body, fetched=datetime(2030, 1, 7, tzinfo=UTC))


def read_or_refuse(body: bytes) -> None:
    """Anything but entries or a ReadError fails the test."""
    with suppress(ReadError):
        read(page(body), SOURCE, None)


def bodies() -> list[Path]:
    own = [file for file in CASES.iterdir() if not file.name.endswith(".expect.json")]
    return sorted(own) + (sorted(SAMPLES.iterdir()) if SAMPLES.exists() else [])


@pytest.mark.parametrize("file", bodies(), ids=lambda file: file.name)
def test_a_page_cut_anywhere_is_read_or_refused(file: Path) -> None:
    body = file.read_bytes()[:2_000]
    for end in range(0, len(body), 10):
        read_or_refuse(body[:end])


@pytest.mark.parametrize("file", bodies(), ids=lambda file: file.name)
def test_a_page_with_random_damage_is_read_or_refused(file: Path) -> None:
    chance = random.Random(file.name)
    body = file.read_bytes()[:2_000]
    for _ in range(15):
        damaged = bytearray(body)
        for _ in range(chance.randint(1, 20)):
            at = chance.randrange(len(damaged) + 1)
            match chance.randrange(3):
                case 0:
                    damaged[at : at + 1] = bytes([chance.randrange(256)])
                case 1:
                    del damaged[at : at + chance.randrange(30)]
                case _:
                    damaged[at:at] = chance.choice(PIECES)
        read_or_refuse(bytes(damaged))


def test_a_cut_never_lengthens_what_is_read() -> None:
    items = "".join(f"<item><title>Story number {n}</title><guid>n{n}</guid></item>" for n in range(20))
    body = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
    whole = [entry.title for entry in read(page(body), SOURCE, None).entries]
    for end in range(100, len(body), 7):
        reading = read(page(body[:end]), SOURCE, None)
        assert [entry.title for entry in reading.entries] == whole[: len(reading.entries)]
        assert reading.degraded


def test_more_entries_than_any_feed_has_are_cut_and_said() -> None:
    items = "".join(f"<item><title>Story {n}</title></item>" for n in range(MOST_ENTRIES + 5))
    reading = read(page(f"<rss version='2.0'><channel>{items}</channel></rss>".encode()), SOURCE, None)
    assert len(reading.entries) == MOST_ENTRIES
    assert f"only {MOST_ENTRIES} of {MOST_ENTRIES + 5}" in reading.degraded


OPEN = "<rss version='2.0'><channel><item><title>"
CLOSE = "</title></item></channel></rss>"
BOMBS = [
    ("attributes without end", "<rss version='2.0'><channel><item " + "a='1' " * 100_000 + ">"),
    ("namespaces without end", "".join(f"<x{n}:a xmlns:x{n}='u{n}'/>" for n in range(6_000))),
    ("a document type without end", "<!DOCTYPE " + "r" * 1_000_000),
    ("processing instructions without end", "<?a?>" * 200_000),
    ("comments that never close", "<!-- " * 200_000 + "<rss>"),
    ("an end with comments without end behind", OPEN + CLOSE + "<!---->" * 2_000 + "<"),
    ("one word without end, in no encoding", OPEN + "a" * 1_000_000 + "\udcff" * 20 + CLOSE),
    ("tags without end", "<rss>" + "<a/>" * 160_000),
    ("title tags that never close", "<html>" + "<title" * 100_000),
]


@pytest.mark.parametrize("bomb", [row[1] for row in BOMBS], ids=[row[0] for row in BOMBS])
def test_no_page_costs_more_than_a_moment(bomb: str) -> None:
    started = time.perf_counter()
    read_or_refuse(bomb.encode("utf-8", "surrogateescape"))
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("start", ["<rss>", "<rss version='2.0'><channel><item><title>x</title></item>"])
def test_nesting_is_refused_before_it_is_parsed(start: str) -> None:
    with pytest.raises(ReadError, match="nested without end"):
        read(page((start + "<a>" * (MAX_DEPTH + 1)).encode()), SOURCE, None)


def test_tags_inside_cdata_are_text() -> None:
    inner = "<div>" * (MAX_DEPTH + 50)
    body = f"<rss version='2.0'><channel><item><title>A story</title><description><![CDATA[{inner}x]]></description></item></channel></rss>"
    assert len(read(page(body.encode()), SOURCE, None).entries) == 1
