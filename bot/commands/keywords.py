"""/keywords: only what matches a chat's list of queries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.chat.definition import Command, Context, usage_of
from bot.chat.message import Message, plain
from bot.errors import PersonError
from bot.query.compile import FOLDING_VERSION, Entry, compile_query, read_entry, write_entry
from bot.query.parse import MAX_CHARACTERS, MAX_ENTRIES
from bot.query.tree import only_excludes
from bot.storage import queries
from bot.storage.queries import StoredQuery


class Action(StrEnum):
    """What is done to the list."""

    ADD = "add"
    REMOVE = "remove"
    LIST = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """query: what to add; what to remove, as typed then or by its number in the list."""

    action: Action
    query: str = ""


async def run(arguments: Arguments, context: Context) -> Message:
    """Change or show the list."""
    match arguments.action:
        case Action.LIST:
            return await _list(context)
        case _ if not arguments.query.strip():
            raise PersonError("command.missing", option="query", usage=usage_of(COMMAND))
        case Action.ADD:
            return await _add(" ".join(arguments.query.split()), context)
        case Action.REMOVE:
            return await _remove(" ".join(arguments.query.split()), context)


async def _list(context: Context) -> Message:
    async with context.database.reading() as tx:
        stored = await queries.of_chat(tx, context.keyring, context.accepted.id)
    speaker = context.translator
    if not stored:
        return plain(speaker.text("keywords.none"))
    entries = (f"{number}. {read_entry(row.body).text}" for number, row in enumerate(stored, start=1))
    return plain(speaker.count("keywords.list", len(stored)), *entries)


async def _add(text: str, context: Context) -> Message:
    query = compile_query(text)
    chat = context.accepted
    async with context.database.writing() as tx:
        stored = await queries.of_chat(tx, context.keyring, chat.id)
        if any(read_entry(row.body).text == text for row in stored):
            return plain(context.translator.text("keywords.exists", query=text))
        if len(stored) >= MAX_ENTRIES:
            raise PersonError("keywords.too_many", limit=MAX_ENTRIES)
        await queries.add(tx, context.keyring, chat.id, write_entry(Entry(text, query)), FOLDING_VERSION)
    message_id = "keywords.added.veto" if only_excludes(query) else "keywords.added"
    return plain(context.translator.text(message_id, query=text))


async def _remove(text: str, context: Context) -> Message:
    chat = context.accepted
    async with context.database.writing() as tx:
        stored = await queries.of_chat(tx, context.keyring, chat.id)
        found = _find(text, stored)
        if found is None:
            raise PersonError("keywords.unknown", query=text[:MAX_CHARACTERS])
        await queries.remove(tx, chat.id, found.id)
    say = context.translator.text
    removed = say("keywords.removed", query=read_entry(found.body).text)
    return plain(removed) if len(stored) > 1 else plain(removed, say("keywords.none"))


def _find(text: str, stored: tuple[StoredQuery, ...]) -> StoredQuery | None:
    """The entry that was typed so; else the one with this number in the list."""
    typed = next((row for row in stored if read_entry(row.body).text == text), None)
    numbered = {str(number): row for number, row in enumerate(stored, start=1)}
    return typed or numbered.get(text)


COMMAND = Command(
    name="keywords",
    arguments=Arguments,
    run=run,
    changes=lambda arguments: arguments.action is not Action.LIST,
)
