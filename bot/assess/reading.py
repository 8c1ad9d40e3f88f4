"""A text as the deciders see it: words with their concepts and numbers, in clauses and sentences.

Sentences end at a full stop before a capital, clauses at commas, colons, dashes and brackets. That is no
grammar: it only says which words are near enough to belong together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from bot.assess.lexicon import IGNORE, MONTH, Lexicon, Meaning, Phrase
from bot.text.numbers import read_digits, read_words

TOKEN = re.compile(
    r"(?P<abbreviation>[A-Z]{1,2}\.(?: ?[A-Z]{1,2}\.)+|(?:[^\W\d_]\.){2,})"
    r"|(?P<decimal>\d+[.,]\d{1,2}(?![\d.,]*\d))"
    r"|(?P<date>\b\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})?|\b20\d\d-\d\d-\d\d|\b\d{1,2}:\d\d\b)"
    r"|(?P<number>\d{1,3}(?:[.,\u00a0\u202f\u2009 ’']\d{3})+(?!\d)|\d+)"
    r"|(?P<word>[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u00ad]|['’ʼ](?=[^\W\d_]))*)"
    r"|(?P<stop>[.!?…]+(?=[\s\"»”“')\]]|$)|\n+)"
    r"|(?P<pause>[,;:()\[\]–—|«»„“”\"]|(?<=\s)-(?=\s))"
    r"|(?P<percent>[%$€£₽]|°)"
)
ELISION = re.compile(r"(?:[cdjlmnst]|qu|dell|all|dall|nell|sull|un|quest)['’](?=\w)", re.IGNORECASE)
ELIDING = frozenset({"fr", "it", "ca"})
ABBREVIATIONS = """
    jan feb mar apr jun jul aug sep sept oct nov dec no nr st dr mr mrs ms prof vs art proc tys mln mld g r
    т г гг р св ул им тыс млн млрд чел руб np tzw ok ca etc pm am янв фев авг сен окт ноя дек
"""
ABBREVIATED = frozenset(ABBREVIATIONS.split())
ANY_ELEMENT, GAP_ELEMENT = "=*", "=.."  # of phrases: any one word, any few words
GAP_WORDS = 12  # that a gap may hold: what stands between "lässt" and "frei"
FROM_IT = 2  # words before a prison within which "from" belongs to it
LEAVING = 7  # words within which the prison stands that somebody leaves
LEAD = 70  # words of a summary that tell the news; a feed's summary is seldom longer
PARAGRAPH = 10  # words of a first paragraph; posts in chats begin with shorter lines
LONGEST = 6_000  # characters of one item that are read; what matters stands at the top
PAUSES = frozenset(",;:()[]–—|-")


class Word(NamedTuple):
    """One word or number. `value` is None for words; `concepts` are its lexicon's, `sentence` 0 is the
    title."""

    text: str
    start: int
    end: int
    sentence: int
    clause: int
    concepts: frozenset[str]
    value: int | None = None
    capital: bool = False
    opens: bool = False  # first word of its sentence


class Reading(NamedTuple):
    """A whole text. `title` is the number of sentences that make the title, `lead` of those that tell the
    news: in what follows, background is recalled."""

    text: str
    language: str
    lexicon: Lexicon
    published: date
    words: tuple[Word, ...]
    title: int
    lead: int
    sentences: tuple[tuple[int, int], ...]  # index of first word and of the one after the last
    seen: tuple[frozenset[str], ...]  # concepts of each sentence
    concepts: frozenset[str]  # of the whole text
    home: str | None  # ISO 3166 country of the outlet

    def quote(self, first: int, last: int) -> str:
        """The text from one word to another, both included."""
        low, high = sorted((first, last))
        return self.text[self.words[low].start : self.words[high].end]

    def quote_sentence(self, index: int, around: int = 12) -> str:
        """The sentence of a word, cut to `around` words on both sides of it."""
        first, after = self.sentences[self.words[index].sentence]
        return self.quote(max(first, index - around), min(after - 1, index + around))


NONE: frozenset[str] = frozenset()
MONEY = frozenset({"MEASURE"})


def read(title: str, summary: str, lexicon: Lexicon, published: date, home: str | None = None) -> Reading:
    """Read title and summary. The summary's repetition of the title is left out."""
    rest = summary.strip()
    head = title.strip()
    if head and rest.startswith(head):
        rest = rest[len(head) :].lstrip(" .:–—-\n")
    text = f"{head}\n{rest}"[:LONGEST]
    raw = list(_cut(text, lexicon.language))
    words = _drop_related(_give_meaning(_join_numbers(raw, lexicon), lexicon))
    bounds = _bounds(words)
    title_sentences = next((word.sentence for word in words if word.start >= len(head)), len(bounds))
    seen = tuple(NONE.union(*(word.concepts for word in words[first:after])) for first, after in bounds)
    return Reading(
        text,
        lexicon.language,
        lexicon,
        published,
        tuple(words),
        title_sentences,
        _find_lead(text, words, title_sentences, bounds),
        bounds,
        seen,
        NONE.union(*seen),
        home,
    )


def _find_lead(text: str, words: Sequence[Word], title: int, bounds: Sequence[tuple[int, int]]) -> int:
    """The title and the sentences after it: up to LEAD words, three sentences at least, but no further than
    the first paragraph where that is more than a line."""
    start = bounds[title][0] if title < len(bounds) else 0
    within = sum(1 for first, _ in bounds[title:] if first - start < LEAD)
    for number, (first, _) in enumerate(bounds[title + 1 :], title + 1):
        if first - start >= PARAGRAPH and "\n" in text[words[first - 1].end : words[first].start]:
            return min(number, title + max(3, within))
    return title + max(3, within)


def _cut(text: str, language: str) -> Iterator[Word]:
    """Words and numbers with their sentence and clause."""
    sentence = clause = 0
    opens = True
    last = ""
    for match in TOKEN.finditer(text):
        kind, token, start = match.lastgroup, match.group(), match.start()
        if kind == "stop":
            if _ends(text, match.end(), last, token):
                sentence, clause, opens = sentence + (not opens), clause + 1, True
        elif kind == "pause":
            clause += token in PAUSES
        elif kind in {"date", "decimal", "percent"}:
            yield Word(token, start, match.end(), sentence, clause, MONEY)
        else:
            if kind == "word" and language in ELIDING and (elision := ELISION.match(token)):
                start, token = start + elision.end(), token[elision.end() :]
            if kind == "abbreviation":
                token = token.replace(" ", "")
            value = read_digits(token) if kind == "number" else None
            yield Word(token, start, match.end(), sentence, clause, NONE, value, token[0].isupper(), opens)
            opens, last = False, token


def _ends(text: str, after: int, last: str, token: str) -> bool:
    """Whether a full stop ends the sentence: not after an abbreviation, an initial or an ordinal."""
    if token[0] != ".":
        return True
    if last.casefold() in ABBREVIATED or (len(last) == 1 and last.isalpha() and last.isupper()):
        return False
    following = text[after : after + 3].lstrip(" \"»”“')]«„")
    if last.isdigit() and len(last) <= 2:  # "am 26. Januar", "3. marca"
        return bool(following) and following[0].isupper() and len(last) == 2 and int(last) > 31
    return not following or not following[0].islower()


def _join_numbers(raw: list[Word], lexicon: Lexicon) -> list[Word]:
    """Number words become one word with a value; "15 thousand" is multiplied out."""
    known = lexicon.numbers
    if not known.values and not known.multipliers:
        return raw
    joined: list[Word] = []
    place = 0
    lowered = [
        text if (text := word.text.lower()) in known.values else lexicon.spell(word.text) for word in raw
    ]
    while place < len(raw):
        word = raw[place]
        if word.value is not None:
            times = known.multipliers.get(lowered[place + 1]) if place + 1 < len(raw) else None
            if times and times >= 1000 and word.value < 1000:
                joined.append(word._replace(value=word.value * times, end=raw[place + 1].end))
                place += 2
                continue
        elif lowered[place] in known.values or lowered[place] in known.multipliers:
            same = [
                text
                for text, other in zip(lowered[place : place + 6], raw[place : place + 6], strict=True)
                if other.clause == word.clause and other.sentence == word.sentence
            ]
            value, taken = read_words(same, known) or (0, 1)
            joined.append(
                word._replace(
                    text=" ".join(w.text for w in raw[place : place + taken]),
                    end=raw[place + taken - 1].end,
                    value=value,
                )
            )
            place += taken
            continue
        joined.append(word)
        place += 1
    return joined


def _give_meaning(words: list[Word], lexicon: Lexicon) -> list[Word]:
    meanings = [lexicon.find(word.text) for word in words]
    concepts = [
        meaning.concepts | word.concepts if word.concepts else meaning.concepts
        for word, meaning in zip(words, meanings, strict=True)
    ]
    for place, meaning in enumerate(meanings):
        for phrase in meaning.begins:
            found = _match(phrase, place, words, meanings)
            if phrase.concept == IGNORE:
                for index in found:
                    concepts[index] = NONE
            else:
                for index in found:
                    concepts[index] = concepts[index] | {phrase.concept}
    for place, word in enumerate(words):
        if MONTH in concepts[place] and word.capital and not word.opens:
            concepts[place] = concepts[place] - {"HOPE", "PLAN"}  # May is no "may"
    _pair_up(concepts, words)
    return [
        word._replace(concepts=found) if found else word for word, found in zip(words, concepts, strict=True)
    ]


def _pair_up(concepts: list[frozenset[str]], words: Sequence[Word]) -> None:
    """Whoever leaves a prison, or comes back from one, is free: the verb gets the concept FREE. Whoever
    leaves Belarus returns, if it is a prisoner."""
    for place, found in enumerate(concepts):
        if not found & {"LEAVE", "RETURN"} or "FREE" in found:
            continue
        if _comes_from_prison(place, concepts, words):
            concepts[place] = found | {"FREE"}
            continue
        for index in range(place + 1, min(len(words), place + 1 + LEAVING)):
            if words[index].sentence != words[place].sentence:
                break
            from_it = any("FROM" in seen for seen in concepts[max(place, index - FROM_IT) : index])
            if "PRISON" in concepts[index] and ("LEAVE" in found or from_it):
                concepts[place] = found | {"FREE"}
                break
            if "BELARUS" in concepts[index] and "LEAVE" in found:
                concepts[place] = found | {"RETURN"}


def _comes_from_prison(place: int, concepts: Sequence[frozenset[str]], words: Sequence[Word]) -> bool:
    """Whether "from" and a prison stand before a verb: "З калоній выйшлі"."""
    prison = False
    for index in range(place - 1, max(-1, place - 1 - LEAVING), -1):
        if words[index].sentence != words[place].sentence or words[index].clause != words[place].clause:
            return False
        if prison and "FROM" in concepts[index]:
            return True
        prison = prison or "PRISON" in concepts[index]
    return False


def _match(phrase: Phrase, place: int, words: Sequence[Word], meanings: Sequence[Meaning]) -> tuple[int, ...]:
    """The words that a phrase takes at this place; empty where it does not stand."""
    taken = [place]
    gap = 0
    for element in phrase.rest:
        if element == GAP_ELEMENT:
            gap = GAP_WORDS
            continue
        index = _seek(element, taken[-1] + 1, gap, words, meanings)
        if index is None or words[index].sentence != words[place].sentence:
            return ()
        taken.append(index)
        gap = 0
    return tuple(taken)


def _seek(
    element: str, start: int, gap: int, words: Sequence[Word], meanings: Sequence[Meaning]
) -> int | None:
    """The first word from `start` on that fits a phrase's element, with up to `gap` words left out."""
    for index in range(start, min(len(words), start + gap + 1)):
        if element == ANY_ELEMENT or element in meanings[index].elements:
            return index
    return None


def _drop_related(words: list[Word]) -> list[Word]:
    """Words after "read also" are another article's headline: they mean nothing here."""
    related: int | None = None
    kept = []
    for word in words:
        if "RELATED" in word.concepts:
            related = word.sentence
        kept.append(word._replace(concepts=NONE, value=None) if word.sentence == related else word)
    return kept


def _bounds(words: Sequence[Word]) -> tuple[tuple[int, int], ...]:
    bounds: list[tuple[int, int]] = []
    first = 0
    for place in range(1, len(words) + 1):
        if place == len(words) or words[place].sentence != words[first].sentence:
            bounds.append((first, place))
            first = place
    return tuple(bounds)
