"""Logs: JSON in a container, coloured lines on a terminal, and no token in either.

Every line is scrubbed after it was put together, so that neither a message nor its values nor a traceback can
carry a secret out. Chat ids are not scrubbed but never logged; `ChatRef` does not show itself.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, time, timedelta
from logging.handlers import TimedRotatingFileHandler
from pathlib import Path
from typing import Literal

import structlog
from structlog.types import Processor, WrappedLogger

HIDDEN = "[hidden]"
# They speak at WARNING whatever the level: below it they write URLs (Telegram's hold the token), what people
# wrote and SQL values, and the scheduler a line a run.
TALKATIVE = (
    "aiohttp",
    "aiosqlite",
    "alembic",
    "apscheduler",
    "asyncio",
    "discord",
    "hpack",
    "httpcore",
    "httpx",
    "sqlalchemy",
    "telegram",
    "tzlocal",
)

PATTERNS = (
    re.compile(r"(?<=/bot)\d{1,20}(?::|%3A)[^/\s\"']+"),                         # Telegram, in a URL
    re.compile(r"\d{6,}(?::|%3A)[A-Za-z0-9_-]{30,}"),                            # Telegram
    re.compile(r"[A-Za-z0-9_-]{20,30}\.[A-Za-z0-9_-]{5,8}\.[A-Za-z0-9_-]{25,}"),  # Discord, bot
    re.compile(r"mfa\.[A-Za-z0-9_-]{20,}"),                                      # Discord, older form
    re.compile(r"(?<=/interactions/)\d+/[A-Za-z0-9_-]+"),                        # Discord, an answer
    re.compile(r"(?<=/webhooks/)\d+/[A-Za-z0-9_-]+"),
    re.compile(r"(?<=://)[^/@\s:]*:[^/@\s]+(?=@)"),                              # user and password in a URL
)

_secrets: set[str] = set()


def hide_secret(value: str) -> None:
    """From now on `value` appears in no log line. Values under 8 characters would blacken ordinary words."""
    if len(value) >= 8:
        _secrets.update({value, json.dumps(value)[1:-1], repr(value)[1:-1]})


def scrub(text: str) -> str:
    """`text` without tokens, passwords and what was given to `hide_secret`."""
    for secret in _secrets:
        text = text.replace(secret, HIDDEN)
    for pattern in PATTERNS:
        text = pattern.sub(HIDDEN, text)
    return text


def set_up_logs(
    *,
    level: str = "auto",
    form: Literal["auto", "json", "text"] = "auto",
    file: Path | None = None,
    keep: timedelta = timedelta(days=7),
) -> None:
    """Send every log line of this process to stderr, and to `file` too, whose days older than `keep` go.

    "auto" means text and warnings on a terminal, JSON and more elsewhere. Raises OSError when `file` cannot
    be opened.
    """
    watched = sys.stderr.isatty()
    if level == "auto":
        level = "warning" if watched else "info"
    as_text = form == "text" or (form == "auto" and watched)
    handlers: list[logging.Handler] = [_to_stderr(_text_formatter() if as_text else _json_formatter())]
    if file:
        handlers.append(_to_file(file, keep))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level.upper())
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    # A line that cannot be formatted would be printed with its raw values.
    logging.raiseExceptions = False
    to_formatter = structlog.stdlib.ProcessorFormatter.wrap_for_formatter
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_common(), to_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


@contextmanager
def quiet(name: str) -> Iterator[None]:
    """Let one logger speak of errors only: somebody tells the rest in a better form."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


class _CurrentStderr:
    """stderr as it is at each write: a progress bar puts its own in place while it is drawn."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def _to_stderr(formatter: logging.Formatter) -> logging.Handler:
    handler = logging.StreamHandler(_CurrentStderr())
    handler.setFormatter(formatter)
    return handler


def _to_file(file: Path, keep: timedelta) -> logging.Handler:
    file.parent.mkdir(parents=True, exist_ok=True)
    days = max(1, keep // timedelta(days=1))
    handler = TimedRotatingFileHandler(
        file, when="midnight", backupCount=days, encoding="utf-8", utc=True, atTime=time(tzinfo=UTC)
    )
    handler.setFormatter(_json_formatter())
    return handler


def _common() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _scrub_line(_logger: WrappedLogger, _method: str, line: str) -> str:
    return scrub(line)


def _text_formatter() -> logging.Formatter:
    # Plain tracebacks: the pretty ones print the values of variables.
    renderer = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    return _formatter([renderer])


def _json_formatter() -> logging.Formatter:
    return _formatter(
        [
            structlog.processors.format_exc_info,
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ]
    )


def _formatter(render: list[Processor]) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_common(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *render,
            _scrub_line,  # type: ignore[list-item]  # the chain ends with text, which the type does not know
        ],
    )
