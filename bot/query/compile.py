"""A query as match keys, which is how storage keeps it: folding a language is slow, comparing keys is not.

Compiled queries are worth as much as the folding that made them: storage keeps `FOLDING_VERSION` beside each,
and those of an older version are compiled again from what was typed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import QueryError
from bot.query.keys import keys_of_query
from bot.query.parse import parse
from bot.query.tree import (
    All,
    Either,
    Field,
    FieldName,
    Figure,
    Keys,
    Named,
    Not,
    Query,
    Relation,
    Sought,
    Term,
)
from bot.text.fold import FoldedWord, fold_letters, fold_words

# Raised with every change of the keys that bot/text/fold.py or bot/query/keys.py gives to any word.
FOLDING_VERSION = 1

Packed = list[Any]
"""A compiled query as plain lists, texts and numbers."""


def compile_query(text: str, language: str | None = None) -> Query:
    """`text` parsed, with match keys for words. `language` (ISO 639-1) helps with inflection.

    Raises QueryError where `text` cannot be understood or a word has nothing that could be matched; it
    carries `text` as its value "query", so that the place can be shown.
    """
    try:
        return _compile(parse(text), language)
    except QueryError as error:
        error.values["query"] = text
        raise


def _compile(query: Query, language: str | None) -> Query:  # noqa: PLR0911 (a case each)
    match query:
        case Term(text, position, prefix):
            return _seek(text, position, prefix, language)
        case Field(FieldName.PERSON, value, position):
            return Named(tuple(tuple(sorted(word.keys)) for word in _folded(value, position, language)))
        case Field(name, value):
            return Field(name, value)
        case Not(part):
            return Not(_compile(part, language))
        case All(parts):
            return All(tuple(_compile(part, language) for part in parts))
        case Either(parts):
            return Either(tuple(_compile(part, language) for part in parts))
        case _:
            return query


def _seek(text: str, position: int, prefix: bool, language: str | None) -> Sought:
    if not prefix:
        return Sought(_keys(text, position, language))
    # A beginning has neither stem nor skeleton: the words themselves and their lemmas are looked at.
    beginning = fold_letters(_folded(text, position, language)[-1].text)
    return Sought((*_keys(text, position, language)[:-1], (f"w:{beginning}", f"s:{beginning}")), prefix=True)


def _keys(text: str, position: int, language: str | None) -> tuple[Keys, ...]:
    return tuple(map(keys_of_query, _folded(text, position, language)))


def _folded(text: str, position: int, language: str | None) -> tuple[FoldedWord, ...]:
    words = fold_words(text, language)
    if not words:
        raise QueryError(position, "query.no_letters")
    return words


# --- as stored ------------------------------------------------------------------------------------------


def pack(query: Query) -> Packed:  # noqa: PLR0911 (a case each)
    """A compiled query as values that JSON knows; `unpack` is the inverse."""
    match query:
        case Sought(words, prefix):
            return ["word", [list(keys) for keys in words], int(prefix)]
        case Named(words):
            return ["person", [list(keys) for keys in words]]
        case Field(name, value):
            return ["field", name.value, value]
        case Figure(relation, number):
            return ["released", relation.value, number]
        case Not(part):
            return ["not", pack(part)]
        case All(parts):
            return ["all", *map(pack, parts)]
        case Either(parts):
            return ["either", *map(pack, parts)]
        case Term():
            raise ValueError("a query is compiled before it is packed")


def unpack(packed: Sequence[Any]) -> Query:  # noqa: PLR0911 (a case each)
    """The compiled query that `pack` made `packed` of. Raises ValueError where nothing could have."""
    match packed:
        case ["word", words, prefix]:
            return Sought(_words(words), bool(prefix))
        case ["person", words]:
            return Named(_words(words))
        case ["field", name, value]:
            return Field(FieldName(name), value)
        case ["released", relation, number]:
            return Figure(Relation(relation), number)
        case ["not", part]:
            return Not(unpack(part))
        case ["all", *parts]:
            return All(tuple(map(unpack, parts)))
        case ["either", *parts]:
            return Either(tuple(map(unpack, parts)))
    raise ValueError("this is no packed query")


def _words(words: Sequence[Sequence[str]]) -> tuple[Keys, ...]:
    return tuple(map(tuple, words))


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a chat's list: as typed and as compiled."""

    text: str
    query: Query


def write_entry(entry: Entry) -> str:
    """An entry as storage keeps it (encrypted); `read_entry` is the inverse."""
    return json.dumps([entry.text, pack(entry.query)], ensure_ascii=False, separators=(",", ":"))


def read_entry(body: str) -> Entry:
    """The entry that `write_entry` wrote. Raises ValueError where nothing could have written it."""
    match json.loads(body):
        case [str(text), [*packed]]:
            return Entry(text, unpack(packed))
    raise ValueError("this is no stored query")


def refresh_entry(body: str, folding: int) -> Entry:
    """The stored entry, compiled anew where it was compiled with another folding than today's.

    Raises QueryError where what was typed then cannot be understood today.
    """
    entry = read_entry(body)
    return entry if folding == FOLDING_VERSION else Entry(entry.text, compile_query(entry.text))
