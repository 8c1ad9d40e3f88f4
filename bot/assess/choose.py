"""Which number of people was released in this event, and which is still held.

Theory. Of the numbers that one predicate governs (bot/assess/counts.py), the best placed wins, the title
before the summary, a noun for the whole group before one that may count a part of it. "More than 50" gives
way to 52; "14 women and 16 men" are added where no whole is named; a single citizen of another country is
one. Numbers of another day, of all since last summer, of a part are left out, but that a follow-up may recall
its event ("among the 52 freed").

Where nothing is left, the fact is absent: a number that nobody stated is never guessed.
"""

from __future__ import annotations

from bot.assess.counts import GENERIC, MANY, REACH, SPECIAL, Figure
from bot.assess.reading import Reading
from bot.assess.release import PRISONERS
from bot.assess.stance import Stance, find_stance
from bot.model import Count

MORE_THAN = 1.3  # "more than 50" and 52 are one number, if the exact one is at most so much greater
FEW = 5  # fewer are not "those still held"
FAR = 8  # words beyond which a release does not govern a number of political prisoners


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
    """Points for a number being of those held."""
    if not _may_be_held(reading, figure, released) or not _is_governed(reading, figure):
        return 0.0
    seen = reading.seen[reading.words[figure.place].sentence]
    worth = 4.0 - min(figure.held, REACH) / 4 + (1.5 if figure.head in PRISONERS else 0.0)
    worth += 1.0 * (figure.value >= MANY) + 1.0 * ("STILL" in seen) + 1.0 * ("COUNTS_PRISONERS" in seen)
    return worth - 5.0 * len(figure.signs & {"EARLIER", "INCLUDING"}) - 2.5 * ("TOTAL" in figure.signs)


def _may_be_held(reading: Reading, figure: Figure, released: Count | None) -> bool:
    """Whether a number can be of those held: not journalists or women only, not people under sanctions, more
    than were freed."""
    seen = reading.seen[reading.words[figure.place].sentence]
    if figure.head in {"FIGURE", "GENDER"} or (figure.head == "NATIONAL" and not seen >= {"STILL", "HELD"}):
        return False
    if "SANCTION" in seen or figure.value < FEW or (figure.head == "OTHERS" and figure.value < MANY):
        return False
    return released is None or figure.value > released.value


def _is_governed(reading: Reading, figure: Figure) -> bool:
    """Whether a word of keeping governs a number. A great number of political prisoners needs none; people
    who are not called prisoners need "remain", "behind bars" or somebody who recognises them."""
    seen = reading.seen[reading.words[figure.place].sentence]
    known = figure.head == "POLITICAL" and figure.value >= MANY
    governed = figure.held <= REACH and figure.held <= figure.release
    if not governed and not (known and (figure.release > FAR or "OUT_OF" in figure.signs)):
        return False
    return figure.head in PRISONERS or bool(seen & {"STILL", "HELD"}) or seen >= {"COUNT", "POLITICAL"}


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
