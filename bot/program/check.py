"""`vestka check`: what works, and the mend for what does not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bot.app import find_mistakes
from bot.doctor import Finding, check, fails
from bot.errors import VestkaError
from bot.program.options import config_option, open_config
from bot.program.terminal import draw_progress, print_table


@click.command("check")
@click.option("--strict", is_flag=True, help="Fail if any source does not work.")
@config_option
def command(*, strict: bool, path: Path | None) -> None:
    """Tell what works and how to mend what does not: configuration, database, key, platforms, sources.

    Sources are polled without storing anything. Fails if anything but a source does not work, or no source of
    a topic works.
    """
    config = open_config(path, find_mistakes)
    with draw_progress("check") as progressed:
        findings = asyncio.run(check(config, progressed))
    print_table(("", "name", "works", "found", "mend"), [_row(finding) for finding in findings])
    why = fails(findings, config, strict=strict)
    if why:
        raise VestkaError("\n        ".join(why))


def _row(finding: Finding) -> tuple[str, ...]:
    return finding.kind, finding.name, "yes" if finding.works else "NO", finding.found, finding.mend
