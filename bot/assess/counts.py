"""How many people were released in this event, and how many are still held.

Theory. A number of people stands before its noun (52 political prisoners) or beside a predicate (frees 52),
and takes the part of the nearest predicate in its sentence: released beside a verb of release, held beside
"remain", "behind bars", "counts". Words around it change its part: "in all since July", "earlier", another
day's date make it another event's number, "including" a part of a greater one, "out of" the number that
stays. Ages, terms, dates, percentages never were numbers of people. Of what is left for one part the best
placed wins, the title before the summary.

Where nothing is left, the fact is absent.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from bot.assess.lexicon import MONTH
from bot.assess.people import Named
from bot.assess.reading import Reading, Word
from bot.assess.release import PRISONERS, VERBS
from bot.assess.stance import Stance, find_stance
from bot.model import Count

HEADS = frozenset({"POLITICAL", "PRISONER", "PERSON", "FIGURE"})
NOT_PEOPLE = frozenset({"YEARS", "UNIT", "MEASURE", "AGE"})
KEEPS = frozenset({"STILL", "HELD", "COUNT"})
BREAK = 4  # words that a clause boundary is worth
REACH = 14  # words within which a predicate governs a number
HEAD_REACH = 4  # words between a number and its noun
RECENT = 6  # days: a date nearer to publication than this is this event's


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


def find_figures(reading: Reading, published: date, people: tuple[Named, ...]) -> tuple[Figure, ...]:
    """All numbers of people in a text."""
    found = []
    for place, word in enumerate(reading.words):
        if word.value is not None and word.value > 0:
            figure = _read_figure(reading, place, word, published, people)
            if figure is not None:
                found.append(figure)
    return tuple(found)


def _read_figure(
    reading: Reading, place: int, word: Word, published: date, people: tuple[Named, ...]
) -> Figure | None:
    words = reading.words
    before = words[place - 1] if place else None
    after = words[place + 1] if place + 1 < len(words) else None
    if _is_no_count(word, before, after) or _is_age(word, before, after):
        return None
    head, last = _find_head(reading, place)
    if head in NOT_PEOPLE:
        return None
    release, held = _nearest(reading, place, VERBS, asserted=True), _nearest(reading, place, KEEPS)
    if not head and min(release, held) > 4:
        return None
    value = int(word.value or 0) + _companions(reading, place, people)
    return Figure(
        place,
        value,
        head,
        release,
        held,
        _find_signs(reading, place, last, published),
        word.sentence < reading.title,
        last,
    )


def _is_no_count(word: Word, before: Word | None, after: Word | None) -> bool:
    """Dates, years, ages after a name, terms, ordinals, percentages."""
    value = int(word.value or 0)
    if before is not None and before.sentence == word.sentence and _spoils_after(before, word, value):
        return True
    if after is not None and after.sentence == word.sentence and _spoils_before(after, word, value):
        return True
    is_year = 1990 <= value <= 2100
    return is_year and not (after is not None and after.concepts & HEADS)


def _spoils_after(before: Word, word: Word, value: int) -> bool:
    """Whether the word before a number makes it a date, an ordinal or an age ("Kastusiou, 67,")."""
    if "ORDINAL" in before.concepts or ("AGE" in before.concepts and before.clause == word.clause):
        return True
    return _is_month(before) and (value <= 31 or 1900 < value < 2100)


def _spoils_before(after: Word, word: Word, value: int) -> bool:
    """Whether the word after a number makes it a date, a term, a measure or an age."""
    if _is_month(after) and value <= 31:
        return True
    return bool(after.concepts & {"MEASURE", "YEARS", "AGE"}) and after.clause == word.clause


def _is_age(word: Word, before: Word | None, after: Word | None) -> bool:
    """A bare number between commas after a name: "Ryhor Kastusiou, 67, has left"."""
    if before is None or not before.capital or before.clause == word.clause:
        return False
    if not 15 <= int(word.value or 0) <= 99:
        return False
    return after is None or after.clause != word.clause


def _is_month(word: Word) -> bool:
    return any(concept.startswith(MONTH) for concept in word.concepts)


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
                return min(found, key=lambda concept: concept != "POLITICAL"), place + offset
        if "OTHERS" in other.concepts and offset == 1:
            return "OTHERS", place + 1
    before = words[place - 1] if place else None
    if before is not None and before.clause == number.clause and "OTHERS" in before.concepts:
        return "OTHERS", place
    return "", place


def _nearest(reading: Reading, place: int, concepts: frozenset[str], *, asserted: bool = False) -> int:
    """Distance to the nearest word of these concepts in the sentence, clause boundaries counted as BREAK
    words."""
    number = reading.words[place]
    first, after = reading.sentences[number.sentence]
    best = REACH + 1
    for index in range(first, after):
        other = reading.words[index]
        if not other.concepts & concepts:
            continue
        if asserted and find_stance(reading, index)[0] not in {Stance.ASSERTED, Stance.PLANNED}:
            continue
        best = min(best, abs(index - place) + BREAK * abs(other.clause - number.clause))
    return best


SIGNS_BEFORE = frozenset({"INCLUDING", "OUT_OF", "AT_LEAST", "APPROX", "OTHERS", "AND"})
SIGNS_AROUND = frozenset({"EARLIER", "TOTAL"})


def _find_signs(reading: Reading, place: int, last: int, published: date) -> frozenset[str]:
    words, number = reading.words, reading.words[place]
    signs: set[str] = set()
    for index in range(max(0, place - 3), place):
        if words[index].clause == number.clause:
            signs |= words[index].concepts & SIGNS_BEFORE
    first, after = reading.sentences[number.sentence]
    for index in range(first, after):
        other = words[index]
        if other.clause != number.clause:
            continue
        signs |= other.concepts & SIGNS_AROUND
        if index < place and "INCLUDING" in other.concepts:
            signs.add("INCLUDING")
        if _is_month(other) and _is_another_day(reading, index, published):
            signs.add("EARLIER")
    return frozenset(signs)


def _is_another_day(reading: Reading, index: int, published: date) -> bool:
    """Whether a month (with its day, if one stands beside it) is not about the time of publication."""
    month = next(
        int(concept[len(MONTH) :]) for concept in reading.words[index].concepts if concept.startswith(MONTH)
    )
    if abs(month - published.month) not in {0, 1, 11}:
        return True
    for other in reading.words[max(0, index - 1) : index + 2]:
        if other.value is not None and 1 <= other.value <= 31:
            return _days_apart(month, other.value, published) > RECENT
    return month != published.month and published.day > RECENT


def _days_apart(month: int, day: int, published: date) -> int:
    candidates = []
    for year in (published.year - 1, published.year, published.year + 1):
        try:
            candidates.append(abs((date(year, month, day) - published).days))
        except ValueError:
            continue
    return min(candidates, default=366)


def _companions(reading: Reading, place: int, people: tuple[Named, ...]) -> int:
    """How many named people are added to "and 13 others" or "he and 13 others"."""
    words, number = reading.words, reading.words[place]
    before = [word for word in words[max(0, place - 3) : place] if word.sentence == number.sentence]
    near = {concept for word in words[place - 1 if place else 0 : place + 3] for concept in word.concepts}
    if not before or not any("AND" in word.concepts for word in before[-2:]) or "OTHERS" not in near:
        return 0
    first, _ = reading.sentences[number.sentence]
    listed = [named for named in people if first <= named.first and named.last < place]
    if listed and place - listed[-1].last <= 4:
        return len(_run(reading, listed))
    pronoun = any(word.concepts & {"PRONOUN"} for word in before)
    return 1 if pronoun or (before[-2:][0].capital and not before[-2:][0].concepts) else 0


def _run(reading: Reading, listed: list[Named]) -> list[Named]:
    """The names at the end of a list that stand together."""
    run = [listed[-1]]
    for named in reversed(listed[:-1]):
        if run[-1].first - named.last > 3:
            break
        run.append(named)
    return run


# --- choosing -------------------------------------------------------------------------------------------


def choose_released(reading: Reading, figures: tuple[Figure, ...]) -> Count | None:
    """The number released in this event."""
    worth = [(points, -figure.place, figure) for figure in figures if (points := _released_worth(figure)) > 0]
    if not worth:
        return None
    points, _, best = max(worth)
    pair = _pair_sum(reading, figures, best)
    if pair is not None:
        return pair
    return _count(reading, best)


def _released_worth(figure: Figure) -> float:
    if figure.release > REACH or figure.held < figure.release or figure.signs & {"OUT_OF"}:
        return 0.0
    worth = 4.0 - figure.release / 4 + 2.0 * figure.title
    worth += {"POLITICAL": 1.5, "PRISONER": 1.0, "PERSON": 0.5, "FIGURE": 0.0, "OTHERS": 0.25}.get(
        figure.head, 0.0
    )
    for sign, cost in (("EARLIER", 4.0), ("TOTAL", 4.0), ("INCLUDING", 4.0)):
        if sign in figure.signs:
            worth -= cost
    return worth


def _pair_sum(reading: Reading, figures: tuple[Figure, ...], best: Figure) -> Count | None:
    """ "14 women and 16 men" where no whole is named: their sum."""
    if best.head != "PERSON" or best.title:
        return None
    for other in figures:
        between = other.place - best.last
        if other.head == "PERSON" and 0 < between <= 2 and "AND" in other.signs and not other.title:
            quote = reading.quote(best.place, other.last)
            return Count(value=best.value + other.value, quote=quote)
    return None


def choose_held(reading: Reading, figures: tuple[Figure, ...]) -> Count | None:
    """The number still held."""
    worth = [
        (points, -figure.place, figure) for figure in figures if (points := _held_worth(reading, figure)) > 0
    ]
    if not worth:
        return None
    return _count(reading, max(worth)[2], by=_find_speaker(reading, max(worth)[2]))


def _held_worth(reading: Reading, figure: Figure) -> float:
    out_of = "OUT_OF" in figure.signs and figure.head in {"POLITICAL", "PRISONER"} and figure.value >= 50
    if not out_of and (figure.held > REACH or figure.release < figure.held):
        return 0.0
    if figure.head not in {"POLITICAL", "PRISONER", "PERSON", "OTHERS", "FIGURE", ""} or figure.value < 5:
        return 0.0
    worth = 4.0 - figure.held / 4 + (1.5 if figure.head in PRISONERS else 0.0)
    for sign, cost in (("EARLIER", 3.0), ("TOTAL", 1.0), ("INCLUDING", 3.0)):
        if sign in figure.signs:
            worth -= cost
    return worth + (1.0 if figure.value >= 100 else 0.0)


def _count(reading: Reading, figure: Figure, by: str = "") -> Count:
    first = figure.place
    if first and reading.words[first - 1].concepts & {"AT_LEAST", "APPROX"}:
        first -= 1
    return Count(
        value=figure.value,
        quote=reading.quote(first, figure.last),
        at_least="AT_LEAST" in figure.signs,
        by=by,
    )


def _find_speaker(reading: Reading, figure: Figure) -> str:
    """Who counts: an institution named in the same sentence."""
    sentence = reading.words[figure.place].sentence
    first, after = reading.sentences[sentence]
    for word in reading.words[first:after]:
        if "BELARUSIAN" in word.concepts and word.capital:
            return word.text
    return ""
