"""How a predicate is meant: it happened, or somebody demands, hopes for, plans, refuses or denies it.

Theory. Languages of news put what colours a verb near it: "calls for the release", "could be freed", "не
освободят". So a predicate takes the stance of the nearest colouring word before it in its own clause, or of a
negation right beside it. A bare infinitive wishes ("to free"), unless a word of deciding stands before it;
"the release of all" is always a wish. Where a language puts the finite verb last (German, Lithuanian), the
words after it are asked, too. A form that asks and opens its clause demands ("Free Ales!").

Known to fail: irony, long subordinate clauses, and quotations whose speaker stands sentences away.
"""

from __future__ import annotations

from enum import StrEnum

from bot.assess.reading import Reading, Word


class Stance(StrEnum):
    """How far what is said has come, from the speaker's view."""

    ASSERTED = "asserted"
    WELCOMED = "welcomed"  # known already: somebody thanks for it or is glad
    PLANNED = "planned"
    HOPED = "hoped"
    DEMANDED = "demanded"
    REFUSED = "refused"
    NEGATED = "negated"


# The concept that colours, how many words before a predicate it may stand, the stance; the nearest decides.
COLOURS = (
    ("NEGATION", 3, Stance.NEGATED),
    ("REFUSE", 3, Stance.REFUSED),
    ("DEMAND", 9, Stance.DEMANDED),
    ("RALLY", 5, Stance.DEMANDED),
    ("WELCOME", 9, Stance.WELCOMED),
    ("PLAN", 5, Stance.PLANNED),
    ("HOPE", 7, Stance.HOPED),
    ("UNTIL", 6, Stance.HOPED),
)
BEFORE = 9  # words before a predicate that may colour it
AFTER = 7  # words after it, in verb-final languages
ALL_WITHIN = 4  # words after a predicate within which "all" makes it a wish
VERB_FINAL = frozenset({"de", "lt", "nl", "tr", "ka", "hu"})
# What may follow an imperative, and what shows that none stands there.
WHOM = frozenset(
    {"FIGURE", "PERSON", "GENDER", "NATIONAL", "POLITICAL", "PRISONER", "ALL", "PRONOUN", "CRITIC", "FREE"}
)
ABOUT = frozenset({"OUT_OF", "FROM", "AROUND"})
TOLD_OF = frozenset({"SAY", "CONFIRM", "NEGATION", "AND"})
QUOTES = frozenset("«»„“”\"‘’'")
RELEASES = frozenset({"FREE", "PARDON", "AMNESTY", "EXCHANGE", "DEPORT"})


def find_stance(reading: Reading, place: int) -> tuple[Stance, str]:
    """The stance of the predicate at a word, and the word that tells it."""
    predicate = reading.words[place]
    if _is_imperative(reading, place):
        return Stance.DEMANDED, predicate.text
    found = _look_before(reading, place)
    if found is None and reading.language in VERB_FINAL:
        found = _look_after(reading, place)
    if found is not None:
        return found
    if predicate.concepts & RELEASES and (wish := _find_all(reading, place)):
        return Stance.DEMANDED, wish
    return (Stance.HOPED, predicate.text) if "INFINITIVE" in predicate.concepts else (Stance.ASSERTED, "")


def _is_imperative(reading: Reading, place: int) -> bool:
    """Whether a predicate asks: a form that asks opens its clause, and somebody follows."""
    word = reading.words[place]
    if "IMPERATIVE" not in word.concepts or not _opens(reading, place):
        return False
    following = [one for one in reading.words[place + 1 : place + 3] if one.clause == word.clause]
    if not following or following[0].concepts & ABOUT | following[0].concepts & TOLD_OF:
        return False
    if following[0].capital or following[0].value is not None:
        return True
    return any(one.concepts & WHOM for one in following)


def _opens(reading: Reading, place: int) -> bool:
    """Whether a word is the first of its clause or of a quotation."""
    if not place:
        return True
    word, before = reading.words[place], reading.words[place - 1]
    return before.clause != word.clause or not QUOTES.isdisjoint(reading.text[before.end : word.start])


def _look_before(reading: Reading, place: int) -> tuple[Stance, str] | None:
    predicate = reading.words[place]
    for distance in range(1, min(BEFORE, place) + 1):
        other = reading.words[place - distance]
        if other.sentence != predicate.sentence:
            break
        if other.clause != predicate.clause and not _continues(reading, place, other):
            break
        if "DECIDED" in other.concepts:
            return Stance.ASSERTED, other.text
        if "AROUND" in other.concepts and distance <= 2 and "INFINITIVE" in predicate.concepts:
            return Stance.ASSERTED, other.text  # "tras levantar"
        stance = _colour(other, distance)
        if stance is not None:
            return stance, other.text
    return None


def _continues(reading: Reading, place: int, other: Word) -> bool:
    """Whether the predicate's clause only says what the one before it is about: "he hopes that they are
    freed"."""
    clause = reading.words[place].clause
    opening = next(word for word in reading.words if word.clause == clause)
    return other.clause == clause - 1 and "THAT" in opening.concepts


def _colour(other: Word, distance: int) -> Stance | None:
    for concept, reach, stance in COLOURS:
        if concept in other.concepts and distance <= reach:
            return stance
    return None


def _look_after(reading: Reading, place: int) -> tuple[Stance, str] | None:
    predicate = reading.words[place]
    for distance, other in enumerate(reading.words[place + 1 : place + 1 + AFTER], 1):
        if other.sentence != predicate.sentence or other.clause != predicate.clause:
            break
        stance = _colour(other, distance)
        if stance is not None:
            return stance, other.text
    return None


def _find_all(reading: Reading, place: int) -> str:
    """The word "all" soon after a predicate of release, as in "the release of all political prisoners"."""
    predicate = reading.words[place]
    for other in reading.words[place + 1 : place + 1 + ALL_WITHIN]:
        if other.sentence != predicate.sentence or other.value is not None:
            break
        if "ALL" in other.concepts:
            return other.text
    return ""
