"""`vestka event ID`: one event with its sources and how it changed."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import click

from bot.config import Config
from bot.errors import StorageError
from bot.events.summary import summarise
from bot.model import Event, EventChange, Report
from bot.program import words
from bot.program.ledger import reading_ledger
from bot.program.options import config_option, json_option, open_config
from bot.program.terminal import print_table
from bot.storage import events
from bot.web.ledger import event_as_json


@click.command("event")
@click.argument("name", metavar="ID")
@json_option
@config_option
def command(name: str, as_json: bool, path: Path | None) -> None:
    """Show one event with its numbers, people, sources and how they changed."""
    event, changes = asyncio.run(_read(open_config(path), name))
    if as_json:
        click.echo(json.dumps(event_as_json(event, changes), ensure_ascii=False))
    else:
        _print(event, changes)


async def _read(config: Config, name: str) -> tuple[Event, tuple[EventChange, ...]]:
    async with reading_ledger(config) as tx:
        event = await events.find(tx, name)
        if event is None:
            raise StorageError(f"no event has the id {name!r}")
        return event, await events.changes(tx, event.id)


def _print(event: Event, changes: tuple[EventChange, ...]) -> None:
    summary = summarise(event)
    confirmed = f"{summary.confirmations} owners" + (", an authority's own act" if summary.authority else "")
    facts = (
        ("topics", words.topics(event.topics)),
        ("state", event.state.value),
        ("started", words.moment(event.started)),
        ("changed", words.moment(event.changed)),
        ("released", words.released(summary.released)),
        ("still held", words.still_held(summary.still_held)),
        ("sanctions", words.moves(summary.moves)),
        ("people", ", ".join(person.name for person in summary.people)),
        ("confirmed by", confirmed),
    )
    print_table((f"event {event.id}", ""), [fact for fact in facts if fact[1]])
    print_table(
        ("seen (UTC)", "outlet", "standing", "language", "released", "title", "link"),
        [_report_row(report) for report in sorted(event.reports, key=lambda report: report.seen)],
    )
    print_table(("change", "at (UTC)", "what", "", "why"), [_change_row(change) for change in changes])


def _report_row(report: Report) -> tuple[str, ...]:
    return (
        words.moment(report.seen),
        report.outlet,
        report.standing.value,
        report.language,
        words.count(report.facts.released),
        report.title,
        report.url or "",
    )


def _change_row(change: EventChange) -> tuple[str, ...]:
    urgent = "urgent" if change.urgent else ""
    why = words.reasons(change.reasons)
    return str(change.number), words.moment(change.at), change.kind.value, urgent, why
