"""The program as a maintainer meets it: started as a process of its own, away from the checkout."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import unused_port

from bot.model import (
    Action,
    ChangeKind,
    Count,
    Event,
    EventChange,
    Facts,
    Kind,
    Move,
    Person,
    Reason,
    Report,
    Risk,
    Stage,
    Standing,
    Topic,
)
from bot.storage import events
from bot.storage.engine import Database
from bot.storage.migrate import upgrade
from bot.web.server import Health, make_web, serve_web
from tests.fakes.clock import START


def vestka(
    folder: Path, *arguments: str, stdin: str = "", **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run the program in `folder`, with nothing of this process's own settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("VESTKA_")}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**clean, "COLUMNS": "160", **environ},
        input=stdin,
        timeout=120,
        check=False,
    )


BAD = """
[poll]
every = "often"
concurrency = "many"
[databse]
url = "x"
[watch]
ping_url = "ping.example.org"
[alerts]
max_hour = 3
[logs]
file = "taken/vestka.log"
"""


@pytest.mark.parametrize("command", [("events",), ("event", "abcd"), ("healthcheck",)], ids=" ".join)
def test_a_bad_configuration_is_told_whole_and_exits_with_two(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "config.toml").write_text(BAD, encoding="utf-8")
    (tmp_path / "taken").write_text("a file where a folder is wanted", encoding="utf-8")
    done = vestka(tmp_path, *command, VESTKA_WEB__PORT="http")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    for key in ("poll.every", "poll.concurrency", "databse", "watch.ping_url", "alerts.max_hour", "web.port"):
        assert f"\n  {key}: " in done.stderr
    assert "did you mean database?" in done.stderr
    assert "set by VESTKA_WEB__PORT" in done.stderr


def test_a_configuration_that_is_not_there_exits_with_two(tmp_path: Path) -> None:
    done = vestka(tmp_path, "events", "--config", "nowhere.toml")
    assert done.returncode == 2
    assert "nowhere.toml: cannot be read: No such file or directory" in done.stderr


def test_looking_at_a_ledger_makes_no_database(tmp_path: Path) -> None:
    done = vestka(tmp_path, "events")
    assert done.returncode == 1
    assert "there is no database" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_new_key_is_its_owners_alone_and_never_written_over(tmp_path: Path) -> None:
    done = vestka(tmp_path, "key", "new", "keys/vestka.key")
    assert done.returncode == 0, done.stderr
    key = tmp_path / "keys" / "vestka.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    again = vestka(tmp_path, "key", "new", "keys/vestka.key")
    assert again.returncode == 1
    assert "a key is never overwritten" in again.stderr
    assert key.read_bytes() == before


def an_event() -> tuple[Event, Report, EventChange]:
    facts = Facts(
        released=Count(value=14, quote="fourteen people"),
        moves=(
            Move(action=Action.EASED, by="US", target="potash", stage=Stage.DECIDED, quote="lifts sanctions on potash"),
        ),
        people=(Person(name="Test [Person]", key="test person"),),
    )
    report = Report(
        item="i1", source="s1", owner="o1", standing=Standing.NGO, outlet="Outlet One", url="https://one.example/1",
        risk=Risk.B, title="A headline with [brackets]", language="en", published=START, seen=START,
        kind=Kind.REPORT, facts=facts, topics=(Topic.RELEASE, Topic.SANCTIONS), traits=frozenset(), happening=True,
    )
    name = events.event_id(1)
    event = Event(
        id=name, number=1, topics=(Topic.RELEASE, Topic.SANCTIONS), started=START,
        changed=START + timedelta(minutes=5), change=1, reports=(report,),
    )
    change = EventChange(
        event=name, number=1, kind=ChangeKind.STARTED, at=START, urgent=True, item="i1",
        reasons=(Reason(code="released", words="fourteen people"),),
    )
    return event, report, change


@pytest.fixture
async def ledger(tmp_path: Path) -> str:
    """A database in the default place with one event; the event's id."""
    database = Database(f"sqlite:///{tmp_path}/data/vestka.db")
    await upgrade(database)
    event, report, change = an_event()
    async with database.writing() as tx:
        await events.save(tx, event, report, [change])
    await database.close()
    return event.id


def test_the_ledger_is_listed_with_numbers_people_and_owners(tmp_path: Path, ledger: str) -> None:
    done = vestka(tmp_path, "events")
    assert done.returncode == 0, done.stderr
    [line] = [line for line in done.stdout.splitlines() if ledger in line]
    for words in ("2030-01-07 12:00", "release, sanctions", "14", "US: eased potash (decided)", "Test [Person]"):
        assert words in line


def test_the_ledger_as_json_is_one_event_a_line(tmp_path: Path, ledger: str) -> None:
    done = vestka(tmp_path, "events", "--json")
    [line] = done.stdout.splitlines()
    event = json.loads(line)
    assert (event["id"], event["number"], event["topics"]) == (ledger, 1, ["release", "sanctions"])
    assert event["released"] == {"low": 14, "high": 14, "at_least": False}
    assert event["still_held"] is None
    assert event["people"] == [{"name": "Test [Person]", "publishable": False}]
    assert event["sanctions"][0]["action"] == "eased"
    assert event["reports"][0]["title"] == "A headline with [brackets]"
    assert event["changes"][0]["reasons"] == [{"code": "released", "words": "fourteen people"}]
    assert json.loads(vestka(tmp_path, "event", ledger, "--json").stdout) == event


def test_one_event_is_shown_with_its_sources_and_changes(tmp_path: Path, ledger: str) -> None:
    done = vestka(tmp_path, "event", ledger.upper())
    assert done.returncode == 0, done.stderr
    for words in ("Outlet One", "https://one.example/1", "A headline with [brackets]", "started", "fourteen people"):
        assert words in done.stdout


def test_an_event_that_does_not_exist_is_named(tmp_path: Path, ledger: str) -> None:
    done = vestka(tmp_path, "event", "zzzz")
    assert done.returncode == 1
    assert done.stderr == "vestka: no event has the id 'zzzz'\n"


async def test_a_healthcheck_asks_the_program_that_runs(tmp_path: Path) -> None:
    answers: list[tuple[str, ...]] = [(), ("the disk is full",)]

    async def complaints() -> tuple[str, ...]:
        return answers.pop(0)

    port = unused_port()
    runner = await serve_web(make_web(Health(complaints=complaints, waiting_for=complaints), ()), "0.0.0.0", port)
    assert runner
    environ = {**os.environ, "VESTKA_WEB__PORT": str(port), "VESTKA_WEB__HOST": "0.0.0.0"}
    try:
        assert await ask_health(tmp_path, environ) == (0, "ok\n", "")
        assert await ask_health(tmp_path, environ) == (1, "", "vestka: not well (503): not well\n")
    finally:
        await runner.cleanup()
    status, _, words = await ask_health(tmp_path, environ)
    assert status == 1
    assert words.startswith(f"vestka: nobody answers at 127.0.0.1 port {port}: ")


async def ask_health(folder: Path, environ: dict[str, str]) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "healthcheck", cwd=folder, env=environ,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


def test_a_healthcheck_without_pages_says_so(tmp_path: Path) -> None:
    done = vestka(tmp_path, "healthcheck", VESTKA_WEB__PORT="0")
    assert (done.returncode, done.stderr) == (1, "vestka: web.port is 0: there is no page to ask\n")


def test_a_new_database_is_migrated_once(tmp_path: Path) -> None:
    first = vestka(tmp_path, "migrate")
    assert first.returncode == 0, first.stderr
    assert "before: none, it is new" in first.stdout
    second = vestka(tmp_path, "migrate")
    assert "nothing to do" in second.stdout
    assert vestka(tmp_path, "events").stdout == "No events yet.\n"
