"""Rich text that knows no platform. Adapters render it; nothing in it can ping, link or break by itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style. A link is shown as its own bare address: `text` is the URL."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line or block; `quote` for words that are somebody else's."""

    spans: tuple[Span, ...]
    quote: bool = False

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Button:
    """`action` comes back as it is when the button is pressed: at most 64 bytes, no readable id in it."""

    label: str
    action: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG with the words for those who do not see it."""

    png: bytes
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a chat is to read."""

    paragraphs: tuple[Paragraph, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()   # rows
    picture: Picture | None = None
    silent: bool = False              # arrives without a sound
    preview: bool = False             # may show a preview of its first link
    protect: bool = False             # ask the platform to hinder forwarding and saving
    spoiler: bool = False             # hide the text until touched, where the platform can

    @property
    def text(self) -> str:
        """Its words without any style, paragraphs on lines of their own."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the platform calls the message that it took: one id for each part that it was split into."""

    ids: tuple[str, ...]


def plain(*lines: str) -> Message:
    """A message of unstyled lines."""
    return Message(paragraphs=tuple(Paragraph((Span(line),)) for line in lines))
