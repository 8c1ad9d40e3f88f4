"""Moves on sanctions against Belarus: who does what to which of them, and how far it has come.

Theory. A move is a word of action (imposes, extends, eases, threatens) near a word for sanctions, in a
sentence or under a title that names Belarus, its leaders, firms, banks, potash or airline. Who decides is the
nearest of the powers before the action, else after it, else the title's. Sanctions on Russia that name
Belarus in passing are told by their title: it names Russia as the target and not Belarus.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.assess.place import HOME
from bot.assess.reading import Reading
from bot.assess.stance import Stance, find_stance
from bot.model import Action, Move, Reason, Stage

POWERS = {
    "US": "US",
    "EU": "EU",
    "UK": "UK",
    "CANADA": "Canada",
    "SWITZERLAND": "Switzerland",
    "NORWAY": "Norway",
    "JAPAN": "Japan",
    "AUSTRALIA": "Australia",
    "UKRAINE": "Ukraine",
    "LITHUANIA": "Lithuania",
    "POLAND": "Poland",
}
ACTIONS = {
    "EASE": Action.EASED,
    "EXTEND": Action.EXTENDED,
    "THREATEN": Action.THREATENED,
    "IMPOSE": Action.IMPOSED,
}
TARGETS = HOME | {"POTASH"}
NEAR = 9  # words between an action and its sanctions
BREAK = 3  # words that a clause boundary is worth
STAGES = {
    Stance.ASSERTED: Stage.DECIDED,
    Stance.PLANNED: Stage.PROPOSED,
    Stance.HOPED: Stage.PROPOSED,
    Stance.DEMANDED: Stage.DEMANDED,
    Stance.REFUSED: Stage.REFUSED,
    Stance.NEGATED: Stage.REFUSED,
}


class Found(NamedTuple):
    """A move with the points that it brings to relevance."""

    move: Move
    points: float
    title: bool


def find_moves(reading: Reading) -> tuple[Found, ...]:
    """All moves on sanctions against Belarus, one for each action and power, the best told first."""
    home = _sentences_with(reading, TARGETS)
    if not home:
        return ()
    title_home = any(sentence < reading.title for sentence in home)
    found: dict[tuple[Action, str], Found] = {}
    for place, word in enumerate(reading.words):
        if "SANCTION" not in word.concepts:
            continue
        in_home = word.sentence in home
        if (not in_home and not title_home) or _is_elsewhere(reading, place, in_home):
            continue
        for one in _read_moves(reading, place, word.sentence < reading.title, in_home):
            key = (one.move.action, one.move.by)
            if key not in found or found[key].points < one.points:
                found[key] = one
    return _drop_doubles(tuple(sorted(found.values(), key=lambda one: -one.points)))


def _sentences_with(reading: Reading, concepts: frozenset[str]) -> frozenset[int]:
    return frozenset(word.sentence for word in reading.words if word.concepts & concepts)


def _is_elsewhere(reading: Reading, place: int, in_home: bool) -> bool:
    """Whether these sanctions are on somebody else."""
    word = reading.words[place]
    first, after = reading.sentences[word.sentence]
    seen = frozenset().union(*(other.concepts for other in reading.words[first:after]))
    if "ELSEWHERE" in seen and not in_home:
        return True
    title = frozenset().union(*(w.concepts for w in reading.words if w.sentence < reading.title))
    return bool(title & {"RUSSIA", "ELSEWHERE"}) and not title & TARGETS and "SANCTION" in title


def _read_moves(reading: Reading, place: int, title: bool, in_home: bool) -> list[Found]:
    """The moves on the sanctions at a word: one for each power that makes them."""
    action = _find_action(reading, place)
    if action is None:
        return []
    kind, index = action
    stance, _ = find_stance(reading, index)
    stage = STAGES[stance]
    points = (2.5 if title else 1.75) + (1.0 if in_home else 0.25)
    if stage in {Stage.DEMANDED, Stage.REFUSED}:
        points -= 1.0
    quote = reading.quote_sentence(index)
    return [
        Found(
            Move(action=kind, by=by, target=_find_target(reading, place), stage=stage, quote=quote),
            points,
            title,
        )
        for by in _find_powers(reading, min(index, place))
    ]


def _find_action(reading: Reading, place: int) -> tuple[Action, int] | None:
    """The nearest word of action to the sanctions at a word."""
    word = reading.words[place]
    first, after = reading.sentences[word.sentence]
    best: tuple[float, Action, int] | None = None
    for index in range(max(first, place - NEAR), min(after, place + NEAR + 1)):
        other = reading.words[index]
        distance = abs(index - place) + BREAK * abs(other.clause - word.clause)
        for concept, action in ACTIONS.items():
            if concept in other.concepts and distance <= NEAR:
                # "new sanctions" alone imposes; a verb that says otherwise wins over it
                weight = distance + (4 if concept == "IMPOSE" else 0)
                if best is None or weight < best[0]:
                    best = (weight, action, index)
    return (best[1], best[2]) if best else None


def _find_powers(reading: Reading, place: int) -> list[str]:
    """Who decides: the powers before the action in its sentence, else those after it, else the title's."""
    first, after = reading.sentences[reading.words[place].sentence]
    for low, high in ((first, place), (place, after), (0, reading.sentences[max(0, reading.title - 1)][1])):
        powers = [
            power
            for word in reading.words[low:high]
            for concept, power in POWERS.items()
            if concept in word.concepts
        ]
        if powers:
            return _coordinated(list(dict.fromkeys(powers)))
    return []


def _coordinated(powers: list[str]) -> list[str]:
    """Of several powers those that sanction; Ukraine, Lithuania, Poland are mostly where it is told."""
    strong = [power for power in powers if power in {"US", "EU", "UK", "Canada", "Switzerland"}]
    return strong or powers[:1]


def _find_target(reading: Reading, place: int) -> str:
    """The words after the sanctions that name their target, else Belarus."""
    words = reading.words
    word = words[place]
    for index in range(place + 1, min(len(words), place + 10)):
        other = words[index]
        if other.sentence != word.sentence:
            break
        if other.value is not None or other.concepts & (TARGETS | {"UNIT", "PERSON"}):
            last = index
            while (
                last + 1 < len(words)
                and words[last + 1].clause == word.clause
                and last - index < 4
                and words[last + 1].sentence == word.sentence
            ):
                last += 1
            return reading.quote(index, last)
    return "Belarus"


def _drop_doubles(found: tuple[Found, ...]) -> tuple[Found, ...]:
    """A power that imposes does not also threaten, and one that extends does not also impose, unless both
    stand in the title."""
    kept: list[Found] = []
    for one in found:
        rivals = [other for other in kept if other.move.by == one.move.by]
        if rivals and not one.title:
            continue
        kept.append(one)
    return tuple(kept)


def weigh_sanctions(found: tuple[Found, ...]) -> tuple[float, tuple[Reason, ...]]:
    """Points for the text being about sanctions on Belarus, with reasons."""
    reasons = tuple(
        Reason(code=f"sanctions {one.move.action} by {one.move.by} {one.move.stage}", words=one.move.quote)
        for one in found
    )
    return max((one.points for one in found), default=0.0), reasons
