"""`vestka replay`: a corpus through the real pipeline on its own clock, a decision a line."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import IO, Any

import click

from bot.program.options import config_option
from bot.program.terminal import Progressed, draw_progress
from bot.replay import read_corpus, replay


@click.command("replay")
@click.argument("corpus", metavar="CORPUS.jsonl", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--decisions",
    metavar="OUT.jsonl",
    type=click.File("w", encoding="utf-8", atomic=True),
    default="-",
    help="Where the decisions go, all or none [standard output].",
)
@config_option
def command(corpus: Path, decisions: IO[str], path: Path | None) -> None:
    """Put a corpus through the real pipeline, item by item in the order of `seen`, on a clock that stands at
    each item's `seen`, with a temporary database and no network. One decision a line."""
    rows = read_corpus(corpus)
    with draw_progress("replay") as progressed:
        asyncio.run(_write(rows, decisions, progressed))


async def _write(rows: list[dict[str, Any]], decisions: IO[str], progressed: Progressed) -> None:
    done = 0
    async for decision in replay(rows):
        decisions.write(json.dumps(decision, ensure_ascii=False) + "\n")
        done += 1
        progressed(done, len(rows), "items")
