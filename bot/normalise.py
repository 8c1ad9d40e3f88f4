"""Entry to Item: what a source gave, made clean, dated and canonical. Pure; the same entry gives the same
Item.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.model import Entry, Item, Reason, Source, Standing
from bot.text.clean import clean_paragraphs, clean_text, shorten
from bot.text.timestamps import EARLIEST
from bot.text.urls import belongs, canonical_url

MAX_TITLE = 300  # characters; headlines have 60 to 150
MAX_SUMMARY = 2_000
MAX_OUTLET = 80
TITLE_OF_SUMMARY = 120  # for entries without a title
AHEAD = timedelta(minutes=10)  # a clock may be so far off; what lies further ahead is no date
# What a touch may send as a command: `/forget`. Words of an entry become facts (the target of sanctions, a
# name, a publisher) and stand among our own, so the stroke goes; `and/or` and `https://` keep theirs.
COMMAND = re.compile(r"(?<![\w/])/(?=\w)")
ID_LENGTH = 16  # hexadecimal digits: no two items of a million share them


@dataclass(frozen=True, slots=True)
class _Dating:
    published: datetime
    dated: bool
    problem: str = ""


def normalise(
    entry: Entry, source: Source, *, seen: datetime, baseline: bool, language: Callable[[str], str] | str
) -> Item:
    """The Item. `language`: known already, or what tells it from title and summary.

    Deterministic but for `seen`: id and content hash depend on source, key, text and address alone.
    """
    summary = COMMAND.sub("", clean_paragraphs(entry.summary, MAX_SUMMARY))
    on_one_line = " ".join(summary.split())  # where paragraphs end makes no other content
    title = _words(entry.title, MAX_TITLE) or shorten(on_one_line, TITLE_OF_SUMMARY)
    url = _link(entry, source)
    dating = _date(entry, seen)
    content_hash = _digest(title, on_one_line, url or "")
    return Item(
        id=_digest(source.id, entry.key, content_hash)[:ID_LENGTH],
        source=source.id,
        owner=source.owner,
        standing=source.standing,
        outlet=_outlet(entry, source),
        key=_storable(entry.key),
        url=url,
        title=title,
        summary=summary,
        language=language if isinstance(language, str) else language(f"{title}\n{summary}"),
        published=dating.published,
        dated=dating.dated,
        seen=seen,
        content_hash=content_hash,
        risk=source.risk,
        baseline=baseline,
    )


def oddities(entry: Entry, source: Source, seen: datetime) -> tuple[Reason, ...]:
    """What of this entry was not believed, for those who look at a source."""
    found = []
    if entry.url and _link(entry, source) is None:
        found.append(Reason(code="foreign_link", words=entry.url))
    if problem := _date(entry, seen).problem:
        found.append(Reason(code=problem, words=str(entry.published)))
    return tuple(found)


def _outlet(entry: Entry, source: Source) -> str:
    if source.standing is not Standing.AGGREGATOR or not entry.publisher:
        return source.name
    return _words(entry.publisher, MAX_OUTLET) or source.name


def _words(raw: str, limit: int) -> str:
    """As it may be shown, and nothing in it that a touch would send as a command."""
    return COMMAND.sub("", clean_text(raw, limit))


def _link(entry: Entry, source: Source) -> str | None:
    """The address, when it lies on the source's sites: an entry may not lead a reader elsewhere."""
    url = canonical_url(entry.url, source.url) if entry.url else None
    return url if url and belongs(url, source.sites, also=source.url) else None


def _date(entry: Entry, seen: datetime) -> _Dating:
    """A date without a time counts to the end of that day in UTC; nothing was published after it was seen."""
    said = entry.published
    if said is None:
        return _Dating(seen, dated=False)
    if said.tzinfo is None:
        return _Dating(seen, dated=False, problem="naive_date")
    if said < EARLIEST:
        return _Dating(seen, dated=False, problem="ancient_date")
    if said > seen + AHEAD:
        return _Dating(seen, dated=False, problem="future_date")
    said = said.astimezone(UTC)
    if entry.day_only:
        said = said.replace(hour=23, minute=59, second=59, microsecond=0)
    return _Dating(min(said, seen), dated=True)


def _storable(key: str) -> str:
    """A key that every database can hold: JSON can name half a surrogate pair and NUL."""
    return key.encode("utf-8", "replace").decode("utf-8").replace("\0", "?")


def _digest(*parts: str) -> str:
    """Parts are set apart by their lengths, so that no two lists of parts give the same."""
    return hashlib.sha256("".join(_framed(parts)).encode("utf-8", "surrogatepass")).hexdigest()


def _framed(parts: Iterable[str]) -> Iterable[str]:
    return (f"{len(part)}:{part}" for part in parts)
