"""What single commands read and print, where it takes no process of its own."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import program
from bot.errors import VestkaError
from bot.events.summary import Released, StillHeld
from bot.program import words
from bot.program.explain import read_text
from bot.program.healthcheck import reachable
from bot.program.terminal import draw_progress, print_table


def test_a_text_may_be_given_in_a_file_on_standard_input_or_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "text.txt"
    file.write_text("з файла", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("from standard input"))
    assert read_text(str(file)) == "з файла"
    assert read_text("-") == "from standard input"
    assert read_text("just words") == "just words"


def test_a_long_text_is_no_file_name() -> None:
    text = "Belarus frees prisoners. " * 500
    assert read_text(text) == text


def test_a_file_that_is_no_text_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "picture"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(VestkaError, match="picture is not UTF-8 text"):
        read_text(str(file))


def test_a_verdict_shows_the_words_that_it_was_read_from() -> None:
    text = "Belarus releases 14 political prisoners\nThe Exampleland foreign ministry confirmed it on Monday."
    done = CliRunner().invoke(program, ["explain", text])
    assert done.exit_code == 0, done.output
    rows = {line.split()[0]: line for line in done.output.splitlines() if line.strip()}
    assert "yes" in rows["relevant"]
    assert "en" in rows["language"].split()
    assert "release" in rows["topics"]
    assert "14" in rows["released"].split()
    assert "because" in rows


def test_an_irrelevant_text_is_told_to_be_one_with_a_reason() -> None:
    done = CliRunner().invoke(program, ["explain", "Local bakery wins the annual prize for rye bread"])
    assert done.exit_code == 0
    rows = {line.split()[0]: line for line in done.output.splitlines() if line.strip()}
    assert "no" in rows["relevant"].split()
    assert "because" in rows


HOSTS = [
    ("who listens on all is asked on this machine", "0.0.0.0", "127.0.0.1"),
    ("who listens on all over IPv6 too", "::", "::1"),
    ("who listens on one address is asked there", "192.0.2.4", "192.0.2.4"),
    ("who listens on a name is asked by it", "localhost", "localhost"),
]


@pytest.mark.parametrize(("_why", "host", "expected"), HOSTS, ids=[row[0] for row in HOSTS])
def test_where_a_healthcheck_asks(_why: str, host: str, expected: str) -> None:
    assert reachable(host) == expected


NUMBERS = [
    ("no number is no word", None, ""),
    ("one number is itself", Released(low=52, high=52, at_least=False, claims=()), "52"),
    ("a quarrel is a range", Released(low=14, high=16, at_least=False, claims=()), "14–16"),
    ("a lower bound says so", Released(low=50, high=50, at_least=True, claims=()), "50 or more"),
]


@pytest.mark.parametrize(("_why", "found", "expected"), NUMBERS, ids=[row[0] for row in NUMBERS])
def test_how_many_were_released_in_words(_why: str, found: Released | None, expected: str) -> None:
    assert words.released(found) == expected


def test_those_still_held_stand_with_who_counts_them() -> None:
    held = StillHeld(value=1200, at_least=True, by="", outlet="Outlet One", day=date(2030, 1, 7))
    assert words.still_held(held) == "1200 or more (Outlet One, 2030-01-07)"


def test_other_peoples_text_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("title",), [("[bold]not bold[/bold] :smile: [/]",)])
    assert "[bold]not bold[/bold] :smile: [/]" in capsys.readouterr().out


def test_other_peoples_text_does_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("title",), [("\x1b[2Jcleared \u202etxt.exe",)])
    out = capsys.readouterr().out
    assert "[2Jcleared txt.exe" in out
    assert "\x1b" not in out


def test_progress_is_ten_plain_lines_where_no_bar_can_be_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    with draw_progress("replay") as progressed:
        for done in range(1, 201):
            progressed(done, 200, "items")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert (lines[0], lines[-1]) == ("replay: 20 of 200 items", "replay: 200 of 200 items")
