"""Where something happens: in Belarus, or in another country that a sentence names.

Theory. The country of a predicate is named in its own sentence, else in the title, else it is what the whole
text is about; an outlet of Belarus, and whoever writes in Belarusian, need not name it. A country that is
only a side (Russia's war, the US envoy, arrival in Lithuania) is no place of release, so of others only those
count where releases and sanctions are news of their own (ELSEWHERE), and Russia when Belarus is not named
beside it.
"""

from __future__ import annotations

from enum import StrEnum

from bot.assess.reading import Reading

KEPT = frozenset({"HELD", "PRISONER", "PRISON", "ARREST"})
HOME = frozenset({"BELARUS", "BELARUSIAN", "FIGURE_BY"})


class Place(StrEnum):
    """Where a predicate belongs, as far as the text tells."""

    BELARUS = "belarus"  # named in its sentence
    NEAR = "near"  # named in the title, or it is all that the text names
    FAR = "far"  # Belarus is named somewhere else only
    ELSEWHERE = "elsewhere"


def find_place(reading: Reading, index: int) -> Place:
    """Where the predicate at a word belongs."""
    here = concepts_of(reading, reading.words[index].sentence)
    title = frozenset[str]().union(*(concepts_of(reading, number) for number in range(reading.title)))
    for seen, place in ((here, Place.BELARUS), (title, Place.NEAR)):
        if seen & HOME:
            return place
        if "ELSEWHERE" in seen:
            return Place.ELSEWHERE
    return _find_far(reading, here | title)


def _find_far(reading: Reading, near: frozenset[str]) -> Place:
    """Where a predicate belongs whose sentence and title name no place of release."""
    everywhere = reading.concepts
    if is_at_home(reading) and "ELSEWHERE" not in everywhere and not near & {"RUSSIA", "UKRAINE"}:
        return Place.NEAR
    if not everywhere & HOME or "ELSEWHERE" in everywhere:
        return Place.ELSEWHERE
    return Place.FAR if "RUSSIA" in near and not is_held_here(reading) else Place.NEAR


def is_at_home(reading: Reading) -> bool:
    """Whether a text need not name Belarus to be about it: it is Belarusian, or its outlet is."""
    return reading.home == "BY" or reading.language == "be"


def is_held_here(reading: Reading) -> bool:
    """Whether a sentence tells of people held in Belarus."""
    return any(seen & HOME and seen & KEPT and "POW" not in seen for seen in reading.seen)


def concepts_of(reading: Reading, sentence: int) -> frozenset[str]:
    """All concepts of a sentence."""
    return reading.seen[sentence]
