"""The process in which pages are read: what a hostile page can exhaust is this process, not the program.

It takes jobs on its standard input and answers on its standard output, each a length and a pickle, until the
input ends; so it ends with the program that started it, however that ends.
"""

from __future__ import annotations

import pickle
import sys
from dataclasses import dataclass
from typing import BinaryIO

from bot.errors import ReadError
from bot.model import Page, Source
from bot.sources.kind import Memory, Reading, load_kind

try:
    import resource
except ImportError:  # not on Windows; the time limit holds there too
    resource = None  # type: ignore[assignment]

MOST_MEMORY = 1_000_000_000  # bytes of address space; a feed of 4 MB takes 200 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One page to read."""

    kind: str
    page: Page
    source: Source
    memory: Memory | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a page could not be read, as the ReadError said."""

    problem: str


def perform(job: Job) -> Reading | Refusal:
    """Read one page."""
    try:
        return load_kind(job.kind).read(job.page, job.source, job.memory)
    except ReadError as error:
        return Refusal(str(error))
    except MemoryError:
        return Refusal("reading the page takes too much memory")


def write_frame(value: object) -> bytes:
    """A value as it goes over the pipe."""
    body = pickle.dumps(value, protocol=5)
    return len(body).to_bytes(8, "big") + body


def main() -> None:
    """Answer jobs until the input ends."""
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing that a library prints may get between the answers
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    while (job := _read_job(sys.stdin.buffer)) is not None:
        answers.write(write_frame(perform(job)))
        answers.flush()


def _read_job(stream: BinaryIO) -> Job | None:
    head = stream.read(8)
    if len(head) < 8:
        return None
    job = pickle.loads(stream.read(int.from_bytes(head, "big")))  # noqa: S301 - from the program that started us
    return job if isinstance(job, Job) else None
