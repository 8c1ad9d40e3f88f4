"""`vestka explain`: the verdict on a text, with the words that it was read from."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.assess import assess
from bot.errors import VestkaError
from bot.model import Assessment
from bot.program import words
from bot.program.options import config_option
from bot.program.terminal import print_table


@click.command("explain")
@click.argument("text", metavar="TEXT|FILE|-")
@click.option("--language", help="ISO 639-1, where the text does not tell.")
@config_option
def command(text: str, language: str | None, path: Path | None) -> None:
    """Tell what we think of a text: language, topics, facts with the words they were read from, reasons.
    Its first line is the title."""
    title, _, summary = read_text(text).strip().partition("\n")
    found = assess(title.strip(), summary.strip(), published=datetime.now(UTC), language=language)
    print_table(("", "", "read from"), list(_rows(found)))


def read_text(text: str) -> str:
    """Standard input for "-", a file's text where `text` names one, else `text`. Raises VestkaError."""
    if text == "-":
        return sys.stdin.read()
    try:
        return Path(text).read_text(encoding="utf-8") if is_file(text) else text
    except UnicodeDecodeError as error:
        raise VestkaError(f"{text} is not UTF-8 text: {error.reason} at byte {error.start}") from error
    except OSError as error:
        raise VestkaError(f"{text} cannot be read: {error.strerror}") from error


def is_file(text: str) -> bool:
    """Whether `text` names a file; a long text is no possible name."""
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False


def _rows(found: Assessment) -> Iterator[tuple[str, str, str]]:
    yield "relevant", "yes" if found.relevant else "no", ""
    yield "language", found.language, ""
    yield "topics", words.topics(found.topics) or "none", ""
    yield "kind", found.kind.value + (", tells of a happening" if found.happening else ""), ""
    if found.day:
        yield "day", found.day.isoformat(), ""
    facts = found.facts
    if facts.released:
        yield "released", words.count(facts.released), facts.released.quote
    if facts.still_held:
        by = f" ({facts.still_held.by})" if facts.still_held.by else ""
        yield "still held", words.count(facts.still_held) + by, facts.still_held.quote
    for move in facts.moves:
        yield "sanctions", words.moves((move,)), move.quote
    for person in facts.people:
        yield "person", person.name + ("" if person.freed else " (only mentioned)"), ""
    for reason in found.reasons:
        yield "because", reason.code, reason.words
