"""Logs carry no secret, whoever writes them and however loud they are."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from bot.logs import TALKATIVE, hide_secret, quiet, scrub, set_up_logs

TELEGRAM = "7123456789:" + "AAbbCC" * 6
DISCORD = "MTEyMzQ1Njc4OTAxMjM0NTY3" + ".GabcDE." + "x" * 38

SECRETS = [
    ("a Telegram token", f"see {TELEGRAM} there", TELEGRAM),
    ("a Telegram token in a URL", f"POST https://api.example/bot{TELEGRAM}/sendMessage", TELEGRAM),
    ("a short Telegram token in a URL", "http://127.0.0.1:8081/bot12:short/getMe", "12:short"),
    ("a Telegram token that was quoted for a URL", f"q={TELEGRAM.replace(':', '%3A')}", "AAbbCC"),
    ("a Discord token", f"Authorization: Bot {DISCORD}", DISCORD),
    ("an older Discord token", "mfa." + "y" * 40, "y" * 40),
    ("the right to answer on Discord", "/interactions/123/aW50ZXJhY3Rpb24/callback", "aW50ZXJhY3Rpb24"),
    ("a Discord webhook", "https://discord.example/api/webhooks/123/se-cret", "se-cret"),
    ("a database password", "postgresql://vestka:hunter22@db/vestka", "hunter22"),
]


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    """Logging belongs to the whole process: pytest's own handlers come back afterwards."""
    root = logging.getLogger()
    handlers, level, raising = root.handlers[:], root.level, logging.raiseExceptions
    for handler in handlers:
        root.removeHandler(handler)
    yield
    for handler in root.handlers[:]:
        root.removeHandler(handler)
        handler.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)
    logging.raiseExceptions = raising
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.mark.parametrize(("_what", "text", "secret"), SECRETS, ids=[row[0] for row in SECRETS])
def test_a_secret_is_scrubbed(_what: str, text: str, secret: str) -> None:
    assert secret in text
    assert secret not in scrub(text)
    assert "[hidden]" in scrub(text)


@pytest.mark.parametrize(
    "text",
    ["52 people were freed at 14:05:33", "event 7f3k joined by 0123456789abcdef", "https://example.org/a/b.html?x=1:2"],
)
def test_ordinary_words_stay(text: str) -> None:
    assert scrub(text) == text


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_part_of_a_line_carries_a_secret_at_debug(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(level="debug", form=form)
    hide_secret('odd "secret" here')
    url = f"https://api.example/bot{TELEGRAM}/getMe"
    logging.getLogger("some.library").debug("GET %s %r", url, {"token": DISCORD})
    log = structlog.get_logger("bot.something")
    log.info("started", token=TELEGRAM, own='odd "secret" here')
    try:
        raise ConnectionError(url)
    except ConnectionError:
        log.exception("failed for %s", DISCORD)
        logging.getLogger("some.library").exception("failed")
    text = capsys.readouterr().err
    assert text.count("[hidden]") >= 7
    assert "ConnectionError" in text
    for secret in (TELEGRAM, DISCORD, "odd", "AAbbCC"):
        assert secret not in text


def test_libraries_that_write_urls_and_bodies_stay_quiet_at_debug(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(level="debug", form="json")
    assert {"httpx", "httpcore"} <= set(TALKATIVE)
    for name in TALKATIVE:
        logging.getLogger(f"{name}.part").info("HTTP Request: POST https://api.example/")
    assert capsys.readouterr().err == ""


def test_a_line_in_the_container_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(form="json")
    structlog.get_logger("bot.intake").warning("source failed", source="viasna-en", why="Größe\nzwei")
    text = capsys.readouterr().err
    line = json.loads(text)
    assert line["message"] == "source failed"
    assert (line["level"], line["logger"], line["source"]) == ("warning", "bot.intake", "viasna-en")
    assert line["timestamp"].endswith("Z")
    assert text.count("\n") == 1


def test_the_level_is_the_configured_one(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(level="warning", form="text")
    structlog.get_logger("x").info("quiet")
    structlog.get_logger("x").warning("loud")
    text = capsys.readouterr().err
    assert "quiet" not in text
    assert "loud" in text


def test_the_log_file_holds_the_same_lines_without_secrets(tmp_path: Path) -> None:
    file = tmp_path / "logs" / "vestka.log"
    set_up_logs(form="text", file=file, keep=timedelta(days=3))
    structlog.get_logger("x").info("hello", token=TELEGRAM)
    [handler] = [handler for handler in logging.getLogger().handlers if hasattr(handler, "backupCount")]
    assert handler.backupCount == 3
    assert json.loads(file.read_text(encoding="utf-8"))["token"] == "[hidden]"


def test_setting_up_again_does_not_double_the_lines(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(form="text")
    set_up_logs(form="text")
    logging.getLogger("x").warning("once")
    assert capsys.readouterr().err.count("once") == 1


class Terminal(io.StringIO):
    """Standard error that somebody watches."""

    def isatty(self) -> bool:
        return True


def test_who_watches_a_terminal_reads_warnings_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    set_up_logs()
    structlog.get_logger("x").info("a step")
    structlog.get_logger("x").warning("a trouble")
    assert "a step" not in terminal.getvalue()
    assert "a trouble" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")


def test_a_container_logs_every_step_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs()
    structlog.get_logger("x").info("a step")
    assert json.loads(capsys.readouterr().err)["message"] == "a step"


def test_one_logger_can_be_quiet_for_a_while(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs()
    with quiet("bot.pipeline"):
        structlog.get_logger("bot.pipeline").warning("during")
    structlog.get_logger("bot.pipeline").warning("after")
    text = capsys.readouterr().err
    assert "during" not in text
    assert "after" in text
