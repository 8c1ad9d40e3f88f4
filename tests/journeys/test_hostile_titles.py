"""Whatever a source writes, both platforms show it as plain words: from the entry in a feed to what a reader can
touch, with Telegram's own parser and a reading of Discord's markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.discord import render as discord
from adapters.telegram import render as telegram
from bot.assess import assess
from bot.chat.message import Message
from bot.delivery.compose import compose_alert, compose_event
from bot.delivery.words import Reader
from bot.events.fold import report_of
from bot.events.summary import summarise
from bot.languages import translator
from bot.model import Entry, Event, Source, Standing, Topic
from bot.normalise import normalise
from tests.fakes.discord_reading import read
from tests.fakes.telegram_text import covered, found_entities

HOSTILE = Path(__file__).parents[3] / "shared" / "hostile" / "naughty-strings.json"
NOW = datetime(2030, 1, 7, 12, tzinfo=UTC)
LINK = "https://news.example/a"
SOURCE = Source(
    id="news", name="News", kind="feed", url="https://news.example/rss", sites=("news.example",), owner="house",
    standing=Standing.AGGREGATOR,
)  # fmt: skip
READER = Reader(speaker=translator("en"), zone=ZoneInfo("UTC"), now=NOW)
HARMLESS = {"media_timestamp", "bank_card_number"}   # digits alone make them; they lead nowhere

WORDS = (
    "@everyone", "＠everyone", "@here <@1> <@!1> <@&1> <#1> <t:0> <id:customize> </forget:1>", "/forget", "«/forget»",
    "](https://evil.example)", "[bank](https://evil.example)", "<https://evil.example>", "HTTPS://EVIL.EXAMPLE/X",
    "https:\\\\evil.example", "evil.example/x?y=1", "i❤.ws", "😀.com/x", "t.me/evil tg://resolve?domain=evil",
    "mailto:a@evil.example", "discord.gg/evil", "DiscordApp.com/invite/evil", "ptb.discord.com/invite/evil",
    "discord.gift/evil", "dis\u200bcord.gg/evil", "https:\u200b//evil.example", "<b>bold</b> &lt;i&gt;",
    "<a href='https://evil.example'>our bank</a>", "<script>alert(1)</script>", "# head", "-# small", "> quote", "1. one",
    "```block``` `code` **b** __u__ _i_ ~~s~~ ||h||", "evil\u202egnp.exe", "bel\u200barus \u2060 \ufeff \u00ad",
    "bel\u034farus", "a\ufe0e\ufe0f\U000e0100b", "\U000e0042\U000e0041", "z" + "\u0335\u0336\u0337" * 40, "5" * 5_000,
    "word " * 1_000, "\ud800 \udfff", "\x00\x1b[2J\r\n@everyone", "👩‍👩‍👧‍👦🇧🇾", "", "…",
)  # fmt: skip
INVISIBLE = ("\u034f", "\u200b", "\u202e", "\ufe0e", "\U000e0100", "\ufeff")


def told(words: str) -> Iterator[Message]:
    """What readers get of entries that are called so, by a publisher of that name, and whose facts are too."""
    release = f"{words} Belarus frees 52 political prisoners, among them {words[:60]}"
    sanctions = f"UK imposes sanctions on Belarus potash firm {words} and on {words[:60]}, Belarus"
    for topic, title in ((Topic.RELEASE, release), (Topic.SANCTIONS, sanctions)):
        entry = Entry(key="k", url=LINK, title=title, summary=words, publisher=words)
        item = normalise(entry, SOURCE, seen=NOW, baseline=False, language="en")
        found = assess(item.title, item.summary, published=NOW, language="en")
        event = Event(
            id="7f3k", number=1, topics=(topic,), started=NOW, changed=NOW, change=1,
            reports=(report_of(item, found, None),),
        )  # fmt: skip
        yield compose_alert(event, summarise(event), READER)
        yield compose_event(event, summarise(event), (), READER)


def squeezed(text: str) -> str:
    """Without white space and what the renderers put in to break the looks of a link."""
    return "".join(text.replace("\u2060", "").split())


def check(words: str) -> None:
    """Nothing to touch but the article's link; every word as composed; within each platform's limits."""
    for message in told(words):
        parts = [part.text.text for part in telegram.render_parts(message)]
        assert all(0 < telegram.units(part) <= telegram.TEXT_LIMIT for part in parts)
        assert squeezed("".join(parts)) == squeezed(message.text)
        touched = {(each["type"], covered(part, each)) for part in parts for each in found_entities(part)}
        assert {each for each in touched if each[0] not in HARMLESS} == {("url", LINK)}, words[:80]
        contents = [read(content) for content in discord.render(message)]
        assert squeezed("".join(reading.text for reading in contents)) == squeezed(message.text)
        marks = {mark for reading in contents for mark in reading.found if mark[0] not in {"quote", "bold"}}
        assert marks == {("link", LINK)}, words[:80]
        assert not any(character in message.text for character in INVISIBLE)


@pytest.mark.parametrize("words", WORDS, ids=lambda words: ascii(words[:24]))
def test_a_hostile_title_is_plain_words_on_both_platforms(words: str) -> None:
    check(words)


@pytest.mark.skipif(not HOSTILE.exists(), reason="no folder of hostile inputs beside the checkout")
def test_naughty_strings_are_plain_words_on_both_platforms() -> None:
    strings = json.loads(HOSTILE.read_text(encoding="utf-8"))
    assert len(strings) > 400
    for words in strings:
        check(words)
