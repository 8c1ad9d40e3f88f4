"""How well texts are understood, on the corpus beside this file: figures, and the items that went wrong.

Run as `python -m tests.quality.judge` to see all of it, with codes of languages after it for those alone. The corpus
has a file for each language, `corpus/<code>.jsonl`. An item of the corpus: language, day of publication, title,
summary; what is expected: topics, the number released and still held (null where the text states none), moves as
[action, by]; `home` where the outlet's country is known; `happening` where it is clear whether the text tells of something new.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.assess import assess
from bot.model import Assessment, Stage

CORPUS = Path(__file__).with_name("corpus")
MEASURES = ("relevance", "topics", "released", "still_held", "moves", "happening", "language")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Of one measure: how many items it was asked of, and those that were answered wrong."""

    asked: int
    wrong: tuple[str, ...]

    @property
    def right(self) -> float:
        """Share of right answers, 1.0 where none was asked."""
        return 1.0 - len(self.wrong) / self.asked if self.asked else 1.0


def read_corpus(languages: Sequence[str] = ()) -> tuple[dict[str, Any], ...]:
    """The labelled items of these languages, of all where none is named."""
    files = sorted(path for path in CORPUS.glob("*.jsonl") if not languages or path.stem in languages)
    lines = (line for path in files for line in path.read_text(encoding="utf-8").splitlines())
    return tuple(json.loads(line) for line in lines if line.strip())


def judge(items: tuple[dict[str, Any], ...]) -> dict[str, Judgement]:
    """Every measure over these items."""
    asked = dict.fromkeys(MEASURES, 0)
    wrong: dict[str, list[str]] = {measure: [] for measure in MEASURES}
    for item in items:
        found = assess_item(item)
        for measure, expected, said in compare(item, found):
            asked[measure] += 1
            if expected != said:
                wrong[measure].append(f"{item['id']}: expected {expected}, got {said} - {item['title']}")
    return {measure: Judgement(asked=asked[measure], wrong=tuple(wrong[measure])) for measure in MEASURES}


def assess_item(item: dict[str, Any]) -> Assessment:
    """What the program thinks of an item, from its words and day alone."""
    published = datetime.fromisoformat(item["published"]).replace(hour=23, tzinfo=UTC)
    return assess(item["title"], item["summary"], published=published, home=item.get("home"))


def compare(item: dict[str, Any], found: Assessment) -> list[tuple[str, object, object]]:
    """(measure, expected, found) for each measure that this item asks."""
    facts = found.facts
    rows: list[tuple[str, object, object]] = [
        ("relevance", bool(item["topics"]), found.relevant),
        ("language", item["language"], found.language),
    ]
    if not item["topics"]:
        return rows
    moves = {(str(move.action), move.by) for move in facts.moves if move.stage in {Stage.DECIDED, Stage.PROPOSED}}
    rows += [
        ("topics", set(item["topics"]), {str(topic) for topic in found.topics}),
        ("released", item["released"], facts.released.value if facts.released else None),
        ("still_held", item["still_held"], facts.still_held.value if facts.still_held else None),
        ("moves", {tuple(move) for move in item["moves"]}, moves),
    ]
    if "happening" in item:
        rows.append(("happening", item["happening"], found.happening))
    return rows


def main() -> None:
    """Print every figure and every wrong item."""
    for measure, judgement in judge(read_corpus(sys.argv[1:])).items():
        print(f"{measure:12} {judgement.right:.3f} of {judgement.asked}")  # noqa: T201
        for line in judgement.wrong:
            print(f"    {line}")  # noqa: T201


if __name__ == "__main__":
    main()
