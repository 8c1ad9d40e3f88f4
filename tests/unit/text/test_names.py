from __future__ import annotations

import pytest

from bot.text.names import find_given_name, person_key

ONE_PERSON = [
    ("Мікола Статкевіч, Николай Статкевич, Mikola Statkevich, Mikalai Statkiewicz, Mikola Statkevič,"
     "Nikolajus Statkevičius, Николая Статкевича, Мікалаем Статкевічам, Nikolai Statkewitsch, Nikolaï Statkevitch"),
    ("Сяргей Ціханоўскі, Сергей Тихановский, Siarhei Tsikhanouski, Sergei Tikhanovsky, Siarhiej Cichanoŭski,"
     "Сергія Тихановського, Sergej Tichanowski, Sergueï Tikhanovski, Сергею Тихановскому"),
    "Ігар Лосік, Игорь Лосик, Ihar Losik, Igor Losik, Igor Łosik",
    ("Марыя Калеснікава, Мария Колесникова, Maria Kolesnikova, Maryia Kalesnikava, Марии Колесниковой,"
     "Maria Kolesnikowa, Марія Колесникова"),
    "Алесь Бяляцкі, Ales Bialiatski, Алесь Беляцкий, Aleś Białacki, Олесь Біляцький, Алеся Бяляцкага",
    ("Аляксандр Лукашэнка, Александр Лукашенко, Alexander Lukashenko, Aliaksandr Lukashenka, Alaksandr Łukaszenka,"
     "Alexandre Loukachenko, Alexander Lukaschenko, Aleksandras Lukašenka, Александр Григорьевич Лукашенко"),
]


@pytest.mark.parametrize("spellings", ONE_PERSON)
def test_one_person_has_one_key_in_every_spelling(spellings: str) -> None:
    keys = {name.strip(): person_key(name.strip()) for name in spellings.split(",")}
    assert len(set(keys.values())) == 1, keys


@pytest.mark.parametrize(("one", "other"), [
    ("Сяргей Ціханоўскі", "Святлана Ціханоўская"),
    ("Марыя Калеснікава", "Марына Адамовіч"),
    ("Ігар Лосік", "Дар'я Лосік"),
    ("Ales Bialiatski", "Ales Pushkin"),
])
def test_different_people_have_different_keys(one: str, other: str) -> None:
    assert person_key(one) != person_key(other)


def test_the_order_of_the_names_does_not_matter() -> None:
    assert person_key("Статкевич Николай") == person_key("Mikola Statkevich")


def test_initials_are_no_given_name() -> None:
    assert person_key("М. Статкевіч") == person_key("Статкевіч")


def test_a_text_without_letters_has_no_key() -> None:
    assert person_key("42!") == ""


def test_given_names_are_known_in_their_forms() -> None:
    assert find_given_name("Мікола") == find_given_name("Николая") == find_given_name("Mikalai") == "mikalai"
    assert find_given_name("Belarus") is None
