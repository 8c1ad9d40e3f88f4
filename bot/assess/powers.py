"""Who decides on sanctions: the powers that a text names beside an action.

Theory. The power nearest to the action decides, one before it rather than one after it, and powers in one
list decide together ("US, UK and Canada"). Where the sentence names none, the title or else the first
sentence that does. A neighbour of Belarus counts only where it opens the sentence: far more often it only
speaks of others' sanctions.
"""

from __future__ import annotations

from bot.assess.reading import Reading

POWERS = {
    "US": "US",
    "EU": "EU",
    "UK": "UK",
    "CANADA": "Canada",
    "SWITZERLAND": "Switzerland",
    "NORWAY": "Norway",
    "JAPAN": "Japan",
    "AUSTRALIA": "Australia",
    "UKRAINE_DECIDES": "Ukraine",
}
HOMES = {
    "US": "US", "EU": "EU", "GB": "UK", "CA": "Canada", "CH": "Switzerland", "NO": "Norway", "JP": "Japan",
    "AU": "Australia", "UA": "Ukraine",
}  # fmt: skip
# Neighbours sanction by themselves, too, but far more often they only speak of it.
NEIGHBOURS = {"UKRAINE": "Ukraine", "LITHUANIA": "Lithuania", "POLAND": "Poland"}
BEHIND = 2  # words by which a power after its action stands back behind one before it


def find_powers(reading: Reading, place: int) -> list[str]:
    """Who decides: the power nearest to the action, with those in one list with it."""
    sentence = reading.words[place].sentence
    others = [number for number in range(len(reading.sentences)) if number != sentence]
    for number in (sentence, *others):
        powers = _powers_of(reading, number, place)
        if powers:
            return powers
    return _neighbour(reading, place) or _at_home(reading)


def _at_home(reading: Reading) -> list[str]:
    """The power at home in whose outlet the text stands, when it names none: a ministry's site seldom
    does."""
    power = HOMES.get(reading.home or "")
    return [power] if power else []


def _powers_of(reading: Reading, sentence: int, place: int) -> list[str]:
    first, after = reading.sentences[sentence]
    named = [
        (index, power)
        for index in range(first, after)
        for concept, power in POWERS.items()
        if concept in reading.words[index].concepts
    ]
    if not named:
        return []
    acts = _acts(reading, named[0][0], place)
    nearest = named[0] if acts else min(named, key=lambda pair: _distance(pair[0], place))
    run = [nearest]
    for step in (named[: named.index(nearest)][::-1], named[named.index(nearest) + 1 :]):
        edge = nearest[0]
        for index, power in step:
            if abs(index - edge) > LIST_STEP or not _are_listed(reading, index, edge):
                break
            run.append((index, power))
            edge = index
    return list(dict.fromkeys(power for _, power in sorted(run)))


def _distance(index: int, place: int) -> int:
    return abs(index - place) + BEHIND * (index > place)


def _acts(reading: Reading, index: int, place: int) -> bool:
    """Whether a power opens the sentence as its subject, and does more than speak of what another did:
    "Switzerland joins the EU's sanctions"."""
    first, _ = reading.sentences[reading.words[index].sentence]
    between = reading.words[index + 1 : place + 1]
    return index - first < SUBJECT and index < place and not any(word.concepts & SPEAKING for word in between)


SPEAKING = frozenset({"SAY", "WELCOME", "DEMAND", "REFUSE", "HOPE", "CONFIRM"})
SUBJECT = 2  # words from the start of a sentence within which its subject stands
LIST_STEP = 3  # words between two members of a list
ARTICLE = 3  # letters of a word that may stand before a member: the, la, das


def _are_listed(reading: Reading, one: int, other: int) -> bool:
    """Whether only commas and "and" part two words."""
    low, high = sorted((one, other))
    between = reading.words[low + 1 : high]
    names = POWERS.keys() | {"AND"}
    parted = "," in reading.text[reading.words[low].end : reading.words[high].start]
    joined = any("AND" in word.concepts for word in between)
    return (parted or joined or high - low == 1) and all(
        word.concepts & names or word.capital or len(word.text) <= ARTICLE for word in between
    )


def _neighbour(reading: Reading, place: int) -> list[str]:
    """A neighbour of Belarus that opens the sentence and stands right before the action."""
    sentence = reading.words[place].sentence
    opening = reading.sentences[sentence][0] + 2
    for word in reversed(reading.words[max(0, place - 3) : min(place, opening)]):
        for concept, power in NEIGHBOURS.items():
            if concept in word.concepts and word.sentence == sentence and word.capital:
                return [power]
    return []
