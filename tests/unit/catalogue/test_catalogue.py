from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue import catalogue_sources, choose_sources, source_at
from bot.catalogue.source_table import validate_source
from bot.config import Catalogue, Config
from bot.errors import ConfigError, Mistake
from bot.model import Risk, Source, Standing


def choose(*tables: Any, **catalogue: Any) -> tuple[dict[str, Source], list[Mistake]]:
    mistakes: list[Mistake] = []
    config = Config(folder=Path(), adapters={}, source=tables, catalogue=Catalogue(**catalogue))
    return choose_sources(config, mistakes), mistakes


def test_without_a_word_the_whole_catalogue_is_there() -> None:
    found, mistakes = choose()
    assert set(found) == {table["id"] for table in catalogue_sources()}
    assert mistakes == []


def test_a_source_of_ones_own_needs_an_id_and_an_address() -> None:
    found, mistakes = choose({"id": "mine", "url": "https://paper.example/rss"}, enabled=False)
    assert mistakes == []
    assert found == {
        "mine": Source(
            id="mine", name="mine", kind="feed", url="https://paper.example/rss", sites=("paper.example",),
            owner="paper.example", standing=Standing.INDEPENDENT, risk=Risk.C, options={"may_be_empty": False},
        )
    }  # fmt: skip


def test_every_key_is_taken_over() -> None:
    table = {
        "id": "mine", "name": "Mine", "kind": "feed", "url": "https://paper.example/rss", "sites": ["paper.example", "Paper.test"],
        "owner": "house", "standing": "ngo", "languages": ["pl", "en"], "risk": "B", "every": "30m", "enabled": False,
        "reason": "2030-01: sleeps", "checked": "2029-12", "may_be_empty": True,
    }  # fmt: skip
    found, mistakes = choose(table, enabled=False)
    assert mistakes == []
    mine = found["mine"]
    assert (mine.name, mine.sites, mine.owner, mine.standing) == (
        "Mine",
        ("paper.example", "paper.test"),
        "house",
        Standing.NGO,
    )
    assert (mine.languages, mine.risk, mine.every, mine.enabled) == (
        ("pl", "en"),
        Risk.B,
        timedelta(minutes=30),
        False,
    )
    assert (mine.reason, mine.checked, dict(mine.options)) == (
        "2030-01: sleeps",
        "2029-12",
        {"may_be_empty": True},
    )


def test_a_table_with_the_id_of_the_catalogue_changes_only_what_it_names() -> None:
    plain = choose()[0]["lrt-en"]
    changed = choose({"id": "lrt-en", "every": "2h"})[0]["lrt-en"]
    assert changed.every == timedelta(hours=2)
    assert (changed.url, changed.owner, changed.sites) == (plain.url, plain.owner, plain.sites)


def test_what_is_not_wanted_is_not_there() -> None:
    assert "lrt-en" not in choose(disable=("lrt-en",))[0]
    assert choose(enabled=False)[0] == {}


def test_sources_at_bare_addresses_are_nobodys_and_so_not_one_owners() -> None:
    found, _ = choose(
        {"id": "a", "url": "http://127.0.0.1:8000/a"},
        {"id": "b", "url": "http://127.0.0.1:8000/b"},
        enabled=False,
    )
    assert (found["a"].owner, found["b"].owner) == ("a", "b")


GOOD = {"id": "x", "url": "https://paper.example/rss"}
WRONG = [
    ("an id is needed", {"url": "https://paper.example/rss"}, "source[0].id"),
    ("of plain letters", {**GOOD, "id": "x y"}, "source[0].id"),
    ("an address is needed", {"id": "x"}, "source[0].url"),
    ("of the web", {**GOOD, "url": "ftp://paper.example"}, "source[0].url"),
    ("without a user name", {**GOOD, "url": "https://me:pw@paper.example/"}, "source[0].url"),
    ("a kind that exists", {**GOOD, "kind": "fed"}, "source[0].kind"),
    ("a key that exists", {**GOOD, "evry": "5m"}, "source[0].evry"),
    ("a duration", {**GOOD, "every": "often"}, "source[0].every"),
    ("a standing that exists", {**GOOD, "standing": "good"}, "source[0].standing"),
    ("a topic that exists", {**GOOD, "topics": ["release", "weather"]}, "source[0].topics.1"),
    ("at least one topic", {**GOOD, "topics": []}, "source[0].topics"),
    ("a risk that exists", {**GOOD, "risk": "D"}, "source[0].risk"),
    ("a site is a domain, no address", {**GOOD, "sites": ["https://paper.example"]}, "source[0].sites.0"),
    ("and nobody else's", {**GOOD, "sites": ["paper.example", "co.uk"]}, "source[0].sites.1"),
    ("nor a whole country's", {**GOOD, "sites": ["by"]}, "source[0].sites.0"),
    ("off wants a date and why", {**GOOD, "enabled": False}, "source[0].reason"),
    ("a reason without a date is none", {**GOOD, "enabled": False, "reason": "broken"}, "source[0].reason"),
    ("an option of the right type", {**GOOD, "may_be_empty": "perhaps"}, "source[0].may_be_empty"),
    ("a table", "https://paper.example/rss", "source[0]"),
]


@pytest.mark.parametrize(("table", "key"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_mistake_is_named_by_its_key(table: Any, key: str) -> None:
    _, mistakes = choose(table, enabled=False)
    assert [mistake.key for mistake in mistakes] == [key]
    assert mistakes[0].problem


def test_all_mistakes_come_at_once() -> None:
    _, mistakes = choose(
        {**GOOD, "every": "often", "sites": ["co.uk"], "bogus": 1}, {**GOOD, "risk": "D"}, disable=("nobody",)
    )
    keys = [mistake.key for mistake in mistakes]
    assert sorted(keys) == [
        "catalogue.disable[0]",
        "source[0].bogus",
        "source[0].every",
        "source[0].sites.0",
        "source[1].id",
    ]


def test_a_feed_can_be_looked_at_by_its_address() -> None:
    assert source_at("https://paper.example/rss").sites == ("paper.example",)
    with pytest.raises(ConfigError, match="no http or https URL"):
        source_at("paper.example/rss")


def test_one_table_can_be_checked_by_itself() -> None:
    source, mistakes = validate_source(GOOD, "source[3]", Path())
    assert source is not None
    assert mistakes == []
    assert validate_source({**GOOD, "url": 5}, "source[3]", Path())[1][0].key == "source[3].url"
