"""Whether a chat's queries let an item through, and which words did it.

The entries of a list are alternatives; an entry of exclusions only is a veto over the whole list; a list of
vetoes only is everything but these; an empty list is everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.model import Report, Topic
from bot.query.keys import keys_of_text
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
    Sought,
    Term,
    only_excludes,
)
from bot.text.fold import FoldedWord, fold_words

NOTHING: frozenset[int] = frozenset()


class ItemWords:
    """Title and summary of one item, folded once for however many queries."""

    __slots__ = ("places", "summary_from", "words")

    def __init__(self, title: Sequence[FoldedWord], summary: Sequence[FoldedWord]) -> None:
        self.words = (*title, *summary)
        self.summary_from = len(title)
        self.places: dict[str, list[int]] = {}
        for number, word in enumerate(self.words):
            for key in keys_of_text(word):
                self.places.setdefault(key, []).append(number)

    def holding(self, keys: Keys) -> set[int]:
        """The numbers of the words that share a key with `keys`."""
        return {number for key in keys for number in self.places.get(key, ())}

    def beginning(self, keys: Keys) -> set[int]:
        """The numbers of the words of which a key begins with one of `keys`."""
        return {number for key, numbers in self.places.items() if key.startswith(keys) for number in numbers}


def fold_item(title: str, summary: str, language: str | None) -> ItemWords:
    """The words of an item, ready to be matched."""
    return ItemWords(fold_words(title, language), fold_words(summary, language))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the fields of a query ask. Source, owner and language are the item's; the rest is the event's.

    sources: every name under which the source may be asked for, in small letters.
    people: the keys of each word of each name.
    released: None where nobody stated a number; then no comparison holds.
    """

    topics: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    owner: str = ""
    language: str = "und"
    people: tuple[tuple[frozenset[str], ...], ...] = ()
    released: int | None = None


def asked_of(
    report: Report, topics: Iterable[Topic], *, released: int | None = None, people: Iterable[str] = ()
) -> Asked:
    """What fields ask of one report of an event with these topics, of which this number and these names are
    known by now."""
    return Asked(
        topics=frozenset(topic.value for topic in topics),
        sources=frozenset({report.source.casefold(), report.outlet.casefold()}),
        owner=report.owner.casefold(),
        language=report.language,
        people=tuple(tuple(word.keys for word in fold_words(name)) for name in people),
        released=released,
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """A matching word: characters `start` to `end` of the item's title or summary."""

    in_summary: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Whether a list lets an item through. `entry`: the first alternative that did or the veto that did not,
    None where none decided it. `marks`: the words that the alternatives found, in reading order."""

    matched: bool
    entry: int | None = None
    marks: tuple[Mark, ...] = field(default=())


def match(entries: Sequence[Query], words: ItemWords, asked: Asked) -> Match:
    """The answer of a whole list of compiled queries to one item."""
    numbered = tuple(enumerate(entries))
    vetoes = [(number, entry) for number, entry in numbered if only_excludes(entry)]
    for number, veto in vetoes:
        if _found(veto, words, asked) is None:
            return Match(matched=False, entry=number)
    if len(vetoes) == len(entries):
        return Match(matched=True)
    hits = [
        (number, found)
        for number, entry in numbered
        if not only_excludes(entry) and (found := _found(entry, words, asked)) is not None
    ]
    if not hits:
        return Match(matched=False)
    numbers = NOTHING.union(*(found for _, found in hits))
    return Match(matched=True, entry=hits[0][0], marks=_marks(words, numbers))


def _marks(words: ItemWords, numbers: Iterable[int]) -> tuple[Mark, ...]:
    return tuple(
        Mark(number >= words.summary_from, words.words[number].start, words.words[number].end)
        for number in sorted(numbers)
    )


def _found(query: Query, words: ItemWords, asked: Asked) -> frozenset[int] | None:
    """The numbers of the words that make `query` hold; None where it does not."""
    match query:
        case Sought():
            return _side_by_side(query, words) or None
        case Not(part):
            return NOTHING if _found(part, words, asked) is None else None
        case All(parts):
            return _all_found(parts, words, asked)
        case Either(parts):
            found = [one for part in parts if (one := _found(part, words, asked)) is not None]
            return NOTHING.union(*found) if found else None
        case _:
            return NOTHING if _states(query, asked) else None


def _all_found(parts: Sequence[Query], words: ItemWords, asked: Asked) -> frozenset[int] | None:
    together: set[int] = set()
    for part in parts:
        found = _found(part, words, asked)
        if found is None:
            return None
        together |= found
    return frozenset(together)


def _side_by_side(sought: Sought, words: ItemWords) -> frozenset[int]:
    last = len(sought.words) - 1
    starts: set[int] | None = None
    for offset, keys in enumerate(sought.words):
        hits = words.beginning(keys) if sought.prefix and offset == last else words.holding(keys)
        shifted = {number - offset for number in hits}
        starts = shifted if starts is None else starts & shifted
        if not starts:
            return NOTHING
    whole = [start for start in starts or () if not start < words.summary_from <= start + last]
    return frozenset(start + offset for start in whole for offset in range(last + 1))


def _states(query: Query, asked: Asked) -> bool:  # noqa: PLR0911 (a case each)
    match query:
        case Field(FieldName.TOPIC, value):
            return value in asked.topics
        case Field(FieldName.SOURCE, value):
            return value in asked.sources
        case Field(FieldName.OWNER, value):
            return value == asked.owner
        case Field(FieldName.LANG, value):
            return value == asked.language
        case Figure(relation, number):
            return asked.released is not None and relation.holds(asked.released, number)
        case Named(wanted):
            return any(_is_named(wanted, name) for name in asked.people)
        case Field() | Term():
            raise ValueError("a query is compiled before it is matched")
    return False


def _is_named(wanted: tuple[Keys, ...], name: tuple[frozenset[str], ...]) -> bool:
    return all(any(not word.isdisjoint(keys) for word in name) for keys in wanted)
