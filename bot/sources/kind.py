"""What Vestka asks of a kind of source: which pages to fetch, and what stands in them. Pure.

A new kind is a new module here with a `KIND`, and cases under `tests/data/sources/<kind>/`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from pydantic import BaseModel

import bot.sources
from bot.model import Entry, Page, Source

Memory = Mapping[str, Any]
"""What a kind wants handed back at the next poll; plain values that JSON can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRequest:
    """One page to fetch.

    sites: domains that a redirect may lead to besides that of `url`. follow: False where a redirect is an
    answer in itself. max_bytes: a limit of this kind's own instead of `poll.max_bytes`.
    """

    url: str
    sites: tuple[str, ...] = ()
    accept: str = "*/*"
    etag: str | None = None
    last_modified: str | None = None
    follow: bool = True
    max_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What stood in a page. `degraded` says what is missing where only a part could be read.

    ttl: how long the page asks to be left alone. more: further pages that belong to this poll.
    """

    entries: tuple[Entry, ...]
    memory: Memory | None = None
    ttl: timedelta | None = None
    degraded: str = ""
    more: tuple[SourceRequest, ...] = ()


def _one_page(source: Source, memory: Memory | None, now: datetime) -> tuple[SourceRequest, ...]:
    """The page at the source's own address."""
    del memory, now
    return (SourceRequest(url=source.url, sites=source.sites),)


def _is_heavy(page: Page) -> bool:
    del page
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKind:
    """A kind of source.

    options: frozen model of the configuration keys that only this kind knows; `read` finds them, as the table
    had them, in `source.options`.
    read: raises ReadError when the page is not what this kind serves: an error page is no quiet day.
    requests: the pages of one poll.
    is_light: whether a page may be read beside everything else; else it is read in a process of its own.
    """

    name: str
    options: type[BaseModel]
    read: Callable[[Page, Source, Memory | None], Reading]
    requests: Callable[[Source, Memory | None, datetime], tuple[SourceRequest, ...]] = _one_page
    is_light: Callable[[Page], bool] = _is_heavy


class UnknownKindError(LookupError):
    """No module of this name is a kind of source."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is no kind of source; known: {', '.join(kind_names())}")


def load_kind(name: str) -> SourceKind:
    """The kind of this name. Raises UnknownKindError, which lists the known ones."""
    if name not in kind_names():
        raise UnknownKindError(name)
    kind: SourceKind = importlib.import_module(f"{bot.sources.__name__}.{name}").KIND
    return kind


@cache
def kind_names() -> tuple[str, ...]:
    """The kinds there are, by looking at the modules of this folder."""
    names = (
        module.name for module in pkgutil.iter_modules(bot.sources.__path__) if module.name not in NO_KINDS
    )
    return tuple(sorted(names))


NO_KINDS = frozenset({"kind", "reading", "worker"})
