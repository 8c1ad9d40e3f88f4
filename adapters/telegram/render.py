"""A Message in Telegram's terms: plain text and entities, cut into parts that Telegram takes.

No parse mode, so that nothing a source wrote can break or become markup. Telegram itself still makes links,
mentions and commands of what looks like them, so an invisible WORD JOINER breaks such looks everywhere but in
links of ours, in commands of ours and in the bot's own name.

Entities count UTF-16 units (https://core.telegram.org/bots/api#messageentity).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from bot.chat.message import Message, Paragraph

TEXT_LIMIT = 4096                     # UTF-16 units of a text
CAPTION_LIMIT = 1024                  # UTF-16 units of a picture's caption
LINK_LIMIT = 2048                     # UTF-16 units; a longer link is left out: half of it leads nowhere
JOINER = "\N{WORD JOINER}"

NAME = re.compile(r"(?<=[@#$])(?=\w)")
DOMAIN = re.compile(r"(?<=\S)(?=[.。．｡][^\W\d_])|(?<=\d)(?=\.\d+\.\d+\.\d+)|(?<=\w)(?=://)")
COMMAND = re.compile(r"(?<!\w)/(?=\w)")


@dataclass(frozen=True, slots=True)
class Run:
    """A style on a stretch of text, `start` to `end` in characters. "" is a link: it is not to be cut."""

    start: int
    end: int
    style: str


@dataclass(frozen=True, slots=True)
class Text:
    """One text with its runs."""

    text: str
    runs: tuple[Run, ...] = ()

    def cut(self, start: int, end: int) -> Text:
        """The part between two characters, without white space at its ends."""
        part = self.text[start:end]
        start += len(part) - len(part.lstrip())
        end = max(start, end - (len(part) - len(part.rstrip())))
        runs = (Run(max(run.start, start) - start, min(run.end, end) - start, run.style) for run in self.runs)
        return Text(self.text[start:end], tuple(run for run in runs if run.start < run.end))

    def entities(self) -> tuple[MessageEntity, ...]:
        """The styles as Telegram counts them."""
        return tuple(
            MessageEntity(run.style, units(self.text[: run.start]), units(self.text[run.start : run.end]))
            for run in self.runs
            if run.style and self.text[run.start : run.end].strip()
        )


def units(text: str) -> int:
    """How long a text is for Telegram."""
    return len(text) + sum(character > "\uffff" for character in text)


def render(message: Message, *, own_name: str = "") -> Text:
    """All of a message as one text. `own_name`: the bot's user name, which may stay a mention."""
    pieces: list[str] = []
    runs: list[Run] = []
    at = 0
    for paragraph in message.paragraphs:
        if pieces:
            pieces.append("\n")
            at += 1
        words, styles = _render_paragraph(paragraph, own_name, spoiler=message.spoiler)
        runs.extend(Run(at + run.start, at + run.end, run.style) for run in styles)
        pieces.append(words)
        at += len(words)
    return Text("".join(pieces), tuple(runs))


def _render_paragraph(paragraph: Paragraph, own_name: str, *, spoiler: bool) -> tuple[str, list[Run]]:
    text = ""
    runs: list[Run] = []
    after_link = False
    for span in paragraph.spans:
        if not span.text or (span.link and units(span.text) > LINK_LIMIT):
            continue
        # A link must stand alone, or Telegram takes its neighbours for a part of it.
        if text and (span.link or after_link) and not (text[-1].isspace() or span.text[0].isspace()):
            text += " "
        code = span.code and not (spoiler or paragraph.quote)     # code stands in no other style
        words = span.text if span.link or code else defuse(span.text, own_name, commands=not paragraph.quote)
        styles = ["code"] if code else ["bold"] * span.bold + ["italic"] * span.italic + [""] * span.link
        runs += [Run(len(text), len(text) + len(words), style) for style in styles]
        text += words
        after_link = span.link
    if text:
        whole = ["blockquote"] * paragraph.quote + ["spoiler"] * spoiler
        runs = [Run(0, len(text), style) for style in whole] + runs
    return text, runs


def defuse(text: str, own_name: str = "", *, commands: bool = True) -> str:
    """The same words to the eye, of which Telegram makes neither link nor mention nor hashtag; nor a command,
    unless `commands`.

    Theory: its parser needs the sign and the name, or the dot and the domain, side by side. Known to fail for
    telephone and bank card numbers, which only digits make.
    """
    if own_name and (own := re.search(rf"@{re.escape(own_name)}\b", text)):
        before, after = text[: own.start()], text[own.end() :]
        return defuse(before, commands=commands) + own[0] + defuse(after, own_name, commands=commands)
    text = DOMAIN.sub(JOINER, NAME.sub(JOINER, text))
    return text if commands else COMMAND.sub(f"/{JOINER}", text)


def split(text: Text, limit: int = TEXT_LIMIT) -> Iterator[Text]:
    """Parts of at most `limit` units, cut at the best place: paragraph, sentence, word, letter."""
    start = 0
    while start < len(text.text):
        end = _best_cut(text, start, limit)
        part = text.cut(start, end)
        if part.text:
            yield part
        start = end


def _best_cut(text: Text, start: int, limit: int) -> int:
    end = _furthest(text.text, start, limit)
    if end == len(text.text):
        return end
    room = text.text[start:end]
    least = len(room) // 2                # a cut before the middle would make too many parts
    for pattern in (r"\n", r"[.!?…]+[»”\"')]*\s", r"\s"):
        ends = [found.end() for found in re.finditer(pattern, room)]
        whole = [start + cut for cut in ends if cut > least and not _in_link(text, start + cut)]
        if whole:
            return whole[-1]
    link = _in_link(text, end)
    if link is not None and link.start > start:
        return link.start
    return _letter_start(text.text, start, end)


def _furthest(text: str, start: int, limit: int) -> int:
    end = start
    size = 0
    while end < len(text):
        size += 2 if text[end] > "\uffff" else 1
        if size > limit:
            break
        end += 1
    return end


def _in_link(text: Text, cut: int) -> Run | None:
    return next((run for run in text.runs if run.style == "" and run.start < cut < run.end), None)


def _letter_start(text: str, start: int, cut: int) -> int:
    """The last place at or before `cut` where a letter begins that the eye sees as one.

    Theory: marks, joiners, skin tones and the second half of a flag belong to what stands before them. Known
    to fail for Hangul and Indic syllables written in parts, which no language of ours uses.
    """
    for place in range(cut, start, -1):
        if not _continues(text, start, place):
            return place
    return cut


def _continues(text: str, start: int, place: int) -> bool:
    here, before = text[place], text[place - 1]
    if unicodedata.category(here)[0] == "M" or here in "\u200d\u2060" or "\U0001f3fb" <= here <= "\U0001f3ff":
        return True
    if before in "\u200d\u2060" or "\U000e0020" <= here <= "\U000e007f":
        return True
    flags = 0
    while place - flags > start and "\U0001f1e6" <= text[place - flags - 1] <= "\U0001f1ff":
        flags += 1
    return "\U0001f1e6" <= here <= "\U0001f1ff" and flags % 2 == 1


@dataclass(frozen=True, slots=True)
class Part:
    """What becomes one message of Telegram: a text, or a picture with the text as its caption."""

    text: Text
    png: bytes | None = None

    def bare(self) -> Part:
        """The same without styles."""
        return Part(Text(self.text.text), self.png)


def render_parts(message: Message, *, own_name: str = "") -> tuple[Part, ...]:
    """A message as Telegram takes it. A picture carries the text as its caption where that fits, else it
    stands before the text; without any text, its caption says what it shows."""
    text = render(message, own_name=own_name)
    if message.picture is None:
        return tuple(Part(part) for part in split(text)) or (Part(text),)
    png = message.picture.png
    if not text.text.strip():
        text = Text(defuse(message.picture.alt)[: CAPTION_LIMIT // 2])
    if units(text.text) <= CAPTION_LIMIT:
        return (Part(text.cut(0, len(text.text)), png),)
    return (Part(Text(""), png), *(Part(part) for part in split(text)))


def render_buttons(message: Message) -> InlineKeyboardMarkup | None:
    """The buttons as an inline keyboard; None where there are none."""
    rows: Sequence[Sequence[InlineKeyboardButton]] = [
        [InlineKeyboardButton(button.label, callback_data=button.action) for button in row]
        for row in message.buttons
    ]
    return InlineKeyboardMarkup(rows) if rows else None
