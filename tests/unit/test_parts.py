"""Chat platforms are found by name, our own and those from elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bot.config import Config, load_config
from bot.errors import Mistake
from bot.parts import adapter_names, find_adapter, make_adapters, own_places, read_adapter_options
from tests.fakes.clock import FakeClock

FOREIGN = '''
from pydantic import BaseModel
from bot.chat.adapter import AdapterPart

class Options(BaseModel, frozen=True, extra="forbid"):
    token: str = ""

class Pigeons:
    name, limits, answers = "pigeon", (), None
    def __init__(self, options, clock):
        self.options = options

ADAPTER = AdapterPart(name="pigeon", options=Options, configured=lambda options: True, create=Pigeons)
'''


@pytest.fixture
def pigeon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution from elsewhere that brings a platform."""
    (tmp_path / "pigeon_post.py").write_text(FOREIGN, encoding="utf-8")
    about = tmp_path / "pigeon_post-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: pigeon-post\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text("[vestka.adapters]\npigeon = pigeon_post:ADAPTER\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("pigeon_post", None)


def configured(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path, {})


def test_our_own_platforms_are_known_by_their_modules() -> None:
    assert {"console", "discord", "telegram"} <= set(adapter_names())
    for name in adapter_names():
        assert find_adapter(name).name == name


@pytest.mark.usefixtures("pigeon")
def test_a_platform_from_elsewhere_is_found_by_its_entry_point(tmp_path: Path) -> None:
    assert "pigeon" in adapter_names()
    mistakes: list[Mistake] = []
    options = read_adapter_options(configured(tmp_path, '[adapters.pigeon]\ntoken = "coo"\n'), mistakes)
    assert mistakes == []
    adapters = make_adapters(options, FakeClock())
    assert (list(adapters), adapters["pigeon"].options.token) == (["pigeon"], "coo")


@pytest.mark.parametrize(
    ("table", "key", "word"),
    [
        ("[adapters.telegramm]\n", "adapters.telegramm", "telegram"),
        ("[adapters.telegram]\n", "adapters.telegram.token", "missing"),
        ('[adapters.telegram]\ntoken = "1:a"\napi_url = "ftp://x"\n', "adapters.telegram.api_url", "address"),
        ('[adapters.discord]\ntoken = "a.b.c"\nspeed = 3\n', "adapters.discord.speed", "unknown"),
    ],
    ids=["an unknown platform", "a platform without its token", "an address that is none", "an unknown key"],
)
def test_each_mistake_is_named_with_its_key(tmp_path: Path, table: str, key: str, word: str) -> None:
    mistakes: list[Mistake] = []
    read_adapter_options(configured(tmp_path, table), mistakes)
    assert [mistake.key for mistake in mistakes] == [key]
    assert word in str(mistakes[0])


def test_without_any_platform_the_terminal_is_one_and_a_chat_from_the_start(tmp_path: Path) -> None:
    options = read_adapter_options(configured(tmp_path, ""), [])
    assert list(options) == ["console"]
    (own,) = own_places(options)
    assert own.place.platform == "console"
