from __future__ import annotations

import json
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.clean import MAX_MARKS, clean_paragraphs, clean_text, shorten, visible

HOSTILE = Path(__file__).parents[4] / "shared" / "hostile"

ROWS = [
    ("plain text stays", "Ten people were freed", "Ten people were freed"),
    ("blocks stand apart", "<p>One</p>two<br>three<ul><li>a<li>b</ul>c", "One two three a b c"),
    ("words are not torn by inline tags", "<b>па</b>літ<i>вязень</i>", "палітвязень"),
    ("scripts, styles and comments say nothing", "a<script>x()</script><style>b{}</style><!-- c -->d", "ad"),
    ("entities are read", "Tom &amp; Ann&nbsp;&#8212; &laquo;yes&raquo;", "Tom & Ann — «yes»"),
    ("escaped twice too", "VA&amp;#39;s &amp;lt;b&amp;gt;data&amp;lt;/b&amp;gt;", "VA's data"),
    ("marks of a search go", "…&lt;mark&gt;Belarus&lt;/mark&gt; list", "…Belarus list"),
    ("signs that are no tags stay", "5 < 6 & 7 > 3, AT&T", "5 < 6 & 7 > 3, AT&T"),
    ("white space is one space", " a \t\n b\u2003c\u2028d\u3000e ", "a b c d e"),
    ("a turn of the writing direction goes", "evil\u202egnp.exe \u2066x\u2069", "evilgnp.exe x"),
    ("zero width goes", "па\u200bліт\u00adвя\u2060зень\ufeff", "палітвязень"),
    ("a joiner in a picture stays, in a word it goes", "👩\u200d⚕️ a\u200db", "👩\u200d⚕️ ab"),
    ("a family stays whole", "👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
    ("letters are composed", "и\u0306 у\u0306", "й ў"),
    ("heaped marks are few", "z" + "\u0335\u0301\u0316" * 40 + "!", "ź\u0335!"),
    ("control characters and halves go", "a\x00b\x07\ud800c\ufffdd\ue000", "abcd"),
    ("letters that show nothing are space", "a\u3164b\u2800c", "a b c"),
    (
        "a link says its words",
        "<a href='https://x.example'>Fed</a>&nbsp;&nbsp;<font color='#6f6f6f'>CNBC</font>",
        "Fed CNBC",
    ),
    (
        "an emoji of a channel",
        "<tg-emoji emoji-id='1'><i class='emoji'><b>✅</b></i></tg-emoji> done",
        "✅ done",
    ),
    ("tags that nobody knows are no words", "<p>a</p><x-y>b</x-y> <ch\x01n>c", "a b c"),
    ("nothing is nothing", "<p> </p>", ""),
]


@pytest.mark.parametrize(("raw", "clean"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_is_shown_is_plain(raw: str, clean: str) -> None:
    assert clean_text(raw, 1_000) == clean


PARAGRAPHS = [
    ("blocks are paragraphs", "<p>One\nline</p><p>Two</p>", "One line\nTwo"),
    ("blank lines are, too", "One\nline\n \nTwo", "One line\nTwo"),
    ("empty ones go", "<p>One</p><p>&nbsp;</p><br><br>Two", "One\nTwo"),
    ("what is escaped is unwrapped", "&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;", "One\nTwo"),
]


@pytest.mark.parametrize(("raw", "clean"), [row[1:] for row in PARAGRAPHS], ids=[row[0] for row in PARAGRAPHS])
def test_paragraphs_stand_on_lines_of_their_own(raw: str, clean: str) -> None:
    assert clean_paragraphs(raw, 1_000) == clean


def test_a_cut_ends_at_a_word_with_an_ellipsis() -> None:
    assert shorten("Ten people were freed today", 20) == "Ten people were…"
    assert shorten("Ten people", 20) == "Ten people"
    assert shorten("a" * 40, 20) == "a" * 19 + "…"


def test_a_cut_never_tears_a_picture() -> None:
    assert shorten("👩\u200d⚕️" * 5, 7) in {"👩\u200d⚕️…", "…"}


@given(st.text(), st.integers(1, 80))
def test_whatever_comes_the_result_is_short_visible_and_stable(raw: str, limit: int) -> None:
    clean = clean_text(raw, limit)
    assert len(clean) <= limit
    assert clean == " ".join(clean.split())
    assert unicodedata.is_normalized("NFC", visible(raw))
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} for char in clean)
    assert not any("\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069" for char in clean)
    clean.encode("utf-8")


@given(st.text(alphabet="a\u0301\u0316\u0335\u20dd", max_size=60))
def test_marks_never_heap(raw: str) -> None:
    run = 0
    for char in visible(raw):
        run = run + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        assert run <= MAX_MARKS


BOMBS = [
    ("deep nesting", "<div>" * 200_000),
    ("deep tables", "<table><tr><td>" * 60_000),
    ("tags that never close", "<a " * 200_000),
    ("quotes that never close", '<b title="' * 100_000),
    ("comments that never close", "<!--" * 200_000),
    ("ends without beginnings", "</p>" * 200_000),
    ("formatting across blocks", "<i><p>" * 100_000),
    ("entities", "&amp;" * 200_000),
    ("marks in the wrong order", "a" + "\u0316\u0301" * 300_000),
]


@pytest.mark.parametrize("bomb", [row[1] for row in BOMBS], ids=[row[0] for row in BOMBS])
def test_no_text_costs_more_than_a_moment(bomb: str) -> None:
    started = time.perf_counter()
    assert len(clean_text(bomb, 2_000)) <= 2_000
    assert time.perf_counter() - started < 1


@pytest.mark.skipif(not HOSTILE.exists(), reason="no folder of hostile inputs beside the checkout")
def test_naughty_strings_become_text() -> None:
    strings = json.loads((HOSTILE / "naughty-strings.json").read_text(encoding="utf-8"))
    assert len(strings) > 400
    for string in strings:
        clean = clean_text(string, 300)
        assert "<script" not in clean.lower()
        assert clean_text(clean, 300) == clean
