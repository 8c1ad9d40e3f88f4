"""Sets of topics as bits, so that one comparison in SQL serves fan-out."""

from __future__ import annotations

from collections.abc import Iterable

from bot.model import Topic

TOPIC_BITS = {Topic.RELEASE: 1, Topic.SANCTIONS: 2}


def to_bits(topics: Iterable[Topic]) -> int:
    """The set as a number."""
    return sum(TOPIC_BITS[topic] for topic in set(topics))


def from_bits(bits: int) -> tuple[Topic, ...]:
    """The inverse of `to_bits`, in the order of TOPIC_BITS."""
    return tuple(topic for topic, bit in TOPIC_BITS.items() if bits & bit)
