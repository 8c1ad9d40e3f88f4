"""The configuration: where it comes from, what lies over what, and that every mistake is named with its key."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.config import check_folders, load_config, read_config
from bot.config_table import validate_table
from bot.errors import ConfigError, Mistake
from bot.logs import scrub

TABLE_ROWS = [
    ("a table that does not exist", "[polls]\nevery = '5m'", "polls", "is unknown", "did you mean poll?"),
    ("an unknown key", "[poll]\nevry = '5m'", "poll.evry", "is unknown", "did you mean every?"),
    ("text where a number belongs", "[poll]\nconcurrency = 'many'", "poll.concurrency", "must be a whole number", ""),
    ("true where a number belongs", "[web]\nport = true", "web.port", "true is no number", "a whole number"),
    ("a number where text belongs", "[bot]\ncontact = 5", "bot.contact", "must be text", ""),
    ("a number where yes or no belongs", "[poll]\nadaptive = 7", "poll.adaptive", "must be true or false", ""),
    ("text where a list belongs", "[bot]\nmaintainers = 'x'", "bot.maintainers", "must be a list", ""),
    ("a value where a table belongs", "bot = 3", "bot", "must be a table", "[bot]"),
    ("a value where the adapters' tables belong", "adapters = 3", "adapters", "must be a table", "[adapters.NAME]"),
    ("one table where many sources belong", "[source]\nid = 'x'", "source", "must be a list of tables", "[[source]]"),
    ("a number too large", "[poll]\nconcurrency = 9999", "poll.concurrency", "less than or equal to 1000", ""),
    ("a port that no machine has", "[web]\nport = 70000", "web.port", "less than or equal to 65535", ""),
    ("a duration without a unit", "[poll]\nevery = '5'", "poll.every", "'5' is no duration", "24h"),
    ("a duration as a number", "[poll]\nevery = 5", "poll.every", "5 is no duration", "24h"),
    ("a duration of nothing", "[poll]\nmin = '0s'", "poll.min", "out of range", "more than nothing"),
    ("a size in words", "[poll]\nmax_bytes = 'big'", "poll.max_bytes", "'big' is no size", "4MB"),
    ("an unknown database", "[database]\nurl = 'mysql://h/d'", "database.url", "'mysql' is no database", "sqlite:///"),
    ("a database without a name", "[database]\nurl = 'postgresql://h'", "database.url", "names no database", ""),
    ("a database without a file", "[database]\nurl = 'sqlite://'", "database.url", "names no file", "sqlite:///"),
    ("a URL of another kind", "[watch]\nping_url = 'ftp://h/'", "watch.ping_url", "no http or https URL", "https://"),
    ("a URL without a host", "[watch]\nping_url = 'https://'", "watch.ping_url", "no http or https URL", "https://"),
    ("a time zone of nowhere", "[bot]\ntimezone = 'Mars/Base'", "bot.timezone", "is no time zone", "Europe/Vilnius"),
    ("a language in words", "[bot]\nlanguage = 'English'", "bot.language", "has the wrong form", ""),
    ("a maintainer without a platform", "[bot]\nmaintainers = ['1']", "bot.maintainers.0", "names nobody", "telegram:1"),
    ("an address range that is none", "[web]\nprivate_from = ['x']", "web.private_from.0", "no address range", "::1"),
    ("a host without a port", "[poll]\nallow_hosts = ['a.example']", "poll.allow_hosts.0", "neither host:port", "8000"),
    ("a number of owners too high", "[alerts]\nconfirm = 4", "alerts.confirm", "none of the possible", "'official'"),
    ("an interval under the least", "[poll]\nevery = '30s'", "poll.every", "shorter than poll.min", "lengthen"),
    ("text that is no TOML", "[poll\n", "config.toml", "is not TOML", ""),
]


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes_of(path: Path | None, environ: dict[str, str] | None = None) -> tuple[Mistake, ...]:
    with pytest.raises(ConfigError) as caught:
        load_config(path, environ or {})
    return caught.value.mistakes


@pytest.mark.parametrize(("_why", "text", "key", "problem", "mend"), TABLE_ROWS, ids=[row[0] for row in TABLE_ROWS])
def test_a_mistake_is_named_with_its_key_and_its_mend(
    tmp_path: Path, _why: str, text: str, key: str, problem: str, mend: str
) -> None:
    [mistake] = mistakes_of(write(tmp_path, text))
    assert mistake.key == key or mistake.key == str(tmp_path / key)
    assert problem in mistake.problem
    assert mend in mistake.mend


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, "[poll]\nevery = 'x'\nmax_bytes = 'y'\n[web]\nport = 'z'\n[nonsense]\n")
    keys = {mistake.key for mistake in mistakes_of(path, {"VESTKA_BOT__TIMEZONE": "q", "VESTKA_BOT__X__Y": "1"})}
    assert keys == {"poll.every", "poll.max_bytes", "web.port", "nonsense", "bot.timezone", "VESTKA_BOT__X__Y"}


def test_a_configuration_that_was_named_must_exist(tmp_path: Path) -> None:
    [mistake] = mistakes_of(tmp_path / "missing.toml")
    assert mistake.key == str(tmp_path / "missing.toml")
    assert mistake.problem == "cannot be read: No such file or directory"


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = load_config(None, {})
    assert config.path is None
    assert config.database_file == tmp_path / "data" / "vestka.db"
    assert config.key_file == tmp_path / "vestka.key"
    assert config.forgotten_file == tmp_path / "forgotten"
    assert config.poll.every == timedelta(minutes=5)
    assert config.web.private_from == (ip_network("127.0.0.0/8"), ip_network("::1/128"))


def test_the_file_here_is_found_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "[poll]\nevery = '7m'")
    assert load_config(None, {}).poll.every == timedelta(minutes=7)


def test_the_file_that_the_environment_names_comes_before_the_one_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "[poll]\nevery = '7m'")
    other = tmp_path / "other.toml"
    other.write_text("[poll]\nevery = '9m'", encoding="utf-8")
    assert load_config(None, {"VESTKA_CONFIG": str(other)}).poll.every == timedelta(minutes=9)


def test_paths_start_at_the_folder_of_the_configuration(tmp_path: Path) -> None:
    text = "[bot]\nkey_file = 'keys/k'\nforgotten_file = '/f'\n[database]\nurl = 'sqlite:///x.db'"
    config = load_config(write(tmp_path, text), {})
    assert config.key_file == tmp_path / "keys" / "k"
    assert config.forgotten_file == Path("/f")
    assert config.database_url == f"sqlite:///{tmp_path}/x.db"


def test_four_slashes_name_a_path_from_the_root(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, "[database]\nurl = 'sqlite:////somewhere/x.db'"), {})
    assert config.database_file == Path("/somewhere/x.db")
    assert config.database_url == "sqlite:////somewhere/x.db"


def test_the_environment_lies_over_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "[poll]\nevery = '7m'\nconcurrency = 3\nadaptive = true")
    environ = {
        "VESTKA_POLL__EVERY": "8m",
        "VESTKA_POLL__CONCURRENCY": "4",
        "VESTKA_POLL__ADAPTIVE": "false",
        "VESTKA_BOT__MAINTAINERS": "telegram:1, discord:2",
        "VESTKA_ALERTS__CONFIRM": "2",
        "VESTKA_DATABASE__URL": "postgresql://user:password@host/name",
        "VESTKA_ADAPTERS__TELEGRAM__TOKEN": "5:abc",
    }
    config = load_config(path, environ)
    assert (config.poll.every, config.poll.concurrency, config.poll.adaptive) == (timedelta(minutes=8), 4, False)
    assert config.bot.maintainers == ("telegram:1", "discord:2")
    assert config.alerts.confirm == 2
    assert config.database_file is None
    assert config.adapters == {"telegram": {"token": "5:abc"}}


def test_an_empty_variable_counts_as_unset(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, ""), {"VESTKA_POLL__EVERY": "", "VESTKA_ADAPTERS__TELEGRAM__TOKEN": ""})
    assert config.poll.every == timedelta(minutes=5)
    assert config.adapters == {}


def test_a_mistake_in_the_environment_names_its_variable(tmp_path: Path) -> None:
    [mistake] = mistakes_of(write(tmp_path, ""), {"VESTKA_POLL__EVERY": "soon"})
    assert mistake.problem == "'soon' is no duration, set by VESTKA_POLL__EVERY"


def test_one_underscore_too_few_is_told(tmp_path: Path) -> None:
    [mistake] = mistakes_of(write(tmp_path, ""), {"VESTKA_DATABASE_URL": "sqlite:///x.db"})
    assert "VESTKA_DATABASE__URL" in mistake.mend


def test_variables_that_others_put_into_our_environment_are_let_be(tmp_path: Path) -> None:
    load_config(write(tmp_path, ""), {"VESTKA_SERVICE_HOST": "10.0.0.1", "VESTKA_PORT": "tcp://10.0.0.1:8080"})


def test_a_database_password_is_not_repeated_in_a_mistake(tmp_path: Path) -> None:
    [mistake] = mistakes_of(write(tmp_path, "[database]\nurl = 'mysql://me:hunter22@h/d'"))
    assert "hunter22" not in str(mistake)


class Options(BaseModel, frozen=True, extra="forbid"):
    token: str = ""
    pages: tuple[int, ...] = ()
    word_file: str = ""


def options(values: object, folder: Path, **more: tuple[str, ...]) -> tuple[Options | None, list[str]]:
    mistakes: list[Mistake] = []
    made = validate_table(Options, values, "adapters.x", mistakes, folder=folder, **more)
    return made, [str(mistake) for mistake in mistakes]


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the-secret-itself\n", encoding="utf-8")
    made, mistakes = options({"token_file": "secret"}, tmp_path)
    assert made == Options(token="the-secret-itself")
    assert mistakes == []
    assert scrub("so: the-secret-itself") == "so: [hidden]"


def test_the_environment_can_name_the_file_of_a_secret(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("another-secret-here\n", encoding="utf-8")
    environ = {"VESTKA_ADAPTERS__X__TOKEN_FILE": str(tmp_path / "secret"), "VESTKA_ADAPTERS__X__PAGES": "1,2"}
    config = load_config(write(tmp_path, ""), environ)
    made, mistakes = options(config.adapters["x"], config.folder)
    assert made == Options(token="another-secret-here", pages=(1, 2))
    assert mistakes == []


def test_the_database_address_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("postgresql://me:a-long-password@h/d\n", encoding="utf-8")
    config = load_config(write(tmp_path, ""), {"VESTKA_DATABASE__URL_FILE": str(tmp_path / "secret")})
    assert config.database_url == "postgresql://me:a-long-password@h/d"


def test_a_key_that_ends_in_file_by_itself_is_left_as_it_is(tmp_path: Path) -> None:
    made, mistakes = options({"word_file": "anything"}, tmp_path)
    assert made == Options(word_file="anything")
    assert mistakes == []


def test_a_secret_given_twice_or_unreadable_is_a_mistake(tmp_path: Path) -> None:
    _, mistakes = options({"token": "a", "token_file": "b"}, tmp_path)
    assert mistakes == ["adapters.x.token_file: stands beside adapters.x.token (keep one of them)"]
    _, mistakes = options({"token_file": "b"}, tmp_path)
    assert mistakes == ["adapters.x.token_file: b cannot be read: No such file or directory (name a text file)"]


def test_a_token_that_is_needed_and_empty_is_a_mistake(tmp_path: Path) -> None:
    for values in ({}, {"token": ""}):
        made, mistakes = options(values, tmp_path, needed=("token", "other"))
        assert made is None
        assert mistakes == ["adapters.x.token: is missing (give it or remove the table [adapters.x])"]


def test_a_folder_that_cannot_be_written_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    config = read_config(write(tmp_path, "[database]\nurl = 'sqlite:///file/deeper/x.db'"), {}, [])
    [mistake] = check_folders(config)
    assert mistake.key == "database.url"
    assert f"the folder {tmp_path}/file/deeper cannot be written: Not a directory" in mistake.problem


def test_asking_for_folders_leaves_nothing_behind(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, "[logs]\nfile = 'logs/x.log'"), {})
    assert check_folders(config) == []
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]
