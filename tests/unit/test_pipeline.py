"""One turn of intake on real storage and real HTTP: what one bad source or item may spoil, and what not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.assess import assess
from bot.fetch.addresses import AllowedHosts
from bot.fetch.client import Fetcher, Manners
from bot.fetch.next_poll import PollRules
from bot.ledger import Ledger
from bot.model import Assessment, Source, Standing
from bot.pipeline import Pipeline, Polled, Understanding
from bot.schedule import Pulse, guard
from bot.sources.reading import Reader
from bot.storage import events, sources
from bot.storage.engine import Database
from bot.storage.sources import SourceState
from bot.text.language import find_language
from tests.fakes.clock import FakeClock
from tests.fakes.web import Answer, FakeWeb

EVERY = timedelta(minutes=5)
FREED = "Belarus frees 27 political prisoners"


class Intake:
    """Feeds on loopback and the pipeline that polls them. `assess` may be replaced before a step."""

    def __init__(self, database: Database, web: FakeWeb, clock: FakeClock, fetcher: Fetcher, reader: Reader) -> None:
        self.database, self.web, self.clock = database, web, clock
        self.assess: Callable[..., Assessment] = assess
        self.polled: list[Polled] = []
        self._fetcher, self._reader = fetcher, reader

    def publishes(self, name: str, *entries: tuple[str, str], **answer: Any) -> None:
        """The feed of a source: ids with titles, all dated now."""
        now = self.clock.now().isoformat()
        items = [{"id": key, "title": title, "content_text": title, "date_published": now} for key, title in entries]
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": name, "items": items}
        headers = {"Content-Type": "application/feed+json"}
        self.web.serve(f"/{name}", Answer(body=json.dumps(feed).encode(), headers=headers, **answer))

    def pipeline(self, *names: str) -> Pipeline:
        chosen = {
            name: Source(
                id=name, name=name, kind="feed", url=self.web.url(f"/{name}"), sites=("127.0.0.1",), owner=name,
                standing=Standing.NGO, options={"may_be_empty": True},
            )
            for name in names
        }
        return Pipeline(
            database=self.database, ledger=Ledger(self.database, max_age=timedelta(days=1)), chosen=chosen,
            fetcher=self._fetcher, reader=self._reader,
            understanding=Understanding(identify=find_language, assess=self._assess), clock=self.clock,
            every=EVERY, rules=PollRules(), jitter=lambda: 0.0,
            guard=partial(guard, pulse=Pulse()), polled=self.polled.append,
        )

    def _assess(self, title: str, summary: str, **values: Any) -> Assessment:
        return self.assess(title, summary, **values)

    async def state(self, name: str) -> SourceState:
        async with self.database.reading() as tx:
            return (await sources.everything(tx))[name]

    async def titles(self) -> set[str]:
        async with self.database.reading() as tx:
            return {report.title for event in await events.latest(tx, 100) for report in event.reports}


@pytest.fixture
async def intake(database: Database, clock: FakeClock) -> AsyncIterator[Intake]:
    async with FakeWeb() as web, Reader() as reader:
        manners = Manners(
            contact="", timeout=5.0, max_bytes=4_000_000, concurrency=8, allowed=AllowedHosts.parse((web.host,))
        )
        async with Fetcher(manners, clock) as fetcher:
            yield Intake(database, web, clock, fetcher, reader)


def broken_by(word: str) -> Callable[..., Assessment]:
    def broken(title: str, summary: str, **values: Any) -> Assessment:
        if word in title:
            raise ZeroDivisionError
        return assess(title, summary, **values)

    return broken


async def test_an_item_that_breaks_us_spoils_no_other_of_its_page(intake: Intake) -> None:
    pipeline = intake.pipeline("herald")
    await pipeline.enrol()
    intake.assess = broken_by("poison")
    intake.publishes("herald", ("1", "A poison"), ("2", FREED))
    await pipeline.step()
    assert await intake.titles() == {FREED}
    state = await intake.state("herald")
    assert "1 of 2" in state.problem
    assert state.baseline_done
    # Nothing else is taken twice, and what broke is taken when the next version understands it.
    intake.assess = assess
    await intake.clock.advance(300)
    intake.publishes("herald", ("1", "A poison"), ("2", FREED), ("3", "Rain"))
    await pipeline.step()
    assert len(intake.polled[-1].taken) == 2
    assert (await intake.state("herald")).problem == ""


async def test_what_the_deciding_step_cannot_take_spoils_no_other_item(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = intake.pipeline("herald")
    await pipeline.enrol()
    written = events.save

    async def save(tx: Any, event: Any, report: Any, made: Any) -> None:
        await written(tx, event, report, made)
        if "31" in report.title:
            raise ZeroDivisionError

    monkeypatch.setattr(events, "save", save)
    intake.publishes("herald", ("1", "Belarus frees 31 political prisoners"), ("2", FREED))
    await pipeline.step()
    assert await intake.titles() == {FREED}


async def test_a_key_that_no_database_can_hold_is_still_a_key(intake: Intake) -> None:
    pipeline = intake.pipeline("herald")
    await pipeline.enrol()
    intake.publishes("herald", ("a\x00b", FREED), ("c\ud800d", "Rain"))
    await pipeline.step()
    assert await intake.titles() == {FREED}
    await intake.clock.advance(300)
    intake.publishes("herald", ("a\x00b", FREED), ("c\ud800d", "Rain"), ("e", "Snow"))
    await pipeline.step()
    assert [taken.item.title for taken in intake.polled[-1].taken] == ["Snow"]


async def test_a_source_whose_turn_breaks_is_told_of_and_asked_less_often(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = intake.pipeline("herald", "other")
    await pipeline.enrol()

    def broken(name: str) -> None:
        raise ZeroDivisionError(name)

    monkeypatch.setattr("bot.pipeline.load_kind", broken)
    intake.publishes("herald", ("1", FREED))
    intake.publishes("other", ("1", FREED))
    for failures in (1, 2, 3):
        await pipeline.step()
        state = await intake.state("herald")
        assert state.failures == failures
        assert state.problem
        assert state.next_poll - intake.clock.now() >= EVERY * 2 ** (failures - 1)
        await intake.clock.advance((state.next_poll - intake.clock.now()).total_seconds() * 1.2)
    assert [polled.source.id for polled in intake.polled].count("herald") == 3
    assert not await intake.titles()


async def test_a_slow_source_holds_up_no_other(intake: Intake) -> None:
    pipeline = intake.pipeline("slow", "fast")
    await pipeline.enrol()
    hold = asyncio.Event()
    intake.publishes("slow", ("1", "Rain"), hold=hold)
    intake.publishes("fast", ("1", "Rain"))
    first = asyncio.create_task(pipeline.step())
    async with asyncio.timeout(5):
        while not intake.polled:
            await asyncio.sleep(0.01)
    intake.publishes("fast", ("1", "Rain"), ("2", FREED))
    await intake.clock.advance(300)
    async with asyncio.timeout(5):
        await pipeline.step()         # the slow one is due again and still under way: it is not asked twice
    assert await intake.titles() == {FREED}
    hold.set()
    await first
    assert len(intake.web.asked("/slow")) == 1


async def test_an_empty_page_is_no_overflow(intake: Intake) -> None:
    pipeline = intake.pipeline("herald")
    await pipeline.enrol()
    for _ in range(2):
        intake.publishes("herald")
        await pipeline.step()
        assert (await intake.state("herald")).why != "overflow"
        await intake.clock.advance(301)
