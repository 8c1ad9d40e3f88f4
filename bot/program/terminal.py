"""Tables and progress: drawn on a terminal, plain lines elsewhere."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

# What somebody else wrote must not steer the terminal: control characters, directions of text.
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
PLAIN_WIDTH = 160                     # columns of a table that nobody's terminal bounds
PLAIN_LINES = 10                      # of progress, where no bar can be drawn

Progressed = Callable[[int, int, str], None]
"""Long work tells how much is done, of how much, and what it was."""


def make_console() -> Console:
    """Standard output. Nothing in what is printed is taken for markup: much of it is other people's text."""
    width = None if sys.stdout.isatty() else PLAIN_WIDTH
    return Console(markup=False, highlight=False, emoji=False, width=width)


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "", firm: int = 0
) -> None:
    """A table whose cells wrap, but for those of the first `firm` columns."""
    table = Table(title=title or None, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=number < firm)
    for row in rows:
        table.add_row(*(STEERING.sub("", cell) for cell in row))
    make_console().print(table)


@contextmanager
def draw_progress(title: str) -> Iterator[Progressed]:
    """A bar on a terminal, about ten lines elsewhere; both on standard error, which carries no results."""
    if not sys.stderr.isatty():
        yield _print_lines(title)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True, markup=False), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def show(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, description=f"{title} {what}"[:60])

        yield show


def _print_lines(title: str) -> Progressed:
    shown = 0

    def show(done: int, total: int, what: str) -> None:
        nonlocal shown
        part = done * PLAIN_LINES // max(total, 1)
        if part > shown or done == total:
            shown = part
            sys.stderr.write(f"{title}: {done} of {total} {what}".rstrip() + "\n")

    return show


@contextmanager
def draw_waiting(title: str) -> Iterator[None]:
    """A moving sign on a terminal, one line elsewhere, for long work that cannot tell how far it is."""
    if not sys.stderr.isatty():
        sys.stderr.write(f"{title} …\n")
        yield
        return
    with Console(stderr=True, markup=False).status(title):
        yield
