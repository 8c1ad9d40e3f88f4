"""Text and entities as Telegram's own parser reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram.render import JOINER, TEXT_LIMIT, Text, defuse, render, render_parts, split, units
from bot.chat.message import Message, Paragraph, Picture, Span
from tests.fakes.telegram_rules import check_text
from tests.fakes.telegram_text import covered, found_entities


def styled(text: Text) -> list[tuple[str, str]]:
    return [(str(entity.type), covered(text.text, {"offset": entity.offset, "length": entity.length}))
            for entity in text.entities()]


def check(text: Text) -> None:
    """What Telegram checks."""
    entities = [{"type": str(entity.type), "offset": entity.offset, "length": entity.length}
                for entity in text.entities()]
    check_text(text.text, entities)


ALERT = Message(
    paragraphs=(
        Paragraph((Span("🎉 Release", bold=True), Span(" · 52 freed"))),
        Paragraph((Span("3 owners: Reuters, Viasna, LRT · first 14:05"),)),
        Paragraph((Span("“Belarus frees 52 …”"),), quote=True),
        Paragraph((Span("Reuters, en  "), Span("https://www.example.org/world/a_(b)?c=1", link=True))),
        Paragraph((Span("Event "), Span("7f3k", code=True), Span(" /event 7f3k"))),
    )
)


def test_styles_cover_their_words_though_a_character_before_counts_twice() -> None:
    text = render(ALERT)

    assert styled(text) == [("bold", "🎉 Release"), ("blockquote", "“Belarus frees 52 …”"), ("code", "7f3k")]
    check(text)


def test_telegram_finds_our_link_and_our_command_and_nothing_else() -> None:
    text = render(ALERT).text

    found = [(entity["type"], covered(text, entity)) for entity in found_entities(text)]
    assert ("url", "https://www.example.org/world/a_(b)?c=1") in found
    assert ("bot_command", "/event") in found
    assert {kind for kind, _ in found} <= {"url", "bot_command", "media_timestamp"}   # 14:05 plays nothing


def test_a_spoiler_hides_every_paragraph_and_holds_no_code() -> None:
    message = Message(paragraphs=ALERT.paragraphs, spoiler=True)
    text = render(message)

    hidden = "\n".join(words for style, words in styled(text) if style == "spoiler")
    assert hidden == text.text
    assert "code" not in dict(styled(text))
    check(text)


def test_a_link_stands_alone_even_when_its_neighbours_touch_it() -> None:
    message = Message(
        paragraphs=(Paragraph((Span("see"), Span("https://example.org/a", link=True), Span("b"))),))
    text = render(message).text

    assert [covered(text, entity) for entity in found_entities(text)] == ["https://example.org/a"]


def test_a_link_that_nobody_could_follow_is_left_out() -> None:
    message = Message(
        paragraphs=(Paragraph((Span("see "), Span("https://example.org/" + "a" * 3000, link=True))),))

    assert render(message).text == "see "


DEFUSED = [
    ("a mention", "thanks to @some_person!"),
    ("a hashtag", "#belarus and #свабода"),
    ("a cashtag", "$USD falls"),
    ("a bare domain", "on evil.example and news.by today"),
    ("a domain in Cyrillic", "на сайте пример.рф"),
    ("a full address", "https://evil.example/a?b=c"),
    ("an address of Telegram's", "tg://resolve?domain=x t.me/x ton://x"),
    ("a number as a host", "at 10.20.30.40:8080"),
    ("an e-mail", "write to a.person@evil.example"),
    ("a command in a quote", "send /start or /admin@other_bot"),
]


@pytest.mark.parametrize("words", [row[1] for row in DEFUSED], ids=[row[0] for row in DEFUSED])
def test_words_of_others_are_only_words(words: str) -> None:
    defused = defuse(words, "our_bot", commands=False)

    assert found_entities(defused) == []
    assert defused.replace(JOINER, "") == words


def test_plain_words_and_numbers_are_left_as_they_are() -> None:
    words = "About 1,200 still held, 1.200 in German, 12.30 o'clock, и т. д. – U. S. and/or e. g."

    assert defuse(words, commands=False) == words


def test_the_bots_own_name_stays_a_mention_and_a_look_alike_does_not() -> None:
    defused = defuse("I am @our_bot, not @our_bot_news", "our_bot")

    assert [covered(defused, entity) for entity in found_entities(defused)] == ["@our_bot"]


@given(st.text(alphabet="ab .@#/$:\n🎉é\u0301👩\u200d🇧🇾т", max_size=60))
def test_no_text_of_others_makes_an_entity(words: str) -> None:
    kinds = {entity["type"] for entity in found_entities(defuse(words, commands=False))}

    assert kinds <= {"media_timestamp"}


PIECES = ["word ", "Sentence. ", "line\n", "🎉", "👩‍👩‍👧‍👦", "🇧🇾", "e\u0301", "ў", "x" * 50 + " "]


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=400), st.integers(min_value=40, max_value=300))
def test_every_part_fits_and_no_letter_is_lost(pieces: list[str], limit: int) -> None:
    text = "".join(pieces)
    parts = list(split(Text(text), limit))

    assert all(0 < units(part.text) <= limit for part in parts)
    assert "".join("".join(part.text for part in parts).split()) == "".join(text.split())


@given(st.lists(st.builds(Span, st.sampled_from(PIECES), bold=st.booleans(), italic=st.booleans(),
                          code=st.booleans()), min_size=1, max_size=30),
       st.booleans(), st.booleans())
def test_whatever_is_rendered_telegram_takes(spans: list[Span], quote: bool, spoiler: bool) -> None:
    message = Message(paragraphs=(Paragraph(tuple(spans), quote=quote), Paragraph((Span("end"),))),
                      spoiler=spoiler)
    for part in split(render(message), 200):
        check(part)


SPLITS = [
    ("between paragraphs before sentences", "a" * 60 + ". b\n" + "c" * 60, 100, "a" * 60 + ". b"),
    ("between sentences before words", "a" * 60 + ". b c " + "d" * 60, 100, "a" * 60 + "."),
    ("between words before letters", "a" * 60 + " " + "d" * 60, 100, "a" * 60),
    ("between letters where nothing else is", "d" * 120, 100, "d" * 100),
    ("not before an accent", "d" * 99 + "e\u0301" + "d" * 20, 100, "d" * 99),
    ("not inside a family", "d" * 96 + "👩‍👩‍👧" + "d" * 20, 100, "d" * 96),
    ("not inside a flag", "🇧🇾" * 40, 101, "🇧🇾" * 25),
]


@pytest.mark.parametrize(("text", "limit", "first"), [row[1:] for row in SPLITS], ids=[row[0] for row in SPLITS])
def test_a_cut_is(text: str, limit: int, first: str) -> None:
    assert next(split(Text(text), limit)).text == first


def test_a_cut_falls_before_a_link_that_would_not_fit() -> None:
    link = "https://example.org/" + "a" * 60
    message = Message(paragraphs=(Paragraph((Span("x" * 50 + " "), Span(link, link=True))),))

    assert [part.text for part in split(render(message), 100)] == ["x" * 50, link]


def test_a_picture_carries_its_words_where_they_fit_and_else_stands_before_them() -> None:
    short = Message(paragraphs=(Paragraph((Span("since 2024"),)),), picture=Picture(b"png", "a line"))
    long = Message(paragraphs=(Paragraph((Span("word " * 500),)),), picture=Picture(b"png", "a line"))
    silent = Message(paragraphs=(), picture=Picture(b"png", "a line"))

    assert [(part.text.text, part.png) for part in render_parts(short)] == [("since 2024", b"png")]
    assert [(part.text.text == "", part.png) for part in render_parts(long)] == [(True, b"png"), (False, None)]
    assert [(part.text.text, part.png) for part in render_parts(silent)] == [("a line", b"png")]


def test_the_limit_counts_as_telegram_counts() -> None:
    parts = list(split(Text("🎉" * TEXT_LIMIT)))

    assert [units(part.text) for part in parts] == [TEXT_LIMIT, TEXT_LIMIT]
