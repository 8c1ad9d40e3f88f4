"""Which of many chats' query lists let an item through, without trying each.

Theory. An alternative can hold only if some key of it occurs: one of a word's keys, any word of a phrase, any
part of an All, one of every part of an Either. So each alternative hangs on its cheapest such set of keys, a
chat on those of all its alternatives, and an item asks only for the chats that hang on keys it has; these are
then matched in full, unless to have one of the keys is all that the list asks. Cheap means: rarest in items
(`commonness`), then shared with the fewest other chats.

Where it is known to be slow: chats that nothing can be required of (vetoes only, `a OR -b`) and those that
ask for a topic, language or number only are tried for every item they could concern. They mostly match, too.

A removed chat leaves its number in the postings until these are read next: nothing is ever rebuilt.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.query.compile import pack, unpack
from bot.query.match import Asked, ItemWords, match
from bot.query.tree import All, Either, Field, FieldName, Figure, Named, Query, Sought, only_excludes

# Keys of fields begin with a character that no folded word holds.
FIELD_MARK = "\0"
BEGINNING_MARK = "\1"
PERSON_MARK = "\2"
RELEASED_KEY = FIELD_MARK + "released"
# A field's value occurs in a good part of all items; a word, before anything is known of it, in few.
FIELD_COST = 1_000_000

Anchors = frozenset[str]
SETTLED = b""                         # in place of a packed list: one of its anchors is all that it asks


class QueryIndex:
    """The lists of many chats, each known by a whole number. `commonness`: how many of the recent items hold
    a key, where somebody counted; it makes finding quicker, never different."""

    def __init__(self, commonness: Mapping[str, int] | None = None) -> None:
        self._commonness = commonness or {}
        self._postings: dict[str, array[int]] = {}
        self._beginnings: Counter[int] = Counter()     # length of a prefix key → how many postings have it
        self._slots: dict[int, int] = {}               # chat → slot
        self._chats: list[int] = []                    # slot → chat
        self._lists: list[bytes | None] = []           # slot → its packed list; None: removed
        self._always: set[int] = set()                 # slots of which nothing is required

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, chat: int) -> bool:
        return chat in self._slots

    def put(self, chat: int, entries: Sequence[Query]) -> None:
        """Know `chat` by these compiled entries from now on, in place of what it had."""
        self.remove(chat)
        slot = len(self._lists)
        self._slots[chat] = slot
        self._chats.append(chat)
        self._lists.append(SETTLED if all(map(_is_settled, entries)) else _pack(entries))
        anchors = self._anchors_of_list(entries)
        if anchors is None:
            self._always.add(slot)
        for key in anchors or ():
            self._post(key, slot)

    def remove(self, chat: int) -> None:
        """Know `chat` no longer; nothing happens where it was not known."""
        slot = self._slots.pop(chat, None)
        if slot is not None:
            self._lists[slot] = None
            self._always.discard(slot)

    def find(self, words: ItemWords, asked: Asked) -> list[int]:
        """The chats whose lists let this item through, in ascending order."""
        slots = self._slots_to_try(words, asked)
        return sorted(self._chats[slot] for slot in slots if self._lets(slot, words, asked))

    def candidates(self, words: ItemWords, asked: Asked) -> set[int]:
        """The chats whose lists have to be tried: what `find` costs."""
        return {self._chats[slot] for slot in self._slots_to_try(words, asked)}

    def _lets(self, slot: int, words: ItemWords, asked: Asked) -> bool:
        packed = self._lists[slot]
        if packed is None or packed == SETTLED:
            return packed == SETTLED
        return match(tuple(map(unpack, json.loads(packed))), words, asked).matched

    def _slots_to_try(self, words: ItemWords, asked: Asked) -> set[int]:
        slots = set(self._always)
        for key in self._keys_of_item(words, asked):
            if posting := self._postings.get(key):
                slots.update(self._swept(key, posting))
        return slots

    def _keys_of_item(self, words: ItemWords, asked: Asked) -> Iterator[str]:
        yield from words.places
        for length in self._beginnings:
            yield from {BEGINNING_MARK + key[:length] for key in words.places if length <= len(key)}
        yield from (_field_key(name, value) for name, value in _field_values(asked))
        yield from {_person_key(key) for name in asked.people for word in name for key in word}
        if asked.released is not None:
            yield RELEASED_KEY

    # --- postings -------------------------------------------------------------------------------------------

    def _post(self, key: str, slot: int) -> None:
        if key not in self._postings:
            self._postings[key] = array("I")
            if key.startswith(BEGINNING_MARK):
                self._beginnings[len(key) - len(BEGINNING_MARK)] += 1
        self._postings[key].append(slot)

    def _swept(self, key: str, posting: array[int]) -> array[int]:
        """The posting without the removed, which are dropped for good when they are many."""
        alive = [slot for slot in posting if self._lists[slot] is not None]
        if len(alive) == len(posting):
            return posting
        self._postings[key] = array("I", alive)
        return self._postings[key]

    # --- what an entry hangs on -----------------------------------------------------------------------------

    def _anchors_of_list(self, entries: Sequence[Query]) -> Anchors | None:
        alternatives = [entry for entry in entries if not only_excludes(entry)]
        return self._anchors(Either(tuple(alternatives))) if alternatives else None

    def _anchors(self, query: Query) -> Anchors | None:  # noqa: PLR0911 (a case each)
        """Keys of which an item must have one for `query` to hold; None where nothing is required."""
        match query:
            case Sought(words, prefix):
                last = {BEGINNING_MARK + key for key in words[-1]} if prefix else words[-1]
                return self._cheapest(map(frozenset, (*words[:-1], last)))
            case Named(words):
                return self._cheapest(frozenset(map(_person_key, keys)) for keys in words)
            case Field(name, value):
                return frozenset({_field_key(name, value)})
            case Figure():
                return frozenset({RELEASED_KEY})
            case All(parts):
                return self._cheapest(found for part in parts if (found := self._anchors(part)) is not None)
            case Either(parts):
                sets = [self._anchors(part) for part in parts]
                known = [found for found in sets if found is not None]
                return frozenset[str]().union(*known) if len(known) == len(sets) else None
            case _:
                return None           # an exclusion requires nothing

    def _cheapest(self, sets: Iterable[Anchors]) -> Anchors | None:
        return min(sets, key=self._cost, default=None)

    def _cost(self, keys: Anchors) -> tuple[int, int]:
        common = sum(FIELD_COST if key[0] == FIELD_MARK else self._commonness.get(key, 0) for key in keys)
        return common, sum(len(self._postings.get(key, ())) for key in keys)


def _pack(entries: Sequence[Query]) -> bytes:
    return json.dumps([pack(entry) for entry in entries]).encode()


def _is_settled(query: Query) -> bool:
    """Whether an item that has one of the query's anchors matches it, whatever else it says."""
    match query:
        case Sought(words) | Named(words):
            return len(words) == 1
        case Either(parts):
            return all(map(_is_settled, parts))
        case _:
            return isinstance(query, Field)


def _field_values(asked: Asked) -> Iterator[tuple[FieldName, str]]:
    yield from ((FieldName.TOPIC, topic) for topic in asked.topics)
    yield from ((FieldName.SOURCE, source) for source in asked.sources)
    yield FieldName.OWNER, asked.owner
    yield FieldName.LANG, asked.language


def _field_key(name: FieldName, value: str) -> str:
    return f"{FIELD_MARK}{name}:{value}"


def _person_key(key: str) -> str:
    return PERSON_MARK + key
