"""A query as a tree. `parse` makes one of Term, Field and Figure; `compile` turns each Term into Sought and
each Field that asks for a person into Named, which is what match and index work on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

Keys = tuple[str, ...]
"""Match keys of one word; two words are the same when they share a key."""


class FieldName(StrEnum):
    """What can be asked of an item's facts, beside the number released."""

    TOPIC = "topic"
    SOURCE = "source"
    OWNER = "owner"
    LANG = "lang"
    PERSON = "person"


class Relation(StrEnum):
    """How a number is compared."""

    AT_LEAST = ">="
    AT_MOST = "<="
    MORE = ">"
    LESS = "<"
    EQUAL = "="

    def holds(self, left: int, right: int) -> bool:
        """Whether `left` stands in this relation to `right`."""
        return _COMPARE[self](left, right)


_COMPARE: dict[Relation, Callable[[int, int], bool]] = {
    Relation.AT_LEAST: int.__ge__,
    Relation.AT_MOST: int.__le__,
    Relation.MORE: int.__gt__,
    Relation.LESS: int.__lt__,
    Relation.EQUAL: int.__eq__,
}


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase as typed. `prefix`: its last word may go on. `position` counts characters from 0."""

    text: str
    position: int
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """`topic:release`: asks for one value of one field."""

    name: FieldName
    value: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """`released>=10`: asks for the number of people released; nothing matches where nobody stated one."""

    relation: Relation
    number: int


@dataclass(frozen=True, slots=True)
class Sought:
    """Words that must stand side by side. `prefix`: the keys of the last one are beginnings."""

    words: tuple[Keys, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """Words that must all occur in the name of one person among the facts, in any order."""

    words: tuple[Keys, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Excludes."""

    part: Query


@dataclass(frozen=True, slots=True)
class All:
    """Every part must hold."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One part is enough."""

    parts: tuple[Query, ...]


Query = Term | Field | Figure | Sought | Named | Not | All | Either


def leaves(query: Query) -> int:
    """How many terms there are: words, phrases and fields."""
    match query:
        case Not(part):
            return leaves(part)
        case All(parts) | Either(parts):
            return sum(map(leaves, parts))
        case _:
            return 1


def only_excludes(query: Query, *, negated: bool = False) -> bool:
    """Whether a query names nothing that should occur: such an entry vetoes for the whole list."""
    match query:
        case Not(part):
            return only_excludes(part, negated=not negated)
        case All(parts) | Either(parts):
            return all(only_excludes(part, negated=negated) for part in parts)
        case _:
            return negated
