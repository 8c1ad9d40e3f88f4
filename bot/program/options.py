"""What several commands take, and how a configuration is opened."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import click

from bot.config import Config, check_folders, read_config
from bot.errors import ConfigError, Mistake
from bot.logs import set_up_logs

config_option = click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The configuration (default: VESTKA_CONFIG, else config.toml here if it exists, else defaults).",
)
json_option = click.option("--json", "as_json", is_flag=True, help="JSON, one event a line.")

MoreMistakes = Callable[[Config, list[Mistake]], None]


def open_config(path: Path | None, more: MoreMistakes | None = None) -> Config:
    """Read the configuration, ask `more` for what its parts have against it, and start the logs as it says.

    Raises ConfigError with every mistake at once.
    """
    mistakes: list[Mistake] = []
    config = read_config(path, os.environ, mistakes)
    mistakes += check_folders(config)
    if more:
        more(config, mistakes)
    if mistakes:
        raise ConfigError(mistakes)
    set_up_logs(
        level=config.logs.level, form=config.logs.format, file=config.log_file, keep=config.retention.logs
    )
    return config
