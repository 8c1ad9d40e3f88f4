"""/latest and /event show the ledger, in safe mode without names and outlets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.model import (
    ChangeKind,
    Count,
    Event,
    EventChange,
    EventState,
    Facts,
    Kind,
    Reason,
    Report,
    Risk,
    Standing,
    Topic,
)
from bot.storage import events
from tests.fakes.talk import Talk, talking

START = datetime(2030, 1, 6, 9, 0, tzinfo=UTC)


def make_report(number: int) -> Report:
    facts = Facts(released=Count(value=10 + number, quote=str(10 + number)))
    return Report(
        item=f"item-{number}", source="wire", owner="wire", standing=Standing.NGO, outlet="The Wire",
        url="https://wire.example/a", risk=Risk.B, title=f"Minsk frees {10 + number}", language="en", published=START,
        seen=START, kind=Kind.REPORT, facts=facts, topics=(Topic.RELEASE,), traits=frozenset(), happening=True,
    )  # fmt: skip


async def start_event(talk: Talk, number: int, state: EventState = EventState.OPEN) -> Event:
    at = START + timedelta(hours=number)
    event = Event(
        id=events.event_id(number), number=number, topics=(Topic.RELEASE,), started=at, changed=at, change=1,
        state=state,
    )  # fmt: skip
    change = EventChange(
        event=event.id, number=1, kind=ChangeKind.STARTED, at=at, urgent=True, item=f"item-{number}",
        reasons=(Reason(code="first"),),
    )  # fmt: skip
    async with talk.database.writing() as tx:
        await events.save(tx, event, make_report(number), [change])
    return replace(event, reports=(make_report(number),))


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as running:
        yield running


async def test_latest_shows_the_newest_first_and_no_withdrawn_ones(talk: Talk) -> None:
    shown = [await start_event(talk, number) for number in range(1, 8)]
    withdrawn = await start_event(talk, 8, EventState.RETRACTED)
    lines = (await talk.types("/latest")).splitlines()[1:]
    assert [line.rpartition(" ")[2] for line in lines] == [event.id for event in shown[:1:-1]]
    assert withdrawn.id not in "\n".join(lines)


@pytest.mark.parametrize(("n", "lines"), [("2", 2), ("0", 1), ("-3", 1), ("10", 7)])
async def test_latest_shows_as_many_as_asked_within_reason(talk: Talk, n: str, lines: int) -> None:
    for number in range(1, 8):
        await start_event(talk, number)
    assert len((await talk.types(f"/latest {n}")).splitlines()) == lines + 1


async def test_an_empty_ledger_says_so(talk: Talk) -> None:
    assert await talk.types("/latest") == "No events yet."


async def test_an_event_is_shown_with_its_numbers_and_sources(talk: Talk) -> None:
    event = await start_event(talk, 3)
    text = await talk.types(f"/event {event.id.upper()}")
    for words in ("13 freed", "The Wire", "first report", event.id):
        assert words in text


async def test_safe_mode_shows_neither_outlets_nor_links(talk: Talk) -> None:
    event = await start_event(talk, 3)
    await talk.presses("start:safe")
    for line in ("/latest", f"/event {event.id}"):
        text = await talk.types(line)
        assert event.id in text
        assert "The Wire" not in text
        assert "wire.example" not in text


@pytest.mark.parametrize("name", ["zzzz", "x" * 4000, "';--"])
async def test_an_unknown_event_is_named(talk: Talk, name: str) -> None:
    assert f"There is no event {name[:8]}." == await talk.types(f"/event {name}")
