"""How a predicate is meant: it happened, or somebody demands, hopes for, plans, refuses or denies it.

Theory. Languages of news put what colours a verb near it: "calls for the release", "could be freed", "не
освободят". So a predicate takes the stance of the nearest colouring word before it in its own clause, or of a
negation right beside it. Where a language puts the finite verb last (German, Lithuanian), the words after it
are asked, too.

Known to fail: irony, long subordinate clauses, and quotations whose speaker stands sentences away.
"""

from __future__ import annotations

from enum import StrEnum

from bot.assess.reading import Reading


class Stance(StrEnum):
    """How far what is said has come, from the speaker's view."""

    ASSERTED = "asserted"
    PLANNED = "planned"
    HOPED = "hoped"
    DEMANDED = "demanded"
    REFUSED = "refused"
    NEGATED = "negated"


# The concept that colours → the stance; the first that is found nearest decides.
COLOURS = {"DEMAND": Stance.DEMANDED, "HOPE": Stance.HOPED, "REFUSE": Stance.REFUSED, "PLAN": Stance.PLANNED}
BEFORE = 9  # words before a predicate that may colour it
AFTER = 7  # words after it, in verb-final languages
BESIDE = 3  # words within which a negation is taken for the predicate's
VERB_FINAL = frozenset({"de", "lt", "nl", "tr", "ka", "hu"})


def find_stance(reading: Reading, place: int) -> tuple[Stance, str]:
    """The stance of the predicate at a word, and the word that tells it."""
    words, predicate = reading.words, reading.words[place]
    for distance in range(1, BEFORE + 1):
        other = words[place - distance] if place >= distance else None
        if other is None or other.sentence != predicate.sentence or other.clause != predicate.clause:
            break
        if "NEGATION" in other.concepts and distance <= BESIDE:
            return Stance.NEGATED, other.text
        for concept, stance in COLOURS.items():
            if concept in other.concepts:
                return stance, other.text
    if reading.language in VERB_FINAL:
        return _look_after(reading, place)
    return Stance.ASSERTED, ""


def _look_after(reading: Reading, place: int) -> tuple[Stance, str]:
    predicate = reading.words[place]
    for other in reading.words[place + 1 : place + 1 + AFTER]:
        if other.sentence != predicate.sentence or other.clause != predicate.clause:
            break
        for concept, stance in COLOURS.items():
            if concept in other.concepts:
                return stance, other.text
        if "NEGATION" in other.concepts:
            return Stance.NEGATED, other.text
    return Stance.ASSERTED, ""
