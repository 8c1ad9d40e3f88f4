"""What sort of text it is: report, follow-up, statement, analysis; and whether it tells of a happening.

Theory. The title says it: words of comment (why, analysis, interview) make an analysis, words of welcome or
demand a statement; a title about people already freed (they arrive, speak, refuse to leave) a follow-up. All
else reports. A happening is a release or move that is asserted and is not told as earlier.
"""

from __future__ import annotations

from bot.assess.reading import Reading
from bot.assess.release import Release
from bot.assess.sanctions import Found
from bot.model import Kind, Stage


def find_kind(reading: Reading, releases: tuple[Release, ...], moves: tuple[Found, ...]) -> tuple[Kind, str]:
    """The kind of a text and the words that tell it."""
    title = [word for word in reading.words if word.sentence < reading.title]
    for concept, kind in (("DIGEST", Kind.ANALYSIS), ("COMMENT", Kind.ANALYSIS)):
        told = next((word for word in title if concept in word.concepts), None)
        if told is not None:
            return kind, told.text
    acts = any(r.asserted and r.word.sentence < reading.title for r in releases) or any(
        m.title for m in moves
    )
    for concept, kind in (
        ("FREED_PERSON", Kind.FOLLOWUP),
        ("WELCOME", Kind.STATEMENT),
        ("DEMAND", Kind.STATEMENT),
    ):
        told = next((word for word in title if concept in word.concepts), None)
        if told is not None and (not acts or concept == "WELCOME"):
            return kind, told.text
    return Kind.REPORT, ""


def is_happening(kind: Kind, releases: tuple[Release, ...], moves: tuple[Found, ...]) -> bool:
    """Whether a text tells of a happening that may start an event."""
    if kind in {Kind.ANALYSIS, Kind.STATEMENT}:
        return False
    return any(r.asserted for r in releases) or any(
        m.move.stage in {Stage.DECIDED, Stage.PROPOSED} for m in moves
    )
