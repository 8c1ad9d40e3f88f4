"""What Discord's documents demand of request bodies, and its words of refusal.

Its OpenAPI description is used too where it lies beside the checkout.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SPECIFICATION = Path(__file__).resolve().parents[3] / "shared" / "specs" / "discord-openapi.json"

CONTENT = 2000
SUPPRESS_EMBEDS, EPHEMERAL, SILENT = 1 << 2, 1 << 6, 1 << 12
_COMMAND_NAME = re.compile(r"[-_'\w]{1,32}\Z")
_LOCALES = frozenset(
    ["id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko"]
)

SENTENCES: Mapping[int, str] = {
    0: "500: Internal Server Error",
    10003: "Unknown Channel",
    10004: "Unknown Guild",
    10007: "Unknown Member",
    10008: "Unknown Message",
    10013: "Unknown User",
    10015: "Unknown Webhook",
    10062: "Unknown interaction",
    30046: "Maximum number of edits to messages older than 1 hour reached. Try again later",
    40058: "Cannot message this channel until a thread is created from a post in it",
    40060: "Interaction has already been acknowledged.",
    50001: "Missing Access",
    50005: "Cannot edit a message authored by another user",
    50006: "Cannot send an empty message",
    50007: "Cannot send messages to this user",
    50013: "Missing Permissions",
    50035: "Invalid Form Body",
    50083: "Thread is archived",
    50278: "Cannot send messages to this user due to having no mutual guilds",
    160002: "You cannot reply to this message without permission to read message history.",
    160005: "Thread is locked",
}


def refused(code: int, **more: Any) -> dict[str, Any]:
    """The body of an error."""
    return {"message": SENTENCES[code], "code": code, **more}


def message_problems(body: Mapping[str, Any], *, files: int = 0, edit: bool = False) -> dict[str, Any]:
    """What is wrong with a message, as the `errors` of code 50035; {} when nothing is."""
    problems: dict[str, Any] = {}
    content = body.get("content") or ""
    if len(content) > CONTENT:
        problems["content"] = _error("BASE_TYPE_MAX_LENGTH", f"Must be {CONTENT} or fewer in length.")
    if len(str(body.get("nonce") or "")) > 25:
        problems["nonce"] = _error("BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    if bad := _component_problem(body.get("components") or []):
        problems["components"] = _error(*bad)
    if bad := _mention_problem(body.get("allowed_mentions") or {}):
        problems["allowed_mentions"] = _error(*bad)
    allowed = SUPPRESS_EMBEDS if edit else SUPPRESS_EMBEDS | EPHEMERAL | SILENT
    if int(body.get("flags") or 0) & ~allowed:
        problems["flags"] = _error("BITFIELD_INVALID", "Invalid bitfield value.")
    if any(int(attachment["id"]) not in range(files) for attachment in body.get("attachments") or ()):
        problems["attachments"] = _error("ATTACHMENT_NOT_FOUND", "Uploaded attachment not found")
    return problems


def _component_problem(rows: list[Any]) -> tuple[str, str] | None:
    if len(rows) > 5:
        return "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length."
    names: list[str] = []
    for row in rows:
        buttons = row.get("components", [])
        if row.get("type") != 1 or not 1 <= len(buttons) <= 5:
            return "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length."
        for button in buttons:
            if not 1 <= len(button.get("custom_id", "")) <= 100 or not 1 <= len(button.get("label", "")) <= 80:
                return "BASE_TYPE_BAD_LENGTH", "custom_id between 1 and 100, label between 1 and 80 in length."
            names.append(button["custom_id"])
    if len(set(names)) < len(names):
        return "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
    return None


def _mention_problem(mentions: Mapping[str, Any]) -> tuple[str, str] | None:
    parse = mentions.get("parse") or []
    if set(parse) - {"roles", "users", "everyone"}:
        return "BASE_TYPE_CHOICES", "Value must be one of ('users', 'roles', 'everyone')."
    if any(kind in parse and mentions.get(kind) for kind in ("roles", "users")):
        return "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", "parse and its list are mutually exclusive."
    return None


def command_problems(commands: list[Mapping[str, Any]]) -> dict[str, Any]:
    """What is wrong with a bulk overwrite of commands."""
    names = [str(command.get("name", "")) for command in commands]
    if len(commands) > 100 or len(set(names)) < len(names):
        return _error("APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
    problems = {str(index): bad for index, command in enumerate(commands) if (bad := _command_problem(command))}
    return {index: _error("BASE_TYPE_INVALID", bad) for index, bad in problems.items()}


def _command_problem(command: Mapping[str, Any]) -> str:
    options = command.get("options") or []
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        return "Required options must be placed before non-required options"
    if len(options) > 25 or any(len(option.get("choices") or ()) > 25 for option in options):
        return "Must be 25 or fewer in length."
    length = 0
    for named in (command, *options):
        name, description = str(named.get("name", "")), str(named.get("description", ""))
        if not _COMMAND_NAME.match(name) or name != name.lower():
            return f"Command name is invalid: {name}"
        texts = {"": description, **(named.get("description_localizations") or {})}
        if set(texts) - _LOCALES - {""} or not all(1 <= len(text) <= 100 for text in texts.values()):
            return f"Description or its locale is invalid: {name}"
        length += len(name) + max(map(len, texts.values()))
        length += sum(len(str(choice["name"])) + len(str(choice["value"])) for choice in named.get("choices") or ())
    return "Command exceeds maximum size (8000)" if length > 8000 else ""


def _error(code: str, sentence: str) -> dict[str, Any]:
    return {"_errors": [{"code": code, "message": sentence}]}


@functools.cache
def _specification() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SPECIFICATION.read_bytes())
    return found


@functools.cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{schema}",
                                 "components": _specification()["components"]})


def schema_problem(schema: str, body: Any) -> str:
    """How `body` breaks a schema of the specification; "" when it does not or the specification is not here."""
    if not SPECIFICATION.exists():
        return ""
    error = next(iter(_validator(schema).iter_errors(body)), None)
    return "" if error is None else f"{schema}: {error.json_path}: {error.message}"[:500]
