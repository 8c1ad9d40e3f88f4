"""Finding the chat platforms: each with the model of its options and a way to make it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any, cast

from bot.chat.adapter import Adapter, AdapterPart, OwnPlace
from bot.clock import Clock
from bot.config import Config
from bot.config_table import suggest_key, validate_table
from bot.errors import Mistake

FOLDER = "adapters"                   # of chat platforms that come with Vestka, by module name
GROUP = "vestka.adapters"             # entry points of those from elsewhere
NEEDED = ("token",)                   # a platform's table without it is a slip, not a wish


def adapter_names() -> tuple[str, ...]:
    """Every chat platform within reach, without importing one."""
    own = importlib.import_module(FOLDER)
    found = {module.name for module in pkgutil.iter_modules(own.__path__)}
    return tuple(sorted(found | {point.name for point in entry_points(group=GROUP)}))


def find_adapter(name: str) -> AdapterPart:
    """The platform's part: our own, else the entry point's. Raises LookupError for an unknown name."""
    own = importlib.import_module(FOLDER)
    if any(module.name == name for module in pkgutil.iter_modules(own.__path__)):
        return cast("AdapterPart", importlib.import_module(f"{FOLDER}.{name}").ADAPTER)
    for point in entry_points(group=GROUP, name=name):
        return cast("AdapterPart", point.load())
    raise LookupError(name)


def read_adapter_options(config: Config, mistakes: list[Mistake]) -> Mapping[str, Any]:
    """The options of each platform that the configuration asks for, by name, adding to `mistakes`; the
    console's own where it asks for none."""
    known, asked = adapter_names(), {}
    for name, table in config.adapters.items():
        key = f"adapters.{name}"
        if name not in known:
            mistakes.append(Mistake(key, "is unknown", suggest_key(name, known)))
            continue
        part = find_adapter(name)
        options = validate_table(part.options, table, key, mistakes, folder=config.folder, needed=NEEDED)
        if options is not None and part.configured(options):
            asked[name] = options
    return asked or {"console": find_adapter("console").options(enabled=True)}


def make_adapters(options: Mapping[str, Any], clock: Clock) -> dict[str, Adapter]:
    """The platforms, not connected yet."""
    return {name: find_adapter(name).create(chosen, clock) for name, chosen in options.items()}


def own_places(options: Mapping[str, Any]) -> tuple[OwnPlace, ...]:
    """The chats that stand in the platforms' own options."""
    return tuple(
        place for name, chosen in options.items() for place in find_adapter(name).own_places(chosen)
    )
