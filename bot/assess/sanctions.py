"""Moves on sanctions against Belarus: who does what to which of them, and how far it has come.

Theory. A move is a word of action (imposes, extends, eases, threatens) near a word for sanctions, in a
sentence or under a title that names Belarus, its leaders, firms, banks, potash or airline. "New sanctions"
and the like impose, unless a verb says otherwise. Who decides is the power nearest to the action, powers in
one list decide together; where the sentence names none, the title or else the first sentence that does.
Sanctions on Russia that name Belarus in passing are told by their title: it names Russia as the target and
not Belarus.

Known to fail: a move whose target is a firm that no lexicon knows and whose text does not name the country.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from bot.assess.background import is_recalled, opens_recalling
from bot.assess.days import names_another_day, weigh_age
from bot.assess.place import HOME, is_at_home
from bot.assess.powers import NEIGHBOURS, POWERS, find_powers
from bot.assess.reading import Reading, Word
from bot.assess.release import OTHER_NEWS, VERBS
from bot.assess.stance import Stance, find_stance
from bot.model import Action, Move, Reason, Stage

ACTIONS = {
    "EASE": Action.EASED,
    "EXTEND": Action.EXTENDED,
    "THREATEN": Action.THREATENED,
    "IMPOSE": Action.IMPOSED,
}
FIRMS = {
    "FIRM_BELAVIA": "Belavia",
    "FIRM_BELARUSKALI": "Belaruskali",
    "FIRM_BPC": "Belarusian Potash Company",
    "FIRM_AZOT": "Grodno Azot",
    "FIRM_BELAZ": "BelAZ",
    "FIRM_MAZ": "MAZ",
    "FIRM_MZKT": "MZKT",
    "FIRM_NAFTAN": "Naftan",
    "FIRM_MOZYR": "Mozyr refinery",
    "FIRM_BELNEFTEKHIM": "Belneftekhim",
    "FIRM_INTEGRAL": "Integral",
    "FIRM_BELARUSBANK": "Belarusbank",
    "FIRM_BELINVESTBANK": "Belinvestbank",
    "FIRM_BELAGROPROMBANK": "Belagroprombank",
}
OWN = 4  # words from the start of a sentence within which Belarus acts by itself
WEAK = 6  # words by which "new" and other signs of imposing stand back behind a verb that says otherwise
TARGETS = HOME | {"POTASH"}
NEAR = 9  # words between an action and its sanctions
BREAK = 3  # words that a clause boundary is worth
BACKGROUND = 0.75  # points that a tightening is worth less under a title that names no sanctions
OLD = 1.5  # points that a move is worth less when it is recalled
STALE = 0.5  # a sentence that counts no more than this as news recalls
PROSPECT = 5  # words around an easing within which "hopes" or "potential" makes it one
HEDGES = 2  # times that an easing is called a hope, for a text that never tells it with a verb
UNNAMED = 1.25  # points that a move of an unnamed power is worth less
ENOUGH = 2.25  # points that make a text relevant
STAGES = {
    Stance.ASSERTED: Stage.DECIDED,
    Stance.WELCOMED: Stage.DECIDED,
    Stance.PLANNED: Stage.PROPOSED,
    Stance.HOPED: Stage.PROPOSED,
    Stance.DEMANDED: Stage.DEMANDED,
    Stance.REFUSED: Stage.REFUSED,
    Stance.NEGATED: Stage.REFUSED,
}


STAGED = {
    Stage.DECIDED: "decided",
    Stage.PROPOSED: "hoped for or planned, not decided",
    Stage.DEMANDED: "demanded, not decided",
    Stage.REFUSED: "refused",
}


class Found(NamedTuple):
    """A move with the points that it brings to relevance."""

    move: Move
    points: float
    title: bool
    stance: Stance


class Deed(NamedTuple):
    """An action and the word that tells it."""

    action: Action
    place: int


def find_moves(reading: Reading) -> tuple[Found, ...]:
    """All moves on sanctions against Belarus, one for each action and power, the best told first. What sports
    bodies lift or impose is none."""
    title = frozenset[str]().union(*reading.seen[: reading.title])
    if not reading.concepts & TARGETS or ("SPORT" in title and not title & POWERS.keys()):
        return ()
    found: dict[tuple[Action, str], Found] = {}
    for place in _find_sanctions(reading):
        for one in _read_moves(reading, place):
            key = (one.move.action, one.move.by)
            if key not in found or found[key].points < one.points:
                found[key] = one
    ranked = sorted(found.values(), key=lambda one: -one.points)
    return _drop_rivals([_hedge(one) for one in ranked] if _is_only_hoped(reading) else ranked)


def _is_only_hoped(reading: Reading) -> bool:
    """Whether the text names an easing only as a noun, and calls it a hope at least HEDGES times."""
    eased = [place for place, word in enumerate(reading.words) if "EASE" in word.concepts]
    if any("EASE_NOUN" not in reading.words[place].concepts for place in eased if _is_done(reading, place)):
        return False
    return sum(_is_prospect(reading, place) for place in eased) >= HEDGES


def _is_done(reading: Reading, place: int) -> bool:
    """Whether an easing beside sanctions is told as a fact."""
    near = reading.words[max(0, place - NEAR) : place + NEAR]
    word = reading.words[place]
    beside = any(
        other.concepts & {"SANCTION", "LICENSE"} and other.sentence == word.sentence for other in near
    )
    return beside and find_stance(reading, place)[0] is Stance.ASSERTED and not _is_prospect(reading, place)


def _is_prospect(reading: Reading, place: int) -> bool:
    """Whether hope or possibility stands beside an easing, before or after it."""
    word = reading.words[place]
    near = reading.words[max(0, place - PROSPECT) : place + PROSPECT + 1]
    hoped = any(other.concepts & {"PROSPECT", "HOPE"} and other.sentence == word.sentence for other in near)
    return hoped or find_stance(reading, place)[0] in {Stance.HOPED, Stance.NEGATED}


def _hedge(one: Found) -> Found:
    """The same move as something that is hoped for."""
    if one.move.action is not Action.EASED or one.move.stage is not Stage.DECIDED:
        return one
    return one._replace(move=replace(one.move, stage=Stage.PROPOSED), stance=Stance.HOPED)


def _find_sanctions(reading: Reading) -> list[int]:
    """Words that name sanctions on Belarus, listings and licences included."""
    titled = any(reading.seen[sentence] & TARGETS for sentence in range(reading.title)) or _is_explained(
        reading
    )
    return [
        place
        for place, word in enumerate(reading.words)
        if _names_sanctions(reading, place, word)
        and (titled or reading.seen[word.sentence] & (TARGETS | {"AIRLINE"}))
        and not _is_elsewhere(reading, word)
    ]


def _is_explained(reading: Reading) -> bool:
    """Whether the lead says that the title's sanctions are on Belarus, and on nobody else."""
    lead = frozenset[str]().union(*reading.seen[: reading.lead])
    return bool(lead & TARGETS) and not lead & {"RUSSIA", "ELSEWHERE"}


def _names_sanctions(reading: Reading, place: int, word: Word) -> bool:
    if word.concepts & {"SANCTION", "LICENSE"}:
        return True
    if "LISTING" not in word.concepts or not reading.seen[word.sentence] & POWERS.keys():
        return False
    following = reading.words[place + 1 : place + 4]
    return any(other.value is not None and other.sentence == word.sentence for other in following)


def _is_elsewhere(reading: Reading, word: Word) -> bool:
    """Whether these sanctions are on somebody else."""
    here = reading.seen[word.sentence]
    if here & {"ELSEWHERE", "RUSSIA"} and not here & (TARGETS | {"AIRLINE"}):
        return True
    title = frozenset[str]().union(*reading.seen[: reading.title])
    return bool(title & {"RUSSIA", "ELSEWHERE"}) and "SANCTION" in title and not title & TARGETS


def _read_moves(reading: Reading, place: int) -> list[Found]:
    """The moves on the sanctions at a word: one for each power that makes them, or one of an unnamed
    power."""
    word = reading.words[place]
    deed = _find_deed(reading, place) or _find_title_deed(reading, word)
    if deed is None or _is_their_own(reading, deed.place):
        return []
    stance = find_stance(reading, deed.place)[0]
    stage = STAGES[stance]
    points = _weigh(reading, word, stage)
    titled = frozenset[str]().union(*reading.seen[: reading.title])
    if opens_recalling(reading, deed.place) and not titled & (VERBS | {"SANCTION", "LICENSE"}):
        points -= OLD
    points -= OLD * (is_recalled(reading, deed.place) or is_recalled(reading, place))
    powers = find_powers(reading, deed.place)
    points -= UNNAMED * (not powers) + BACKGROUND * _is_background(reading, word, deed.action)
    quote = reading.quote_sentence(deed.place)
    target = _find_target(reading, place)
    return [
        Found(
            Move(action=deed.action, by=by, target=target, stage=stage, quote=quote),
            points,
            word.sentence < reading.title,
            stance,
        )
        for by in powers or [""]
    ]


def _is_their_own(reading: Reading, place: int) -> bool:
    """Whether Belarus itself acts: it opens the sentence, no power is named, and it is not the target,
    too."""
    first, after = reading.sentences[reading.words[place].sentence]
    words = reading.words
    if (
        words[first].concepts.isdisjoint({"BELARUS", "FIGURE_BY"})
        or words[first].clause != words[place].clause
    ):
        return False
    powers = any(word.concepts & (POWERS.keys() | NEIGHBOURS.keys()) for word in words[first:after])
    target = any(word.concepts & TARGETS for word in words[first + 2 : after])
    verb = any(word.concepts & {"IMPOSE", "EASE", "EXTEND"} for word in words[first + 1 : first + OWN])
    return verb and not powers and not target


def _weigh(reading: Reading, word: Word, stage: Stage) -> float:
    here = reading.seen[word.sentence]
    title = word.sentence < reading.title
    points = (2.5 if title else 1.75) + (1.0 if here & TARGETS else 0.5)
    if stage in {Stage.DEMANDED, Stage.REFUSED}:
        points -= 1.0
    if title:
        return points
    recalls = "EARLIER" in here or names_another_day(reading, word.sentence)
    age = weigh_age(reading, word)
    return points - OLD * (bool(here & VERBS) and recalls) - OLD * (age <= STALE or "OFTEN" in here)


def _is_background(reading: Reading, word: Word, action: Action) -> bool:
    """Whether sanctions imposed or extended are only recalled: told in the text, while the title tells of
    others."""
    titled = frozenset[str]().union(*reading.seen[: reading.title])
    tightens = action in {Action.IMPOSED, Action.EXTENDED}
    acts = titled & POWERS.keys() and titled & (ACTIONS.keys() | {"LISTING"})
    if titled & OTHER_NEWS and word.sentence >= reading.title and not titled & {"SANCTION", "LICENSE"}:
        return True
    return tightens and word.sentence >= reading.title and not titled & {"SANCTION", "LICENSE"} and not acts


def _find_deed(reading: Reading, place: int) -> Deed | None:
    """The nearest word of action to the sanctions at a word."""
    word = reading.words[place]
    if "LICENSE" in word.concepts:
        return Deed(Action.EASED, place)
    first, after = reading.sentences[word.sentence]
    here = reading.seen[word.sentence]
    best: tuple[float, Deed] | None = None
    for index in range(max(first, place - NEAR), min(after, place + NEAR + 1)):
        other = reading.words[index]
        distance = abs(index - place) + BREAK * abs(other.clause - word.clause)
        for concept, action in ACTIONS.items():
            if concept not in other.concepts or distance > NEAR:
                continue
            if concept == "THREATEN" and "IMPOSE" not in here and here & VERBS:
                continue  # a deal about prisoners threatens nobody
            weight = distance + (WEAK if concept == "IMPOSE" else 0)
            if best is None or weight < best[0]:
                best = (weight, Deed(action, index))
    return best[1] if best else _find_verb(reading, place)


def _find_verb(reading: Reading, place: int) -> Deed | None:
    """ "sanctions" itself as a verb, or a listing: a power before it, a number or people after it."""
    words, word = reading.words, reading.words[place]
    before = words[place - 1] if place else None
    following = words[place + 1 : place + 3]
    counted = any(
        other.value is not None or other.concepts & (TARGETS | {"UNIT", "PERSON"}) for other in following
    )
    if (
        "LISTING" in word.concepts
        and counted
        and before is not None
        and before.concepts & (POWERS.keys() | NEIGHBOURS.keys())
    ):
        return Deed(Action.IMPOSED, place)
    return None


def _find_title_deed(reading: Reading, word: Word) -> Deed | None:
    """What the title does, for sanctions on Belarus that the text only names."""
    if word.sentence < reading.title or not reading.seen[word.sentence] & TARGETS:
        return None
    for place, other in enumerate(reading.words):
        if other.sentence >= reading.title:
            return None
        if other.concepts & {"SANCTION", "LICENSE"} and (deed := _find_deed(reading, place)):
            return deed
    return None


def _find_target(reading: Reading, place: int) -> str:
    """The firm that the sanctions at a word are about, by its one name, "" where it is the country:
    never words of the source, which could say anything."""
    first, after = reading.sentences[reading.words[place].sentence]
    named = [
        (abs(index - place), FIRMS[concept])
        for index in range(first, after)
        for concept in reading.words[index].concepts & FIRMS.keys()
    ]
    return min(named)[1] if named else ""


def _drop_rivals(found: list[Found]) -> tuple[Found, ...]:
    """One power makes one move, unless the title tells of two; what only the text imposes gives way to what
    the title does otherwise."""
    titled = {one.move.action for one in found if one.title}
    kept: list[Found] = []
    for one in found:
        rival = any(other.move.by == one.move.by for other in kept)
        if (rival and not one.title) or (not one.title and titled and one.move.action not in titled):
            continue
        kept.append(one)
    return tuple(kept)


def weigh_sanctions(reading: Reading, found: tuple[Found, ...]) -> tuple[float, tuple[Reason, ...]]:
    """Points for the text being about sanctions on Belarus, with reasons."""
    if asked := _find_question(reading):
        return ENOUGH, (Reason(code="sanctions are discussed", words=asked),)
    return _weigh_moves(found)


def _find_question(reading: Reading) -> str:
    """The title, where it asks or explains something about sanctions on Belarus: no move, but about them."""
    if not reading.title or not reading.words:
        return ""
    seen = frozenset[str]().union(*reading.seen[: reading.title])
    last = reading.sentences[reading.title - 1][1] - 1
    title = reading.quote(0, last)
    asks = "?" in reading.text[: reading.words[last].end + 2] or "COMMENT" in seen
    about = "SANCTION" in seen and (
        seen & TARGETS or (is_at_home(reading) and not seen & {"RUSSIA", "ELSEWHERE"})
    )
    return title if asks and about else ""


def _weigh_moves(found: tuple[Found, ...]) -> tuple[float, tuple[Reason, ...]]:
    """The best move's points, and what every move is."""
    reasons = tuple(
        Reason(
            code=f"sanctions {one.move.action} by {one.move.by or 'nobody named'}: {STAGED[one.move.stage]}",
            words=one.move.quote,
        )
        for one in found
    )
    return max((one.points for one in found), default=0.0), reasons
