"""`vestka poll SOURCE`: what one source gives, and what we think of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bot.app import find_mistakes
from bot.doctor import Look, count_entries, look_at
from bot.fetch.poll import Poll
from bot.model import Source
from bot.program import words
from bot.program.options import config_option, open_config
from bot.program.terminal import print_table

COLUMNS = ("published (UTC)", "language", "verdict", "title", "because")


@click.command("poll")
@click.argument("name", metavar="SOURCE")
@config_option
def command(name: str, path: Path | None) -> None:
    """Read one source, by its id or an address, and show each item with its verdict and why. Nothing is
    stored."""
    source, poll, looks = asyncio.run(look_at(open_config(path, find_mistakes), name))
    click.echo(heading(source, poll))
    print_table(COLUMNS, [_row(look) for look in looks])


def heading(source: Source, poll: Poll) -> str:
    """What was fetched, in a line."""
    notes = [count_entries(poll)]
    if poll.degraded:
        notes.append(poll.degraded)
    if poll.permanent_url:
        notes.append(f"moved for good to {poll.permanent_url}")
    who = f"{source.name} ({source.kind}, {source.owner}, {source.standing.value})"
    return f"{who} {source.url}: {', '.join(notes)}"


def _row(look: Look) -> tuple[str, ...]:
    item, found = look.item, look.assessment
    published = words.moment(item.published) + ("" if item.dated else " (first seen)")
    happening = "" if found.happening else ", no happening of its own"
    verdict = words.topics(found.topics) + happening if found.relevant else "not ours"
    return published, item.language, verdict, item.title, words.reasons((*found.reasons, *look.oddities))
