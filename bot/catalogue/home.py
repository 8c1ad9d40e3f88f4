"""Where an outlet is at home.

Theory. An outlet tells its own readers of their own country without naming it: "The president has pardoned
31 people" in a Belarusian paper is about Belarus. What the catalogue says of a site or channel counts, then
the outlets listed in `homes.toml`, then the country's ending of the domain. Sites under an ending that
anybody may have, and unknown ones, have no home.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from bot.model import Source
from bot.text.urls import host_of

HOMES = "homes.toml"
CHANNELS = ("t.me", "telegram.me")
NAMES = {"UK": "GB"}  # endings that are not their country's ISO code
PREVIEW = "s"  # t.me/s/name is the public preview of t.me/name


def home_of(source: Source, url: str | None) -> str | None:
    """ISO 3166 code ("EU" for the Union's institutions) of the country where an item's outlet is at home: the
    source's own, else what its address and then the source's sites tell; None where nothing does."""
    return source.country or (country_of(url) if url else None) or _common(source.sites)


def country_of(address: str) -> str | None:
    """The home of the outlet at an address or domain, as far as a list of outlets or its ending tells."""
    host = host_of(address)
    if host is None:
        return None
    if host in CHANNELS:
        return _listed().get(_channel(address))
    labels = host.split(".")
    for start in range(len(labels) - 1):
        if found := _listed().get(".".join(labels[start:])):
            return found
    ending = labels[-1].upper()
    is_country = len(ending) == 2 and ending.isalpha() and ending.lower() not in _open_endings()
    return NAMES.get(ending, ending) if is_country else None


def _common(sites: tuple[str, ...]) -> str | None:
    """The home that all sites of a source share."""
    homes = {country_of(site) for site in sites}
    return homes.pop() if len(homes) == 1 else None


def _channel(address: str) -> str:
    """The channel of a Telegram address as `homes.toml` writes it."""
    parts = address.partition("://")[2].lower() or address.lower()
    names = [part for part in parts.split("?")[0].split("/")[1:] if part and part != PREVIEW]
    return f"{CHANNELS[0]}/{names[0]}" if names else ""


@cache
def _listed() -> Mapping[str, str]:
    """Domain or channel → home."""
    return {site.lower(): country for country, sites in _table()["homes"].items() for site in sites.split()}


@cache
def _open_endings() -> frozenset[str]:
    return frozenset(_table()["endings"]["open"].split())


def _table() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(resources.files("bot.catalogue").joinpath(HOMES).read_text(encoding="utf-8"))
