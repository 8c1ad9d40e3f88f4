"""One table of a source, from the catalogue or the configuration, to a Source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from bot.config_table import suggest_key, validate_table
from bot.config_types import Duration, WrongValueError, parse_web_address
from bot.errors import Mistake
from bot.model import Risk, Source, Standing, Topic
from bot.sources.kind import SourceKind, kind_names, load_kind
from bot.text.urls import SHARED_ENDINGS, domain_of, host_of, is_address

DATED = re.compile(r"\b20\d\d(-\d\d)?")


def parse_site(value: object) -> str:
    """A domain that one owner has registered, or a machine of the operator's own. Raises WrongValueError."""
    host = host_of(value) if isinstance(value, str) else None
    if host is None or not isinstance(value, str) or host != value.lower():
        raise WrongValueError(f"{value!r} is no domain", 'as in "spring96.org"')
    if host in SHARED_ENDINGS or ("." not in host and host != "localhost"):
        raise WrongValueError(f"anybody may have a name under {host!r}", "give the whole domain")
    return host


def parse_source_url(value: object) -> str:
    """An http or https address that can be fetched and linked. Raises WrongValueError."""
    url = parse_web_address(value)
    if host_of(url) is None:
        raise WrongValueError(f"{value!r} names no host", "a whole address without a user name")
    return url


class SourceTable(BaseModel, frozen=True, extra="forbid"):
    """The keys that every source has. Those of its kind stand beside them."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    name: str = Field("", max_length=80)
    kind: str = "feed"
    url: Annotated[str, BeforeValidator(parse_source_url)]
    sites: tuple[Annotated[str, BeforeValidator(parse_site)], ...] = ()
    owner: str = Field("", max_length=80)
    standing: Standing = Standing.INDEPENDENT
    languages: tuple[str, ...] = ()
    country: str | None = Field(None, pattern=r"^[A-Z]{2}$")
    topics: tuple[Topic, ...] = Field((Topic.RELEASE, Topic.SANCTIONS), min_length=1)
    risk: Risk = Risk.C
    every: Duration | None = None
    enabled: bool = True
    reason: str = ""
    checked: str = Field("", pattern=r"^(20\d\d(-(0[1-9]|1[0-2]))?)?$")


def read_source(table: Mapping[str, Any], at: str, mistakes: list[Mistake], *, folder: Path) -> Source | None:
    """The Source of a table at the dotted key `at`; None after adding what is wrong to `mistakes`."""
    before = len(mistakes)
    kind = _kind(table, at, mistakes)
    own = {key: value for key, value in table.items() if key in SourceTable.model_fields}
    checked = validate_table(SourceTable, own, at, mistakes, folder=folder)
    options = _options(kind, table, at, mistakes, folder) if kind else None
    _check_reason(table, at, mistakes)
    if checked is None or options is None or len(mistakes) > before:
        return None
    return Source(
        id=checked.id,
        name=checked.name or checked.id,
        kind=checked.kind,
        url=checked.url,
        sites=checked.sites or (domain_of(checked.url),),
        owner=checked.owner or _default_owner(checked),
        standing=checked.standing,
        languages=checked.languages,
        country=checked.country,
        topics=checked.topics,
        risk=checked.risk,
        every=checked.every,
        enabled=checked.enabled,
        reason=checked.reason,
        checked=checked.checked,
        options=options,
    )


def validate_source(table: Mapping[str, Any], at: str, folder: Path) -> tuple[Source | None, list[Mistake]]:
    """As `read_source`, for one table by itself."""
    mistakes: list[Mistake] = []
    return read_source(table, at, mistakes, folder=folder), mistakes


def _kind(table: Mapping[str, Any], at: str, mistakes: list[Mistake]) -> SourceKind | None:
    name = table.get("kind", "feed")
    if name in kind_names():
        return load_kind(name)
    mistakes.append(
        Mistake(f"{at}.kind", f"{name!r} is no kind of source", suggest_key(str(name), kind_names()))
    )
    return None


def _options(
    kind: SourceKind, table: Mapping[str, Any], at: str, mistakes: list[Mistake], folder: Path
) -> dict[str, Any] | None:
    """The keys of the kind, checked; keys that neither it nor a source knows are mistakes."""
    known = (*SourceTable.model_fields, *kind.options.model_fields)
    for key in table:
        if key not in known:
            mistakes.append(Mistake(f"{at}.{key}", "is unknown", suggest_key(key, known)))
    own = {key: value for key, value in table.items() if key in kind.options.model_fields}
    options = validate_table(kind.options, own, at, mistakes, folder=folder)
    return options.model_dump(mode="json") if options is not None else None


def _check_reason(table: Mapping[str, Any], at: str, mistakes: list[Mistake]) -> None:
    """A source that is off without a date stays off for ever: nobody knows whether the cause holds."""
    if table.get("enabled") is False and not DATED.search(str(table.get("reason", ""))):
        mistakes.append(
            Mistake(f"{at}.reason", "must say since when and why", 'as in "2026-10: answers 403"')
        )


def _default_owner(table: SourceTable) -> str:
    """Sources of one domain are one owner's unless said otherwise; a bare address is nobody's."""
    domain = domain_of(table.url)
    return table.id if is_address(domain) or domain == "localhost" else domain
