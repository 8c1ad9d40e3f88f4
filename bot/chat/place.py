"""Where to speak."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ChatKind(StrEnum):
    """Who reads in a chat: it decides whose word changes its settings."""

    PRIVATE = "private"
    GROUP = "group"                   # a Telegram group or topic; a channel or thread of a Discord server
    CHANNEL = "channel"               # a Telegram channel: readers only


@dataclass(frozen=True, slots=True)
class ChatRef:
    """One place of one platform. `chat` and `thread` are the platform's own ids as text; never log it."""

    platform: str
    chat: str
    thread: str = ""

    def __str__(self) -> str:
        return f"{self.platform}:{self.chat}" + (f"/{self.thread}" if self.thread else "")

    def __repr__(self) -> str:
        return f"<ChatRef {self.platform}>"   # a traceback or a log line must not name a chat

    @classmethod
    def parse(cls, text: str) -> ChatRef:
        """The inverse of `str`. Raises ValueError when a part is missing."""
        platform, colon, rest = text.partition(":")
        chat, _, thread = rest.partition("/")
        if not (platform and colon and chat):
            raise ValueError("a chat is written platform:id or platform:id/thread")
        return cls(platform, chat, thread)
