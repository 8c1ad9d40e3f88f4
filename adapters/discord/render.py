"""A Message as Discord's plain `content`: markdown of our own, everybody else's made harmless, no embeds.

Every character that Discord's markdown gives a meaning to is escaped with a backslash, so that a text can
neither style, mention, quote nor hide a link behind other words. Links stand bare; in angle brackets, which
Discord does not show, they have no preview, and what follows cannot become a part of them. A message over the
limit becomes several: cut between lines, else after a sentence, else a word, else between graphemes; never
inside a link.

Known limits: graphemes are told by combining marks, joiners, modifiers and flags, not by the full Unicode
rules (Indic conjuncts and Hangul in single letters may be cut); a link of more than 1,000 characters is left
out as "…"; code that holds a backtick is shown as plain text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from bot.chat.message import Message, Paragraph, Span

LIMIT = 2000              # characters of content that a bot may send (the schema's 4,000 is not for bots)
WORD = 200                # characters; a longer run without a space may be cut inside
MARKS = 8                 # units: "> " and "||" twice around a line, or stars and a separator around a span

_SPECIAL = re.compile(
    r"[\\*_~`|<>\[\]()@]"
    r"|(?<=[A-Za-z]):(?=//)"                          # no address becomes a link by itself
    # nor an invitation, a gift or a template, which Discord finds without "https"
    r"|(?i:(?:(?<=discord)|(?<=discordapp))\.(?=gg/|gift/|new/|com/(?:invite|gifts|template)))"
)
_LINE_START = re.compile(r"^(\s*)([#+-]|\d+(?=[.)]))")
_LINK = re.compile(r"https?://[^\s<>]+\Z", re.IGNORECASE)
_UNSAFE_IN_LINK = re.compile(r"[\s<>|\\`*]")   # would end the link, or style what stands around it
_SENTENCE_END = re.compile(r"[.!?…][\"'»”’)\]]*\s+\Z")
_JOINER = "\u200d"


@dataclass(frozen=True, slots=True)
class Line:
    """One line without line breaks."""

    spans: tuple[Span, ...]
    quote: bool = False


@dataclass(frozen=True, slots=True)
class _Look:
    """What holds for the whole message. `shown`: the one link that may have a preview."""

    spoiler: bool
    shown: str | None


def render(message: Message) -> tuple[str, ...]:
    """The contents to send, in order, each at most LIMIT UTF-16 units; () when there is nothing to read."""
    links = (span.text for paragraph in message.paragraphs for span in paragraph.spans if span.link)
    look = _Look(message.spoiler, next(links, None) if message.preview else None)
    lines = (line for paragraph in message.paragraphs for line in _lines(paragraph))
    parts: list[str] = []
    for text in (_write(part, look) for line in lines for part in _cut(line, look)):
        if parts and units(parts[-1]) + 1 + units(text) <= LIMIT:
            parts[-1] += "\n" + text
        else:
            parts.append(text)
    return tuple(part for part in (part.strip("\n") for part in parts) if part.strip())


def units(text: str) -> int:
    """UTF-16 units: never fewer than Discord counts, whichever way it counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def escape(text: str, *, starts_line: bool = False) -> str:
    """`text` so that Discord shows exactly it."""
    safe = _SPECIAL.sub(lambda found: "\\" + found.group(), text)
    return _LINE_START.sub(_escape_start, safe) if starts_line else safe


def _escape_start(found: re.Match[str]) -> str:
    """"#", "-", "+" open a heading or a list; "1." too, there the dot is what must be escaped."""
    space, mark = found.groups()
    return f"{space}{mark}\\" if mark.isdigit() else f"{space}\\{mark}"


def _lines(paragraph: Paragraph) -> Iterator[Line]:
    spans: list[Span] = []
    for span in paragraph.spans:
        first, *later = re.split(r"\r\n|[\r\n\u2028\u2029]", span.text) if not span.link else [span.text]
        spans.append(replace(span, text=first))
        for text in later:
            yield Line(_merged(spans), paragraph.quote)
            spans = [replace(span, text=text)]
    yield Line(_merged(spans), paragraph.quote)


def _style(span: Span) -> tuple[bool, bool, bool, bool]:
    return span.bold, span.italic, span.code, span.link


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Neighbours of one style as one, for "**a****b**" is not read as bold; links stay apart."""
    merged: list[Span] = []
    for style, group in groupby((span for span in spans if span.text), key=_style):
        together = list(group)
        if style[3]:
            merged += together
        else:
            merged.append(replace(together[0], text="".join(span.text for span in together)))
    return tuple(merged)


def _write(line: Line, look: _Look) -> str:
    text, bare = "", False
    for span in line.spans:
        written = _span(span, starts_line=not text.strip(), look=look)
        if text.endswith("*") and written.startswith("*"):
            text += "\u200b"          # two runs of stars must not be read as one
        if bare and not written[0].isspace():
            text += " "               # what follows must not become a part of the link
        text += written
        bare = span.link and not written.startswith("<")
    if look.spoiler and text.strip():
        text = f"||{text}||"
    return "> " + text if line.quote else text


def _span(span: Span, *, starts_line: bool, look: _Look) -> str:
    if span.link:
        return _link(span.text, preview=span.text == look.shown)
    inside = span.text.strip()
    if span.code and inside and "`" not in inside:
        return span.text.replace(inside, f"`{inside}`")
    stars = "**" * span.bold + "*" * span.italic
    text = escape(span.text, starts_line=starts_line and not stars)
    inside = text.strip()
    return text.replace(inside, f"{stars}{inside}{stars[::-1]}") if stars and inside else text


def _link(address: str, *, preview: bool) -> str:
    url = _UNSAFE_IN_LINK.sub(lambda found: "".join(f"%{byte:02X}" for byte in found.group().encode()),
                              address.strip())
    if not _LINK.match(url):
        return escape(address)
    if units(url) > LIMIT // 2:
        return "…"
    return url if preview else f"<{url}>"


# --- cutting ------------------------------------------------------------------------------------------


def _cut(line: Line, look: _Look) -> Iterator[Line]:
    """`line`, or as many lines as it takes for each to fit."""
    if units(_write(line, look)) <= LIMIT:
        yield line
        return
    taken: list[Span] = []
    size = 0
    for piece in _pieces(line.spans):
        cost = _cost(piece, after=taken[-1] if taken else None)
        if taken and size + cost > LIMIT - MARKS:
            keep = _last_sentence(taken)
            yield Line(_merged(taken[:keep]), line.quote)
            taken = taken[keep:]
            size = sum(_cost(kept, after=None) for kept in taken)
        taken.append(piece)
        size += cost
    yield Line(_merged(taken), line.quote)


def _cost(piece: Span, *, after: Span | None) -> int:
    """The most units that `piece` takes behind `after`."""
    same = after is not None and _style(piece) == _style(after) and not piece.link
    text = _link(piece.text, preview=False) if piece.link else escape(piece.text, starts_line=True)
    return units(text) + (0 if same else MARKS)


def _last_sentence(taken: list[Span]) -> int:
    """How many pieces to keep: up to the last sentence that ends in the second half, else all."""
    for count in range(len(taken), len(taken) // 2, -1):
        if not taken[count - 1].link and _SENTENCE_END.search(taken[count - 1].text):
            return count
    return len(taken)


def _pieces(spans: Iterable[Span]) -> Iterator[Span]:
    """Words with the space behind them, long words in graphemes, links whole."""
    for span in spans:
        if span.link:
            yield span
            continue
        for word in re.findall(r"\S*\s+|\S+", span.text):
            parts = [word] if len(word) <= WORD else graphemes(word)
            yield from (replace(span, text=part) for part in parts)


def graphemes(text: str) -> list[str]:
    """`text` in what a reader takes for single characters (see the limits above)."""
    clusters: list[str] = []
    for character in text:
        if clusters and _continues(clusters[-1], character):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _continues(cluster: str, character: str) -> bool:
    last = cluster[-1]
    return (
        _JOINER in {character, last}
        or unicodedata.category(character) in {"Mn", "Mc", "Me"}
        or "\U0001f3fb" <= character <= "\U0001f3ff"                                  # skin tones
        or "\U000e0020" <= character <= "\U000e007f"                                  # tags of regional flags
        or (_is_flag_letter(character) and _is_flag_letter(last) and len(cluster) == 1)
    )


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
