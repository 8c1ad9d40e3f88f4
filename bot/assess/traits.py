"""What of a text can be compared with a text in another language: folded names, numbers, places, concepts."""

from __future__ import annotations

from bot.assess.people import Named
from bot.assess.reading import Reading
from bot.model import Facts

PLACES = frozenset(
    {
        "LITHUANIA",
        "POLAND",
        "UKRAINE",
        "RUSSIA",
        "US",
        "EU",
        "UK",
        "CANADA",
        "SWITZERLAND",
        "NORWAY",
        "JAPAN",
        "AUSTRALIA",
    }
)
CONCEPTS = frozenset(
    {
        "FREE",
        "PARDON",
        "AMNESTY",
        "EXCHANGE",
        "DEPORT",
        "RETURN",
        "EXTEND",
        "EASE",
        "IMPOSE",
        "THREATEN",
        "POTASH",
        "AIRLINE",
        "PRIEST",
        "JOURNALIST",
        "DEATH_PENALTY",
        "ENVOY",
        "BORDER",
    }
)


def find_traits(reading: Reading, facts: Facts, people: tuple[Named, ...]) -> frozenset[str]:
    """Traits as "kind:value": "person:thnsk" (surname), "number:52", "place:lithuania", "concept:exile"."""
    seen = reading.concepts
    traits = {f"place:{concept.lower()}" for concept in seen & PLACES}
    traits |= {f"concept:{concept.lower()}" for concept in seen & CONCEPTS}
    traits |= {f"person:{one.key.split('/')[0]}" for one in people}
    traits |= {f"number:{count.value}" for count in (facts.released, facts.still_held) if count is not None}
    return frozenset(traits)
