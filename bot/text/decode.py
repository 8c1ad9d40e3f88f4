"""Bytes to text when what is declared cannot be trusted.

Theory. Bytes that are valid UTF-8 beyond ASCII are UTF-8: in any one-byte encoding such a text would be a
chain of unlikely pairs. Otherwise each one-byte encoding decodes anything, so what decides is whether the
result reads like words: a word has one script, is written low, Capitalised or ALL CAPITALS, and is made of
the letters that are frequent in its language. Windows-1251 read as KOI8-R turns cASES around, read as Latin-1
it turns words into rows of accents. What was declared wins a near tie. Where nothing reads well the text is
refused: an error is mended, an alert in mojibake is not. Known to fail: a page with fewer than a dozen
letters beyond ASCII, where what was declared is believed.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from itertools import groupby

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WITHOUT_BOM = ((b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be"))
DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{2,40})["']""")
GUESSES = ("cp1251", "koi8-u", "cp1252", "cp1250", "iso8859-2", "cp1257", "iso8859-5", "cp866")
SAMPLE = 8_000  # bytes around letters beyond ASCII that are weighed
ENOUGH = 12  # letters beyond ASCII from which the weighing is trusted
READS_WELL = 0.75  # share of letters in good words; real text has 0.9 and more
NEAR = 0.04  # a difference in score that may be chance,
NEAR_IN_FEW = 0.3  # among few letters
CAPITALS = 0.6  # worth of a word in capitals: KOI8-R turns small letters of cp1251 into them

FREQUENT = frozenset("оеаинтслвркдмпуяыьгзбчйхжшюцщэфъіўёєї" + "ąćęłńóśźżäöüßéèàçêâîôûčėįšųūžáíñ’")
COMMON = frozenset("оеаинтслвркдмпуыяіў" + "ąęłóäöüéèàçėšžį")


class UnreadableError(ValueError):
    """Bytes whose encoding cannot be told."""


def decode(body: bytes, charset: str | None = None) -> tuple[str, str]:
    """The text and the encoding it was read in; `charset` is what the HTTP header says. Raises
    UnreadableError.
    """
    for mark, encoding in BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace"), encoding
    for start, encoding in WITHOUT_BOM:
        if body.startswith(start):
            return body.decode(encoding, "replace"), encoding
    text = _as_utf8(body)
    return (text, "utf-8") if text is not None else _weigh(body, charset)


def _as_utf8(body: bytes) -> str | None:
    """UTF-8, when it is, a few letters cut in two allowed: titles are shortened by bytes."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    errors = text.count("\ufffd")
    right = sum(1 for char in text if char > "\x7f") - errors
    return text if right > 2 * errors else None


def _weigh(body: bytes, charset: str | None) -> tuple[str, str]:
    sample = b" ".join(_around_letters(body))
    named = [name for name in map(_known, (charset, _declared(body))) if name]
    scores = {name: _score(sample, name) for name in dict.fromkeys((*named, *GUESSES))}
    letters = sum(1 for byte in sample if byte > 0x7F)
    bonus = NEAR if letters >= ENOUGH else NEAR_IN_FEW
    best = max(scores, key=lambda name: scores[name] + (bonus if name in named else 0))
    if scores[best] < READS_WELL and letters >= ENOUGH:
        raise UnreadableError(f"the text is not UTF-8 and reads well in no encoding (nearest: {best})")
    return body.decode(best, "replace"), best


def _declared(body: bytes) -> str | None:
    found = DECLARED.search(body[:1_000])
    return found[1].decode() if found else None


def _known(name: str | None) -> str | None:
    """The encoding under Python's name, if it is one that text on the web comes in; Latin-1 means cp1252
    there.

    https://encoding.spec.whatwg.org/#names-and-labels
    """
    try:
        known = codecs.lookup(name or "").name
    except (LookupError, ValueError):
        return None
    known = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-13": "cp1257", "koi8-r": "koi8-u"}.get(
        known, known
    )
    return known if re.match(r"cp12|cp866|koi8|iso8859|mac-cyr|gb|big5|shift|euc", known) else None


def _around_letters(body: bytes) -> Iterable[bytes]:
    """The words that hold bytes beyond ASCII, up to SAMPLE bytes of them."""
    total = 0
    for found in re.finditer(rb"[A-Za-z\x80-\xff]+", body):
        if found[0].isascii():
            continue
        total += len(found[0])
        yield found[0][:SAMPLE]
        if total > SAMPLE:
            return


def _score(sample: bytes, encoding: str) -> float:
    """Which share of the letters beyond ASCII stands in good words, and a little for frequent letters."""
    text = sample.decode(encoding, "replace")
    beyond = [char for char in text if char > "\x7f"]
    if not beyond:
        return 0.0
    good = sum(_good_letters(word) for word in text.split(" "))
    common = sum(1 for char in beyond if char.lower() in COMMON)
    return (good + 0.3 * common) / (1.3 * len(beyond)) if good else 0.0


def _good_letters(word: str) -> float:
    """How many characters beyond ASCII count for this word; punctuation beyond ASCII counts as good."""
    total = 0.0
    for is_letter, run in groupby(word, str.isalpha):
        piece = "".join(run)
        beyond = sum(1 for char in piece if char > "\x7f")
        if not is_letter:
            total += sum(1 for char in piece if char in "«»„“”‘’–—…№°§ \xa0€")
        elif _is_word(piece):
            total += beyond * (CAPITALS if piece.isupper() and len(piece) > 1 else 1)
    return total


def _is_word(piece: str) -> bool:
    scripts = {_script(char) for char in piece}
    shape = piece.islower() or piece.isupper() or (piece[0].isupper() and piece[1:].islower())
    rare = sum(1 for char in piece if char > "\x7f" and char.lower() not in FREQUENT)
    accents = sum(1 for char in piece if char > "\x7f")
    crowded = "latin" in scripts and len(piece) > 2 and accents * 3 > len(piece) * 2
    return len(scripts) == 1 and shape and rare * 3 <= len(piece) and not crowded


def _script(char: str) -> str:
    """The script of a letter that one-byte encodings for our languages can give."""
    if char < "\u0250":
        return "latin"
    return "cyrillic" if "\u0400" <= char < "\u0530" else "other"
