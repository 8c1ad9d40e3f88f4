"""Whether a text tells of people released in Belarus.

Theory. A report has a predicate of release (freed, pardoned, exchanged, deported, brought out) that is
asserted, not demanded or hoped for; it is about prisoners; and it happens in Belarus. Each predicate is worth
points by how well the three come together, the title more than the summary, and the best decides, the others
help. Prisoners of war, sport and films in the title or beside the predicate take points away. Every point
leaves a reason with its words.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.assess.background import is_recalled, opens_recalling
from bot.assess.days import weigh_age
from bot.assess.place import BELLIGERENTS, HOME, Place, concepts_of, find_place, is_held_here
from bot.assess.reading import Reading, Word
from bot.assess.stance import Stance, find_stance
from bot.model import Reason

STRONG = frozenset({"PARDON", "AMNESTY"})
VERBS = frozenset({"FREE", "EXCHANGE", "DEPORT"}) | STRONG
PREDICATES = VERBS | {"RETURN"}
PRISONERS = frozenset({"POLITICAL", "PRISONER", "HELD", "PRISON"})
PEOPLE = frozenset({"FIGURE", "PERSON", "GENDER", "NATIONAL", "CRITIC", "FREED_PERSON"})
OTHER_NEWS = frozenset({"DEATH", "ARREST", "SENTENCE", "SPORT", "WEAPON", "RALLY"})  # that a title may tell
REASONS = 4  # predicates that are given as reasons, the weightiest first
ENOUGH = 3.0  # points that make a text relevant
# What ends a sentence or a custody in the ordinary way, and points that it costs.
ORDINARY = (("SERVED", 3.5), ("BAIL", 2.5))
DENIED = 2.25  # points for a title that takes back what was reported of a release, whoever it names
NAMED = 1.25  # points for somebody named as freed
RECALLED = 0.3  # times that a release before the news is worth one that is told
REMEMBERED = 0.65  # times that it is worth where the sentence only says "earlier"
BESIDE = 7  # words within which a number belongs to a predicate
STANCE_WORTH = {
    Stance.ASSERTED: 1.0,
    Stance.WELCOMED: 1.0,
    Stance.PLANNED: 0.7,
    Stance.HOPED: 0.35,
    Stance.DEMANDED: 0.15,
    Stance.REFUSED: 0.3,
    Stance.NEGATED: 0.15,
}


ASSERTED = frozenset({Stance.ASSERTED, Stance.PLANNED, Stance.WELCOMED})


class Release(NamedTuple):
    """One predicate of release: where it stands, how it is meant, what it is about, where it happens."""

    place: int
    concept: str
    stance: Stance
    about: str  # prisoners | critic | people | ""
    where: Place
    word: Word
    counted: bool  # a number stands beside it
    qualifies: bool  # it stands right behind who an arrest is of: "detenido un bloguero indultado"

    @property
    def asserted(self) -> bool:
        """Whether it is told as something that happens."""
        return self.stance in ASSERTED


def find_releases(reading: Reading, counts: frozenset[int]) -> tuple[Release, ...]:
    """All predicates of release in a text. A return counts only where prisoners are named beside it.
    `counts`: the words that are numbers of people."""
    found = (
        _make(reading, place, word, counts)
        for place, word in enumerate(reading.words)
        if word.concepts & PREDICATES and not _goes_on(reading, place)
    )
    return tuple(one for one in found if one.concept != "RETURN" or _brings_prisoners(reading, one))


def _goes_on(reading: Reading, place: int) -> bool:
    """Whether a word only continues the predicate before it: "go" in "let go"."""
    if not place:
        return False
    word, before = reading.words[place], reading.words[place - 1]
    return before.clause == word.clause and bool(word.concepts & before.concepts & PREDICATES)


def _brings_prisoners(reading: Reading, one: Release) -> bool:
    """Whether those who return are prisoners: named so beside it, or counted in a text about prisoners."""
    first, after = reading.sentences[one.word.sentence]
    clause = [word for word in reading.words[first:after] if word.clause == one.word.clause]
    if any(word.concepts & (PRISONERS - {"PRISON"}) for word in clause):
        return True
    return one.counted and bool(reading.concepts & (PRISONERS | STRONG))


def _make(reading: Reading, place: int, word: Word, counts: frozenset[int]) -> Release:
    concept = min(word.concepts & VERBS, default="RETURN")
    stance, _ = find_stance(reading, place)
    counted = any(
        abs(other - place) <= BESIDE and reading.words[other].sentence == word.sentence for other in counts
    )
    return Release(
        place,
        concept,
        stance,
        _about(reading, word),
        find_place(reading, place),
        word,
        counted,
        _qualifies(reading, place),
    )


def _qualifies(reading: Reading, place: int) -> bool:
    """Whether a predicate stands right behind a person, and other news before both."""
    first, _ = reading.sentences[reading.words[place].sentence]
    person = place > first and reading.words[place - 1].concepts & {"ONE", "FIGURE"}
    return bool(person) and any(
        word.concepts & {"ARREST", "SENTENCE", "DEATH"} for word in reading.words[first : place - 1]
    )


def _about(reading: Reading, word: Word) -> str:
    seen = concepts_of(reading, word.sentence)
    if seen & PRISONERS:
        return "prisoners"
    if word.sentence < reading.title and _leads_with_prison(reading):
        return "prisoners"
    if "FREE" in word.concepts and "CRITIC" in seen | concepts_of(reading, 0):
        return "critic"
    return "people" if seen & PEOPLE else ""


def _leads_with_prison(reading: Reading) -> bool:
    """Whether the lead says of political prisoners or a prison in Belarus what the title left out."""
    lead = reading.seen[reading.title : reading.lead]
    return any(seen & {"POLITICAL", "PRISON"} and seen & HOME for seen in lead)


def weigh_release(
    reading: Reading, releases: tuple[Release, ...], named: frozenset[int]
) -> tuple[float, tuple[Reason, ...]]:
    """Points for the text being about a release in Belarus, with reasons. `named`: sentences that name
    somebody."""
    worths = [(_weigh(reading, release, named), release) for release in releases]
    good = [(worth, release) for worth, release in worths if worth > 0]
    if not good:
        return 0.0, ()
    best, main = max(good, key=lambda pair: pair[0])
    points = best + 0.25 * (sum(worth for worth, _ in good) - best)
    reasons = [
        Reason(code=f"release {one.concept.lower()} {one.stance}", words=reading.quote_sentence(one.place, 5))
        for _, one in sorted(good, key=lambda pair: -pair[0])[:REASONS]
    ]
    for concept, cost in _costs(reading, main):
        points -= cost
        reasons.append(Reason(code=f"against: {concept.lower()}"))
    return points, tuple(reasons)


def _weigh(reading: Reading, release: Release, named: frozenset[int]) -> float:
    """Points of one predicate, below nothing where it is somebody else's news."""
    title = release.word.sentence < reading.title
    denied = title and is_denied(reading, release)
    stance = Stance.ASSERTED if denied else release.stance
    worth = (2.0 if title else 1.5) + 1.0 * (release.concept in STRONG) + _weigh_object(release, named)
    worth += 0.75 * release.counted + DENIED * denied
    if "RELEASE_NOUN" in release.word.concepts and not release.counted:
        worth *= (
            (0.7 if is_around(reading, release, "AFTER") else 0.4) if is_around(reading, release) else 0.85
        )
    worth *= STANCE_WORTH[stance] * (1.0 if title else _weigh_news(reading, release))
    match release.where:
        case Place.BELARUS:
            return worth + 0.5 * (stance in ASSERTED)
        case Place.NEAR:
            return worth
        case Place.FAR:
            return worth * 0.4
        case Place.ELSEWHERE:
            return -1.0


def _weigh_object(release: Release, named: frozenset[int]) -> float:
    """Points for whom a release is about: prisoners, somebody known, somebody named, people at all."""
    if release.about == "prisoners":
        return 1.5
    if release.about == "critic":
        return 1.5 if "FREED_PERSON" in release.word.concepts else 0.9
    if release.word.sentence in named and release.concept == "FREE" and release.where is not Place.FAR:
        return NAMED
    if release.about == "people" or release.word.sentence in named or release.counted:
        return 0.75
    return 0.0 if release.concept in STRONG else -1.0


def _weigh_news(reading: Reading, release: Release) -> float:
    """How much a release in the summary counts as news."""
    worth = weigh_age(reading, release.word) * (0.5 if _tells_else(reading, release) else 1.0)
    if is_recalled(reading, release.place):
        return worth * RECALLED
    return worth * (REMEMBERED if opens_recalling(reading, release.place) else 1.0)


def _tells_else(reading: Reading, release: Release) -> bool:
    """Whether the title tells other news and no release, so that the text only has one in passing."""
    title = frozenset[str]().union(*reading.seen[: reading.title])
    told = any(
        word.concepts & PREDICATES and "FREED_PERSON" not in word.concepts
        for word in reading.words
        if word.sentence < reading.title
    )
    return release.word.sentence >= reading.title and bool(title & OTHER_NEWS) and not told


def is_denied(reading: Reading, release: Release) -> bool:
    """Whether a text says that the report of a release was false, which is news of that report's event."""
    title = frozenset[str]().union(*reading.seen[: reading.title])
    lead = title.union(*reading.seen[: reading.lead])
    return "FALSE" in title or (release.stance is Stance.NEGATED and "FALSE" in lead)


def is_around(reading: Reading, release: Release, concept: str = "AROUND") -> bool:
    """Whether the release only dates something else: "years after his release"."""
    before = reading.words[max(0, release.place - 2) : release.place]
    return any(concept in word.concepts and word.clause == release.word.clause for word in before)


def _is_attribute(main: Release, title: frozenset[str]) -> str:
    """What a title tells of somebody who is only called freed: "freed blogger arrested again"."""
    called = ("FREED_PERSON" in main.word.concepts or main.qualifies) and not main.counted
    return next(iter(sorted(title & {"ARREST", "SENTENCE", "DEATH"})), "") if called else ""


def _costs(reading: Reading, main: Release) -> list[tuple[str, float]]:
    """What speaks against: prisoners of war on their way, sport, films, where title or predicate name
    them."""
    title = frozenset[str]().union(*(concepts_of(reading, sentence) for sentence in range(reading.title)))
    beside = title | concepts_of(reading, main.word.sentence)
    everywhere = reading.concepts
    if attribute := _is_attribute(main, title):
        return [(attribute, 3.0)]
    costs: list[tuple[str, float]] = [
        (concept, 2.5)
        for concept in ("SPORT", "FILM")
        if concept in beside and not everywhere & {"POLITICAL", "HELD"}
    ]
    if main.concept == "FREE" and not main.counted and not beside & STRONG:
        costs += [(concept, cost) for concept, cost in ORDINARY if concept in beside]
    at_war = "POW" in title or ("POW" in beside and everywhere & BELLIGERENTS)
    at_war = at_war or ("EXCHANGE" in title and title >= BELLIGERENTS)
    freed_here = "CIVILIAN" in everywhere and is_held_here(reading)
    if at_war and not beside & (STRONG | {"POLITICAL"}) and not freed_here:
        costs.append(("POW", 5.0))
    return costs
