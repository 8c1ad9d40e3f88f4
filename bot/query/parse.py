"""What a person typed as a query, or the place of the mistake and what would be right.

AND binds tighter than OR: `a b OR c` is `(a b) OR c`. Every position points into the text as it was typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.errors import QueryError
from bot.model import Topic
from bot.query.tree import All, Either, Field, FieldName, Figure, Not, Query, Relation, Term, leaves

MAX_CHARACTERS = 200                  # fixed in the contract with people, told by /help keywords
MAX_TERMS = 20
MAX_ENTRIES = 50                      # of one chat
MAX_DEPTH = 10                        # parentheses in each other: more is a slip or an attack on the stack

QUOTES = '"“”„‟«»‹›〝〞〟＂「」『』'
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
PARENTHESES = {"（": "(", "）": ")", "﹙": "(", "﹚": ")", "＊": "*", "！": "!", "：": ":"}
PLAIN = str.maketrans({**dict.fromkeys(QUOTES, '"'), **dict.fromkeys(DASHES, "-"), **PARENTHESES})

# A single quotation mark is an apostrophe (сям'я) unless a pair of them embraces whole words.
SINGLE_QUOTED = re.compile(r"(?<![^\s(!:-])['‘’‚‛](?=[^\s'‘’‚‛])([^\"'‘’‚‛]*[^\s\"'‘’‚‛])['‘’](?![^\s)])")
FIGURE = re.compile(r"released\s*(>=|=>|≥|<=|=<|≤|>|<|=|:)\s*([^\s()\"]*)", re.IGNORECASE)
RELATIONS = {
    ">=": Relation.AT_LEAST, "=>": Relation.AT_LEAST, "≥": Relation.AT_LEAST,
    "<=": Relation.AT_MOST, "=<": Relation.AT_MOST, "≤": Relation.AT_MOST,
    ">": Relation.MORE, "<": Relation.LESS, "=": Relation.EQUAL, ":": Relation.EQUAL,
}  # fmt: skip
WORD_END = re.compile(r"[\s()\"]")
EXCLUSION = re.compile(r"[-!]+")
FIELD = re.compile(r"([^\W\d_]+):(.*)", re.DOTALL)
NUMBER = re.compile(r"[0-9]{1,6}")
LANGUAGE = re.compile(r"[a-z]{2,3}")


class _Mark(StrEnum):
    OPEN = "("
    CLOSE = ")"
    OR = "OR"
    EXCLUDE = "-"


@dataclass(frozen=True, slots=True)
class _Token:
    position: int
    what: _Mark | Term | Field | Figure


def parse(text: str) -> Query:
    """The query that `text` states. Raises QueryError with the position of the first mistake."""
    if len(text) > MAX_CHARACTERS:
        raise QueryError(MAX_CHARACTERS, "query.too_long", limit=MAX_CHARACTERS, length=len(text))
    query = _Parser(list(_tokens(text)), len(text)).parse()
    if leaves(query) > MAX_TERMS:
        raise QueryError(0, "query.too_many_terms", limit=MAX_TERMS, terms=leaves(query))
    return query


# --- words ----------------------------------------------------------------------------------------------


def _tokens(text: str) -> Iterator[_Token]:
    # Characters that cannot be seen (directions, joiners, byte order marks) come in by copying: left out.
    seen = [(character, at) for at, character in enumerate(text) if unicodedata.category(character) != "Cf"]
    places = [at for _, at in seen] + [len(text)]
    plain = _straighten("".join(character for character, _ in seen))
    at = 0
    while at < len(plain):
        if plain[at].isspace() or unicodedata.category(plain[at]) == "Cc":
            at += 1
            continue
        token, at = _next(plain, at, places)
        if token is not None:
            yield token


def _straighten(text: str) -> str:
    """Any quotation marks and dashes as `"` and `-`, character for character."""
    return SINGLE_QUOTED.sub(lambda found: f'"{found[1]}"', text.translate(PLAIN))


def _next(text: str, at: int, places: list[int]) -> tuple[_Token | None, int]:
    position = places[at]
    if text[at] in "()":
        return _Token(position, _Mark(text[at])), at + 1
    if text[at] == '"':
        phrase, end = _phrase(text, at, places)
        return _Token(position, Term(_with_letters(phrase, position), position)), end
    if exclusion := EXCLUSION.match(text, at):
        return _exclusion(text, exclusion, position), exclusion.end()
    if figure := FIGURE.match(text, at):
        return _Token(position, _figure(figure, places)), figure.end()
    return _word(text, at, places)


def _phrase(text: str, at: int, places: list[int]) -> tuple[str, int]:
    end = text.find('"', at + 1)
    if end < 0:
        raise QueryError(places[at], "query.unclosed_quote")
    star = text.find("*", at, end)
    if star >= 0:
        raise QueryError(places[star], "query.star_place")
    return text[at + 1 : end], end + 1


def _exclusion(text: str, found: re.Match[str], position: int) -> _Token:
    if found.end() == len(text) or text[found.end()].isspace() or text[found.end()] == ")":
        raise QueryError(position, "query.nothing_excluded", mark=found[0][0])
    return _Token(position, _Mark.EXCLUDE)


def _figure(found: re.Match[str], places: list[int]) -> Figure:
    if not NUMBER.fullmatch(found[2]):
        raise QueryError(places[found.start(2)], "query.not_a_number")
    return Figure(RELATIONS[found[1]], int(found[2]))


def _word(text: str, at: int, places: list[int]) -> tuple[_Token | None, int]:
    word = WORD_END.split(text[at:], maxsplit=1)[0]
    position, end = places[at], at + len(word)
    if word == "OR":
        return _Token(position, _Mark.OR), end
    if word == "AND":                 # all words must occur anyway
        return None, end
    if FIELD.fullmatch(word) and (word[-1] != ":" or text[end : end + 1] == '"'):
        return _field(text, at, end, places)
    return _Token(position, _term(word, at, places)), end


def _field(text: str, at: int, end: int, places: list[int]) -> tuple[_Token, int]:
    field, _, value = text[at:end].partition(":")
    value_at = places[at + len(field) + 1]
    if not value:
        value, end = _phrase(text, end, places)
    if field.lower() not in set(FieldName):
        raise QueryError(places[at], "query.unknown_field", field=field)
    name = FieldName(field.lower())
    return _Token(places[at], Field(name, _value(name, value, value_at), value_at)), end


def _value(name: FieldName, value: str, position: int) -> str:
    if "*" in value:
        raise QueryError(position + value.index("*"), "query.star_place")
    plain = " ".join(_with_letters(value, position).split())
    match name:
        case FieldName.TOPIC if plain.lower() not in set(Topic):
            raise QueryError(position, "query.unknown_topic", value=plain)
        case FieldName.LANG if not LANGUAGE.fullmatch(plain.lower()):
            raise QueryError(position, "query.unknown_language", value=plain)
        case FieldName.PERSON:
            return plain
    return plain.casefold()


def _term(word: str, at: int, places: list[int]) -> Term:
    stem = word.rstrip("*") if word.endswith("*") else word
    if "*" in stem or not stem:
        raise QueryError(places[at + word.index("*")], "query.star_place")
    return Term(_with_letters(stem, places[at]), places[at], prefix=stem != word)


def _with_letters(text: str, position: int) -> str:
    if not any(map(str.isalnum, text)):
        raise QueryError(position, "query.no_letters")
    return text


# --- sentences ------------------------------------------------------------------------------------------


class _Parser:
    """Recursive descent over the tokens: either → all → part."""

    def __init__(self, tokens: list[_Token], length: int) -> None:
        self._tokens = tokens
        self._end = length
        self._at = 0
        self._depth = 0

    def parse(self) -> Query:
        if not self._tokens:
            raise QueryError(0, "query.empty")
        query = self._either()
        if self._at < len(self._tokens):      # only a closing parenthesis stops `_either` early
            raise QueryError(self._position, "query.extra_parenthesis")
        return query

    @property
    def _position(self) -> int:
        return self._tokens[self._at].position if self._at < len(self._tokens) else self._end

    def _peek(self) -> _Mark | Term | Field | Figure | None:
        return self._tokens[self._at].what if self._at < len(self._tokens) else None

    def _either(self) -> Query:
        parts = [self._all()]
        while self._peek() is _Mark.OR:
            self._at += 1
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _all(self) -> Query:
        parts: list[Query] = []
        while self._peek() not in {None, _Mark.OR, _Mark.CLOSE}:
            parts.append(self._part())
        if not parts:
            self._refuse_nothing()
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _refuse_nothing(self) -> None:
        before = self._tokens[self._at - 1] if self._at else None
        if self._peek() is _Mark.OR or (before and before.what is _Mark.OR):
            at = self._position if self._peek() is _Mark.OR or before is None else before.position
            raise QueryError(at, "query.or_place")
        if before is None:
            raise QueryError(self._position, "query.extra_parenthesis")
        raise QueryError(before.position, "query.empty_parentheses")

    def _part(self) -> Query:
        position, token = self._position, self._peek()
        match token:
            case Term() | Field() | Figure():
                self._at += 1
                return token
            case _Mark.OPEN:
                self._at += 1
                return self._group(position)
            case _Mark.EXCLUDE if self._follows_part():
                self._at += 1
                return Not(self._part())
        raise QueryError(position, "query.nothing_excluded", mark="-")

    def _follows_part(self) -> bool:
        after = self._tokens[self._at + 1 : self._at + 2]
        return bool(after) and after[0].what not in {_Mark.OR, _Mark.CLOSE, _Mark.EXCLUDE}

    def _group(self, position: int) -> Query:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError(position, "query.too_deep", limit=MAX_DEPTH)
        if self._peek() is None:
            raise QueryError(position, "query.unclosed_parenthesis")
        query = self._either()
        if self._peek() is not _Mark.CLOSE:
            raise QueryError(position, "query.unclosed_parenthesis")
        self._at += 1
        self._depth -= 1
        return query
