"""Discord over discord.py: the gateway to hear people, REST to speak to them."""

from __future__ import annotations

from adapters.discord.adapter import DiscordAdapter
from adapters.discord.options import DiscordOptions
from bot.chat.adapter import AdapterPart

ADAPTER = AdapterPart(
    name="discord",
    options=DiscordOptions,
    configured=lambda options: bool(options.token.get_secret_value()),
    create=DiscordAdapter,
)
