from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.assess import assess
from bot.model import Action, Topic

DAY = datetime(2025, 3, 10, 12, tzinfo=UTC)

RELEASES = [
    ("en", "Belarus frees 21 political prisoners", "They crossed into Lithuania on Monday, relatives said."),
    ("be", "Лукашэнка памілаваў 21 палітвязня", "Пра гэта паведаміла прэс-служба, прозвішчаў не назвалі."),
    ("be", "Лукашэнка памілаваў 21 палітвязьня", "Пра вызваленьне паведаміла прэсавая служба."),
    ("be", "Łukašenka pamiłavaŭ 21 palitviaźnia", "Pra vyzvaleńnie paviedamiła pres-słužba."),
    ("ru", "Лукашенко помиловал 21 политзаключенного", "Об этом сообщила пресс-служба, имена не названы."),
    ("uk", "Лукашенко помилував 21 політв'язня", "Про це повідомила пресслужба, імена не назвали."),
    ("pl", "Łukaszenka ułaskawił 21 więźniów politycznych", "Nazwisk nie podano."),
    ("lt", "Lukašenka suteikė malonę 21 politiniam kaliniui", "Pavardės neskelbiamos."),
    ("de", "Lukaschenko begnadigt 21 politische Gefangene", "Namen wurden nicht genannt."),
    ("fr", "Loukachenko gracie 21 prisonniers politiques", "Leurs noms n'ont pas été publiés."),
    ("es", "Lukashenko indulta a 21 presos políticos", "No se conocen los nombres."),
    ("it", "Lukashenko grazia 21 prigionieri politici", "I nomi non sono stati resi noti."),
]


@pytest.mark.parametrize(("language", "title", "summary"), RELEASES, ids=[row[1] for row in RELEASES])
def test_a_release_is_understood_in_every_language(language: str, title: str, summary: str) -> None:
    found = assess(title, summary, published=DAY)
    assert found.language == language
    assert found.topics == (Topic.RELEASE,)
    assert found.happening
    assert found.facts.released is not None
    assert found.facts.released.value == 21


def test_a_move_on_sanctions_names_who_and_what() -> None:
    found = assess("US lifts sanctions on Belavia", "The Treasury issued a licence for the airline.", published=DAY)
    assert found.topics == (Topic.SANCTIONS,)
    assert [(move.action, move.by) for move in found.facts.moves] == [(Action.EASED, "US")]


def test_an_empty_text_is_not_relevant() -> None:
    assert not assess("", "", published=DAY).relevant
