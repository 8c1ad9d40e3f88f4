"""Match keys for names, independent of script, spelling and inflection.

Theory. One East Slavic name reaches us as Статкевіч, Статкевич, Statkevich, Statkiewicz, Statkevičius, and in
every case of every language. What survives all of it is the order of the consonants, once those that the
conventions exchange are merged: г, х, g, h, kh; т, ц, ts; с, з, ш, ж, щ with all their Latin spellings; в
before a consonant or at the end, which Belarusian writes ў and Latin u. Vowels go, but for the first one; a
skeleton of three consonants or fewer keeps its vowels, merged into a (а, о, е, я), i (і, и, ы) and u, because
"lsk" alone would be Лосік and Alaska.

A Latin letter that conventions read in two ways (ch: х in Polish, ч in English, ш in French) gives two
skeletons: two names match when one of theirs is equal. `person_key` has to choose one and takes the scheme
which the other letters of the word betray.

Known to fail: names from outside the Slavic world respelled by ear (Джонсон and Johnson agree only by luck),
changes of a consonant in declension (Латушка, Латушцы), and different people with one skeleton (Казлоў,
Казлова are told apart by the given name only).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

CYRILLIC = str.maketrans(
    {
        "а": "a",
        "б": "b",
        "в": "v",
        "г": "h",
        "ґ": "h",
        "д": "d",
        "е": "a",
        "ё": "a",
        "є": "a",
        "э": "a",
        "ж": "s",
        "з": "s",
        "и": "i",
        "і": "i",
        "ї": "i",
        "ы": "i",
        "й": "",
        "к": "k",
        "л": "l",
        "м": "m",
        "н": "n",
        "о": "a",
        "п": "p",
        "р": "r",
        "с": "s",
        "т": "t",
        "у": "u",
        "ў": "",
        "ф": "f",
        "х": "h",
        "ц": "t",
        "ч": "q",
        "ш": "s",
        "щ": "s",
        "ъ": "",
        "ь": "",
        "ю": "u",
        "я": "a",
    }
)
CYRILLIC_PAIRS = (("шч", "щ"), ("сч", "щ"), ("тч", "ч"), ("дз", "д"), ("тс", "ц"))

# Latin letters with a mark, before the marks are dropped: what they sound like in Belarusian Latin script,
# Polish, Lithuanian and scholarly transliteration.
MARKED = str.maketrans(
    {
        "č": "Q",
        "ć": "T",
        "š": "S",
        "ś": "S",
        "ž": "S",
        "ź": "S",
        "ż": "S",
        "ŭ": "",
        "ł": "l",
        "ǐ": "",
        "ß": "S",
        "ʹ": "",
        "´": "",
        "ё": "a",
        "ñ": "n",
        "ğ": "H",
        "ç": "S",
        "ş": "S",
        "ė": "e",
        "ę": "e",
        "ą": "a",
    }
)
# Longest first: the first rule that fits wins.
LATIN_PAIRS = (
    ("schtsch", "S"),
    ("chtch", "S"),
    ("szcz", "S"),
    ("shch", "S"),
    ("SQ", "S"),
    ("tsch", "Q"),
    ("tch", "Q"),
    ("cz", "Q"),
    ("sch", "S"),
    ("sh", "S"),
    ("sz", "S"),
    ("kh", "H"),
    ("gh", "H"),
    ("zh", "S"),
    ("ph", "f"),
    ("th", "t"),
    ("dz", "d"),
    ("ts", "T"),
    ("tz", "T"),
    ("zk", "Tk"),
    ("ck", "Ck"),
    ("q", "k"),
    ("x", "ks"),
    ("w", "v"),
    ("ff", "v"),
)
LATIN = str.maketrans(
    {
        "e": "a",
        "o": "a",
        "y": "i",
        "j": "",
        "g": "h",
        "z": "s",
        "S": "s",
        "T": "t",
        "Q": "q",
        "H": "h",
    }
)
SLAVIC_MARKS = re.compile(r"[jwčšžŭłćśźż]|sz|cz|kie|^ci")
FRENCH_MARKS = re.compile(r"ou[bdfgklmnprt].*ch")
APOSTROPHES = re.compile(r"['’ʼ`´ʹ]")
POSSESSIVE = re.compile(r"['’]s$")
SHORT = 3  # skeletons up to this many consonants keep their vowels
VOWELS = "aiu"


def find_skeletons(word: str, language: str | None = None) -> tuple[str, ...]:
    """All skeletons that a word may have as a name, the likeliest first; empty for what has no consonant."""
    return _find_skeletons(word, language or "")


@lru_cache(maxsize=50_000)
def _find_skeletons(word: str, language: str) -> tuple[str, ...]:
    plain = APOSTROPHES.sub("", POSSESSIVE.sub("", unicodedata.normalize("NFC", word).casefold()))
    letters = "".join(filter(str.isalpha, plain))
    sounds = _sound_cyrillic(letters) if _is_cyrillic(letters) else _sound_latin(letters, language)
    skeletons = (_reduce(sound) for sound in sounds)
    return tuple(dict.fromkeys(skeleton for skeleton in skeletons if skeleton.strip(VOWELS)))


def _is_cyrillic(word: str) -> bool:
    return any("а" <= letter <= "ӿ" for letter in word)


def _sound_cyrillic(word: str) -> tuple[str, ...]:
    for pair, letter in CYRILLIC_PAIRS:
        word = word.replace(pair, letter)
    return (word.translate(CYRILLIC),)


def _sound_latin(word: str, language: str) -> tuple[str, ...]:
    marked = word.translate(MARKED)
    letters = unicodedata.normalize("NFD", marked)
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    for pair, letter in LATIN_PAIRS:
        letters = letters.replace(pair, letter)
    readings = [letters]
    for letter, sounds in (("ch", _read_ch(word, language)), ("C", "Tk"), ("c", "")):
        readings = [variant for reading in readings for variant in _read(reading, letter, sounds, word)]
    return tuple(reading.translate(LATIN) for reading in readings)


def _read_ch(word: str, language: str) -> str:
    if language == "fr" or FRENCH_MARKS.search(word):
        return "SQH"
    return "HQ" if language in {"pl", "de", "lt", "cs", "sk"} or SLAVIC_MARKS.search(word) else "QH"


def _read(reading: str, letter: str, sounds: str, word: str) -> tuple[str, ...]:
    """A reading for each sound of an ambiguous letter. A bare c is ts before e, i, y and at the end, else k;
    words with Slavic marks say ts everywhere; where the two differ both are kept."""
    if letter not in reading:
        return (reading,)
    if letter == "C":  # from "ck": цк in Slavic surnames, k elsewhere
        return (reading.replace("Ck", "Tk"), reading.replace("Ck", "k"))
    if letter == "c":
        western = re.sub(r"c(?=[eiy]|$)", "T", reading).replace("c", "k")
        slavic = reading.replace("c", "T")
        return (slavic, western) if SLAVIC_MARKS.search(word) else (western, slavic)
    return tuple(reading.replace(letter, sound) for sound in sounds)


SEQUENCE = re.compile(r"[aiu]{2,}")
DOUBLE = re.compile(r"([^aiu])\1+")
SILENT_V = re.compile(r"v(?=[^aiu]|$)")
# Endings, on the sounds: adjectives in -ski with all their cases, -ov and -in with theirs, the instrumental
# in -m, the Polish and Ukrainian dative in -ovi, Lithuanian -as, -is, -us. Each leaves at least two
# consonants.
ADJECTIVE = re.compile(r"(?<=[st])k[aiu]+(?:[hms][aiu]*)?$")
POSSESSOR = re.compile(r"(?<=[^aiu])av[aiu]*m?[aiu]*$")
CASE = re.compile(r"(?<=[^aiu])(?:[aiu]m|[aiu]s|s(?<=qs))?[aiu]*$")


def _reduce(sounds: str) -> str:
    sounds = SEQUENCE.sub(_join_vowels, DOUBLE.sub(r"\1", sounds))
    sounds = DOUBLE.sub(r"\1", SEQUENCE.sub(_join_vowels, SILENT_V.sub("", sounds)))
    sounds = _cut(ADJECTIVE, sounds, "k")
    sounds = _cut(CASE, _cut(POSSESSOR, sounds, ""), "").rstrip(VOWELS) or sounds
    consonants = "".join(sound for sound in sounds if sound not in VOWELS)
    if len(consonants) <= SHORT:
        return sounds
    return sounds[0] + consonants if sounds[0] in VOWELS else consonants


def _join_vowels(sequence: re.Match[str]) -> str:
    """Of several vowels in a row the first that is not i: "ia" and "я" agree, as do "ei" and "эй"."""
    return (sequence.group().replace("i", "") or "i")[0]


def _cut(ending: re.Pattern[str], sounds: str, left: str) -> str:
    shorter = ending.sub(left, sounds, count=1)
    return shorter if sum(sound not in VOWELS for sound in shorter) >= 2 else sounds


# --- people ---------------------------------------------------------------------------------------------

PATRONYMIC = re.compile(r"(?:[оеаё]в[иі]ч|(?:[оеа]в|ич|ин)на|[оеа]ўна|[oe]vich|[oea]vna)$", re.IGNORECASE)


@cache
def _given_names() -> dict[str, str]:
    table = tomllib.loads((files("bot.text") / "given_names.toml").read_text(encoding="utf-8"))
    groups: dict[str, str] = {}
    for group, spellings in table.items():
        for skeleton in (find_skeletons(spelling)[0] for spelling in spellings.split()):
            groups.setdefault(skeleton, group)  # Viktor and Viktoryia share theirs: the first keeps it
    return groups


@lru_cache(maxsize=50_000)
def find_given_name(word: str, language: str | None = None) -> str | None:
    """The group of a given name, equal for Мікола, Николай, Mikalai; None for what is no known given name."""
    table = _given_names()
    return next((table[key] for key in find_skeletons(word, language) if key in table), None)


@lru_cache(maxsize=50_000)
def person_key(name: str, language: str | None = None) -> str:
    """A key that is equal for one person's name in any spelling, script and case: "surname/given".

    A surname alone gives "surname"; initials and a patronymic between two names are ignored. Empty for a text
    without letters.
    """
    words = [word for word in re.findall(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*\.?", name) if not _is_initial(word)]
    if len(words) == 3 and PATRONYMIC.search(words[1]):
        del words[1]
    if len(words) > 1 and find_given_name(words[-1], language) and not find_given_name(words[0], language):
        words.insert(0, words.pop())
    if len(words) < 2:
        return _skeleton(words[0], language) if words else ""
    given = find_given_name(words[0], language) or _skeleton(words[0], language)
    return "-".join(_skeleton(word, language) for word in words[1:]) + "/" + given


def _is_initial(word: str) -> bool:
    return len(word.rstrip(".")) == 1 or (word.endswith(".") and len(word) <= 3)


def _skeleton(word: str, language: str | None) -> str:
    return next(iter(find_skeletons(word.rstrip("."), language)), word.casefold())
