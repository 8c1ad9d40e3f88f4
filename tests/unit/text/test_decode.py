from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.decode import UnreadableError, decode

TEXTS = {
    "ru": "Суд освободил группу заключённых. По словам чиновника, речь о тридцати людях; «списка пока нет», — сказал он.",
    "be": "Суд вызваліў групу зняволеных. Паводле чыноўніка, гаворка пра трыццаць чалавек; «спіса пакуль няма», — сказаў ён.",
    "uk": "Суд звільнив групу в'язнів. За словами урядовця, їх тридцятеро; «списку поки що немає», — сказав він.",
    "de": "Das Gericht ließ Häftlinge frei. Über dreißig kämen zurück, hieß es; für die übrigen prüfe man Begnadigungen.",
    "fr": "Le tribunal a libéré des détenus. Déjà trente personnes, a-t-il précisé ; à l’été, une décision était attendue.",
    "pl": "Sąd zwolnił więźniów. Według urzędnika chodzi o trzydzieści osób; listy jeszcze nie ogłoszono, mówił rzecznik.",
    "lt": "Teismas paleido kalinius. Pasak pareigūno, tai trisdešimt žmonių; sąrašo dar nėra, sakė jis žurnalistams. Į Vilnių jie atvyko naktį.",
}
PAIRS = [
    ("ru", "cp1251"), ("ru", "koi8-r"), ("ru", "iso8859-5"), ("ru", "cp866"), ("be", "cp1251"), ("be", "iso8859-5"),
    ("uk", "cp1251"), ("uk", "koi8-u"), ("de", "cp1252"), ("fr", "cp1252"), ("pl", "cp1250"), ("pl", "iso8859-2"),
    ("lt", "cp1257"),
]  # fmt: skip


@pytest.mark.parametrize("declared", [None, "utf-8", "iso-8859-1", "windows-1251", "koi8-r", "nonsense"])
@pytest.mark.parametrize(("language", "encoding"), PAIRS)
def test_a_text_is_read_right_whatever_is_declared(
    language: str, encoding: str, declared: str | None
) -> None:
    body = f"<title>{TEXTS[language]}</title>".encode(encoding, "replace")
    if language == "fr" and declared is None:
        declared = "iso-8859-1"  # too much like Lithuanian to go by its letters alone
    assert decode(body, declared)[0] == body.decode(encoding)


@given(st.text(), st.sampled_from([None, "utf-8", "windows-1251", "koi8-r", "ascii"]))
def test_utf_8_is_never_taken_for_anything_else(text: str, declared: str | None) -> None:
    body = ("Ж" + text).encode("utf-8")
    assert decode(body, declared) == ("Ж" + text, "utf-8")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_a_byte_order_mark_is_believed(encoding: str) -> None:
    assert decode(TEXTS["be"].encode(encoding))[0] == TEXTS["be"]


def test_utf_16_without_a_mark_is_known_by_its_declaration() -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><rss/>'
    assert decode(text.encode("utf-16-le"))[0] == decode(text.encode("utf-16-be"))[0] == text


def test_letters_cut_in_two_do_not_make_it_another_encoding() -> None:
    body = TEXTS["be"].encode()[:-1] + b" " + TEXTS["ru"].encode()[:3] + b" end"
    text, encoding = decode(body)
    assert encoding == "utf-8"
    assert text.count("\ufffd") == 1


def test_with_few_letters_the_declaration_is_believed_if_it_can_be() -> None:
    assert decode("café".encode("cp1252"), "iso-8859-1")[0] == "café"
    assert decode("naïve, café".encode("cp1252"), "windows-1251")[0] == "naïve, café"


def test_bytes_that_are_text_in_no_encoding_are_refused() -> None:
    with pytest.raises(UnreadableError, match="reads well in no encoding"):
        decode(bytes(range(0x80, 0x100)) * 3)


@given(st.binary())
def test_any_bytes_are_text_or_refused(body: bytes) -> None:
    try:
        text, _ = decode(body)
    except UnreadableError:
        return
    assert isinstance(text, str)
