"""`vestka migrate`: the database's schema, brought up to date."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bot.program.options import config_option, open_config
from bot.program.terminal import draw_waiting
from bot.storage.engine import Database
from bot.storage.migrate import upgrade


@click.command("migrate")
@config_option
def command(path: Path | None) -> None:
    """Bring the database's schema up to date: all missing steps or none. `vestka run` does it too."""
    config = open_config(path)
    with draw_waiting("migrating the database"):
        before, after = asyncio.run(_upgrade(Database(config.database_url)))
    if before == after:
        click.echo(f"The database has schema {after}: nothing to do.")
    else:
        click.echo(f"The database has schema {after} now; before: {before or 'none, it is new'}.")


async def _upgrade(database: Database) -> tuple[str | None, str]:
    try:
        return await upgrade(database)
    finally:
        await database.close()
