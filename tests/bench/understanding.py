"""How fast texts are understood: assess and decide, warm, on one core, with 10,000 items in open events.

python -m tests.bench.understanding [--items 5000] [--seconds 5]

The texts are the corpus of tests/quality, each with other numbers and on other days, so that they make events of
their own. Needed: 1,000 items a second, below 200 MB.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bot.assess import assess
from bot.events.candidates import CandidateIndex
from bot.events.decide import decide
from bot.events.fold import add, report_of, start
from bot.model import Assessment, Event, Item, Standing, Verdict
from bot.text.language import find_language

CORPUS = Path(__file__).parents[1] / "quality" / "corpus"
OPEN = 10_000  # items in events that are open
START = datetime(2031, 1, 1, tzinfo=UTC)
PACE = timedelta(minutes=4)  # between two items: 10,000 of them in a month


def read_texts() -> list[dict[str, Any]]:
    """The rows of the corpus."""
    return [
        json.loads(line) for path in sorted(CORPUS.glob("*.jsonl")) for line in path.open(encoding="utf-8")
    ]


def make_items(texts: list[dict[str, Any]]) -> Iterator[tuple[Item, str | None]]:
    """Items without end: the texts again and again, each time from another outlet, and the home of each."""
    for number in count():
        row = texts[number % len(texts)]
        moment = START + number * PACE
        outlet = f"outlet-{number % 97}"
        yield Item(
            id=f"i{number}", source=outlet, owner=outlet, standing=Standing.INDEPENDENT, outlet=outlet,
            key=str(number), url=f"https://{outlet}.example/{number}", title=row["title"],
            summary=f"{row['summary']} ({number})", language=row["language"], published=moment, dated=True,
            seen=moment, content_hash=str(number),
        ), "BY" if number % 5 == 0 else None  # fmt: skip


class Machine:
    """Events so far, and the index that finds those that an item could be about."""

    def __init__(self) -> None:
        self.events: dict[str, Event] = {}
        self.index = CandidateIndex()

    def take(self, item: Item, home: str | None) -> None:
        """Understand one item and decide on it."""
        language = find_language(f"{item.title}\n{item.summary}")
        found = assess(item.title, item.summary, published=item.published, language=language, home=home)
        near = self.index.near(item, found)
        decision = decide(item, found, near, now=item.seen)
        if decision.verdict is Verdict.IGNORED:
            return
        self._put(item, found, decision.event)

    def _put(self, item: Item, found: Assessment, known: str | None) -> None:
        if known is None:
            event = start(report_of(item, found), id=f"e{len(self.events)}", number=1, now=item.seen)
        else:
            event = add(self.events[known], report_of(item, found, self.events[known]))
        self.events[event.id] = event
        self.index.put(event)


def main() -> None:
    """Print the figures; exit with 1 below what is needed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--items", type=int, default=5_000)
    wanted = parser.parse_args().items
    items, machine = make_items(read_texts()), Machine()
    for _ in range(OPEN):
        machine.take(*next(items))
    before = time.process_time()
    for _ in range(wanted):
        machine.take(*next(items))
    took = time.process_time() - before
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{wanted / took:,.0f} items a second, {len(machine.events)} events, {memory:.0f} MB")  # noqa: T201
    sys.exit(0 if wanted / took >= 1_000 and memory < 200 else 1)


if __name__ == "__main__":
    main()
