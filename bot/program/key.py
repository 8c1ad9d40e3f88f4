"""`vestka key`: the key that chat references are encrypted with."""

from __future__ import annotations

from pathlib import Path

import click

from bot.crypt import new_key_file
from bot.program.options import config_option


@click.group("key")
def command() -> None:
    """The key that chat references are encrypted with. Keep it apart from database and backups: without it
    nobody can tell who is subscribed, you neither."""


@command.command("new")
@click.argument("key_path", metavar="PATH", type=click.Path(path_type=Path))
@config_option
def new(key_path: Path, path: Path | None) -> None:
    """Write a fresh key to PATH, readable by its owner alone. An existing file is never overwritten."""
    new_key_file(key_path)
    click.echo(f"{key_path}: a new key. Set bot.key_file to it, and keep a copy apart from the database.")
