"""Telegram over python-telegram-bot: long polling to hear people, the Bot API to speak to them."""

from __future__ import annotations

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.options import TelegramOptions
from bot.chat.adapter import AdapterPart

ADAPTER = AdapterPart(
    name="telegram",
    options=TelegramOptions,
    configured=lambda options: bool(options.token.get_secret_value()),
    create=TelegramAdapter,
)
