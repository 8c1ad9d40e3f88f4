"""Whether a text tells of people released in Belarus.

Theory. A report has a predicate of release (freed, pardoned, exchanged, deported) that is asserted, not
demanded or hoped for; it is about prisoners; and it happens in Belarus. Each predicate is worth points by how
well the three come together, the title more than the summary, and the sum decides. Prisoners of war, sport,
films and other countries take points away. Every point leaves a reason with its words.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.assess.place import Place, find_place
from bot.assess.reading import Reading, Word
from bot.assess.stance import Stance, find_stance
from bot.model import Reason

STRONG = frozenset({"PARDON", "AMNESTY"})
VERBS = frozenset({"FREE", "EXCHANGE", "DEPORT"}) | STRONG
PRISONERS = frozenset({"POLITICAL", "PRISONER", "HELD"})
PEOPLE = frozenset({"FIGURE", "PERSON"})
ENOUGH = 3.0  # points that make a text relevant


class Release(NamedTuple):
    """One predicate of release: where it stands, how it is meant, whose it is."""

    place: int
    concept: str
    stance: Stance
    about: str  # prisoners | people | ""
    where: Place
    word: Word

    @property
    def asserted(self) -> bool:
        return self.stance is Stance.ASSERTED


def find_releases(reading: Reading) -> tuple[Release, ...]:
    """All predicates of release in a text."""
    return tuple(
        _make(reading, place, word) for place, word in enumerate(reading.words) if word.concepts & VERBS
    )


def _make(reading: Reading, place: int, word: Word) -> Release:
    concept = min(word.concepts & VERBS)
    stance, _ = find_stance(reading, place)
    about = _about(reading, word)
    return Release(place, concept, stance, about, find_place(reading, place), word)


def _about(reading: Reading, word: Word) -> str:
    first, after = reading.sentences[word.sentence]
    seen: set[str] = set()
    for other in reading.words[first:after]:
        seen |= other.concepts
    if seen & PRISONERS:
        return "prisoners"
    return "people" if seen & PEOPLE else ""


def weigh_release(
    reading: Reading, releases: tuple[Release, ...], seen: frozenset[str], named: frozenset[int]
) -> tuple[float, tuple[Reason, ...]]:
    """Points for the text being about a release in Belarus, with reasons. `named` are sentences with a
    person's name, `seen` all concepts of the text."""
    points, reasons = 0.0, []
    best = 0.0
    for release in releases:
        worth = _weigh(reading, release, seen, named)
        if worth > 0:
            reasons.append(
                Reason(
                    code=f"release {release.concept.lower()} {release.stance}",
                    words=reading.quote_sentence(release.place, 5),
                )
            )
        best = max(best, worth)
        points += 0.25 * worth
    points += 0.75 * best
    for concept, cost in (("POW", 2.5), ("SPORT", 3.0), ("FILM", 3.0)):
        if concept in seen and points > 0 and not (concept == "POW" and seen & {"PARDON", "POLITICAL"}):
            points -= cost
            reasons.append(Reason(code=f"against: {concept.lower()}"))
    return points, tuple(reasons)


STANCE_WORTH = {
    Stance.ASSERTED: 1.0,
    Stance.PLANNED: 0.7,
    Stance.HOPED: 0.35,
    Stance.DEMANDED: 0.15,
    Stance.REFUSED: 0.3,
    Stance.NEGATED: 0.15,
}


def _weigh(reading: Reading, release: Release, seen: frozenset[str], named: frozenset[int]) -> float:
    title = release.word.sentence < reading.title
    worth = 2.0 if title else 1.5
    if release.concept in STRONG:
        worth += 1.0
    if release.about == "prisoners":
        worth += 1.5
    elif release.about == "people" or release.word.sentence in named:
        worth += 0.75
    elif release.concept not in STRONG:
        worth -= 1.0
    worth *= STANCE_WORTH[release.stance]
    match release.where:
        case Place.BELARUS:
            return worth + 0.5 * (release.stance is Stance.ASSERTED)
        case Place.NEAR:
            return worth
        case Place.FAR:
            return worth * 0.3
        case Place.ELSEWHERE:
            return -1.0
