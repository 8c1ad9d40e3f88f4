"""One happening on its way from several sources, in two languages, over six hours, to everybody who asked."""

from __future__ import annotations

from pathlib import Path

from bot.app import House
from bot.chat.place import ChatKind, ChatRef
from bot.chat.settings import Settings
from bot.storage import chats, events
from bot.storage.engine import Tx
from tests.fakes.clock import FakeClock
from tests.fakes.stage import Stage
from tests.fakes.town import Town, open_town

HOUR = 3600.0


async def accept(town: Town, stage: Stage, place: ChatRef) -> None:
    """A person types /start there and presses the button."""
    before = stage.accepted(place)
    await stage.types(place, "/start")
    await town.until(lambda: stage.accepted(place) > before)
    before = stage.accepted(place)
    await stage.presses(place, "start:accept")
    await town.until(lambda: stage.accepted(place) > before)


async def say(town: Town, stage: Stage, place: ChatRef, line: str) -> str:
    """A person types a command; the answer."""
    before = stage.accepted(place)
    await stage.types(place, line)
    await town.until(lambda: stage.accepted(place) > before)
    return stage.shown(place)[-1].text


def heard(stage: Stage, place: ChatRef, word: str) -> list[str]:
    """The messages in a chat that tell of it."""
    return [shown.text for shown in stage.shown(place) if word in shown.text]


async def test_each_chat_hears_once_of_what_three_sources_report_in_two_languages(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with open_town(tmp_path, clock) as town:
        for name in ("herald", "vestnik", "courier", "sports"):
            town.opens(name)
        await town.start()
        await town.passes(HOUR / 2)

        person, group, channel = town.telegram.private, town.telegram.group, town.discord.group
        for stage, place in ((town.telegram, person), (town.telegram, group), (town.discord, channel)):
            await accept(town, stage, place)
        assert "Vilnius" in await say(town, town.telegram, group, "/keywords add Vilnius")

        town.publishes(
            "herald", "Belarus frees 27 political prisoners",
            "Twenty-seven people left prisons in Belarus on Monday and were driven to Vilnius, officials said.",
        )
        await town.house.pipeline.step()
        await town.passes(300)
        await town.kill()

        clock.shift(60)
        await town.start()
        await town.passes(2 * HOUR)
        town.publishes(
            "vestnik", "В Беларуси освободили 27 политзаключённых",
            "Двадцать семь человек вышли на свободу и уже находятся в Вильнюсе.",
        )
        await town.passes(2 * HOUR)
        town.publishes(
            "courier", "27 political prisoners released in Belarus arrive in Lithuania",
            "The group of 27, freed by Minsk on Monday, was met by relatives in Vilnius.",
        )
        town.publishes("sports", "Hockey club wins in Minsk", "The home side won 4-2 on Monday evening.")
        await town.passes(2 * HOUR)

        async with town.house.database.reading() as tx:
            (event,) = await events.latest(tx, 10)
        assert len(event.reports) == 3
        for stage, place in ((town.telegram, person), (town.telegram, group), (town.discord, channel)):
            assert len(heard(stage, place, "27 freed")) == 1, stage.name
            assert heard(stage, place, "Hockey") == []


async def test_a_process_killed_while_sending_loses_nothing_and_says_nothing_twice(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with open_town(tmp_path, clock) as town:
        town.opens("herald")
        house = await town.start()
        await town.passes(60)
        places = [ChatRef("telegram", str(520_000_000 + number)) for number in range(40)]
        async with house.database.writing() as tx:
            for place in places:
                town.telegram.telegram.private(int(place.chat))
                await accept_quietly(tx, house, place)
        town.publishes(
            "herald", "Belarus frees 27 political prisoners", "Twenty-seven people left prisons in Belarus."
        )
        clock.shift(300)
        await house.pipeline.step()
        await town.until(lambda: len(town.telegram.telegram.sent) >= 10)
        await town.kill()
        told = len(town.telegram.telegram.sent)
        assert 10 <= told < 40

        clock.shift(120)              # claims of the dead process run out
        await town.start()
        await town.passes(60)
        counts = [town.telegram.accepted(place) for place in places]
        assert min(counts) == 1
        # Accepted when the process died, but not yet noted: nobody can know, so these come twice at most.
        assert max(counts) <= 2
        assert sum(counts) - 40 <= 5


async def accept_quietly(tx: Tx, house: House, place: ChatRef) -> None:
    """As if a person had pressed the button there."""
    await chats.accept(tx, house.keyring, place, ChatKind.PRIVATE, Settings(), house.clock.now())


async def test_the_first_poll_of_a_source_is_silent(tmp_path: Path, clock: FakeClock) -> None:
    async with open_town(tmp_path, clock) as town:
        town.opens("herald")
        town.publishes("herald", "Belarus frees 27 political prisoners", "They left prisons in Belarus.")
        await town.start()
        await accept(town, town.telegram, town.telegram.private)
        before = town.telegram.accepted(town.telegram.private)
        await town.passes(600)
        assert town.telegram.accepted(town.telegram.private) == before
        assert "27" in await say(town, town.telegram, town.telegram.private, "/latest")


async def test_after_forget_nothing_comes(tmp_path: Path, clock: FakeClock) -> None:
    async with open_town(tmp_path, clock) as town:
        town.opens("herald")
        await town.start()
        await town.passes(60)
        await accept(town, town.telegram, town.telegram.private)
        await say(town, town.telegram, town.telegram.private, "/forget")
        before = town.telegram.accepted(town.telegram.private)
        town.publishes("herald", "Belarus frees 27 political prisoners", "They left prisons in Belarus.")
        await town.passes(600)
        assert town.telegram.accepted(town.telegram.private) == before
