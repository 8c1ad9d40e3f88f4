"""What single facts are called in the reader's language. Pure; a fact that nobody stated has no words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.chat.settings import Settings
from bot.events.summary import Claim, EventSummary, NamedPerson, Released, StillHeld
from bot.languages import Translator
from bot.model import Action, Move, Stage, Topic
from bot.text.clean import shorten

NAMES = 12            # people named in an alert; a list of 52 hides the rest of it
OUTLETS = 6
MOVES = 6
CLAIMS = 4
NAME_LENGTH = 60      # characters: of a person, an outlet, a target
ROUND = 100           # a count of prisoners that is a multiple of this is an estimate

DECIDERS = frozenset({
    "us", "eu", "uk", "canada", "switzerland", "ukraine", "poland", "lithuania", "latvia", "estonia",
    "norway", "japan", "australia", "new_zealand", "un",
})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads: a language, a time zone, whether nothing may betray what it is about, and the moment.

    follows: keys of people of whom the reader wants to know at once.
    """

    speaker: Translator
    zone: ZoneInfo
    now: datetime
    safe: bool = False
    follows: frozenset[str] = frozenset()

    def moment(self, at: datetime) -> str:
        """14:05, with the day when it is not today's."""
        return self.speaker.moment(at, zone=self.zone, now=self.now)


def reader_of(settings: Settings, speaker: Translator, now: datetime) -> Reader:
    """Who reads in a chat with these settings."""
    return Reader(speaker=speaker, zone=ZoneInfo(settings.timezone), now=now, safe=settings.safe)


def head(summary: EventSummary, reader: Reader) -> str:
    """The first line: "Release · 52 freed", "Sanctions · US eases sanctions on Belavia"."""
    say = reader.speaker.text
    if Topic.RELEASE in summary.topics:
        topic, what = say("alert.topic.release"), released(summary.released, reader)
    else:
        leading = leading_move(summary)
        topic, what = say("alert.topic.sanctions"), move(leading, reader) if leading else ""
    return say("alert.head", topic=topic, what=what) if what else topic


def released(count: Released | None, reader: Reader) -> str:
    """"52 freed", "15–18 freed", nothing where nobody said."""
    if count is None:
        return ""
    speaker = reader.speaker
    if count.low != count.high:
        return speaker.count("alert.freed.range", count.high, low=speaker.number(count.low))
    return speaker.count("alert.freed.at_least" if count.at_least else "alert.freed", count.high)


def bare_number(count: Released | None, reader: Reader) -> str:
    """The number freed and nothing around it."""
    if count is None:
        return ""
    number = reader.speaker.number
    return number(count.high) if count.low == count.high else f"{number(count.low)}–{number(count.high)}"


def quarrel(count: Released | None, reader: Reader) -> str:
    """Who says which number, where they differ."""
    if count is None or count.low == count.high or reader.safe:
        return ""
    claims = sorted(count.claims[:CLAIMS], key=lambda claim: claim.value)
    return reader.speaker.text("alert.differ", numbers=" · ".join(_claim(claim, reader) for claim in claims))


def _claim(claim: Claim, reader: Reader) -> str:
    number = reader.speaker.number(claim.value)
    return reader.speaker.text("alert.says", number=number, who=listed(claim.outlets, OUTLETS, reader))


def still_held(held: StillHeld | None, reader: Reader) -> str:
    """"About 1,200 still held (Viasna, 11 September)"; a reader in safe mode is not told who counts."""
    if held is None:
        return ""
    day = reader.speaker.day(held.day, today=reader.now.astimezone(reader.zone).date())
    said = day if reader.safe else f"{shorten(held.by or held.outlet, NAME_LENGTH)}, {day}"
    return reader.speaker.count(_held_sentence(held), held.value, said=said)


def _held_sentence(held: StillHeld) -> str:
    if held.at_least:
        return "alert.held.at_least"
    return "alert.held" if held.value % ROUND else "alert.held.about"


def leading_move(summary: EventSummary) -> Move | None:
    """The move that the first line tells of: one that was decided, else the first; none beside a release."""
    moves = () if Topic.RELEASE in summary.topics else (*summary.decided, *summary.moves)
    return next(iter(moves), None)


def moves(summary: EventSummary, reader: Reader) -> list[str]:
    """The other moves, a line each."""
    leading = leading_move(summary)
    return [move(step, reader) for step in summary.moves if step is not leading][:MOVES]


def move(step: Move, reader: Reader) -> str:
    """"US eases sanctions on Belavia"; in safe mode the target, which can be a name, is not told."""
    say = reader.speaker.text
    named = "" if reader.safe else shorten(step.target, NAME_LENGTH)
    sentence = f"alert.move.{step.action.value}.{step.stage.value}"
    return say(sentence, by=_decider(step.by, reader), target=named or say("alert.target.belarus"))


def _decider(by: str, reader: Reader) -> str:
    key = by.casefold().replace(" ", "_")
    return reader.speaker.text(f"alert.by.{key}") if key in DECIDERS else shorten(by, NAME_LENGTH)


def names(people: Sequence[NamedPerson], reader: Reader) -> str:
    """Who is among those freed, as far as it may be said (CONTRACT "An alert")."""
    if not people or reader.safe:
        return ""
    say = reader.speaker.text
    sure = [person.name for person in people if person.publishable]
    followed = [p.name for p in people if not p.publishable and p.key in reader.follows]
    parts = [listed(sure, NAMES, reader)] if sure else []
    if followed:
        parts.append(say("alert.people.single", names=listed(followed, NAMES, reader)))
    return say("alert.people", names=", ".join(parts)) if parts else say("alert.people.follow")


def owners(summary: EventSummary, started: datetime, reader: Reader) -> str:
    """"3 owners: Reuters, Viasna, LRT · first 14:05"."""
    said = _owners_unnamed(summary, reader) if reader.safe else _owners_named(summary, reader)
    return reader.speaker.text("alert.first", owners=said, at=reader.moment(started))


def _owners_named(summary: EventSummary, reader: Reader) -> str:
    speaker = reader.speaker
    confirming = [voice.outlet for voice in summary.owners if voice.standing.confirms]
    if not confirming:
        everybody = listed([voice.outlet for voice in summary.owners], OUTLETS, reader)
        return speaker.text("alert.unconfirming", names=everybody)
    outlets = listed(confirming, OUTLETS, reader)
    if summary.confirmations > 1:
        return speaker.count("alert.owners", summary.confirmations, names=outlets)
    return speaker.text("alert.single", names=outlets)


def _owners_unnamed(summary: EventSummary, reader: Reader) -> str:
    if not any(voice.standing.confirms for voice in summary.owners):
        return reader.speaker.text("alert.unconfirming.safe")
    if summary.confirmations > 1:
        return reader.speaker.count("alert.owners.safe", summary.confirmations)
    return reader.speaker.text("alert.single.safe")


def listed(words: Sequence[str], most: int, reader: Reader) -> str:
    """"a, b", or "a, b and 40 more"; each once."""
    unique = list(dict.fromkeys(shorten(word, NAME_LENGTH) for word in words))
    shown = ", ".join(unique[:most])
    rest = len(unique) - most
    return reader.speaker.count("alert.more", rest, names=shown) if rest > 0 else shown


def voice(outlet: str, language: str) -> str:
    """Who speaks, and in which language where that is known: "Reuters, en"."""
    name = shorten(outlet, NAME_LENGTH)
    return name if language == "und" else f"{name}, {language}"


def every_move() -> tuple[str, ...]:
    """The names of all sentences about moves, for the test that compares them with the catalogues."""
    return tuple(f"alert.move.{action.value}.{stage.value}" for action in Action for stage in Stage)
