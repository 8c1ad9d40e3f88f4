"""Fourteen months of invented coverage through the real pipeline: every happening, person and number in
`coverage.jsonl` is made up, the outlets' ways of writing are not.

Two halves by time. The first was looked at while lexicons and rules grew. The second was not, and its figures
say how well unseen coverage is understood: whoever mends a lexicon leaves it unread. Floors only go up.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from bot.replay import read_corpus, replay

COVERAGE = Path(__file__).with_name("coverage.jsonl")
SECOND_HALF = "2027-09"
FLOORS = {
    "first half": {"relevance": 0.975, "grouping": 0.95, "prompt": 0.98, "released": 0.89},
    "second half": {"relevance": 0.91, "grouping": 0.89, "prompt": 0.76, "released": 0.64},
}
CEILINGS = {
    "first half": {"alerts an event": 1.0, "missed": 0, "false alerts": 0, "invented": 0},
    "second half": {"alerts an event": 1.0, "missed": 2, "false alerts": 6, "invented": 0},
}


def rows_of(half: str) -> list[dict[str, Any]]:
    """The rows of one half, in the order in which they were seen."""
    later = half == "second half"
    return [row for row in read_corpus(COVERAGE) if (row["seen"] >= SECOND_HALF) is later]


async def measure(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Each figure of FLOORS and CEILINGS."""
    said = {decision["id"]: decision async for decision in replay(rows)}
    judged = [row for row in rows if row["scored"]["relevance"]]
    hit = sum(row["relevant"] and said[row["id"]]["relevant"] for row in judged)
    claimed = sum(said[row["id"]]["relevant"] for row in judged)
    true = sum(row["relevant"] for row in judged)
    alerts = defaultdict(list)
    for row in rows:
        if row["event"] and row["scored"]["event"]:
            alerts[row["event"]].append(said[row["id"]]["alert"])
    told = [kinds.count("new") for kinds in alerts.values() if "new" in kinds]
    numbers = [
        (row["facts"].get("released"), said[row["id"]]["facts"]["released"])
        for row in judged
        if row["relevant"] and not row["facts"].get("released_unscored")
    ]
    stated = [pair for pair in numbers if pair[0] is not None]
    silent = [given for wanted, given in numbers if wanted is None]
    return {
        "relevance": 2 * hit / (claimed + true),
        "grouping": grouping(rows, said),
        "prompt": sum("new" in kinds[:2] for kinds in alerts.values()) / len(alerts),
        "released": sum(wanted == given for wanted, given in stated) / len(stated),
        "alerts an event": sum(told) / len(told),
        "missed": len(alerts) - len(told),
        "false alerts": sum(
            said[row["id"]]["alert"] != "none" for row in judged if not row["relevant"]
        ),
        "invented": sum(given is not None for given in silent),
    }


def grouping(rows: list[dict[str, Any]], said: dict[str, dict[str, Any]]) -> float:
    """B-cubed F1 over the items that belong to an event; one that was dropped stands alone."""
    truth: dict[str, set[str]] = defaultdict(set)
    guess: dict[str, set[str]] = defaultdict(set)
    mine: dict[str, tuple[str, str]] = {}
    for row in rows:
        if row["event"] and row["scored"]["event"]:
            name = row["id"]
            mine[name] = (row["event"], said[name]["event"] or f"alone {name}")
            truth[row["event"]].add(name)
            guess[mine[name][1]].add(name)
    shared = {name: len(truth[real] & guess[made]) for name, (real, made) in mine.items()}
    precision = sum(count / len(guess[mine[name][1]]) for name, count in shared.items()) / len(mine)
    recall = sum(count / len(truth[mine[name][0]]) for name, count in shared.items()) / len(mine)
    return 2 * precision * recall / (precision + recall)


@pytest.mark.parametrize("half", FLOORS)
async def test_coverage_is_understood_no_worse_than_before(half: str) -> None:
    figures = await measure(rows_of(half))
    shown = json.dumps({name: round(value, 3) for name, value in figures.items()})
    assert all(figures[name] >= floor for name, floor in FLOORS[half].items()), shown
    assert all(figures[name] <= ceiling for name, ceiling in CEILINGS[half].items()), shown
