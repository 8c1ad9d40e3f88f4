"""What sort of text it is: report, follow-up, statement, analysis; and whether it tells of a happening.

Theory. The title says it. Words of comment (why, analysis, interview) or a digest make an analysis. A title
that tells a release or a move itself reports. Else words of welcome, demand or speech make a statement, and
people already freed who arrive, tell or refuse, a confirmation, the list of names make a follow-up.

A happening is a release or a move that is asserted, in Belarus, and not only recalled: dated earlier,
welcomed, or named to date something else ("months after his release").
"""

from __future__ import annotations

from bot.assess.background import is_recalled, opens_recalling
from bot.assess.days import names_another_day
from bot.assess.place import Place
from bot.assess.reading import Reading, Word
from bot.assess.release import OTHER_NEWS, Release, is_around, is_denied
from bot.assess.sanctions import Found
from bot.assess.stance import Stance
from bot.model import Kind

FRESH = frozenset({Stance.ASSERTED, Stance.PLANNED})
COMMENTS = ("DIGEST", "COMMENT")
FOLLOWUPS = ("FREED_PERSON", "AFTERMATH", "CONFIRM")
STATEMENTS = ("WELCOME", "DEMAND", "HOPE", "SAY")


def find_kind(reading: Reading, releases: tuple[Release, ...], moves: tuple[Found, ...]) -> tuple[Kind, str]:
    """The kind of a text and the word of its title that tells it."""
    title = [word for word in reading.words if word.sentence < reading.title]
    acts = any(
        one.stance in FRESH and one.word.sentence < reading.title and _tells(reading, one) for one in releases
    ) or any(found.title and found.stance in FRESH for found in moves)
    told = _find(title, COMMENTS)
    if told and (not acts or _find(title[:2], COMMENTS) or _find(title, COMMENTS[:1])):
        return Kind.ANALYSIS, told
    titled = (one for one in releases if one.word.sentence < reading.title)
    if denied := next((one.word.text for one in titled if is_denied(reading, one)), ""):
        return Kind.FOLLOWUP, denied
    freed = _find(title, FOLLOWUPS)
    if freed and (not acts or _find(title, FOLLOWUPS[2:])):
        return Kind.FOLLOWUP, freed
    if not acts and (told := _find(title, STATEMENTS)):
        return Kind.STATEMENT, told
    return Kind.REPORT, ""


def _find(title: list[Word], concepts: tuple[str, ...]) -> str:
    return next((word.text for concept in concepts for word in title if concept in word.concepts), "")


def is_happening(
    reading: Reading, kind: Kind, releases: tuple[Release, ...], moves: tuple[Found, ...]
) -> bool:
    """Whether a text tells of a happening that may start an event."""
    if kind in {Kind.ANALYSIS, Kind.STATEMENT}:
        return False
    if any(found.stance in FRESH and found.move.by for found in moves):
        return True
    return any(_is_fresh(reading, one) for one in releases)


def _tells(reading: Reading, one: Release) -> bool:
    """Whether a predicate tells of a release, and does not only say who somebody is ("the freed teacher") or
    when something else was."""
    attribute = "FREED_PERSON" in one.word.concepts and not one.counted
    return not attribute and not is_around(reading, one)


def _is_fresh(reading: Reading, one: Release) -> bool:
    """Whether a release is told as new."""
    if is_denied(reading, one):
        return False
    if one.stance not in FRESH or one.where not in {Place.BELARUS, Place.NEAR} or not _tells(reading, one):
        return False
    if one.word.sentence < reading.title:
        return True
    title = frozenset[str]().union(*reading.seen[: reading.title])
    if is_recalled(reading, one.place) or opens_recalling(reading, one.place):
        return False
    return not title & OTHER_NEWS and not names_another_day(reading, one.word.sentence)
