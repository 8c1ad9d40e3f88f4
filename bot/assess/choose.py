"""Which number of people was released in this event, and which is still held.

Theory. Of the numbers that one predicate governs (bot/assess/counts.py), the best placed wins, the title
before the summary, a noun for the whole group before one that may count a part of it. "More than 50" gives
way to 52; "14 women and 16 men" are added where no whole is named; a single citizen of another country is
one. Numbers of another day, of all since last summer, of a part are left out, but that a follow-up may recall
its event ("among the 52 freed").

Where nothing is left, the fact is absent: a number that nobody stated is never guessed.
"""

from __future__ import annotations

from bot.assess.background import find_past
from bot.assess.counts import GENERIC, MANY, REACH, SPECIAL, Figure
from bot.assess.people import Named
from bot.assess.reading import Reading, Word
from bot.assess.release import PRISONERS
from bot.assess.stance import Stance, find_stance
from bot.model import Count

MORE_THAN = 1.3  # "more than 50" and 52 are one number, if the exact one is at most so much greater
FEW = 5  # fewer are not "those still held"
FAR = 8  # words beyond which a release does not govern a number of political prisoners


def choose_released(
    reading: Reading, figures: tuple[Figure, ...], people: tuple[Named, ...] = ()
) -> Count | None:
    """The number released in this event.

    Of the numbers that a release governs, the title's wins if it counts the whole group; a number of women,
    foreigners or journalists gives way to a greater one, for it may be a part. "More than 50" gives way to
    52.
    """
    worth = [(points, -figure.place, figure) for figure in figures if (points := _released_worth(figure)) > 0]
    if not worth:
        return _count_single(reading, figures, people) or _count_recalled(reading, figures)
    _, _, best = max(worth)
    if best.head == "FIGURE" and (not best.title or _goes_on(reading, best)):
        return None
    candidates = [figure for points, _, figure in worth if points >= 2.0]
    if best.head in SPECIAL | {"OTHERS"} or not (best.head or best.title):
        best = _prefer_greater(reading, best, candidates)
    pair = _sum_parts(reading, figures, best)
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
    worth += 3.0 * ("ALTOGETHER" in figure.signs)
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


def _sum_parts(reading: Reading, figures: tuple[Figure, ...], best: Figure) -> Count | None:
    """ "14 women and 16 men", "two Lithuanians and three others" where no whole is named: their sum."""
    if not _is_part(reading, best):
        return None
    place = figures.index(best)
    run = [best]
    for other in figures[place + 1 :]:
        if not _adjoins(reading, run[-1], other):
            break
        run.append(other)
    for other in reversed(figures[:place]):
        if not _adjoins(reading, other, run[0]):
            break
        run.insert(0, other)
    if len(run) == 1 or not _is_part(reading, run[0]):
        return None
    return Count(value=sum(one.value for one in run), quote=reading.quote(run[0].place, run[-1].last))


def _is_part(reading: Reading, figure: Figure) -> bool:
    """Whether a number counts people of one sort: a sex, a nation, a calling."""
    return figure.head in SPECIAL or "NATIONAL" in reading.words[figure.last].concepts


def _adjoins(reading: Reading, left: Figure, right: Figure) -> bool:
    """Whether a number is added to the one before it: of another sort, or "others"."""
    if reading.words[left.place].sentence != reading.words[right.place].sentence:
        return False
    if not 0 < right.place - left.last <= ADJOINING or right.signs & {"INCLUDING", "PART", "AMONG"}:
        return False
    between = reading.words[left.last + 1 : right.place]
    if any(word.concepts & UNLIKE for word in between):
        return False
    others = right.head == "OTHERS" or "OTHERS" in right.signs
    return others or (_is_part(reading, left) and _is_part(reading, right))


def _count_single(reading: Reading, figures: tuple[Figure, ...], people: tuple[Named, ...]) -> Count | None:
    """One, or as many as are named in one list, where the title tells of their release and counts nobody."""
    title = [(place, word) for place, word in enumerate(reading.words) if word.sentence < reading.title]
    if any(figure.title for figure in figures) or any(word.concepts & SEVERAL for _, word in title):
        return None
    freed = [place for place, word in title if word.concepts & RELEASED and _is_told(reading, place)]
    named = [one for one in people if one.last < len(title) and not _speaks(reading, one)]
    if not freed or _is_plural(reading, title, named) or _has_company(reading):
        return None
    seen = frozenset[str]().union(*(word.concepts for _, word in title))
    # The known are mostly freed in groups; an amnesty is for many; who is spared death is not free.
    if seen & {"CRITIC", "AMNESTY"} or ("DEATH_PENALTY" in reading.concepts and "FREE" not in seen):
        return None
    if seen >= {"FREED_PERSON", "RELEASE_NOUN"}:
        return None
    if named and (listed := _list_freed(named, freed)):
        return Count(value=len(listed), quote=reading.quote(listed[0].first, listed[-1].last))
    singles = [place for place, word in title if word.concepts & SINGLE and _is_near(reading, place, freed)]
    heads = _drop_appositions(reading, singles)
    return Count(value=len(heads), quote=reading.quote(heads[0], heads[-1])) if heads else None


def _is_told(reading: Reading, place: int) -> bool:
    """Whether a predicate says that somebody was freed, and does not only date something else."""
    stance = find_stance(reading, place)[0]
    before = reading.words[max(0, place - 2) : place]
    around = any("AROUND" in word.concepts and word.clause == reading.words[place].clause for word in before)
    return stance in {Stance.ASSERTED, Stance.WELCOMED, Stance.PLANNED} and not around


def _speaks(reading: Reading, one: Named) -> bool:
    """Whether somebody named frees or speaks, and is not who is freed."""
    beside = [*reading.words[max(0, one.first - 2) : one.first], *reading.words[one.last + 1 : one.last + 3]]
    said = any(word.concepts & {"SAY", "CONFIRM", "WELCOME"} for word in beside)
    return said or "FIGURE_BY" in reading.words[one.last].concepts


def _has_company(reading: Reading) -> bool:
    """Whether the lead tells of others who were freed, too."""
    return any(seen & RELEASED and "INCLUDING" in seen for seen in reading.seen[: reading.lead])


def _is_plural(reading: Reading, title: list[tuple[int, Word]], named: list[Named]) -> bool:
    """Whether a title speaks of people in the plural: a noun that is not one person's and stands at no
    name."""
    return any(
        word.concepts & PLURAL
        and not word.concepts & (SINGLE | {"FIGURE_BY"})
        and not (named and "BELARUS" in word.concepts)
        and not any(one.first - 3 <= place <= one.last + 2 for one in named)
        and not any(other.concepts & SINGLE for other in reading.words[max(0, place - 4) : place + 5])
        for place, word in title
    )


def _list_freed(named: list[Named], freed: list[int]) -> list[Named]:
    """Those named in one list with the one who stands nearest to the release."""
    nearest = min(named, key=lambda one: min(abs(one.first - place) for place in freed))
    place = named.index(nearest)
    run = [nearest]
    for other in named[place + 1 :]:
        if other.first - run[-1].last > LISTED:
            break
        run.append(other)
    for other in reversed(named[:place]):
        if run[0].first - other.last > LISTED:
            break
        run.insert(0, other)
    return run


def _is_near(reading: Reading, place: int, freed: list[int]) -> bool:
    """Whether a noun stands within reach of a release, in its sentence, and does not speak of it."""
    words = reading.words
    said = any("SAY" in word.concepts for word in words[place + 1 : place + 3])
    return not said and any(
        abs(place - other) <= REACH and words[place].sentence == words[other].sentence for other in freed
    )


def _drop_appositions(reading: Reading, singles: list[int]) -> list[int]:
    """Nouns for different people: two count only where "and" joins them ("activist and priest")."""
    kept = singles[:1]
    for place in singles[1:]:
        between = reading.words[kept[-1] + 1 : place]
        if len(between) <= LISTED and any("AND" in word.concepts for word in between):
            kept.append(place)
    return kept


RELEASED = frozenset({"FREE", "PARDON", "EXCHANGE", "DEPORT", "RETURN", "AMNESTY"})
PLURAL = frozenset({"POLITICAL", "PRISONER", "PERSON", "GENDER", "NATIONAL", "FIGURE"})
SINGLE = frozenset({"ONE", "CITIZEN"})
SEVERAL = frozenset({"OTHERS", "ALL", "AMONG", "INCLUDING", "REFUSE", "COMMENT"})  # in a title: not one alone
LISTED = 4  # words between two members of one list
UNLIKE = frozenset({"AMONG", "OUT_OF", "INCLUDING", "FREE", "NEGATION"})  # between numbers that are not added
ADJOINING = 4  # words between two numbers that are added


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
    return (
        worth - 5.0 * len(figure.signs & {"EARLIER", "INCLUDING", "PART"}) - 2.5 * ("TOTAL" in figure.signs)
    )


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
    past = find_past(reading, reading.words[figure.place].sentence)
    if past and "STILL" not in seen and ("COUNT" in seen or "HELD" not in seen):
        return False  # all who were ever recognised
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
