"""The sources that come with Vestka, and the configuration's own beside or over them.

A file here is a group of sources; growing the catalogue is adding a table, or a file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from bot.catalogue.home import HOMES
from bot.catalogue.source_table import read_source
from bot.config import Config
from bot.config_table import suggest_key
from bot.errors import ConfigError, Mistake
from bot.model import Source, Standing
from bot.text.urls import host_of, under

HERE = Path()  # what paths in a table would be relative to; no key of a source is one


def catalogue_sources() -> list[dict[str, Any]]:
    """The tables of the catalogue as they stand in its files."""
    files = sorted(
        (
            file
            for file in resources.files(__name__).iterdir()
            if file.name.endswith(".toml") and file.name != HOMES
        ),
        key=lambda file: file.name,
    )
    return [table for file in files for table in tomllib.loads(file.read_text(encoding="utf-8"))["source"]]


def choose_sources(config: Config, mistakes: list[Mistake]) -> dict[str, Source]:
    """Every source of catalogue and configuration by id, those that are off too, adding to `mistakes`.

    A `[[source]]` with the id of one of the catalogue replaces the keys it names and keeps the others.
    """
    known = {table["id"]: table for table in catalogue_sources()} if config.catalogue.enabled else {}
    for number, unwanted in enumerate(config.catalogue.disable):
        if known.pop(unwanted, None) is None and config.catalogue.enabled:
            key = f"catalogue.disable[{number}]"
            mistakes.append(Mistake(key, f"{unwanted!r} is no source", suggest_key(unwanted, tuple(known))))
    tables: dict[str, tuple[str, Mapping[str, Any]]]
    tables = {name: (f"the catalogue's {name}", table) for name, table in known.items()}
    tables |= _configured(config, known, mistakes)
    found = (read_source(table, at, mistakes, folder=config.folder) for at, table in tables.values())
    return {source.id: source for source in found if source is not None}


def owner_of(domain: str) -> tuple[str, Standing]:
    """Who stands behind a domain: the catalogue's owner and standing, else the domain itself, independent."""
    host = host_of(domain) or domain.lower()
    sites = _owners()
    best = max((site for site in sites if under(host, [site])), key=len, default=None)
    return sites[best] if best else (host.removeprefix("www."), Standing.INDEPENDENT)


def source_at(url: str) -> Source:
    """A source that nobody configured, to look at a feed by its address. Raises ConfigError."""
    mistakes: list[Mistake] = []
    source = read_source(
        {"id": "address", "name": host_of(url) or url, "url": url}, "address", mistakes, folder=HERE
    )
    if source is None:
        raise ConfigError(mistakes)
    return source


@cache
def _owners() -> Mapping[str, tuple[str, Standing]]:
    return {
        site: (table["owner"], Standing(table["standing"]))
        for table in catalogue_sources()
        for site in table["sites"]
    }


def _configured(
    config: Config, known: Mapping[str, Mapping[str, Any]], mistakes: list[Mistake]
) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """The `[[source]]` tables by id, laid over the catalogue's."""
    tables: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for number, table in enumerate(config.source):
        at = f"source[{number}]"
        if not isinstance(table, Mapping):
            mistakes.append(Mistake(at, "must be a table", "write it as [[source]]"))
            continue
        name = table.get("id")
        if not isinstance(name, str):
            mistakes.append(
                Mistake(f"{at}.id", "is missing" if name is None else "must be text", 'as in "viasna-en"')
            )
        elif name in tables:
            mistakes.append(
                Mistake(f"{at}.id", f"{name!r} is the id of {tables[name][0]} too", "choose another")
            )
        else:
            tables[name] = at, {**known.get(name, {}), **table}
    return tables
