"""Who confirms whom: owners that speak for themselves, and those that only repeat another.

Theory. A report is worth a confirmation when its owner found out by itself. A wire copy speaks with the
wire's voice, an outlet that names another outlet of the same event speaks with that one's voice, and one
owner is one voice on all its sites. Owners that share a voice form one group; an event has as many
confirmations as groups with an owner whose standing confirms. State organs that many quote are no shared
voice: a decree that everybody read is known at first hand.

Needs: the text once, when the report is made (`voice_traits`); the traits "via:…" and "quotes:…" stay with
the report. Known to fail: a copy that names nobody counts as an owner of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from bot.model import Item, Report

# News agencies as they sign or are quoted, by the name of their owner; no state agencies, see above.
WIRES = {
    "afp": ("AFP",),
    "ansa": ("ANSA",),
    "ap": ("AP", "Associated Press"),
    "bns": ("BNS", "БНС"),
    "dpa": ("dpa", "DPA"),
    "efe": ("EFE",),
    "elta": ("ELTA", "Elta"),
    "interfax": ("Interfax", "Интерфакс", "Інтэрфакс"),
    "interfax-ukraine": ("Interfax-Ukraine", "Інтерфакс-Україна", "Интерфакс-Украина"),
    "pap": ("PAP",),
    "reuters": ("Reuters", "RTR", "Рейтер", "Рэйтар", "Рейтерс"),
    "ukrinform": ("Ukrinform", "Укрінформ", "Укринформ"),
    "unian": ("UNIAN", "УНІАН", "УНИАН"),
    "unn": ("UNN", "УНН"),
}
_OWNER_OF = {spelling: owner for owner, spellings in WIRES.items() for spelling in spellings}
_SPELLINGS = "|".join(sorted(map(re.escape, _OWNER_OF), key=len, reverse=True))
_WIRE = re.compile(rf"(?<![\w-])(?:{_SPELLINGS})(?![\w-])")
SHORTEST_OUTLET = 5  # letters; shorter outlet names are words of some language


def voice_traits(item: Item, outlets: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The trait via:OWNER for each agency that the text names, quotes:OWNER for each of these outlets that it
    names. `outlets`: owner and outlet of those that reported before."""
    text = f"{item.title}\n{item.summary}"
    found = {f"via:{_OWNER_OF[match.group()]}" for match in _WIRE.finditer(text)}
    folded = text.casefold()
    for owner, outlet in outlets:
        if owner != item.owner and len(outlet) >= SHORTEST_OUTLET and _fold(outlet) in folded:
            found.add(f"quotes:{owner}")
    return frozenset(found)


@lru_cache(maxsize=4096)
def _fold(outlet: str) -> str:
    return outlet.casefold()


def voices_of(report: Report) -> set[str]:
    """The owner itself and whose words it repeats."""
    repeated = {t.partition(":")[2] for t in report.traits if t.startswith(("via:", "quotes:"))}
    return {report.owner} | repeated
