"""What we think of a text: is it about releases or sanctions in Belarus, and what does it state. Pure,
explained."""

from __future__ import annotations

from datetime import datetime

from bot.assess.choose import choose_held, choose_released
from bot.assess.counts import Figure, find_figures
from bot.assess.days import find_day
from bot.assess.kind import find_kind, is_happening
from bot.assess.lexicon import load_lexicon
from bot.assess.people import Named, find_people
from bot.assess.reading import Reading, read
from bot.assess.release import ENOUGH, Release, find_releases, weigh_release
from bot.assess.sanctions import ENOUGH as SANCTIONS_ENOUGH
from bot.assess.sanctions import Found, find_moves, weigh_sanctions
from bot.assess.traits import find_traits
from bot.model import Assessment, Facts, Person, Reason, Topic
from bot.text.language import find_language


def assess(
    title: str, summary: str, *, published: datetime, language: str | None = None, home: str | None = None
) -> Assessment:
    """What we think of one item, from its words alone; nothing is fetched, nothing remembered.

    published: when the source says it was published; dates in the text are read against it. language: ISO
    639-1 where it is known, else it is found out. home: ISO 3166 country of the outlet where it is known: a
    headline of an outlet of Belarus need not name the country. Never raises for any text.
    """
    code = language if language and language != "und" else find_language(f"{title}\n{summary}")
    reading = read(title, summary, load_lexicon(code), published.date(), home)
    if not reading.words:
        return Assessment(relevant=False, language=code, reasons=(Reason(code="no words"),))
    people = find_people(reading)
    figures = find_figures(reading, people)
    releases = find_releases(reading, frozenset(figure.place for figure in figures))
    moves = find_moves(reading)
    topics, reasons = _find_topics(reading, releases, moves, people)
    if not topics:
        return Assessment(relevant=False, language=code, reasons=reasons or (Reason(code="neither topic"),))
    return _tell(reading, code, topics, releases, moves, people, figures, reasons)


def _find_topics(
    reading: Reading, releases: tuple[Release, ...], moves: tuple[Found, ...], people: tuple[Named, ...]
) -> tuple[tuple[Topic, ...], tuple[Reason, ...]]:
    named = frozenset(reading.words[one.first].sentence for one in people)
    release, release_reasons = weigh_release(reading, releases, named)
    sanctions, sanction_reasons = weigh_sanctions(reading, moves)
    topics = tuple(
        topic
        for topic, enough in (
            (Topic.RELEASE, release >= ENOUGH),
            (Topic.SANCTIONS, sanctions >= SANCTIONS_ENOUGH),
        )
        if enough
    )
    return topics, (*release_reasons, *sanction_reasons)


def _tell(
    reading: Reading,
    code: str,
    topics: tuple[Topic, ...],
    releases: tuple[Release, ...],
    moves: tuple[Found, ...],
    people: tuple[Named, ...],
    figures: tuple[Figure, ...],
    reasons: tuple[Reason, ...],
) -> Assessment:
    released = choose_released(reading, figures, people) if Topic.RELEASE in topics else None
    facts = Facts(
        released=released,
        still_held=choose_held(reading, figures, released),
        moves=tuple(one.move for one in moves if one.move.by and one.points >= SANCTIONS_ENOUGH),
        people=_freed_people(reading, releases, people),
    )
    kind, told = find_kind(reading, releases, moves)
    reasons = (*reasons, Reason(code=f"kind {kind}", words=told)) if told else reasons
    return Assessment(
        relevant=True,
        topics=topics,
        kind=kind,
        happening=is_happening(reading, kind, releases, moves),
        facts=facts,
        day=find_day(reading, [one.place for one in releases if one.asserted]),
        language=code,
        traits=find_traits(reading, facts, people),
        reasons=reasons,
    )


def _freed_people(
    reading: Reading, releases: tuple[Release, ...], people: tuple[Named, ...]
) -> tuple[Person, ...]:
    """Everybody named; freed are those in a sentence with a release, leaders and speakers excepted."""
    sentences = {release.word.sentence for release in releases if release.asserted}
    return tuple(
        Person(name=one.name, key=one.key, freed=_is_freed(reading, one, sentences)) for one in people
    )


def _is_freed(reading: Reading, one: Named, sentences: set[int]) -> bool:
    word = reading.words[one.last]
    leads = one.key in reading.lexicon.leaders or (
        "FIGURE_BY" in word.concepts and "CRITIC" not in word.concepts
    )
    following = reading.words[one.last + 1 : one.last + 3]
    speaks = any("SAY" in other.concepts and other.clause == word.clause for other in following)
    return word.sentence in sentences and not leads and not speaks
