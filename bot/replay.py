"""A corpus through the real pipeline, on a clock that stands at each item's `seen`, without network.

Input of an item: url, source, title, summary, published, seen; nothing else of its row is looked at.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.assess import assess
from bot.catalogue import owner_of
from bot.catalogue.home import home_of
from bot.errors import ConfigError, Mistake
from bot.events.change import alert_of
from bot.ledger import Ledger, Taken
from bot.model import Assessment, Entry, Item, Move, Source, Stage
from bot.normalise import normalise
from bot.storage.engine import Database
from bot.storage.migrate import upgrade
from bot.text.language import find_language

NEEDED = ("id", "source", "seen")
FOREVER = timedelta(days=36_500)      # alerts.max_age does not hold in a replay


def read_corpus(path: Path) -> list[dict[str, Any]]:
    """The rows of a corpus, one JSON object a line, in the order of `seen`.

    Raises ConfigError with every line that is none or lacks a key.
    """
    rows, mistakes = [], []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError([Mistake(str(path), f"cannot be read: {why}")]) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        problem, row = _read_row(line)
        if problem:
            mistakes.append(Mistake(f"{path}, line {number}", problem))
        rows.append(row)
    if mistakes:
        raise ConfigError(mistakes)
    return sorted(rows, key=lambda row: (_moment(row["seen"]), str(row["id"])))


def _read_row(line: str) -> tuple[str, dict[str, Any]]:
    try:
        row = json.loads(line)
    except ValueError as error:
        return f"is not JSON: {error}", {}
    if not isinstance(row, dict):
        return "is not a JSON object", {}
    missing = [key for key in NEEDED if not row.get(key)]
    if not (row.get("title") or row.get("summary")):
        missing.append("title")
    if missing:
        return f"lacks {', '.join(missing)}", row
    for key in ("seen", "published"):
        try:
            _moment(row.get(key))
        except ValueError:
            return f"{key} is no moment: {row[key]!r}", row
    return "", row


async def replay(rows: list[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
    """One decision for each row, in their order."""
    async with _empty_ledger() as ledger:
        for row in rows:
            item = _item(row)
            home = home_of(_source(row["source"]), row["url"])
            found = assess(
                item.title, item.summary, published=item.published, language=item.language, home=home
            )
            async with ledger.deciding(item.seen) as tx:
                taken = await ledger.take(tx, item, found, item.seen)
            yield _decision(row["id"], found, taken)


@asynccontextmanager
async def _empty_ledger() -> AsyncIterator[Ledger]:
    with tempfile.TemporaryDirectory(prefix="vestka-replay-") as folder:
        database = Database(f"sqlite:///{folder}/replay.db")
        try:
            await upgrade(database)
            yield Ledger(database, max_age=FOREVER)
        finally:
            await database.close()


def _item(row: Mapping[str, Any]) -> Item:
    seen = _moment(row["seen"])
    published = _moment(row.get("published"))
    entry = Entry(
        key=str(row["id"]), url=row.get("url"), title=row.get("title") or "",
        summary=row.get("summary") or "",
        published=published, day_only=published is not None and _is_day(row["published"]),
    )
    return normalise(entry, _source(row["source"]), seen=seen or datetime.now(UTC), baseline=False,
                     language=find_language)


def _source(domain: str) -> Source:
    """Owner and standing are the catalogue's for the domain, else the domain itself and independent."""
    owner, standing = owner_of(domain)
    return Source(
        id=domain, name=domain, kind="replay", url=f"https://{domain}/", sites=(domain,), owner=owner,
        standing=standing,
    )


def _moment(value: Any) -> datetime | None:
    """A moment or day as the corpus writes it; a day is its first moment. Raises ValueError."""
    if value is None:
        return None
    if _is_day(value):
        return datetime.combine(date.fromisoformat(value), datetime.min.time(), tzinfo=UTC)
    moment = datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(UTC)


def _is_day(value: Any) -> bool:
    return len(str(value)) == len("2030-01-01")


def _decision(name: str, found: Assessment, taken: Taken) -> dict[str, Any]:
    facts = found.facts
    return {
        "id": name,
        "relevant": found.relevant,
        "topics": [topic.value for topic in found.topics],
        "event": taken.after.id if taken.after else None,
        "alert": alert_of(taken.decision, taken.before, taken.after),
        "facts": {
            "released": facts.released.value if facts.released else None,
            "still_held": facts.still_held.value if facts.still_held else None,
            "sanctions": list(_moves(facts.moves)),
            "people": [person.name for person in facts.people],
        },
        "lang": found.language,
        "reasons": [str(reason) for reason in taken.decision.reasons],
    }


def _moves(moves: tuple[Move, ...]) -> Iterator[dict[str, str]]:
    """What was decided or is on its way; what somebody only asks for or refuses is no move."""
    for move in moves:
        if move.stage in {Stage.DECIDED, Stage.PROPOSED}:
            yield {"action": move.action.value, "by": move.by, "target": move.target}
