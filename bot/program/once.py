"""`vestka once`: one turn of everything that can wait for the next, for cron."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bot import app
from bot.errors import VestkaError
from bot.program.options import config_option, open_config


@click.command("once")
@config_option
def command(path: Path | None) -> None:
    """Answer what waits on Telegram, poll every due source once, deliver what is owed, and exit.

    Discord's commands need `vestka run`.
    """
    failed = asyncio.run(app.once(open_config(path, app.find_mistakes)))
    if failed:
        raise VestkaError("not everything was done: " + "; ".join(failed))
