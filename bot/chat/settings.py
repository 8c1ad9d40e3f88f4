"""A chat as Vestka knows it, and what it has chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.chat.place import ChatKind, ChatRef
from bot.model import Topic

CONFIRM_OFFICIAL = 99                 # as `confirm`: only an authority's own act


class Updates(StrEnum):
    """How a chat hears of what changes about an event that it was told of."""

    EDIT = "edit"
    REPLY = "reply"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a chat has chosen. confirm: owners that must report first, or CONFIRM_OFFICIAL."""

    topics: tuple[Topic, ...] = (Topic.RELEASE, Topic.SANCTIONS)
    language: str = "en"
    timezone: str = "Europe/Warsaw"
    confirm: int = 1
    updates: Updates = Updates.EDIT
    safe: bool = False
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """One place that accepted. since_event: the ledger's newest number when it did; only later events are
    pushed. closed: why the platform takes nothing for it (a bot.errors.Closed value)."""

    id: int
    place: ChatRef
    kind: ChatKind
    settings: Settings
    has_queries: bool = False
    closed: str | None = None
    since_event: int | None = None
