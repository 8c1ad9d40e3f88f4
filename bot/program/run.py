"""`vestka run`: everything, until it is told to stop."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click

from bot import app
from bot.catalogue import choose_sources
from bot.config import Config
from bot.events.summary import summarise
from bot.logs import quiet
from bot.pipeline import Polled
from bot.program import words
from bot.program.options import config_option, open_config
from bot.program.terminal import draw_progress, print_table
from bot.storage import events

PARTS = ("intake", "delivery", "chat", "web")
HINT = "Alerts appear here. /help lists what can be typed; Ctrl-C ends."
LATEST = 10                           # events shown after the first poll: they fit a screen


def read_parts(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> frozenset[str]:
    """The parts named in `value`, all where it names none. Raises click.BadParameter."""
    parts = frozenset(part.strip() for part in (value or ",".join(PARTS)).split(","))
    unknown = sorted(parts - set(PARTS))
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)}: not among {', '.join(PARTS)}")
    return parts


@click.command("run")
@click.option(
    "--only",
    metavar=",".join(PARTS),
    callback=read_parts,
    help="Run these parts, for several processes on one PostgreSQL.",
)
@config_option
def command(only: frozenset[str], path: Path | None) -> None:
    """Poll, decide, deliver, answer chats and serve /healthz and /readyz, until stopped by Ctrl-C or SIGTERM.

    Without any configured chat platform the console opens: alerts are printed, commands can be typed.
    """
    config = open_config(path, app.find_mistakes)
    with FirstPoll(config) as first:
        asyncio.run(app.run(config, only=only, polled=first.polled, settled=first.settled))


class FirstPoll:
    """What a person sees of the first poll: a bar, then what it found and what it could not reach."""

    def __init__(self, config: Config) -> None:
        self._total = sum(source.enabled for source in choose_sources(config, []).values())
        self._results: list[Polled] = []
        self._bar = ExitStack()
        self._over = False
        self._watched = sys.stderr.isatty()

    def __enter__(self) -> FirstPoll:
        self._progressed = self._bar.enter_context(draw_progress("first poll"))
        if self._watched:
            # What fails now is said once, in the summary.
            self._bar.enter_context(quiet("bot.pipeline"))
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def polled(self, result: Polled) -> None:
        """One source was polled; after the first poll of all nothing is shown."""
        if not self._over:
            self._results.append(result)
            self._progressed(len(self._results), self._total, result.source.name)

    async def settled(self, house: app.House) -> None:
        """The first poll is over."""
        self._over = True
        self._bar.close()
        if not self._watched and "console" not in house.adapters:
            return
        async with house.database.reading() as tx:
            latest = await events.latest(tx, LATEST)
        if latest:
            rows = [words.event_row(event, summarise(event)) for event in latest]
            print_table(words.EVENT_COLUMNS, rows, title="The latest events", firm=words.EVENT_FIRM)
        else:
            click.echo("No events yet.")
        for line in summary(self._results):
            click.echo(line)
        if "console" in house.adapters and sys.stdin.isatty():
            click.echo(HINT)


def summary(results: Sequence[Polled]) -> list[str]:
    """How many sources were read, and a line for each that was not, with the reason."""
    failed = sorted((result.source.name, result.problem) for result in results if result.problem)
    read = len(results) - len(failed)
    return [f"{read} of {len(results)} sources read.", *(f"  {name}: {why}" for name, why in failed)]
