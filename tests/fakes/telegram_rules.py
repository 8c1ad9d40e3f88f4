"""What Telegram checks before it takes a message: parameters, text, entities, buttons, rates.

The rules are those of the Bot API reference (https://core.telegram.org/bots/api) and of the Bots FAQ
(https://core.telegram.org/bots/faq, "My bot is hitting limits"), the error sentences those that its open
server sends. Stricter than Telegram in two ways, so that a mistake is seen: a parameter that the reference
does not know and an entity that Telegram would drop in silence are refused.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

TEXT_LIMIT = 4096                     # UTF-16 units of a message after entities are parsed
CAPTION_LIMIT = 1024                  # UTF-16 units
BUTTON_DATA_LIMIT = 64                # bytes

# A name with "!" must be there. The types are the reference's; `test_the_fake_asks_what_the_reference_asks`
# compares them with it.
METHODS: dict[str, str] = {
    "getMe": "",
    "getUpdates": "offset:Integer limit:Integer timeout:Integer allowed_updates:[String]",
    "deleteWebhook": "drop_pending_updates:Boolean",
    "sendMessage": "chat_id!:Integer|String message_thread_id:Integer text!:String entities:[MessageEntity]"
    " link_preview_options:LinkPreviewOptions disable_notification:Boolean protect_content:Boolean"
    " allow_paid_broadcast:Boolean reply_parameters:ReplyParameters reply_markup:InlineKeyboardMarkup",
    "sendPhoto": "chat_id!:Integer|String message_thread_id:Integer photo!:InputFile|String caption:String"
    " caption_entities:[MessageEntity] has_spoiler:Boolean disable_notification:Boolean"
    " protect_content:Boolean allow_paid_broadcast:Boolean reply_parameters:ReplyParameters"
    " reply_markup:InlineKeyboardMarkup",
    "sendChatAction": "chat_id!:Integer|String message_thread_id:Integer action!:String",
    "editMessageText": "chat_id:Integer|String message_id:Integer text:String entities:[MessageEntity]"
    " link_preview_options:LinkPreviewOptions reply_markup:InlineKeyboardMarkup",
    "editMessageCaption": "chat_id:Integer|String message_id:Integer caption:String"
    " caption_entities:[MessageEntity] reply_markup:InlineKeyboardMarkup",
    "editMessageMedia": "chat_id:Integer|String message_id:Integer media!:InputMedia"
    " reply_markup:InlineKeyboardMarkup",
    "deleteMessage": "chat_id!:Integer|String message_id!:Integer",
    "deleteMessages": "chat_id!:Integer|String message_ids!:[Integer]",
    "answerCallbackQuery": "callback_query_id!:String text:String show_alert:Boolean",
    "setMyCommands": "commands!:[BotCommand] scope:BotCommandScope language_code:String",
    "getMyCommands": "scope:BotCommandScope language_code:String",
    "getChat": "chat_id!:Integer|String",
    "getChatAdministrators": "chat_id!:Integer|String",
    "getChatMember": "chat_id!:Integer|String user_id!:Integer",
}
TYPES: dict[str, str] = {
    "MessageEntity": "type!:String offset!:Integer length!:Integer",
    "LinkPreviewOptions": "is_disabled:Boolean",
    "ReplyParameters": "message_id!:Integer allow_sending_without_reply:Boolean",
    "InlineKeyboardMarkup": "inline_keyboard!:[[InlineKeyboardButton]]",
    "InlineKeyboardButton": "text!:String callback_data:String",
    "BotCommand": "command!:String description!:String",
    "BotCommandScope": "type!:String chat_id:Integer|String user_id:Integer",
    "InputMedia": "type!:String media!:String caption:String caption_entities:[MessageEntity]"
    " has_spoiler:Boolean",
}
STYLES = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "blockquote",
                    "expandable_blockquote"})
CLOSED_STYLES = frozenset({"code", "pre"})       # hold no other entity and stand in none


class RefusedError(Exception):
    """What Telegram answers instead of doing it."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad(reason: str) -> RefusedError:
    return RefusedError(400, f"Bad Request: {reason}")


@cache
def fields_of(table: str) -> dict[str, tuple[str, bool]]:
    """Name → (type, whether it must be there)."""
    pairs = (entry.split(":") for entry in table.split())
    return {name.rstrip("!"): (kind, name.endswith("!")) for name, kind in pairs}


def read_parameters(method: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a form or JSON body in their types. A file stays bytes under the name by which another
    parameter attaches it. Raises RefusedError."""
    texts = [value for value in raw.values() if isinstance(value, str)]
    files = {name: value for name, value in raw.items() if any(f'"attach://{name}"' in text for text in texts)}
    rest = {name: _from_form(value) for name, value in raw.items() if name not in files}
    return _read_fields(method, METHODS[method], rest) | files


def _from_form(value: Any) -> Any:
    return value if not isinstance(value, str) else _Text(value)


class _Text(str):
    """A value of a form: the text of a string, or the JSON of anything else."""

    __slots__ = ()


def _read_fields(owner: str, table: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    known = fields_of(table)
    for name in raw:
        if name not in known:
            raise bad(f"{owner} has no parameter {name}")
    for name, (_, must) in known.items():
        if must and name not in raw:
            raise bad(f"parameter {name} of {owner} is required")
    return {name: _read_value(name, known[name][0], value) for name, value in raw.items()}


def _read_value(name: str, kind: str, value: Any) -> Any:
    kinds = kind.split("|")
    if isinstance(value, _Text) and not {"String", "InputFile"} & set(kinds):
        value = _read_json(name, value)
    if isinstance(value, bool):
        fits = "Boolean" in kinds
    elif isinstance(value, int):
        fits = "Integer" in kinds
    elif isinstance(value, str):
        fits = "String" in kinds
        value = str(value)
    elif isinstance(value, list) and kind.startswith("["):
        return [_read_value(name, kind[1:-1], entry) for entry in value]
    elif isinstance(value, dict) and kind in TYPES:
        return _read_fields(kind, TYPES[kind], value)
    else:
        fits = "InputFile" in kinds and isinstance(value, bytes)
    if not fits:
        raise bad(f"parameter {name} is no {kind}")
    return int(value) if name == "chat_id" and isinstance(value, str) and _is_number(value) else value


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdigit()


def _read_json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise bad(f"can't parse {name} JSON object") from None


def check_text(text: str, entities: Iterable[Mapping[str, Any]], *, caption: bool = False) -> None:
    """Refuse what Telegram would refuse or drop. Raises RefusedError."""
    if not text.strip() and not caption:
        raise bad("message text is empty")
    units = text.encode("utf-16-le")
    size = len(units) // 2
    if size > (CAPTION_LIMIT if caption else TEXT_LIMIT):
        raise bad("message caption is too long" if caption else "message is too long")
    spans = []
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if entity["type"] not in STYLES:
            raise bad(f"entity of type {entity['type']} means nothing here")
        if not 0 <= start < end <= size:
            raise bad("entity is not inside the text")
        if _splits_a_pair(units, start) or _splits_a_pair(units, end):
            raise bad("entity begins or ends in the middle of a character")
        if not units[2 * start : 2 * end].decode("utf-16-le").strip():
            raise bad("entity covers only white space")
        spans.append((start, end, entity["type"]))
    _check_nesting(spans)


def _splits_a_pair(units: bytes, index: int) -> bool:
    return 0xDC00 <= int.from_bytes(units[2 * index : 2 * index + 2], "little") <= 0xDFFF


def _check_nesting(spans: list[tuple[int, int, str]]) -> None:
    for place, (start, end, kind) in enumerate(spans):
        for other_start, other_end, other in spans[place + 1 :]:
            if other_end <= start or end <= other_start:
                continue
            holds = start <= other_start and other_end <= end
            if not holds and not (other_start <= start and end <= other_end):
                raise bad("entities cross each other")
            if {kind, other} & CLOSED_STYLES or {kind, other} == {"blockquote"}:
                raise bad(f"{other} in {kind} is not allowed")


def check_keyboard(markup: Mapping[str, Any] | None) -> None:
    """Raises RefusedError."""
    for row in (markup or {}).get("inline_keyboard", []):
        for button in row:
            if not button["text"].strip():
                raise bad("BUTTON_TEXT_INVALID")
            if not 1 <= len(button.get("callback_data", "").encode()) <= BUTTON_DATA_LIMIT:
                raise bad("BUTTON_DATA_INVALID")


class Rates:
    """Messages taken in sliding windows: 30 a second for the bot (1,000 paid), one a second for a chat, 20 a
    minute for a group. `grace` seconds are taken off each window, for tests where requests race on a real
    network; 0 is the documented limit without Telegram's unwritten tolerance for short bursts."""

    def __init__(self, grace: float = 0.0) -> None:
        self._grace = grace
        self._taken: dict[object, deque[float]] = defaultdict(deque)

    def take(self, now: float, chat: int, *, group: bool, paid: bool, new: bool) -> None:
        """Count a message (`new`) or an edit of one; an edit counts for the bot only. Raises RefusedError."""
        windows: list[tuple[object, int, float]] = [(("bot", paid), 1000 if paid else 30, 1.0)]
        if new:
            windows.append((("second", chat), 1, 1.0))
        if new and group:
            windows.append((("minute", chat), 20, 60.0))
        wait = max(self._wait(now, *window) for window in windows)
        if wait > 0:
            seconds = math.ceil(wait)
            raise RefusedError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        for key, _, _ in windows:
            self._taken[key].append(now)

    def _wait(self, now: float, key: object, count: int, seconds: float) -> float:
        taken = self._taken[key]
        while taken and taken[0] <= now - seconds + self._grace:
            taken.popleft()
        return 0.0 if len(taken) < count else taken[-count] + seconds - self._grace - now
