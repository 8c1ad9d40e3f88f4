"""The program as a maintainer meets it: started as a process of its own, away from the checkout."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import stat
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import unused_port

from bot.cli import run_command
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
from tests.fakes.web import Answer, FakeWeb


@dataclass(frozen=True)
class Done:
    """How the program ended."""

    status: int | None
    out: str
    err: str


async def start(folder: Path, *arguments: str, **environ: str) -> asyncio.subprocess.Process:
    """Start the program in `folder`, with nothing of this process's own settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("VESTKA_")}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments,
        cwd=folder,
        env={**clean, **environ},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def vestka(folder: Path, *arguments: str, **environ: str) -> Done:
    """Run the program to its end."""
    process = await start(folder, *arguments, **environ)
    out, err = await asyncio.wait_for(process.communicate(), timeout=120)
    return Done(process.returncode, out.decode(), err.decode())


BAD = """
[bot]
language = "xx"
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
[adapters.telegram]
api_url = "https://api.example.org"
[adapters.discord]
token = "one"
api_url = "discord.example.org"
[adapters.pigeon]
[[source]]
id = "one-more"
kind = "feed"
standing = "loud"
"""
CORE_KEYS = ("poll.every", "poll.concurrency", "databse", "watch.ping_url", "alerts.max_hour", "web.port", "logs.file")
PARTS_KEYS = ("bot.language", "adapters.telegram.token", "adapters.discord.api_url", "adapters.pigeon", "source[0].standing")


COMMANDS = [
    ("run", (), True),
    ("once", (), True),
    ("check", (), True),
    ("poll", ("one-more",), True),
    ("events", (), False),
    ("event", ("abcd",), False),
    ("migrate", (), False),
    ("healthcheck", (), False),
]


@pytest.fixture
def badly_configured(tmp_path: Path) -> Path:
    """A folder with a configuration full of mistakes."""
    (tmp_path / "config.toml").write_text(BAD, encoding="utf-8")
    (tmp_path / "taken").write_text("a file where a folder is wanted", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("name", "arguments", "knows_parts"), COMMANDS, ids=[row[0] for row in COMMANDS])
def test_every_command_tells_each_mistake_in_the_configuration(
    badly_configured: Path,
    name: str,
    arguments: tuple[str, ...],
    knows_parts: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(badly_configured)
    for variable in [name for name in os.environ if name.startswith("VESTKA_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("VESTKA_WEB__PORT", "http")
    assert run_command([name, *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    for key in (*CORE_KEYS, *(PARTS_KEYS if knows_parts else ())):
        assert (name == "healthcheck" and key == "logs.file") or f"\n  {key}: " in told.err
    assert "did you mean database?" in told.err
    assert "set by VESTKA_WEB__PORT" in told.err
    assert sorted(path.name for path in badly_configured.iterdir()) == ["config.toml", "taken"]


async def test_a_bad_configuration_ends_the_program_with_two_and_without_a_traceback(badly_configured: Path) -> None:
    done = await vestka(badly_configured, "run")
    assert (done.status, done.out) == (2, "")
    assert "Traceback" not in done.err
    assert done.err.count("\n") == 1 + int(done.err.split()[0])


async def test_a_configuration_that_is_not_there_exits_with_two(tmp_path: Path) -> None:
    done = await vestka(tmp_path, "events", "--config", "nowhere.toml")
    assert done.status == 2
    assert "nowhere.toml: cannot be read: No such file or directory" in done.err


async def test_looking_at_a_ledger_makes_no_database(tmp_path: Path) -> None:
    done = await vestka(tmp_path, "events")
    assert done.status == 1
    assert "there is no database" in done.err
    assert list(tmp_path.iterdir()) == []


async def test_a_new_key_is_its_owners_alone_and_never_written_over(tmp_path: Path) -> None:
    done = await vestka(tmp_path, "key", "new", "keys/vestka.key")
    assert done.status == 0, done.err
    key = tmp_path / "keys" / "vestka.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    again = await vestka(tmp_path, "key", "new", "keys/vestka.key")
    assert again.status == 1
    assert "a key is never overwritten" in again.err
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


async def test_the_ledger_is_listed_with_numbers_people_and_owners(tmp_path: Path, ledger: str) -> None:
    done = await vestka(tmp_path, "events")
    assert done.status == 0, done.err
    [line] = [line for line in done.out.splitlines() if ledger in line]
    for words in ("2030-01-07 12:00", "release, sanctions", "14 released", "US: eased potash (decided)", "1: Outlet One"):
        assert words in line


async def test_the_ledger_as_json_is_one_event_a_line(tmp_path: Path, ledger: str) -> None:
    done = await vestka(tmp_path, "events", "--json")
    [line] = done.out.splitlines()
    event = json.loads(line)
    assert (event["id"], event["number"], event["topics"]) == (ledger, 1, ["release", "sanctions"])
    assert event["released"] == {"low": 14, "high": 14, "at_least": False}
    assert event["still_held"] is None
    assert event["people"] == [{"name": "Test [Person]", "publishable": False}]
    assert event["sanctions"][0]["action"] == "eased"
    assert event["reports"][0]["title"] == "A headline with [brackets]"
    assert event["changes"][0]["reasons"] == [{"code": "released", "words": "fourteen people"}]
    assert json.loads((await vestka(tmp_path, "event", ledger, "--json")).out) == event


async def test_one_event_is_shown_with_its_sources_and_changes(tmp_path: Path, ledger: str) -> None:
    done = await vestka(tmp_path, "event", ledger.upper())
    assert done.status == 0, done.err
    for words in ("Outlet One", "https://one.example/1", "A headline with [brackets]", "started", "fourteen people"):
        assert words in done.out


async def test_an_event_that_does_not_exist_is_named(tmp_path: Path, ledger: str) -> None:
    done = await vestka(tmp_path, "event", "zzzz")
    assert done.status == 1
    assert done.err == "vestka: no event has the id 'zzzz'\n"


async def test_a_healthcheck_asks_the_program_that_runs(tmp_path: Path) -> None:
    answers: list[tuple[str, ...]] = [(), ("the disk is full",)]

    async def complaints() -> tuple[str, ...]:
        return answers.pop(0)

    port = unused_port()
    runner = await serve_web(make_web(Health(complaints=complaints, waiting_for=complaints), ()), "0.0.0.0", port)
    assert runner
    where = {"VESTKA_WEB__PORT": str(port), "VESTKA_WEB__HOST": "0.0.0.0"}
    try:
        assert await vestka(tmp_path, "healthcheck", **where) == Done(0, "ok\n", "")
        sick = await vestka(tmp_path, "healthcheck", **where)
        assert sick == Done(1, "", "vestka: not well (503): not well\n")
    finally:
        await runner.cleanup()
    gone = await vestka(tmp_path, "healthcheck", **where)
    assert gone.status == 1
    assert gone.err.startswith(f"vestka: nobody answers at 127.0.0.1 port {port}: ")


async def test_a_healthcheck_without_pages_says_so(tmp_path: Path) -> None:
    done = await vestka(tmp_path, "healthcheck", VESTKA_WEB__PORT="0")
    assert (done.status, done.err) == (1, "vestka: web.port is 0: there is no page to ask\n")


async def test_a_new_database_is_migrated_once(tmp_path: Path) -> None:
    first = await vestka(tmp_path, "migrate")
    assert first.status == 0, first.err
    assert "before: none, it is new" in first.out
    second = await vestka(tmp_path, "migrate")
    assert "nothing to do" in second.out
    assert (await vestka(tmp_path, "events")).out == "No events yet.\n"


FEED = """<rss version="2.0"><channel><title>Loop</title><link>http://{host}/</link>
<item><guid>1</guid><link>http://{host}/1</link><pubDate>{date}</pubDate>
<title>Belarus frees 14 political prisoners</title><description>They crossed the border at noon.</description></item>
<item><guid>2</guid><link>http://{host}/2</link><pubDate>{date}</pubDate>
<title>Rye bread wins a prize</title><description>The jury of the fair praised its crust.</description></item>
</channel></rss>"""

TWO_SOURCES = """
[poll]
allow_hosts = ["{host}"]
[catalogue]
enabled = false
[[source]]
id = "loop"
name = "Loop"
kind = "feed"
url = "http://{host}/feed"
sites = ["127.0.0.1"]
owner = "loop"
standing = "ngo"
[[source]]
id = "gone"
name = "Gone"
kind = "feed"
url = "http://{host}/gone"
sites = ["127.0.0.1"]
owner = "gone"
"""


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[FakeWeb]:
    """Two sources on loopback, one of which is gone, and the configuration that names them."""
    async with FakeWeb() as web:
        date = format_datetime(datetime.now(UTC) - timedelta(minutes=10))
        web.serve("/feed", Answer(body=FEED.format(host=web.host, date=date).encode()))
        web.serve("/gone", Answer(status=410))
        (tmp_path / "config.toml").write_text(TWO_SOURCES.format(host=web.host), encoding="utf-8")
        yield web


async def test_a_source_is_shown_with_the_verdict_on_each_item(tmp_path: Path, web: FakeWeb) -> None:
    for name in ("loop", web.url("/feed")):
        done = await vestka(tmp_path, "poll", name)
        assert done.status == 0, done.err
        assert "2 entries" in done.out
        [ours] = [line for line in done.out.splitlines() if "Belarus frees 14" in line]
        assert "release" in ours
        [other] = [line for line in done.out.splitlines() if "Rye bread" in line]
        assert "not ours" in other
    assert not (tmp_path / "data").exists()


async def test_a_source_that_fails_is_told_with_the_reason(tmp_path: Path, web: FakeWeb) -> None:
    done = await vestka(tmp_path, "poll", "gone")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("vestka: ")
    assert "410" in done.err


async def test_a_check_names_what_works_and_the_mend_for_what_does_not(tmp_path: Path, web: FakeWeb) -> None:
    done = await vestka(tmp_path, "check")
    assert done.status == 0, done.err
    rows = {tuple(line.split()[:3]): line for line in done.out.splitlines() if line.strip()}
    assert ("source", "loop", "yes") in rows
    assert "enabled = false" in rows["source", "gone", "NO"]
    assert ("key", "vestka.key", "yes") in rows
    strict = await vestka(tmp_path, "check", "--strict")
    assert strict.status == 1
    assert "source gone" in strict.err


async def test_one_turn_for_cron_fills_the_ledger(tmp_path: Path, web: FakeWeb) -> None:
    done = await vestka(tmp_path, "once")
    assert "Traceback" not in done.err
    [event] = [json.loads(line) for line in (await vestka(tmp_path, "events", "--json")).out.splitlines()]
    assert event["released"] == {"low": 14, "high": 14, "at_least": False}


async def test_the_program_runs_until_it_is_asked_to_stop(tmp_path: Path, web: FakeWeb) -> None:
    port = unused_port()
    process = await start(tmp_path, "run", VESTKA_WEB__PORT=str(port))
    assert process.stdout
    shown = ""
    while "Gone: " not in shown:
        line = await asyncio.wait_for(process.stdout.readline(), timeout=60)
        assert line, shown
        shown += line.decode()
    assert "The latest events" in shown
    assert "1 of 2 sources read." in shown
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/healthz") as answer:
        assert answer.status == 200
    process.send_signal(signal.SIGTERM)
    _, err = await asyncio.wait_for(process.communicate(), timeout=15)
    assert process.returncode == 0, err.decode()
    assert b"Traceback" not in err, err.decode()


async def test_a_second_start_goes_on_without_the_pages_when_their_port_is_taken(tmp_path: Path, web: FakeWeb) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = await start(tmp_path, "run", VESTKA_WEB__PORT=str(taken.getsockname()[1]))
        assert process.stdout
        while b"Gone: " not in (line := await asyncio.wait_for(process.stdout.readline(), timeout=60)):
            assert line
        process.send_signal(signal.SIGINT)
        _, err = await asyncio.wait_for(process.communicate(), timeout=15)
    assert process.returncode == 0, err.decode()
    assert err.count(b"no pages") == 1


async def test_parts_that_do_not_exist_are_refused(tmp_path: Path) -> None:
    done = await vestka(tmp_path, "run", "--only", "intake,dance")
    assert done.status == 2
    assert "dance: not among intake, delivery, chat, web" in done.err


CORPUS = [
    {"id": "b", "url": "https://one.example/2", "source": "one.example", "title": "Rye bread wins a prize",
     "summary": "", "published": "2030-01-07", "seen": "2030-01-07T13:00:00+00:00"},
    {"id": "a", "url": "https://one.example/1", "source": "one.example",
     "title": "Belarus frees 14 political prisoners", "summary": "They crossed the border at noon.",
     "published": "2030-01-07T11:50:00+00:00", "seen": "2030-01-07T12:00:00+00:00"},
]


async def test_a_corpus_is_replayed_in_the_order_of_its_own_clock(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, CORPUS)), encoding="utf-8")
    done = await vestka(tmp_path, "replay", "corpus.jsonl", "--decisions", "out.jsonl")
    assert done.status == 0, done.err
    first, second = map(json.loads, (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    assert (first["id"], first["relevant"], first["alert"], first["topics"]) == ("a", True, "new", ["release"])
    assert first["facts"]["released"] == 14
    assert (second["id"], second["relevant"], second["event"], second["alert"]) == ("b", False, None, "none")
    assert "replay: 2 of 2 items" in done.err


async def test_a_corpus_with_a_bad_line_leaves_no_decisions(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text('{"id": "a"}\nnonsense\n', encoding="utf-8")
    done = await vestka(tmp_path, "replay", "corpus.jsonl", "--decisions", "out.jsonl")
    assert done.status == 2
    assert "line 1: lacks source, seen, title" in done.err
    assert "line 2: is not JSON" in done.err
    assert not (tmp_path / "out.jsonl").exists()
