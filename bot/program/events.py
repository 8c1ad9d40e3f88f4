"""`vestka events`: the ledger as a table, or whole as JSON lines."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import click

from bot.config import Config
from bot.events.summary import summarise
from bot.model import Event, EventChange
from bot.program import words
from bot.program.ledger import reading_ledger
from bot.program.options import config_option, json_option, open_config
from bot.program.terminal import print_table
from bot.storage import events
from bot.web.ledger import event_as_json

SHOWN = 50


@click.command("events")
@click.option("-n", "--number", type=click.IntRange(min=1), help=f"At most so many [{SHOWN}; JSON: all].")
@json_option
@config_option
def command(number: int | None, as_json: bool, path: Path | None) -> None:
    """List the events in the ledger, the newest first; as JSON the oldest first."""
    found = asyncio.run(_read(open_config(path), number or (None if as_json else SHOWN)))
    if as_json:
        for event, changes in reversed(found):
            click.echo(json.dumps(event_as_json(event, changes), ensure_ascii=False))
    elif found:
        rows = [words.event_row(event, summarise(event)) for event, _ in found]
        print_table(words.EVENT_COLUMNS, rows, firm=words.EVENT_FIRM)
    else:
        click.echo("No events yet.")


async def _read(config: Config, number: int | None) -> list[tuple[Event, tuple[EventChange, ...]]]:
    async with reading_ledger(config) as tx:
        return [(event, await events.changes(tx, event.id)) for event in await events.newest(tx, number)]
