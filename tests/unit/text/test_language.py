from __future__ import annotations

import pytest

from bot.text.language import find_language


@pytest.mark.parametrize(("text", "language"), [
    ("Лукашэнка памілаваў трыццаць чалавек", "be"),
    ("Лукашэнка памілаваў трыццаць чалавек, паведаміла «Вясна»", "be"),
    ("Зь беларускіх турмаў выйшлі палітвязьні", "be"),
    ("Łukašenka pamiłavaŭ 30 čałaviek", "be"),
    ("Лукашенко помиловал тридцать человек", "ru"),
    ("Лукашенко помилував тридцять людей", "uk"),
    ("ПОЛІТВ'ЯЗНІВ ЗВІЛЬНИЛИ", "uk"),
    ("Łukaszenka ułaskawił trzydzieści osób", "pl"),
    ("Lukašenka suteikė malonę trisdešimčiai žmonių", "lt"),
    ("Lukaschenko begnadigt dreißig Häftlinge", "de"),
    ("Loukachenko gracie trente prisonniers", "fr"),
    ("Lukashenko indulta a treinta presos políticos", "es"),
    ("Lukashenko concede la grazia a trenta detenuti", "it"),
    ("LUKASHENKO FREES THIRTY PRISONERS", "en"),
    ("Лукашенко освободи тридесет затворници, след което те заминаха за Литва", "bg"),
    ("Preşedintele a graţiat treizeci de deţinuţi şi i-a trimis în Lituania", "ro"),
])
def test_a_headline_tells_its_language(text: str, language: str) -> None:
    assert find_language(text) == language


def test_names_with_foreign_letters_do_not_change_the_language() -> None:
    assert find_language("Kastusioŭ and Kaleśnikava are released from prison, says Viasna") == "en"


@pytest.mark.parametrize("text", ["", "52", "!!! 11:05", "🙂"])
def test_what_has_no_letters_has_no_language(text: str) -> None:
    assert find_language(text) == "und"
