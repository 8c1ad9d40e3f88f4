"""Telegram's own text parser, offline: what its clients make of plain text (links, mentions, commands)."""

from __future__ import annotations

import json
from typing import Any

import tdjson

NAMES = {
    "textEntityTypeUrl": "url",
    "textEntityTypeMention": "mention",
    "textEntityTypeHashtag": "hashtag",
    "textEntityTypeCashtag": "cashtag",
    "textEntityTypeBotCommand": "bot_command",
    "textEntityTypeEmailAddress": "email",
    "textEntityTypePhoneNumber": "phone_number",
    "textEntityTypeBankCardNumber": "bank_card_number",
    "textEntityTypeMediaTimestamp": "media_timestamp",
}


def _ask(**request: Any) -> dict[str, Any]:
    answer = tdjson.td_execute(json.dumps(request).encode())
    if answer is None:
        raise ValueError("the parser took no notice of the request")
    return dict(json.loads(answer))


_ask(**{"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})


def found_entities(text: str) -> list[dict[str, Any]]:
    """What Telegram finds by itself in a text that nobody marked up, as the Bot API writes entities (UTF-16)."""
    found = _ask(**{"@type": "getTextEntities", "text": text})["entities"]
    return [{"type": NAMES[entity["type"]["@type"]], "offset": entity["offset"], "length": entity["length"]}
            for entity in found]


def covered(text: str, entity: dict[str, Any]) -> str:
    """The words that an entity covers."""
    units = text.encode("utf-16-le")
    return units[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")
