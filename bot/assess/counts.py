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

from typing import NamedTuple

from bot.assess.days import is_another_day, is_long_ago
from bot.assess.lexicon import MONTH
from bot.assess.people import Named
from bot.assess.reading import Reading, Word
from bot.assess.release import PREDICATES, PRISONERS
from bot.assess.stance import Stance, find_stance
from bot.model import Count

GENERIC = frozenset({"POLITICAL", "PRISONER", "PERSON"})  # nouns that count the whole group
SPECIAL = frozenset({"FIGURE", "NATIONAL", "GENDER"})  # nouns that may count a part of it
HEADS = GENERIC | SPECIAL
NOT_PEOPLE = frozenset({"YEARS", "UNIT", "MEASURE", "AGE", "SENTENCE"})
TOLD = frozenset({Stance.ASSERTED, Stance.PLANNED, Stance.WELCOMED})
KEEPS = frozenset({"STILL", "HELD", "COUNT"})
BARE, BARE_TITLE = 4, 8  # words between a number without a noun and its predicate, in a summary, in a title
BREAK = 4  # words that a clause boundary is worth
REACH = 14  # words within which a predicate governs a number
HEAD_BEFORE = 6  # words between a noun and a number that follows it
HEAD_REACH = 4  # words between a number and its noun
COMPANY = 8  # words around a number within which "with him" adds one
MANY = 100  # of political prisoners: a number as great is of those held, unless it is said to be freed
ARTICLE = 3  # letters
AFTERWARDS = 3  # words after a number within which "among them" makes it a part
MORE_THAN = 1.3  # "more than 50" and 52 are one number, if the exact one is at most so much greater


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
    if _is_no_count(word, before, after, head) or _is_age(word, before, after):
        return None
    if head in NOT_PEOPLE:
        return None
    release = _nearest(reading, place, PREDICATES, asserted=True)
    held = _nearest(reading, place, KEEPS, beyond=last)
    title = word.sentence < reading.title
    if not head and min(release, held) > (BARE_TITLE if title else BARE):
        return None
    value = int(word.value or 0) + _companions(reading, place, head, people)
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
    """A bare number between commas after a name: "Ryhor Kastusiou, 67, has left"."""
    if before is None or not before.capital or before.clause == word.clause:
        return False
    if not 15 <= int(word.value or 0) <= 99:
        return False
    return after is None or after.clause != word.clause


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
    ]
    if any("POLITICAL" in word.concepts for word in before) and int(number.value or 0) >= MANY:
        return "POLITICAL"
    return "OTHERS" if before and "OTHERS" in before[-1].concepts else ""


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
    near = reading.words[place + 1 : place + HEAD_REACH + 2]
    if head == "NATIONAL" and any("BELARUS" in other.concepts for other in near):
        return "PERSON"
    return head


def _nearest(
    reading: Reading, place: int, concepts: frozenset[str], *, asserted: bool = False, beyond: int = -1
) -> int:
    """Distance to the nearest word of these concepts in the sentence, clause boundaries counted as BREAK
    words."""
    number = reading.words[place]
    first, after = reading.sentences[number.sentence]
    best = REACH + 1
    for index in range(first, after):
        other = reading.words[index]
        if not other.concepts & concepts or place <= index <= beyond:
            continue
        if asserted and find_stance(reading, index)[0] not in TOLD:
            continue
        best = min(best, abs(index - place) + BREAK * abs(other.clause - number.clause))
    return best


SIGNS_BEFORE = frozenset({"INCLUDING", "AMONG", "AT_LEAST", "APPROX", "OTHERS", "AND"})
SIGNS_AROUND = frozenset({"EARLIER", "TOTAL"})


def _find_signs(reading: Reading, place: int, last: int) -> frozenset[str]:
    words, number = reading.words, reading.words[place]
    signs: set[str] = set()
    for index in range(max(0, place - 3), place):
        if words[index].clause == number.clause:
            signs |= words[index].concepts & SIGNS_BEFORE
    if _is_out_of(reading, place):
        signs.add("OUT_OF")
    first, after = reading.sentences[number.sentence]
    for index in range(first, after):
        other = words[index]
        if other.clause != number.clause:
            continue
        signs |= other.concepts & SIGNS_AROUND
        if index < place and "INCLUDING" in other.concepts:
            signs.add("INCLUDING")
        if last < index <= last + AFTERWARDS and "INCLUDING" in other.concepts and "AND" not in signs:
            signs.add("PART")
        if MONTH in other.concepts and is_another_day(reading, index):
            signs |= {"EARLIER", "LONG_AGO"} if is_long_ago(reading, index) else {"EARLIER"}
    if "AMONG" in signs and not signs & {"INCLUDING", "PART"}:
        signs -= {"OUT_OF"}
    return frozenset(signs)


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


# --- choosing -------------------------------------------------------------------------------------------


def choose_released(reading: Reading, figures: tuple[Figure, ...]) -> Count | None:
    """The number released in this event.

    Of the numbers that a release governs, the title's wins if it counts the whole group; a number of women,
    foreigners or journalists gives way to a greater one, for it may be a part. "More than 50" gives way to
    52.
    """
    worth = [(points, -figure.place, figure) for figure in figures if (points := _released_worth(figure)) > 0]
    if not worth:
        return _count_single(reading, figures) or _count_recalled(reading, figures)
    _, _, best = max(worth)
    if best.head == "FIGURE" and (not best.title or _goes_on(reading, best)):
        return None
    candidates = [figure for points, _, figure in worth if points >= 2.0]
    if best.head in SPECIAL | {"OTHERS"} or not (best.head or best.title):
        best = _prefer_greater(reading, best, candidates)
    pair = _pair_sum(reading, figures, best)
    if pair is not None:
        return pair
    return _count(reading, _prefer_exact(best, figures))


def _goes_on(reading: Reading, figure: Figure) -> bool:
    """Whether others are added to a number of journalists or priests."""
    following = reading.words[figure.last + 1 : figure.last + 3]
    return any("AND" in word.concepts for word in following)


def _released_worth(figure: Figure) -> float:
    if figure.release > REACH or figure.held < figure.release:
        return 0.0
    if "OUT_OF" in figure.signs and figure.value >= MANY:
        return 0.0
    worth = 4.0 - figure.release / 4 + 2.0 * figure.title
    worth += {"POLITICAL": 1.5, "PRISONER": 1.0, "PERSON": 0.75, "OTHERS": 0.25}.get(figure.head, 0.0)
    return worth - 7.0 * len(figure.signs & {"EARLIER", "TOTAL", "INCLUDING", "PART"})


def _prefer_greater(reading: Reading, best: Figure, candidates: list[Figure]) -> Figure:
    """A number that may count a part gives way to the greatest that counts the whole."""
    wholes = [figure for figure in candidates if figure.value > best.value and figure.head in GENERIC | {""}]
    return max(wholes, key=lambda figure: figure.value, default=best)


def _count_recalled(reading: Reading, figures: tuple[Figure, ...]) -> Count | None:
    """What a follow-up recalls of its event ("among the 52 freed on 11 September"), when it counts nobody
    else."""
    recalled = [
        figure
        for figure in figures
        if figure.release <= REACH
        and figure.head in GENERIC
        and "EARLIER" in figure.signs
        and not figure.signs & {"TOTAL", "INCLUDING", "PART", "LONG_AGO"}
    ]
    return _count(reading, recalled[0]) if len(recalled) == 1 else None


def _prefer_exact(best: Figure, candidates: tuple[Figure, ...]) -> Figure:
    """ "More than 50" gives way to an exact number that is little greater."""
    if "AT_LEAST" not in best.signs:
        return best
    exact = [
        figure
        for figure in candidates
        if best.value <= figure.value <= best.value * MORE_THAN
        and "AT_LEAST" not in figure.signs
        and figure.head in GENERIC
    ]
    return max(exact, key=lambda figure: figure.value, default=best)


def _pair_sum(reading: Reading, figures: tuple[Figure, ...], best: Figure) -> Count | None:
    """ "14 women and 16 men" where no whole is named: their sum."""
    if best.head != "GENDER":
        return None
    for other in figures:
        first, second = sorted((best, other), key=lambda figure: figure.place)
        if other is not best and other.head == "GENDER" and 0 < second.place - first.last <= 2:
            return Count(value=best.value + other.value, quote=reading.quote(first.place, second.last))
    return None


def _count_single(reading: Reading, figures: tuple[Figure, ...]) -> Count | None:
    """One, where the title tells of the release of a single citizen of another country and counts nobody."""
    title = [(place, word) for place, word in enumerate(reading.words) if word.sentence < reading.title]
    if any(figure.title for figure in figures) or any("OTHERS" in word.concepts for _, word in title):
        return None
    freed = [place for place, word in title if "FREE" in word.concepts]
    freed = [place for place in freed if find_stance(reading, place)[0] is Stance.ASSERTED]
    for place, word in title:
        country = reading.words[max(0, place - 5) : place + 4]
        foreign = any(other.concepts & FOREIGN for other in country)
        if "CITIZEN" in word.concepts and foreign and any(abs(place - other) <= REACH for other in freed):
            return Count(value=1, quote=word.text)
    return None


FOREIGN = frozenset(
    {"US", "UK", "CANADA", "POLAND", "LITHUANIA", "JAPAN", "SWITZERLAND", "NORWAY", "AUSTRALIA", "EU"}
)


def choose_held(reading: Reading, figures: tuple[Figure, ...], released: Count | None) -> Count | None:
    """The number still held."""
    worth = [
        (points, -figure.place, figure)
        for figure in figures
        if (points := _held_worth(reading, figure, released)) > 0
    ]
    if not worth:
        return None
    best = max(worth)[2]
    return _count(reading, best, by=_find_speaker(reading, best))


def _held_worth(reading: Reading, figure: Figure, released: Count | None) -> float:
    """Points for a number being of those held. Only prisoners and, beside "remain", people are held."""
    seen = reading.seen[reading.words[figure.place].sentence]
    if figure.head in {"FIGURE", "GENDER", "NATIONAL"} or "SANCTION" in seen or figure.value < 5:
        return 0.0
    if released is not None and figure.value <= released.value:
        return 0.0
    known = figure.head == "POLITICAL" and figure.value >= MANY
    governed = figure.held <= REACH and figure.held <= figure.release
    if not governed and not (known and (figure.release > 8 or "OUT_OF" in figure.signs)):
        return 0.0
    if figure.head not in PRISONERS and not seen & {"STILL", "HELD"} and not seen >= {"COUNT", "POLITICAL"}:
        return 0.0
    if figure.head == "OTHERS" and figure.value < MANY:
        return 0.0
    worth = 4.0 - min(figure.held, REACH) / 4 + (1.5 if figure.head in PRISONERS else 0.0)
    worth += 1.0 * (figure.value >= MANY) + 1.0 * ("STILL" in seen) + 1.0 * ("COUNTS_PRISONERS" in seen)
    return worth - 5.0 * len(figure.signs & {"EARLIER", "INCLUDING"}) - 2.5 * ("TOTAL" in figure.signs)


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
        if "COUNTS_PRISONERS" in word.concepts:
            return word.text
    return ""
