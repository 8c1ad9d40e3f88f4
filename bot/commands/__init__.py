"""The commands: one module, one command, found by scanning this folder. `bot/chat/definition.py` says what a
module exports; its words are in `languages/<code>/messages.po`."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from bot.chat.definition import Command


def find_commands() -> tuple[Command, ...]:
    """Every command, by name."""
    modules = (import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    commands: list[Command] = [module.COMMAND for module in modules]
    return tuple(sorted(commands, key=lambda command: command.name))
