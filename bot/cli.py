"""The commands of the program. Each is a module under `bot/program`, imported only when it is the one meant:
`vestka --help` and a mistyped word answer at once.

Exit status: 0 done, 1 failed, 2 the configuration or the arguments are wrong.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn

import click

from bot import __version__
from bot.errors import ConfigError, VestkaError

DONE, FAILED, WRONG = 0, 1, 2

COMMANDS: Mapping[str, str] = {
    "run": "Poll, decide, deliver, answer chats and tell of its health.",
    "once": "Answer what waits, poll what is due, deliver what is owed, and exit: for cron.",
    "check": "Tell what works and how to mend what does not.",
    "poll": "Read one source or URL: its items, each with its verdict.",
    "explain": "Tell what we think of a text, and why.",
    "replay": "Put a corpus through the real pipeline on its own clock.",
    "events": "List the events in the ledger.",
    "event": "Show one event with its sources and how it changed.",
    "migrate": "Bring the database's schema up to date.",
    "key": "The key that chat references are encrypted with.",
    "healthcheck": "Ask a running Vestka whether it is well: for containers.",
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"bot.program.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


@click.group(cls=LazyGroup, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="vestka")
def program() -> None:
    """Vestka tells people, once and at once, when political prisoners are released in Belarus or when
    sanctions on Belarus change.

    Start with `vestka run`: without a configuration it polls the sources that come with it and prints
    what it finds.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command in `arguments` (default: the process's) and exit with its status."""
    sys.exit(run_command(arguments))


def run_command(arguments: Sequence[str] | None = None) -> int:
    """Run a command; what it raises on purpose becomes a line on stderr and a status."""
    try:
        return program.main(args=arguments, prog_name="vestka", standalone_mode=False) or DONE
    except click.Abort:
        click.echo("stopped", err=True)
        return FAILED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has gone, and Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except (VestkaError, BaseExceptionGroup) as error:
        return _tell(error)


def _tell(error: BaseException) -> int:
    """Our own errors as lines; a group that holds anything else is not ours and travels on."""
    errors = list(_leaves(error))
    if not all(isinstance(leaf, VestkaError) for leaf in errors):
        raise error
    mistakes = [mistake for leaf in errors if isinstance(leaf, ConfigError) for mistake in leaf.mistakes]
    if mistakes:
        count = f"{len(mistakes)} mistake{'s' * (len(mistakes) > 1)}"
        click.echo(f"{count} in the configuration or the arguments:", err=True)
    for mistake in mistakes:
        click.echo(f"  {mistake}", err=True)
    for leaf in errors:
        if not isinstance(leaf, ConfigError):
            click.echo(f"vestka: {leaf}", err=True)
    return WRONG if mistakes else FAILED


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _leaves(part)
    else:
        yield error
