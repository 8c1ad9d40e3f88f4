"""What `vestka check` finds: each thing that can be wrong, with its mend, against real servers on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.app import open_database
from bot.chat.place import ChatKind, ChatRef
from bot.chat.settings import Settings
from bot.config import Config
from bot.crypt import Keyring, new_key_file
from bot.doctor import CHATS, Finding, check, count_chats, fails
from bot.errors import Closed, SendError
from bot.storage import chats
from bot.storage.keys import open_keyring
from tests.fakes.clock import START, FakeClock
from tests.fakes.telegram import SENDING, Fault
from tests.fakes.telegram_rules import RefusedError
from tests.fakes.telegram_stage import GROUP, PERSON, InstantClock
from tests.fakes.town import Town, open_town
from tests.fakes.web import Answer

NO_GROUP = -1001000000404


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, FakeClock()) as opened:
        opened.opens("reuters")
        opened.opens("viasna")
        yield opened


@dataclass(slots=True)
class Told:
    """The findings of one check, and the progress on the way to them."""

    findings: tuple[Finding, ...]
    progress: list[tuple[int, int, str]] = field(default_factory=list)

    def of(self, kind: str, name: str = "") -> Finding:
        [finding] = [one for one in self.findings if one.kind == kind and name in {"", one.name}]
        return finding

    def has(self, kind: str) -> bool:
        return any(finding.kind == kind for finding in self.findings)


async def look(config: Config) -> Told:
    progress: list[tuple[int, int, str]] = []
    findings = await check(
        config, lambda done, total, what: progress.append((done, total, what)), clock=InstantClock()
    )
    return Told(findings, progress)


async def accept(config: Config, *places: ChatRef, closed: ChatRef | None = None) -> None:
    """The chats of a database that was used before."""
    async with open_database(config) as database:
        keyring: Keyring = await open_keyring(database, config.key_file, may_make=True)
        async with database.writing() as tx:
            for place in places:
                chat = await chats.accept(tx, keyring, place, ChatKind.GROUP, Settings(), START)
                if place == closed:
                    await chats.close(tx, chat.id, Closed.REMOVED, START)


# --- a sound installation -------------------------------------------------------------------------------


async def test_a_sound_installation_has_nothing_to_mend(town: Town) -> None:
    config = town.config()
    await accept(config, town.telegram.group, town.telegram.private, town.discord.group, town.discord.private)

    told = await look(config)

    assert [finding.kind for finding in told.findings] == [
        "database", "key", "platform", "chats", "platform", "chats", "source", "source",
    ]
    assert all(finding.works and not finding.mend for finding in told.findings)
    assert told.of("chats", "telegram").found == "2 of 2 chats can be written to"
    assert told.of("chats", "discord").found == "2 of 2 chats can be written to"
    assert fails(told.findings, config, strict=True) == ()


async def test_progress_counts_chats_and_sources_up_to_the_end(town: Town) -> None:
    config = town.config()
    await accept(config, town.telegram.group, town.telegram.private)

    told = await look(config)

    assert [(done, total) for done, total, _ in told.progress] == [(1, 4), (2, 4), (3, 4), (4, 4)]


async def test_a_first_check_makes_database_and_key_and_finds_no_chats_or_commands(town: Town) -> None:
    told = await look(town.config())

    assert told.of("database").works
    assert told.of("key").works
    assert not told.has("chats")
    assert "no commands registered" in told.of("platform", "telegram").found


async def test_a_check_sends_nothing(town: Town) -> None:
    config = town.config()
    await accept(config, town.telegram.group, town.telegram.private, town.discord.group, town.discord.private)

    await look(config)

    assert not SENDING & {method for method, _ in town.telegram.telegram.calls}
    assert {method for method, _ in town.discord.discord.calls} == {"GET"}


# --- what is wrong --------------------------------------------------------------------------------------


async def test_missing_rights_are_counted_and_no_chat_is_named(town: Town) -> None:
    config = town.config()
    lost = ChatRef("telegram", str(NO_GROUP))
    await accept(config, town.telegram.group, town.telegram.private, lost)
    town.telegram.telegram.chats[GROUP].muted = True

    told = await look(config)

    chats_found = told.of("chats")
    assert chats_found.works
    assert chats_found.found == (
        "1 of 3 chats can be written to; missing or in the way: Send Messages (1), chat not found (1)"
    )
    assert "admins there" in chats_found.mend
    assert not [number for number in (GROUP, PERSON, NO_GROUP) if str(number) in repr(told.findings)]
    assert fails(told.findings, config, strict=False) == ()


async def test_a_platform_none_of_whose_chats_can_be_written_to_fails(town: Town) -> None:
    config = town.config()
    await accept(config, town.discord.group)
    town.discord.discord.place(town.discord.group.chat).denied = 1 << 11

    told = await look(config)

    assert not told.of("chats").works
    why = "chats discord: 0 of 1 chats can be written to; missing or in the way: Send Messages (1)"
    assert fails(told.findings, config, strict=False) == (why,)


async def test_at_most_a_hundred_chats_are_looked_at_open_ones_first(town: Town) -> None:
    config = town.config()
    places = [ChatRef("telegram", str(PERSON + 100 + number)) for number in range(CHATS)]
    for place in places:
        town.telegram.telegram.private(int(place.chat))
    await accept(config, town.telegram.group, *places, closed=town.telegram.group)

    told = await look(config)

    assert told.of("chats").found == f"{CHATS} of {CHATS} chats can be written to"
    assert GROUP not in {parameters.get("chat_id") for _, parameters in town.telegram.telegram.calls}


async def test_a_platform_that_asks_to_wait_is_asked_again_and_one_that_goes_on_is_left(town: Town) -> None:
    config = town.config()
    await accept(config, town.telegram.private)
    slow = Fault(
        refusal=RefusedError(429, "Too Many Requests: retry after 2", retry_after=2),
        methods=frozenset({"getChat"}),
    )

    town.telegram.telegram.fail_next(slow, times=2)
    assert (await look(config)).of("chats").found == "1 of 1 chats can be written to"
    town.telegram.telegram.fail_next(slow, times=3)
    left = (await look(config)).of("chats")

    assert left.found == "0 of 1 chats can be written to; not told: Telegram asks us to wait (1)"
    assert left.mend == "check again later"


async def test_a_refused_token_is_told_and_the_other_platform_looked_at(town: Town) -> None:
    config = town.config()
    await accept(config, town.telegram.group, town.discord.group)
    town.telegram.telegram.revoked = True

    told = await look(config)

    refused = told.of("platform", "telegram")
    assert (refused.works, refused.mend) == (False, "a new token")
    assert told.of("platform", "discord").works
    assert told.of("chats").name == "discord"
    assert told.progress[-1][:2] == (4, 4)
    assert fails(told.findings, config, strict=False) == ("platform telegram: Telegram refuses the token",)


async def test_a_platform_that_does_not_answer_is_told(town: Town) -> None:
    config = town.config()
    await town.discord.stop()

    told = await look(config)

    away = told.of("platform", "discord")
    assert not away.works
    assert "network" in away.mend


async def test_a_damaged_database_is_told_and_the_rest_looked_at(town: Town, tmp_path: Path) -> None:
    (tmp_path / "vestka.db").write_bytes(b"not a database at all" * 500)

    told = await look(town.config())

    assert not told.of("database").works
    assert "database.url" in told.of("database").mend
    assert not told.has("key")
    assert told.of("platform", "telegram").works
    assert told.of("source", "viasna").works


async def test_a_database_server_that_does_not_answer_is_told(town: Town) -> None:
    told = await look(town.config(database="postgresql://vestka@127.0.0.1:1/vestka"))

    assert not told.of("database").works
    assert told.of("source", "viasna").works


async def test_a_key_of_another_database_is_told(town: Town) -> None:
    config = town.config()
    await accept(config, town.telegram.group)
    config.key_file.unlink()
    new_key_file(config.key_file)

    told = await look(config)

    assert told.of("database").works
    assert not told.of("key").works
    assert "bot.key_file" in told.of("key").mend
    assert not told.has("chats")


# --- sources, and when a check fails --------------------------------------------------------------------


async def test_one_broken_source_fails_only_a_strict_check(town: Town) -> None:
    town.web.serve("/feeds/viasna", Answer(status=500, body=b"broken"))
    config = town.config()

    told = await look(config)

    broken = told.of("source", "viasna")
    assert not broken.works
    assert broken.mend
    assert told.of("source", "reuters").works
    assert fails(told.findings, config, strict=False) == ()
    [why] = fails(told.findings, config, strict=True)
    assert why.startswith("source viasna: ")


async def test_a_check_fails_where_no_source_of_a_topic_works(town: Town) -> None:
    for source in ("viasna", "reuters"):
        town.web.serve(f"/feeds/{source}", Answer(status=500, body=b"broken"))
    config = town.config()

    told = await look(config)

    assert fails(told.findings, config, strict=False) == (
        "no source of the topic release works", "no source of the topic sanctions works",
    )


COUNTS = [
    ("chats that were not told of are no chats that work",
     [SendError("away", certainly_not_sent=True)], False, "0 of 1 chats can be written to; not told: away (1)"),
    ("each right is counted once for each chat that lacks it",
     [("A", "B"), ("A",), ()], True, "1 of 3 chats can be written to; missing or in the way: A (2), B (1)"),
]


@pytest.mark.parametrize(("looks", "works", "found"), [row[1:] for row in COUNTS], ids=[row[0] for row in COUNTS])
def test_looks_at_chats_are_counted(
    looks: list[tuple[str, ...] | SendError], works: bool, found: str
) -> None:
    finding = count_chats("telegram", looks)
    assert (finding.works, finding.found) == (works, found)


async def test_looks_keep_to_ten_a_second(town: Town) -> None:
    config = town.config()
    await accept(config, *(ChatRef("discord", town.discord.discord.open_dm(number)) for number in range(8)))
    clock = InstantClock()

    await check(config, lambda *_: None, clock=clock)

    assert clock.monotonic() == pytest.approx(0.8)
