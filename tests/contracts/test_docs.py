"""Documents are tested: what stands in them exists, and what exists stands in them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from bot.cli import COMMANDS
from bot.commands import find_commands
from bot.config import TABLES, load_config
from bot.parts import adapter_names, find_adapter

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "config.example.toml").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
CORE_KEYS = [(table, key) for table, model in TABLES.items() for key in model.model_fields]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])


def example_with_everything() -> dict[str, dict[str, object]]:
    """The example with its commented tables put in force: `# [table]` and `# key = value` without the `# `."""
    lines = [re.sub(r"^# (?=\[|\w+ = )", "", line) for line in EXAMPLE.splitlines()]
    return tomllib.loads("\n".join(lines))


def test_the_example_is_the_defaults_written_out(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    example = load_config(path, {})
    for name, model in TABLES.items():
        assert getattr(example, name) == model()
    assert example.adapters == {}
    assert example.source == ()


@pytest.mark.parametrize(("table", "key"), CORE_KEYS)
def test_every_key_stands_in_the_example(table: str, key: str) -> None:
    assert key in example_with_everything()[table]


def test_the_example_has_no_key_that_does_not_exist() -> None:
    everything = example_with_everything()
    assert set(everything) == {*TABLES, "adapters", "source"}
    for table, model in TABLES.items():
        assert set(everything[table]) <= set(model.model_fields)


@pytest.mark.parametrize("name", adapter_names())
def test_the_example_has_the_keys_of_every_adapter_with_their_defaults(name: str) -> None:
    options = find_adapter(name).options
    table = example_with_everything()["adapters"][name]
    assert set(table) == set(options.model_fields)
    assert options.model_validate(table) == options()


def test_every_key_is_explained() -> None:
    for line in EXAMPLE.splitlines():
        if re.match(r"(# )?\w+ = ", line):
            assert re.search(r"\S\s+# .{8}", line), line


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_stands_in_the_readme(name: str) -> None:
    assert re.search(rf"^\|.*`vestka {name}\b", README, re.MULTILINE)


@pytest.mark.parametrize("name", [command.name for command in find_commands()])
def test_every_chat_command_stands_in_the_readme(name: str) -> None:
    assert re.search(rf"`/{name}\b", README)


def test_the_readme_names_no_command_that_does_not_exist() -> None:
    named = set(re.findall(r"`vestka (\w+)", README))
    assert len(named) > 5
    assert named <= set(COMMANDS)


def test_the_commands_to_run_and_to_test_stand_in_the_readme_on_a_line_of_their_own() -> None:
    start = "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt"
    assert f"\n{start} . && .venv/bin/vestka run\n" in README
    assert f"\n{start} '.[test]' && .venv/bin/pytest\n" in README


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_documents_leads_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        place = (path.parent / name).resolve() if name else path
        assert place.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", place.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_path_that_the_architecture_draws_exists() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawn = re.search(r"```\nbot/.*?\n```", text, re.DOTALL)
    assert drawn
    names = re.findall(r"^  ([\w./<>]+)(?: ([\w/]+/))? {2,}", drawn[0], re.MULTILINE)
    assert len(names) > 10
    for name in (part for pair in names for part in pair if part):
        assert (ROOT / "bot" / name.partition("<")[0]).exists(), name
