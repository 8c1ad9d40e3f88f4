"""Text as it may be shown: out of HTML, in NFC, on one line, with nothing invisible in it.

Theory. Sources escape once, twice or not at all, and say little about which. So text is taken for HTML as
long as it holds something that looks like a known tag or a named entity, at most three times over. Known to
fail: a headline that speaks about a tag (`the <b> element`) loses it.

What is dropped is dropped because a reader cannot see it and is deceived by it: marks that turn the writing
direction (they disguise file names and addresses), zero-width characters (they split words for filters),
marks heaped on one letter, halves of characters, private use. https://www.unicode.org/reports/tr36/
"""

from __future__ import annotations

import html
import re
import unicodedata
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_INPUT = 200_000  # characters of HTML; a long article has 60,000
MAX_DEPTH = 300  # the parser's time is quadratic in nesting: 20,000 deep takes 0.4 s
MAX_MARKS = 2  # combining marks on one letter; Vietnamese and Hebrew need no more in NFC
PASSES = 3

TAG = re.compile(
    r"</?(?:a|abbr|article|aside|b|big|blockquote|body|br|center|cite|code|dd|del|details|div|dl|dt|em|figcaption"
    r"|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|li|link|main|mark|meta|nav"
    r"|noscript|object|ol|p|picture|pre|q|s|script|section|small|source|span|strike|strong|style|sub|sup|svg|table"
    r"|tbody|td|template|tg-emoji|th|thead|time|tr|u|ul|video|wbr)(?=[\s/>])|<!--|<!\[CDATA\[",
    re.IGNORECASE,
)
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
SILENT = [
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "head",
    "iframe",
    "object",
    "video",
    "audio",
    "form",
]
INLINE_TAGS = """a abbr b bdi bdo big cite code del em font i ins kbd mark q s small span strike strong sub
sup time u wbr"""
INLINE = frozenset(INLINE_TAGS.split())
PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
BREAK = "\n\n"  # what a block becomes
BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters by category, empty to the eye
JOINER = "\u200d"
PICTURE_SIGN = "\ufe0f"  # makes a picture of the sign before it
# Marks by category that show nothing (Default_Ignorable_Code_Point in https://www.unicode.org/reports/tr44/).
UNSEEN_MARKS = re.compile("[\u034f\u17b4\u17b5\u180b-\u180d\u180f\ufe00-\ufe0e\U000e0100-\U000e01ef]")


def clean_text(raw: str, limit: int) -> str:
    """One line of at most `limit` characters, cut at a word's end with an ellipsis."""
    return shorten(visible(_unwrap(raw)), limit)


def clean_paragraphs(raw: str, limit: int) -> str:
    """As `clean_text`, with every paragraph on a line of its own: what follows the first is background."""
    lines = map(visible, PARAGRAPH.split(_unwrap(raw)))
    return shorten("\n".join(filter(None, lines)), limit)


def _unwrap(raw: str) -> str:
    """The text out of HTML, however often it was escaped; blank lines part paragraphs."""
    text = raw[:MAX_INPUT]
    for _ in range(PASSES):
        if not TAG.search(text) and not ENTITY.search(text):
            break
        text = _out_of_html(text) if TAG.search(text) else html.unescape(text)
    return text


def visible(text: str) -> str:
    """The text in NFC on one line, without anything that cannot be seen."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = "".join(_seen(text))
    return " ".join(_few_marks(unicodedata.normalize("NFC", _few_marks(kept))).split())


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, whole words where that costs less than a fifth, `…` for what is missing."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 0 and _clings(text, end):
        end -= 1
    space = text.rfind(" ", int(end * 0.8), end + 1)
    return text[: space if space > 0 else end].rstrip(" ,;:–—-") + "…"


def _clings(text: str, at: int) -> bool:
    """Whether a cut before `at` would tear what is seen as one character."""
    return unicodedata.combining(text[at]) > 0 or JOINER in text[at - 1 : at + 1] or text[at] == PICTURE_SIGN


def _out_of_html(markup: str) -> str:
    if _depth(markup) > MAX_DEPTH:
        return html.unescape(re.sub(r"<[^<>]*>", " ", markup))
    tree = LexborHTMLParser(markup)
    tree.strip_tags(SILENT)
    body = tree.body
    if body is None:
        return ""
    pieces: list[str] = []
    for node in body.traverse(include_text=True):
        if node.tag == "-text":
            content = (node.text_content or "").replace("\n", " ")
            pieces.append((BREAK if _is_block(node.prev) else "") + content)
        elif _is_block(node):
            pieces.append(BREAK)
    return "".join(pieces)


def _is_block(node: LexborNode | None) -> bool:
    """Whether text stands apart from this node, before and behind: `<p>one</p>two`.

    Tags that the parser has no name for count as blocks: rather a space too many than words run together.
    """
    if node is None or node.tag is None:
        return node is not None
    return node.tag not in INLINE and not node.tag.startswith("-")


def _depth(markup: str) -> int:
    """How deep the tags stand at most, unclosed ones counted, void ones not."""
    depth = deepest = 0
    for found in re.finditer(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)", markup):
        if found[2].lower() in {
            "br",
            "img",
            "hr",
            "input",
            "meta",
            "link",
            "wbr",
            "source",
            "p",
            "li",
            "td",
            "tr",
        }:
            continue
        depth += -1 if found[1] else 1
        deepest = max(deepest, depth)
    return deepest


def _seen(text: str) -> list[str]:
    kept: list[str] = []
    following = islice(text, 1, None)
    for char in text:
        after = next(following, "")
        category = unicodedata.category(char)
        if category in {"Zs", "Zl", "Zp"} or char in "\t\n\r\f\v\x85" or char in BLANK_LETTERS:
            kept.append(" ")
        elif _stays(char, category, kept[-1] if kept else "", after):
            kept.append(char)
    return kept


def _stays(char: str, category: str, before: str, after: str) -> bool:
    if char == JOINER:
        return _pictures(before) and _pictures(after)
    if char == PICTURE_SIGN:
        return before != "" and unicodedata.category(before)[0] in "SNP"
    return category[0] != "C" and char != "\ufffd" and not UNSEEN_MARKS.match(char)


def _pictures(char: str) -> bool:
    """Whether a joiner may stand beside this character: emoji, skin tones, the sign that makes a picture."""
    return char == PICTURE_SIGN or (char != "" and unicodedata.category(char) in {"So", "Sk"})


def _few_marks(text: str) -> str:
    """No more than MAX_MARKS combining marks in a row; before NFC too, which is quadratic in their number."""
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if marks <= MAX_MARKS:
            kept.append(char)
    return "".join(kept)
