"""Where something happens: in Belarus, or in another country that a sentence names.

Theory. The country of a predicate is named in its own sentence, else in the title, else it is what the whole
text is about; an outlet of Belarus, and whoever writes in Belarusian, need not name it. A country that is
only a side (Russia's war, the US envoy, arrival in Lithuania) is no place of release, so of others only those
count where releases and sanctions are news of their own (ELSEWHERE), and Russia when Belarus is not named
beside it.
"""

from __future__ import annotations

from enum import StrEnum

from bot.assess.reading import Reading, Word

KEPT = frozenset({"HELD", "PRISONER", "PRISON", "ARREST"})
BELLIGERENTS = frozenset({"RUSSIA", "UKRAINE"})
SUBJECT = 5  # words between a subject and its predicate
ARTICLE = 3  # letters
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
    if (subject := _find_subject(reading, index)) is not None:
        return subject
    title = frozenset[str]().union(*(concepts_of(reading, number) for number in range(reading.title)))
    for seen, place in ((here, Place.BELARUS), (title, Place.NEAR)):
        if seen & HOME:
            return place
        if "ELSEWHERE" in seen:
            return Place.ELSEWHERE
    return _find_far(reading, here | title)


def _find_subject(reading: Reading, index: int) -> Place | None:
    """Where another country acts that opens the predicate's clause, Belarus not named before it: "Putin frees
    a teacher, plane lands in Minsk"."""
    word = reading.words[index]
    first, _ = reading.sentences[word.sentence]
    before = reading.words[max(first, index - SUBJECT) : index]
    if any(other.concepts & HOME for other in reading.words[first:index]):
        return None
    for other in before:
        abroad = other.concepts & {"RUSSIA", "ELSEWHERE"} and other.clause == word.clause
        if abroad and opens_clause(reading, other):
            return Place.ELSEWHERE if "ELSEWHERE" in other.concepts else Place.FAR
    return None


def opens_clause(reading: Reading, word: Word) -> bool:
    """Whether a word is the first of its clause, or the second after a short one."""
    clause = [other for other in reading.words if other.clause == word.clause][:2]
    return bool(clause) and (clause[0] is word or (clause[-1] is word and len(clause[0].text) <= ARTICLE))


def _find_far(reading: Reading, near: frozenset[str]) -> Place:
    """Where a predicate belongs whose sentence and title name no place of release."""
    everywhere = reading.concepts
    if is_at_home(reading) and "ELSEWHERE" not in everywhere and not near & {"RUSSIA", "UKRAINE"}:
        return Place.NEAR
    if not everywhere & HOME and _are_brought_over(reading):
        return Place.NEAR
    if not everywhere & HOME or "ELSEWHERE" in everywhere:
        return Place.ELSEWHERE
    title = frozenset[str]().union(*reading.seen[: reading.title])
    if "RUSSIA" in title and not ("CIVILIAN" in everywhere and is_held_here(reading)):
        return Place.FAR
    return Place.FAR if "RUSSIA" in near and not is_held_here(reading) else Place.NEAR


def _are_brought_over(reading: Reading) -> bool:
    """Whether political prisoners are brought to Lithuania: whose border they cross goes without saying."""
    seen = reading.concepts
    moved = seen & {"DEPORT", "RETURN"} and "POLITICAL" in seen and "LITHUANIA" in seen
    return bool(moved) and not seen & {"ELSEWHERE", "RUSSIA", "UKRAINE"}


def is_at_home(reading: Reading) -> bool:
    """Whether a text need not name Belarus to be about it: it is Belarusian, or its outlet is."""
    return reading.home == "BY" or reading.language == "be"


def is_held_here(reading: Reading) -> bool:
    """Whether a sentence tells of people held in Belarus."""
    return any(
        seen & HOME and seen & KEPT and "POW" not in seen and not seen >= BELLIGERENTS
        for seen in reading.seen
    )


def concepts_of(reading: Reading, sentence: int) -> frozenset[str]:
    """All concepts of a sentence."""
    return reading.seen[sentence]
