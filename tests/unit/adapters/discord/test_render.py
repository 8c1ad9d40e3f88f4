from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.render import LIMIT, escape, graphemes, render, units
from bot.chat.message import Message, Paragraph, Span, plain
from tests.fakes.discord_reading import read

LINK = "https://example.org/a_b*c?d=~e~"


def line(*spans: Span, quote: bool = False, preview: bool = False, spoiler: bool = False) -> Message:
    return Message(paragraphs=(Paragraph(spans, quote=quote),), preview=preview, spoiler=spoiler)


@pytest.mark.parametrize(("message", "content"), [
    pytest.param(plain("one", "", "two"), "one\n\ntwo", id="paragraphs are lines, an empty one is a gap"),
    pytest.param(line(Span("52 freed", bold=True)), "**52 freed**", id="bold is starred"),
    pytest.param(line(Span(" 52 ", bold=True), Span("x")), " **52** x", id="stars stand at words, not at spaces"),
    pytest.param(line(Span("a", bold=True), Span("b", bold=True)), "**ab**", id="neighbours of one style are one"),
    pytest.param(line(Span("a", bold=True), Span("b", italic=True)), "**a**\u200b*b*",
                 id="two styles that touch are kept apart"),
    pytest.param(line(Span("a", bold=True, italic=True)), "***a***", id="bold and italic"),
    pytest.param(line(Span("7f3k", code=True)), "`7f3k`", id="code is code"),
    pytest.param(line(Span("a`b", code=True)), "a\\`b", id="code with a backtick is plain"),
    pytest.param(line(Span("said"), quote=True), "> said", id="somebody else's words are a quote"),
    pytest.param(line(Span("one\ntwo"), quote=True), "> one\n> two", id="each line of a quote is quoted"),
    pytest.param(line(Span("names"), spoiler=True), "||names||", id="a spoiler is hidden"),
    pytest.param(line(Span(LINK, link=True)), "<https://example.org/a_b%2Ac?d=~e~>",
                 id="a link stands bare in brackets, without a preview"),
    pytest.param(line(Span(LINK, link=True), preview=True), "https://example.org/a_b%2Ac?d=~e~",
                 id="a link with a preview has no brackets"),
    pytest.param(line(Span("https://a.example/", link=True), Span("x"), Span("https://b.example/", link=True),
                      preview=True), "https://a.example/ x<https://b.example/>", id="only the first link has a preview"),
    pytest.param(line(Span("javascript:alert(1)", link=True)), "javascript:alert\\(1\\)",
                 id="what is no web address is no link"),
    pytest.param(line(Span("https://a.example/ <@1>", link=True)), "<https://a.example/%20%3C@1%3E>",
                 id="nothing gets out of a link"),
    pytest.param(line(Span("https://a.example/" + "a" * 1500, link=True)), "…",
                 id="an endless link is left out, not cut"),
])
def test_a_message_is_written_so(message: Message, content: str) -> None:
    assert render(message) == (content,)


@pytest.mark.parametrize("text", [
    pytest.param("@everyone @here <@1> <@!1> <@&1> <#1>", id="it mentions nobody"),
    pytest.param("<:smile:1> <a:wave:2> <t:1700000000:R> </start:1>", id="it shows no emoji, time or command"),
    pytest.param("[the bank](https://evil.example)", id="it hides no link behind words"),
    pytest.param("https://evil.example and <https://evil.example>", id="it is no link"),
    pytest.param("join discord.gg/abc or discord.com/invite/abc", id="it invites nowhere"),
    pytest.param("*a* **b** _c_ __d__ ~~e~~ ||f|| `g` ```h```", id="it has no style"),
    pytest.param("# a", id="it is no heading"),
    pytest.param("  - a", id="it is no list"),
    pytest.param("1. a", id="it is no numbered list"),
    pytest.param("-# a", id="it is no small print"),
    pytest.param(">>> a", id="it quotes nothing"),
    pytest.param("a\\*b\\\\*c*", id="its own backslashes change nothing"),
    pytest.param("*", id="a lone mark stays"),
])
@pytest.mark.parametrize("bold", [False, True], ids=["plain", "bold"])
def test_whatever_a_source_writes(text: str, *, bold: bool) -> None:
    [content] = render(line(Span(text, bold=bold)))

    reading = read(content)

    assert reading.text == text
    assert [kind for kind, _ in reading.found] == (["bold"] if bold else [])


ANYTHING = st.text(st.sampled_from("ab1 .:/-#+>*_~`|[]()<@!&\\\n") | st.characters(codec="utf-8"), max_size=60)


@given(ANYTHING, st.booleans(), st.booleans())
def test_no_text_changes_on_its_way(text: str, bold: bool, quote: bool) -> None:
    message = line(Span("Event: "), Span(text, bold=bold), Span(" end"), quote=quote)

    parts = render(message)

    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    assert "\n".join(read(part).text for part in parts) == f"Event: {lines} end"
    assert not {"link", "masked", "mention", "invite", "block", "code", "spoiler"} & {
        kind for part in parts for kind, _ in read(part).found}


@given(st.lists(st.tuples(ANYTHING, st.sampled_from(["plain", "bold", "italic", "link"])), max_size=40))
def test_every_part_fits_and_links_are_those_that_were_given(pieces: list[tuple[str, str]]) -> None:
    spans = tuple(
        Span(LINK if kind == "link" else text * 5, bold=kind == "bold", italic=kind == "italic",
             link=kind == "link")
        for text, kind in pieces
    )

    parts = render(line(*spans))

    assert all(units(part) <= LIMIT for part in parts)
    links = [link for part in parts for link in read(part).of("link")]
    assert links == ["https://example.org/a_b%2Ac?d=~e~"] * sum(span.link for span in spans)


def test_a_long_text_is_cut_after_a_sentence() -> None:
    sentence = "Fifty-two people were freed today, says the outlet. "

    parts = render(plain(sentence * 100))

    assert len(parts) > 2
    assert all(part.rstrip().endswith("outlet.") for part in parts)


def test_a_long_link_moves_to_the_next_message_whole() -> None:
    link = "https://example.org/" + "a" * 500

    first, second = render(line(Span("word " * 350), Span(link, link=True)))

    assert "example" not in first
    assert second == f"<{link}>"


def test_many_lines_are_cut_between_lines() -> None:
    parts = render(plain(*["x" * 150] * 30))

    assert {row for part in parts for row in part.splitlines()} == {"x" * 150}


def test_a_long_text_takes_no_long_time() -> None:
    began = time.perf_counter()

    render(line(Span("x*" * 20_000, bold=True)))

    assert time.perf_counter() - began < 2.0


@pytest.mark.parametrize("cluster", ["e\u0301", "👩‍👩‍👧", "🇧🇾", "👍🏽", "❤\ufe0f"])
def test_what_a_reader_takes_for_one_letter_is_one(cluster: str) -> None:
    assert graphemes(cluster * 3) == [cluster] * 3


def test_nothing_to_read_is_no_part() -> None:
    assert render(plain("", " ")) == ()


def test_a_hyphen_inside_a_word_stays_readable() -> None:
    assert escape("a well-known 2-1 vote", starts_line=True) == "a well-known 2-1 vote"
