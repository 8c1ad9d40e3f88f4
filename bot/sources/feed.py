"""Feeds: RSS 0.9x to 2.0, RDF, Atom, JSON Feed.

The body is decoded by us (`bot.text.decode`), looked over for what no feed has (a document type, a page in
HTML, nesting without end), and only then given to feedparser, as UTF-8 and without its cleaning: `normalise`
cleans. A feed that was cut is read up to the cut. https://www.rssboard.org/rss-specification,
https://www.rfc-editor.org/rfc/rfc4287, https://www.jsonfeed.org/version/1.1/
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import Message
from typing import Any

import feedparser
from pydantic import BaseModel

from bot.errors import ReadError
from bot.model import Entry, Page, Source
from bot.sources.kind import Memory, Reading, SourceKind, SourceRequest
from bot.text.clean import clean_text
from bot.text.decode import UnreadableError, decode
from bot.text.timestamps import Stamp, parse_timestamp
from bot.text.urls import canonical_url, url_key

ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
LEAST_BYTES = 60  # `<rss><channel>` with one titled item is longer; one outlet serves 11 bytes
MOST_ENTRIES = 1_000  # the newest first by habit; more is a catalogue, not news
MAX_DEPTH = 200  # feedparser needs seconds for 200,000 nested tags
MOST_TAGS = 150_000  # in a page; the longest real feeds have 10,000
LONGEST_TAG = 20_000  # characters; 600,000 attributes take 500 MB
MOST_NAMESPACES = 5_000  # declarations; some feeds repeat ten in each entry; feedparser's time is quadratic
LIGHT_BYTES = 256_000  # JSON of this size is read in a few milliseconds
MAX_TITLE = 1_000  # characters; cleaning shortens further
MAX_SUMMARY = 20_000
LONGEST_TTL = timedelta(days=1)

NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, 2.2
CHARACTER_REFERENCE = re.compile(r"&#(\d{1,40}|[xX][0-9a-fA-F]{1,40});?")
ROOTS = re.compile(r"(?:[A-Za-z_][\w.-]*:)?(rss|rdf|feed)", re.IGNORECASE)
PROLOG = re.compile(r"\s*(?:<\?[^>]*\?>|<!--.*?-->)", re.DOTALL)
DOCTYPE = re.compile(r"\s*<!DOCTYPE\s{1,20}([\w:.-]{1,40})[^\[>]{0,500}>", re.IGNORECASE)
TAGS = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<(/?)[A-Za-z_][^<>]*?(/?)>", re.DOTALL)
FEEDPARSER_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
END_OF_ENTRY = re.compile(r"</(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry)\s{0,20}>", re.IGNORECASE)
PAGE_TITLE = re.compile(r"<title[^>]{0,200}>(.{0,200}?)</title", re.IGNORECASE | re.DOTALL)


class Options(BaseModel, frozen=True, extra="forbid"):
    """may_be_empty: a feed of searches or alerts that has nothing on most days."""

    may_be_empty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """An entry's fields as the feed has them."""

    guid: str
    link: str
    title: str
    summary: str
    stamp: Stamp | None
    publisher: str | None


def requests(source: Source, memory: Memory | None, now: datetime) -> tuple[SourceRequest, ...]:
    """The feed itself."""
    del memory, now
    return (SourceRequest(url=source.url, sites=source.sites, accept=ACCEPT),)


def read(page: Page, source: Source, memory: Memory | None) -> Reading:
    """The entries of a feed in its own order. Raises ReadError for what is no feed, or an empty one."""
    del memory
    text = _text_of(page)
    given, ttl, degraded = _read_json(text) if _is_json(text) else _read_xml(text, page.url)
    entries = _entries(given, page.url)
    if not entries and not source.options.get("may_be_empty"):
        raise ReadError(
            "the feed has no entries" if not given else f"none of {len(given)} entries says anything"
        )
    return Reading(entries=entries, ttl=ttl, degraded=degraded)


def is_light(page: Page) -> bool:
    """JSON of moderate size."""
    return len(page.body) <= LIGHT_BYTES and page.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


KIND = SourceKind(name="feed", options=Options, read=read, requests=requests, is_light=is_light)


# --- bytes to text --------------------------------------------------------------------------------------


def _text_of(page: Page) -> str:
    if len(page.body.strip()) < LEAST_BYTES:
        raise ReadError(f"{len(page.body)} bytes came instead of a feed")
    header = Message()
    header["content-type"] = page.headers.get("content-type", "")
    try:
        text, _ = decode(page.body, header.get_content_charset())
    except UnreadableError as error:
        raise ReadError(str(error)) from error
    return CHARACTER_REFERENCE.sub(_possible, NO_XML.sub("", text)).lstrip("\ufeff \t\r\n")


def _possible(reference: re.Match[str]) -> str:
    """A reference to a character that exists; others would cost the whole feed."""
    number = int(reference[1][1:], 16) if reference[1][0] in "xX" else int(reference[1])
    return reference[0] if number <= 0x10FFFF and not NO_XML.match(chr(number)) else ""


def _is_json(text: str) -> bool:
    return text.startswith("{")


# --- XML ------------------------------------------------------------------------------------------------


def _read_xml(text: str, url: str) -> tuple[list[_Given], timedelta | None, str]:
    text = _body_of_feed(text)
    _refuse_what_exhausts(text)
    text, degraded = _first_entries(text)
    parsed = _parse(text, url)
    if parsed.bozo:
        whole = _up_to_the_cut(text)
        problem = "the feed is not well-formed"
        if whole != text:
            parsed, problem = _parse(whole, url), "the feed was cut"
        degraded = degraded or f"{problem} ({_why(parsed)})".replace(" ()", "")
    return [_given(entry) for entry in parsed.entries], _ttl(parsed.feed.get("ttl")), degraded


def _body_of_feed(text: str) -> str:
    """The text from the root element on, when that is a feed's. Raises ReadError for all that is none."""
    at = 0
    while found := PROLOG.match(text, at):
        at = found.end()
    if document_type := DOCTYPE.match(text, at):
        # RSS 0.91 has one; it is cut off unread. What declares entities never matches: it has a bracket.
        if not ROOTS.fullmatch(document_type[1]):
            raise ReadError(_what_page(text, document_type[1]))
        at = document_type.end()
        while found := PROLOG.match(text, at):
            at = found.end()
    rest = text[at:].lstrip()
    if rest[:2] == "<!":
        raise ReadError("the page declares a document type or entities, which no feed needs")
    root = re.match(r"<([A-Za-z_][\w.:-]{0,60})", rest)
    if root is None or not ROOTS.fullmatch(root[1]):
        raise ReadError(_what_page(text, root[1] if root else ""))
    return rest


def _what_page(text: str, root: str) -> str:
    title = PAGE_TITLE.search(text[:20_000])
    shown = clean_text(title[1], 80) if title else ""
    if root.lower() == "html" or title:
        return "a web page came instead of a feed" + (f": {shown}" if shown else "")
    return f"<{root}> is no feed" if root else f"text came instead of a feed: {clean_text(text[:200], 60)}"


def _refuse_what_exhausts(text: str) -> None:
    """Shapes on which parsers spend minutes or all memory, and which no feed has. Raises ReadError."""
    if text.count("xmlns") > MOST_NAMESPACES:
        raise ReadError("the feed declares namespaces without end")
    depth = tags = 0
    for found in TAGS.finditer(text):
        if found[1] is None:
            continue
        if found.end() - found.start() > LONGEST_TAG:
            raise ReadError("the feed has a tag without end")
        tags += 1
        depth += 0 if found[2] else -1 if found[1] else 1
        if depth > MAX_DEPTH or tags > MOST_TAGS:
            raise ReadError(
                "the feed is nested without end" if depth > MAX_DEPTH else "the feed has too many tags"
            )


def _first_entries(text: str) -> tuple[str, str]:
    """The text with no more entries than anybody reads, and what was left out."""
    ends = [found.end() for found in END_OF_ENTRY.finditer(text)]
    if len(ends) <= MOST_ENTRIES:
        return text, ""
    return _closed(text, ends[MOST_ENTRIES - 1]), f"only {MOST_ENTRIES} of {len(ends)} entries were read"


def _parse(text: str, url: str) -> Any:
    """feedparser's result; the stream keeps it from taking text for the name of a file or address."""
    body = io.BytesIO(text.encode("utf-8", "ignore"))
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        return feedparser.parse(
            body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except FEEDPARSER_ERRORS as error:
        # What its second, forgiving parser throws at garbage: "&#xD800;", "<![x", tags out of order.
        raise ReadError(f"the feed cannot be parsed: {type(error).__name__}") from error


def _up_to_the_cut(text: str) -> str:
    """The text up to the last whole entry, closed again, when its end is missing."""
    ends = [found.end() for found in END_OF_ENTRY.finditer(text)]
    if f"</{_root(text)}" in text[ends[-1] if ends else 0 :]:
        return text
    if not ends:
        raise ReadError("the feed was cut before its first entry ended")
    return _closed(text, ends[-1])


def _closed(text: str, end: int) -> str:
    """The text up to `end`, which is that of an entry, with the tags that are open there closed."""
    root = _root(text)
    return f"{text[:end]}{'</channel>' if root.lower() == 'rss' else ''}</{root}>"


def _root(text: str) -> str:
    """The name of the root element, with its prefix."""
    return re.split(r"[\s/>]", text[1:100], maxsplit=1)[0]


def _why(parsed: Any) -> str:
    problem = parsed.get("bozo_exception")
    return clean_text(str(problem), 80) if problem else ""


def _given(entry: Any) -> _Given:
    content = entry.get("content") or [{}]
    source = entry.get("source") or {}
    return _Given(
        guid=_plain(entry.get("id")),
        link=_plain(entry.get("link")),
        title=_plain(entry.get("title"))[:MAX_TITLE],
        summary=(_plain(entry.get("summary")) or _plain(content[0].get("value")))[:MAX_SUMMARY],
        stamp=_stamp(entry),
        publisher=_plain(source.get("title")) or None,
    )


def _plain(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _stamp(entry: Any) -> Stamp | None:
    """The first field that gives a date; the text, for feedparser takes a missing zone for UTC."""
    fields = (dict.get(entry, name) for name in ("published", "updated", "created"))
    return next((stamp for field in fields if (stamp := parse_timestamp(_plain(field)))), None)


def _ttl(value: object) -> timedelta | None:
    """RSS 2.0: minutes that the feed may be kept."""
    text = str(value).strip() if isinstance(value, str | int) else ""
    return min(timedelta(minutes=int(text)), LONGEST_TTL) if re.fullmatch(r"[1-9]\d{0,6}", text) else None


# --- JSON -----------------------------------------------------------------------------------------------


def _read_json(text: str) -> tuple[list[_Given], timedelta | None, str]:
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReadError(f"the JSON cannot be read: {clean_text(str(error), 80)}") from error
    if not str(feed.get("version", "")).startswith("https://jsonfeed.org/version/"):
        raise ReadError("JSON came that is no JSON Feed")
    items = feed.get("items")
    if not isinstance(items, list):
        raise ReadError("the JSON Feed has no list of items")
    objects = [item for item in items[:MOST_ENTRIES] if isinstance(item, dict)]
    missing = len(items) - len(objects)
    degraded = f"{missing} of {len(items)} items were not read" if missing else ""
    return [_given_in_json(item) for item in objects], None, degraded


def _given_in_json(item: Mapping[str, Any]) -> _Given:
    number = item.get("id")
    texts = (_plain(item.get(name)) for name in ("summary", "content_text", "content_html"))
    stamps = (parse_timestamp(_plain(item.get(name))) for name in ("date_published", "date_modified"))
    return _Given(
        guid=_plain(str(number)) if isinstance(number, int | float) else _plain(number),
        link=_plain(item.get("url")) or _plain(item.get("external_url")),
        title=_plain(item.get("title"))[:MAX_TITLE],
        summary=next(filter(None, texts), "")[:MAX_SUMMARY],
        stamp=next(filter(None, stamps), None),
        publisher=None,
    )


# --- entries --------------------------------------------------------------------------------------------


def _entries(given: Iterable[_Given], base: str) -> tuple[Entry, ...]:
    """Entries that say something, each under a key of its own; of equal ones the first."""
    speaking = [one for one in given if one.title or one.summary]
    keys = Counter(_key(one, base, folded=True) for one in speaking)
    made: dict[str, Entry] = {}
    for one in speaking:
        folded = _key(one, base, folded=True)
        key = folded if keys[folded] == 1 else _key(one, base, folded=False)
        entry = _entry(one, key, base)
        if key in made and made[key].url != entry.url and entry.url:
            entry = replace(entry, key=f"{key} {url_key(entry.url)}")  # one guid for every item
        made.setdefault(entry.key, entry)
    return tuple(made.values())


def _entry(one: _Given, key: str, base: str) -> Entry:
    link = one.link or (one.guid if re.match(r"https?://", one.guid) else "")
    return Entry(
        key=key,
        url=canonical_url(link, base) if link else None,
        title=one.title,
        summary=one.summary,
        published=one.stamp.moment if one.stamp else None,
        day_only=bool(one.stamp and one.stamp.day_only),
        publisher=one.publisher,
    )


def _key(one: _Given, base: str, *, folded: bool) -> str:
    """What names the entry for as long as the feed lists it.

    Addresses are compared without scheme, `www.`, tracking and fragment (one outlet counts `#0`, `#1` up with
    each republication); unfolded, where two entries of a feed differ in nothing else, with the fragment.
    """
    for name in (one.guid, one.link):
        if re.match(r"https?://", name):
            canonical = canonical_url(name, base)
            mark = "" if folded else name.partition("#")[2][:100]
            if canonical:
                return url_key(canonical) + (f"#{mark}" if mark else "")
        if name:
            return name if len(name) <= 300 else _digest(name)
    return _digest(f"{one.title}\n{one.summary}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "ignore")).hexdigest()[:32]
