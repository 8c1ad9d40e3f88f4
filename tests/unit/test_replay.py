"""A corpus as it is read: in the order in which its items were seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ConfigError
from bot.replay import read_corpus, replay


def write(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "corpus.jsonl"
    plain = {"source": "herald.example", "url": "https://herald.example/1", "title": "Rain", "summary": ""}
    path.write_text("".join(json.dumps(plain | row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_moments_are_ordered_whatever_zone_they_are_written_in(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {"id": "c", "seen": "2031-05-04T10:00:00Z"},
        {"id": "b", "seen": "2031-05-04T11:00:00+02:00"},
        {"id": "d", "seen": "2031-05-04T10:00:00.5Z"},
        {"id": "a", "seen": "2031-05-04T08:59:59Z"},
    )
    assert [row["id"] for row in read_corpus(path)] == ["a", "b", "c", "d"]


async def test_a_post_without_headline_or_link_is_an_item(tmp_path: Path) -> None:
    row = {"id": "a", "seen": "2031-05-04T10:00:00Z", "title": "", "url": None}
    path = write(tmp_path, row | {"summary": "Belarus frees 27 political prisoners"})
    (decision,) = [decision async for decision in replay(read_corpus(path))]
    assert decision["alert"] == "new"


def test_an_item_that_says_nothing_is_named_by_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, {"id": "a", "seen": "2031-05-04T10:00:00Z", "title": ""})
    with pytest.raises(ConfigError, match="line 1"):
        read_corpus(path)
