"""What Vestka says, in the languages it speaks: gettext catalogues, read by Babel in memory.

`languages/<code>/messages.po` is all that makes Vestka speak a language. A msgid is a name ("alert.held"),
never a sentence; places for values are written {so}. What a catalogue lacks is said in English; a name that
English lacks is our own mistake and raises.
"""

from __future__ import annotations

import gettext
import io
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

FALLBACK = "en"
WRITTEN_AS = {"en": "en_GB"}          # our readers are in Europe: "11 September", not "September 11"


@dataclass(frozen=True, slots=True, kw_only=True)
class Translator:
    """Speaks one language. `language` is what it really speaks: "en" where the wanted one is missing."""

    language: str
    locale: Locale
    sentences: gettext.GNUTranslations
    fallback: Translator | None = None

    def text(self, message_id: str, /, **values: object) -> str:
        """The sentence of this name with its values. Raises LookupError: unknown name or missing value."""
        sentence = self.sentences.gettext(message_id)
        if sentence != message_id:
            return sentence.format(**values)
        return self._speaker_for(message_id).text(message_id, **values)

    def count(self, message_id: str, n: int, /, **values: object) -> str:
        """The form of a sentence for `n` things; {n} is the number as this language writes it.

        Raises LookupError as `text` does.
        """
        sentence = self.sentences.ngettext(message_id, message_id, n)
        if sentence != message_id:
            return sentence.format(n=self.number(n), **values)
        return self._speaker_for(message_id).count(message_id, n, **values)

    def number(self, n: int) -> str:
        """1,200 as this language groups its digits."""
        return str(format_decimal(n, locale=self.locale))

    def day(self, day: date, *, today: date) -> str:
        """11 September, with the year when it is not this year's."""
        if day.year == today.year:
            return str(format_skeleton("MMMMd", day, locale=self.locale))
        return str(format_date(day, format="long", locale=self.locale))

    def moment(self, at: datetime, *, zone: ZoneInfo, now: datetime) -> str:
        """14:05 in `zone`, with the day when it is not today's there."""
        local, today = at.astimezone(zone), now.astimezone(zone).date()
        clock = f"{local:%H:%M}"
        return clock if local.date() == today else f"{self.day(local.date(), today=today)}, {clock}"

    def _speaker_for(self, message_id: str) -> Translator:
        if self.fallback is None:
            raise LookupError(f"no message {message_id!r} in languages/{self.language}/messages.po")
        return self.fallback


def translator(language: str) -> Translator:
    """Who speaks `language` ("be", "pt-BR"), else its main language, else English. Read once."""
    code = language.lower().replace("_", "-")
    for wanted in (code, code.partition("-")[0]):
        if wanted in spoken():
            return _read(wanted)
    return _read(FALLBACK)


@cache
def spoken() -> tuple[str, ...]:
    """The codes of the languages that Vestka speaks, English first."""
    folders = (entry for entry in files(__package__).iterdir() if entry.is_dir())
    found = {folder.name for folder in folders if folder.joinpath("messages.po").is_file()}
    return (FALLBACK, *sorted(found - {FALLBACK}))


@cache
def _read(code: str) -> Translator:
    catalogue = read_po(io.BytesIO(_catalogue_file(code)), locale=code, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translator(
        language=code,
        locale=Locale.parse(WRITTEN_AS.get(code, code)),
        sentences=gettext.GNUTranslations(compiled),
        fallback=None if code == FALLBACK else _read(FALLBACK),
    )


def _catalogue_file(code: str) -> bytes:
    return files(__package__).joinpath(code, "messages.po").read_bytes()
