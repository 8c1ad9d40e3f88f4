"""Discord's markdown as its apps show it, written apart from the adapter so that the two check each other."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_INSIDE = r"((?:\\[\s\S]|[^\\])+?)"
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("escape", re.compile(r"\\([^0-9A-Za-z\s])")),
    ("link", re.compile(r"<(https?://[^\s>]+)>")),
    ("link", re.compile(r"(https?://[^\s<]+[^\s<.,:;\"'\])])")),
    ("masked", re.compile(r"\[([^\]\\]*)\]\(\s*<?(\w+:[^)\s>]*)>?\s*\)")),
    ("mention", re.compile(r"(<@[!&]?\d+>|<#\d+>|@everyone|@here|<a?:\w+:\d+>|<t:-?\d+(?::\w)?>|</[^>]+:\d+>)")),
    ("invite", re.compile(r"((?:discord\.gg|discord(?:app)?\.com/invite)/\w+)", re.IGNORECASE)),
    ("code", re.compile(r"(?:``(.+?)``|`([^`]+)`)(?!`)", re.DOTALL)),
    ("bold", re.compile(r"\*\*" + _INSIDE + r"\*\*(?!\*)")),
    ("underlined", re.compile(r"__" + _INSIDE + r"__(?!_)")),
    ("italic", re.compile(r"\*(?=\S)" + _INSIDE + r"(?<!\s)\*(?!\*)")),
    ("italic", re.compile(r"_" + _INSIDE + r"_(?![A-Za-z0-9_])")),
    ("struck", re.compile(r"~~" + _INSIDE + r"~~")),
    ("spoiler", re.compile(r"\|\|" + _INSIDE + r"\|\|")),
)
_NESTING = frozenset({"bold", "underlined", "italic", "struck", "spoiler"})
_BLOCK = re.compile(r"(#{1,3} |-# |\s*[-*] |\s*\d+\. |>>> )")


@dataclass(slots=True)
class Reading:
    """What a reader sees. `found`: (kind, words) of all that is more than plain text, in order."""

    text: str = ""
    found: list[tuple[str, str]] = field(default_factory=list)

    def of(self, kind: str) -> list[str]:
        """The words of one kind of markup."""
        return [words for known, words in self.found if known == kind]


def read(content: str) -> Reading:
    """`content` as the apps show it."""
    reading = Reading()
    lines = []
    for line in content.split("\n"):
        rest = line
        if rest.startswith("> "):
            rest = rest[2:]
            reading.found.append(("quote", rest))
        if block := _BLOCK.match(rest):
            reading.found.append(("block", block.group()))
        lines.append(_inline(rest, reading))
    reading.text = "\n".join(lines)
    return reading


def _inline(text: str, reading: Reading) -> str:
    shown, position = "", 0
    while position < len(text):
        for kind, rule in _RULES:
            if found := rule.match(text, position):
                shown += _taken(kind, found, reading)
                position = found.end()
                break
        else:
            shown += text[position]
            position += 1
    return shown


def _taken(kind: str, found: re.Match[str], reading: Reading) -> str:
    words = next(group for group in found.groups() if group is not None)
    if kind == "escape":
        return words
    shown = _inline(words, reading) if kind in _NESTING else words
    reading.found.append((kind, shown))
    return shown
