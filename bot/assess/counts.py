"""The numbers of people that a text names, and what governs each.

Theory. A number of people stands before its noun (52 political prisoners) or beside a predicate (frees 52),
and takes the part of the nearest predicate in its sentence: released beside a verb of release, held beside
"remain", "behind bars", "counts". Words around it change its part: "in all since July", "earlier", another
day's date make it another event's number, "including" a part of a greater one, "out of" the number that
stays. Ages, terms, dates and percentages never were numbers of people. bot/assess/choose.py decides.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.assess.background import is_recalled
from bot.assess.days import find_dates, is_another_day, is_long_ago
from bot.assess.lexicon import MONTH
from bot.assess.people import Named
from bot.assess.reading import Reading, Word
from bot.assess.release import PREDICATES
from bot.assess.stance import Stance, find_stance

GENERIC = frozenset({"POLITICAL", "PRISONER", "PERSON"})  # nouns that count the whole group
SPECIAL = frozenset({"FIGURE", "NATIONAL", "GENDER"})  # nouns that may count a part of it
HEADS = GENERIC | SPECIAL
NOT_PEOPLE = frozenset({"YEARS", "UNIT", "MEASURE", "AGE", "SENTENCE"})
TOLD = frozenset({Stance.ASSERTED, Stance.PLANNED, Stance.WELCOMED})
KEEPS = frozenset({"STILL", "HELD", "COUNT"})
BARE, BARE_TITLE = 4, 8  # words between a number without a noun and its predicate, in a summary, in a title
DYING = 8  # words between those counted and their death; verbs may stand last
CONTRAST = 5  # words between a denied number and the right one
BREAK = 4  # words that a clause boundary is worth
REACH = 14  # words within which a predicate governs a number
HEAD_BEFORE = 6  # words between a noun and a number that follows it
HEAD_REACH = 4  # words between a number and its noun
COMPANION = 10  # words between somebody and those others who are counted with him
COMPANY = 8  # words around a number within which "with him" adds one
MANY = 100  # of political prisoners: a number as great is of those held, unless it is said to be freed
SUBJECT = 10  # words before a dash that may hold the noun of the number behind it
DASH = re.compile(r"[:–—-]")
ARTICLE = 3  # letters
AMONG_THOSE = 8  # words before a number within which "among those freed" makes it a part
AROUND = 30  # words around a number within which signs are looked for
AFTERWARDS = 3  # words after a number within which "among them" makes it a part


class Figure(NamedTuple):
    """One number of people in a text."""

    place: int
    value: int
    head: str  # concept of the noun, "" where none stands
    release: int  # distance to the nearest asserted release, REACH + 1 where none
    held: int  # distance to the nearest word of keeping
    signs: frozenset[str]  # EARLIER, TOTAL, INCLUDING, OUT_OF, AT_LEAST, APPROX, OTHERS
    title: bool
    last: int  # word with which its phrase ends


def find_figures(reading: Reading, people: tuple[Named, ...]) -> tuple[Figure, ...]:
    """All numbers of people in a text."""
    found = []
    for place, word in enumerate(reading.words):
        if word.value is not None and word.value > 1:
            figure = _read_figure(reading, place, word, people)
            if figure is not None:
                found.append(figure)
    return tuple(found)


def _read_figure(reading: Reading, place: int, word: Word, people: tuple[Named, ...]) -> Figure | None:
    words = reading.words
    before = words[place - 1] if place else None
    after = words[place + 1] if place + 1 < len(words) else None
    head, last = _find_head(reading, place)
    if _is_denied(reading, place) or _have_died(reading, place, last):
        return None
    if _is_no_count(word, before, after, head) or _is_age(word, before, after):
        return None
    if head in NOT_PEOPLE:
        return None
    release = _nearest(reading, place, PREDICATES, asserted=True)
    held = _nearest(reading, place, KEEPS, beyond=last)
    title = word.sentence < reading.title
    corrected = title and _corrects(reading, place)
    if not head and not corrected and min(release, held) > (BARE_TITLE if title else BARE):
        return None
    value = int(word.value or 0) + (_companions(reading, place, head, people) if release <= held else 0)
    return Figure(
        place,
        value,
        head,
        release,
        held,
        _find_signs(reading, place, last),
        word.sentence < reading.title,
        last,
    )


def _is_denied(reading: Reading, place: int) -> bool:
    """Whether a number is said not to be the right one, which stands beside it: "не 18, а 16", "16, not
    18"."""
    words, number = reading.words, reading.words[place]
    before = words[place - 1] if place else None
    if before is None or "NEGATION" not in before.concepts or "AT_LEAST" in before.concepts:
        return False
    near = [*words[max(0, place - CONTRAST) : place], *words[place + 1 : place + 1 + CONTRAST]]
    return any(other.value is not None and other.sentence == number.sentence for other in near)


def _corrects(reading: Reading, place: int) -> bool:
    """Whether a number stands beside one that is said to be wrong."""
    near = range(max(0, place - CONTRAST), min(len(reading.words), place + CONTRAST + 1))
    return any(index != place and reading.words[index].value and _is_denied(reading, index) for index in near)


def _have_died(reading: Reading, place: int, last: int) -> bool:
    """Whether those counted are dead: "nine have died in custody"."""
    number = reading.words[place]
    following = [w for w in reading.words[last + 1 : last + 1 + DYING] if w.clause == number.clause]
    died = any("DEATH" in word.concepts for word in following)
    return died and not any(word.concepts & PREDICATES for word in following)


def _is_no_count(word: Word, before: Word | None, after: Word | None, head: str) -> bool:
    """Dates, years, ages after a name, terms, ordinals, percentages."""
    value = int(word.value or 0)
    if before is not None and before.sentence == word.sentence and _spoils_after(before, word, value, head):
        return True
    if after is not None and after.sentence == word.sentence and _spoils_before(after, word, value):
        return True
    is_year = 1990 <= value <= 2100
    return is_year and not (after is not None and after.concepts & HEADS)


def _spoils_after(before: Word, word: Word, value: int, head: str) -> bool:
    """Whether the word before a number makes it a date, an ordinal or an age ("Kastusiou, 67,")."""
    if ("ORDINAL" in before.concepts and head not in HEADS) or (
        "AGE" in before.concepts and before.clause == word.clause
    ):
        return True
    return (MONTH in before.concepts) and (value <= 31 or 1900 < value < 2100)


def _spoils_before(after: Word, word: Word, value: int) -> bool:
    """Whether the word after a number makes it a date, a term, a measure or an age."""
    if (MONTH in after.concepts) and value <= 31:
        return True
    return bool(after.concepts & {"MEASURE", "YEARS", "AGE"}) and after.clause == word.clause


def _is_age(word: Word, before: Word | None, after: Word | None) -> bool:
    """A bare number between commas after somebody: "Kastusiou, 67, has left", "frees an activist, 67"."""
    if before is None or before.clause == word.clause or not 15 <= int(word.value or 0) <= 99:
        return False
    somebody = before.capital or before.concepts & (HEADS | {"CITIZEN"})
    return bool(somebody) and (
        after is None or after.clause != word.clause or after.sentence != word.sentence
    )


def _find_head(reading: Reading, place: int) -> tuple[str, int]:
    """The concept of the noun that a number counts, and where it stands."""
    words, number = reading.words, reading.words[place]
    for offset in range(1, HEAD_REACH + 1):
        other = words[place + offset] if place + offset < len(words) else None
        if other is None or other.sentence != number.sentence or other.value is not None:
            break
        if other.clause != number.clause:
            break
        for concepts in (HEADS, NOT_PEOPLE):
            if found := other.concepts & concepts:
                if found == {"NATIONAL"} and _qualifies(reading, place + offset):
                    break
                return _name_head(reading, place, other, found), _find_end(reading, place + offset)
        if "OTHERS" in other.concepts and offset == 1:
            return "OTHERS", place + 1
    return _find_head_before(reading, place), place


def _find_end(reading: Reading, place: int) -> int:
    """The last word of a noun phrase: "prisoners" in "political prisoners"."""
    words = reading.words
    while place + 1 < len(words) and words[place + 1].clause == words[place].clause:
        if not words[place + 1].concepts & {"POLITICAL", "PRISONER"} or words[place + 1].value is not None:
            break
        place += 1
    return place


def _find_head_before(reading: Reading, place: int) -> str:
    """The noun before a number that no noun follows: "ещё 13", "политзаключенных около 900"."""
    number = reading.words[place]
    before = [
        word for word in reading.words[max(0, place - HEAD_BEFORE) : place] if word.clause == number.clause
    ] or _subject_before(reading, place)
    if any("POLITICAL" in word.concepts for word in before) and int(number.value or 0) >= MANY:
        return "POLITICAL"
    return "OTHERS" if before and "OTHERS" in before[-1].concepts else ""


def _subject_before(reading: Reading, place: int) -> list[Word]:
    """The clause that a dash or colon joins to a bare number: "число политзаключённых — 860"."""
    number, before = reading.words[place], reading.words[place - 1 : place]
    if not before or DASH.search(reading.text[before[0].end : number.start]) is None:
        return []
    subject = reading.words[max(0, place - SUBJECT) : place]
    return [word for word in subject if word.clause == before[0].clause and word.sentence == number.sentence]


def _qualifies(reading: Reading, place: int) -> bool:
    """Whether a word of nationality only qualifies the nouns after it: "Belarusian journalists"."""
    words = reading.words
    return any(
        other.concepts & (HEADS - {"NATIONAL"}) and other.clause == words[place].clause
        for other in words[place + 1 : place + 3]
    )


def _name_head(reading: Reading, place: int, noun: Word, found: frozenset[str]) -> str:
    """One concept for a noun: the most telling; citizens of Belarus are people like all others."""
    head = next(
        concept
        for concept in ("POLITICAL", "PRISONER", "GENDER", "NATIONAL", "PERSON", "FIGURE", *NOT_PEOPLE)
        if concept in found
    )
    return "PERSON" if head == "NATIONAL" and _is_of_belarus(reading, noun) else head


def _is_of_belarus(reading: Reading, noun: Word) -> bool:
    """Whether a noun of nationality names Belarus, itself or in the word after it ("citizens of Belarus")."""
    following = [word for word in reading.words if noun.start <= word.start][:3]
    if len(following) == 3 and "FROM" not in following[1].concepts:
        following.pop()
    return any("BELARUS" in word.concepts for word in following)


def _nearest(
    reading: Reading, place: int, concepts: frozenset[str], *, asserted: bool = False, beyond: int = -1
) -> int:
    """Distance to the nearest word of these concepts in the sentence, clause boundaries counted as BREAK
    words."""
    number = reading.words[place]
    first, after = reading.sentences[number.sentence]
    best = REACH + 1
    for index in range(max(first, place - REACH), min(after, place + REACH + 1)):
        other = reading.words[index]
        if not other.concepts & concepts or place <= index <= beyond:
            continue
        if asserted and find_stance(reading, index)[0] not in TOLD:
            continue
        best = min(best, abs(index - place) + BREAK * abs(other.clause - number.clause))
    return best


SIGNS_BEFORE = frozenset({"INCLUDING", "AMONG", "AT_LEAST", "APPROX", "OTHERS", "AND"})
SIGNS_AROUND = frozenset({"EARLIER", "TOTAL", "ALTOGETHER"})


def _find_signs(reading: Reading, place: int, last: int) -> frozenset[str]:
    words, number = reading.words, reading.words[place]
    signs: set[str] = set()
    for index in range(max(0, place - 3), place):
        if words[index].clause == number.clause:
            signs |= words[index].concepts & SIGNS_BEFORE
    if _is_out_of(reading, place):
        signs.add("OUT_OF")
    if _is_part(reading, place):
        signs.add("PART")
    first, after = reading.sentences[number.sentence]
    for index in range(max(first, place - AROUND), min(after, place + AROUND)):
        other = words[index]
        if other.clause != number.clause:
            continue
        signs |= other.concepts & SIGNS_AROUND
        if index < place and "INCLUDING" in other.concepts:
            signs.add("INCLUDING")
        if last < index <= last + AFTERWARDS and "INCLUDING" in other.concepts and "AND" not in signs:
            signs.add("PART")
    signs |= _find_age(reading, place)
    if "AMONG" in signs and not signs & {"INCLUDING", "PART"}:
        signs -= {"OUT_OF"}
    return frozenset(signs)


def _find_age(reading: Reading, place: int) -> frozenset[str]:
    """Whether a number is of another day, and of one long ago."""
    others = [index for index in find_dates(reading, reading.words[place]) if is_another_day(reading, index)]
    if is_recalled(reading, place) or any(is_long_ago(reading, index) for index in others):
        return frozenset({"EARLIER", "LONG_AGO"})
    return frozenset({"EARLIER"}) if others else frozenset()


def _is_part(reading: Reading, place: int) -> bool:
    """Whether a number is said to be of another: "38 of the 64", "among those freed are nine"."""
    words, number = reading.words, reading.words[place]
    following = words[place + 1 : place + 4]
    if following and "OUT_OF" in following[0].concepts and any(word.value for word in following[1:]):
        return True
    before = [word for word in words[max(0, place - AMONG_THOSE) : place] if word.clause == number.clause]
    among = next((index for index, word in enumerate(before) if "AMONG" in word.concepts), None)
    return among is not None and any("FREE" in word.concepts for word in before[among:])


def _is_out_of(reading: Reading, place: int) -> bool:
    """Whether "of" stands before a number, with nothing but "about", "more than" or an article between."""
    for word in reversed(reading.words[max(0, place - 4) : place]):
        if "OUT_OF" in word.concepts:
            return True
        if not word.concepts & {"AT_LEAST", "APPROX"} and len(word.text) > ARTICLE:
            return False
    return False


def _companions(reading: Reading, place: int, head: str, people: tuple[Named, ...]) -> int:
    """How many are to be added to a number: the named in "Losik and 13 others", one for "he and 13
    others"."""
    words, number = reading.words, reading.words[place]
    before = [word for word in words[max(0, place - 5) : place] if word.sentence == number.sentence]
    others = any("OTHERS" in word.concepts for word in words[max(0, place - 1) : place + 3])
    first, after = reading.sentences[number.sentence]
    joined = max((index for index, word in enumerate(before) if "AND" in word.concepts), default=-1)
    adds = joined >= 0 and not any(word.capital or "AMONG" in word.concepts for word in before[joined + 1 :])
    if adds and (others or head in GENERIC):
        listed = [named for named in people if first <= named.first and named.last < place]
        if listed and place - listed[-1].last <= 4:
            return len(_run(listed))
        left = before[joined - 1] if joined else None
        if left is not None and others and (left.concepts & {"PRONOUN"} or _is_surname(left)):
            return 1
    singles = [
        word for word in words[max(first, place - COMPANION) : place] if word.concepts & {"ONE", "CITIZEN"}
    ]
    if others and singles and not any(word.value is not None for word in words[first:place]):
        return 1
    if others and any(
        "WITH" in word.concepts for word in words[max(first, place - COMPANY) : min(after, place + COMPANY)]
    ):
        return 1
    return 0


def _is_surname(word: Word) -> bool:
    return word.capital and word.concepts <= {"FIGURE_BY", "CRITIC"}


def _run(listed: list[Named]) -> list[Named]:
    """The names at the end of a list that stand together."""
    run = [listed[-1]]
    for named in reversed(listed[:-1]):
        if run[-1].first - named.last > 3:
            break
        run.append(named)
    return run
