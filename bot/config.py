"""The configuration: TOML, over it the environment, over both files with secrets; frozen and checked at once.

A key of a table is overridden by `VESTKA_` and its path with `__` (`VESTKA_POLL__EVERY=10m`); an empty
variable counts as unset. `KEY_file` in a table, `VESTKA_…__KEY_FILE` in the environment, names a file that
holds the value of `KEY`. Relative paths start at the configuration's folder, without one here.

Tables of adapters and sources stay plain values here: `bot.app` finds the parts and validates each table
with its part's model by `validate_table`, adding to the same list of mistakes.
"""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field

from bot.config_table import EnvironmentText, suggest_key, validate_table
from bot.config_types import (
    Account,
    AllowedHost,
    DatabaseUrl,
    Duration,
    OptionalAccount,
    OptionalWebAddress,
    Range,
    Size,
    TimeZone,
    Whole,
    parse_network,
)
from bot.errors import ConfigError, Mistake

PREFIX = "VESTKA_"
DEFAULT_FILE = "config.toml"

class Bot(BaseModel, frozen=True, extra="forbid"):
    """Who the bot is and who keeps it."""

    language: str = Field(default="en", pattern=r"^[a-z]{2,3}$")
    timezone: TimeZone = "Europe/Warsaw"
    contact: str = ""
    maintainers: tuple[Account, ...] = ()
    maintainers_chat: OptionalAccount = ""
    key_file: str = ""
    forgotten_file: str = ""


class Database(BaseModel, frozen=True, extra="forbid"):
    """Where everything is kept."""

    url: DatabaseUrl = "sqlite:///data/vestka.db"


class Alerts(BaseModel, frozen=True, extra="forbid"):
    """What holds for a chat that has not chosen, and for all."""

    confirm: Literal[1, 2, 3, "official"] = 1
    max_age: Duration = timedelta(hours=24)
    max_per_hour: Whole = Field(default=6, ge=1)


class Poll(BaseModel, frozen=True, extra="forbid"):
    """How sources are read. `max_bytes` counts unpacked bytes, `timeout` runs up to the last of them."""

    every: Duration = timedelta(minutes=5)
    adaptive: bool = True
    min: Duration = timedelta(minutes=1)
    concurrency: Whole = Field(default=32, ge=1, le=1000)
    max_bytes: Size = 4_000_000
    timeout: Duration = timedelta(seconds=20)
    allow_hosts: tuple[AllowedHost, ...] = ()


class Web(BaseModel, frozen=True, extra="forbid"):
    """The pages; port 0 means none."""

    host: str = "127.0.0.1"
    port: Whole = Field(default=8080, ge=0, le=65_535)
    private_from: tuple[Range, ...] = (parse_network("127.0.0.0/8"), parse_network("::1"))


class Retention(BaseModel, frozen=True, extra="forbid"):
    """How long what is kept."""

    messages: Duration = timedelta(days=30)
    items: Duration = timedelta(days=60)
    logs: Duration = timedelta(days=7)


class Backup(BaseModel, frozen=True, extra="forbid"):
    """How long backups are kept, and with them the tombstones of forgotten chats."""

    keep: Duration = timedelta(days=7)


class Watch(BaseModel, frozen=True, extra="forbid"):
    """Who is told from outside that the program lives."""

    ping_url: OptionalWebAddress = ""


class Catalogue(BaseModel, frozen=True, extra="forbid"):
    """The sources that come with Vestka."""

    enabled: bool = True
    disable: tuple[str, ...] = ()


class Logs(BaseModel, frozen=True, extra="forbid"):
    """What is written about the program's work. `file` turns at midnight UTC and is kept `retention.logs`."""

    level: Literal["auto", "debug", "info", "warning", "error"] = "auto"
    format: Literal["auto", "json", "text"] = "auto"
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole configuration. `folder`: where relative paths start. `path`: the file, if there is one.

    `adapters` and `source` hold plain values (TOML's and, as text, the environment's) for their models.
    """

    folder: Path
    path: Path | None = None
    bot: Bot = field(default_factory=Bot)
    database: Database = field(default_factory=Database)
    alerts: Alerts = field(default_factory=Alerts)
    poll: Poll = field(default_factory=Poll)
    web: Web = field(default_factory=Web)
    retention: Retention = field(default_factory=Retention)
    backup: Backup = field(default_factory=Backup)
    watch: Watch = field(default_factory=Watch)
    catalogue: Catalogue = field(default_factory=Catalogue)
    logs: Logs = field(default_factory=Logs)
    adapters: Mapping[str, Any]
    source: tuple[Any, ...] = ()

    @property
    def key_file(self) -> Path:
        """Where the key of the chat references lies."""
        return self.folder / (self.bot.key_file or "vestka.key")

    @property
    def forgotten_file(self) -> Path:
        """Where the tombstones lie: beside the key unless said otherwise."""
        own = self.bot.forgotten_file
        return self.folder / own if own else self.key_file.with_name("forgotten")

    @property
    def database_file(self) -> Path | None:
        """The SQLite file; None on PostgreSQL."""
        parts = urlsplit(self.database.url)
        return self.folder / parts.path.removeprefix("/") if parts.scheme == "sqlite" else None

    @property
    def database_url(self) -> str:
        """`database.url` with an absolute path where it is a file."""
        return f"sqlite:///{self.database_file}" if self.database_file else self.database.url

    @property
    def log_file(self) -> Path | None:
        """The file that logs go to besides stderr, if any."""
        return self.folder / self.logs.file if self.logs.file else None


TABLES: Mapping[str, type[BaseModel]] = {
    "bot": Bot,
    "database": Database,
    "alerts": Alerts,
    "poll": Poll,
    "web": Web,
    "retention": Retention,
    "backup": Backup,
    "watch": Watch,
    "catalogue": Catalogue,
    "logs": Logs,
}


def load_config(path: Path | None, environ: Mapping[str, str]) -> Config:
    """The configuration at `path`, else at `VESTKA_CONFIG`, else `config.toml` here, else the defaults.

    Raises ConfigError with every mistake, but for those of adapters and sources.
    """
    mistakes: list[Mistake] = []
    config = read_config(path, environ, mistakes)
    if mistakes:
        raise ConfigError(mistakes)
    return config


def read_config(path: Path | None, environ: Mapping[str, str], mistakes: list[Mistake]) -> Config:
    """As `load_config`, adding to `mistakes` instead of raising; a wrong table is replaced by defaults."""
    file = _find_file(path, environ)
    values = _read_file(file, mistakes) if file else {}
    folder = (file.parent if file else Path()).absolute()
    _refuse_unknown_tables(values, mistakes)
    _lay_environment_over(values, environ, mistakes)
    tables: dict[str, Any] = {}
    for name, model in TABLES.items():
        tables[name] = validate_table(model, values.get(name, {}), name, mistakes, folder=folder) or model()
    config = Config(
        folder=folder,
        path=file,
        adapters=_plain_table(values, "adapters", mistakes),
        source=_plain_rows(values, "source", mistakes),
        **tables,
    )
    if config.poll.every < config.poll.min:
        mistakes.append(Mistake("poll.every", "is shorter than poll.min", "lengthen it or shorten poll.min"))
    return config


def check_folders(config: Config) -> list[Mistake]:
    """What keeps the program from writing where the configuration says; nothing is left behind by asking."""
    wanted = {
        "database.url": config.database_file,
        "bot.forgotten_file": config.forgotten_file if config.bot.forgotten_file else None,
        "logs.file": config.log_file,
    }
    mistakes = []
    for key, file in wanted.items():
        problem = file and _why_unwritable(file)
        if problem:
            mistakes.append(Mistake(key, problem, "choose another place or let this user write there"))
    return mistakes


def _why_unwritable(file: Path) -> str:
    """Asked by writing, in the nearest folder that exists: rights alone do not tell of read-only disks."""
    if file.is_dir():
        return f"{file} is a folder, not a file"
    folder = file.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return f"the folder {file.parent} cannot be written: {error.strerror}"


def _find_file(path: Path | None, environ: Mapping[str, str]) -> Path | None:
    if path or environ.get("VESTKA_CONFIG"):
        return path or Path(environ["VESTKA_CONFIG"])
    return Path(DEFAULT_FILE) if Path(DEFAULT_FILE).exists() else None


def _read_file(file: Path, mistakes: list[Mistake]) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            return tomllib.load(stream)
    except OSError as error:
        mistakes.append(Mistake(str(file), f"cannot be read: {error.strerror}", "give a TOML file"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        mistakes.append(Mistake(str(file), f"is not TOML: {error}", "text stands in quotation marks"))
    return {}


def _refuse_unknown_tables(values: Mapping[str, Any], mistakes: list[Mistake]) -> None:
    known = (*TABLES, "adapters", "source")
    mistakes += [Mistake(key, "is unknown", suggest_key(key, known)) for key in values if key not in known]


def _lay_environment_over(
    values: MutableMapping[str, Any], environ: Mapping[str, str], mistakes: list[Mistake]
) -> None:
    for name, value in sorted(environ.items()):
        if not name.startswith(PREFIX) or not value:
            continue
        path = name.removeprefix(PREFIX).lower().split("__")
        if len(path) == 1:
            mistakes += _one_underscore_too_few(name)
        elif not _leads_to_a_key(path):
            mistakes.append(Mistake(name, "names no key", f"{PREFIX}TABLE__KEY, as in {PREFIX}DATABASE__URL"))
        else:
            _set(values, path, EnvironmentText(value, name))


def _leads_to_a_key(path: list[str]) -> bool:
    length = 3 if path[0] == "adapters" else 2
    return path[0] in {*TABLES, "adapters"} and len(path) == length and all(path)


def _one_underscore_too_few(name: str) -> list[Mistake]:
    """VESTKA_DATABASE_URL is a slip; other names with our prefix belong to whoever started us."""
    for table, model in TABLES.items():
        key = name.removeprefix(PREFIX).lower().removeprefix(f"{table}_")
        if key in model.model_fields and name.lower() == f"{PREFIX}{table}_{key}".lower():
            mend = f"two underscores: {PREFIX}{table.upper()}__{key.upper()}"
            return [Mistake(name, "is no setting", mend)]
    return []


def _set(values: MutableMapping[str, Any], path: list[str], value: str) -> None:
    """A table that is no table is left alone: its own mistake is named when it is validated."""
    table: Any = values
    for key in path[:-1]:
        table = table.setdefault(key, {})
        if not isinstance(table, dict):
            return
    table[path[-1]] = value


def _plain_table(values: Mapping[str, Any], key: str, mistakes: list[Mistake]) -> Mapping[str, Any]:
    table = values.get(key, {})
    if isinstance(table, dict):
        return table
    mistakes.append(Mistake(key, "must be a table", f"write its parts as [{key}.NAME]"))
    return {}


def _plain_rows(values: Mapping[str, Any], key: str, mistakes: list[Mistake]) -> tuple[Any, ...]:
    rows = values.get(key, [])
    if isinstance(rows, list):
        return tuple(rows)
    mistakes.append(Mistake(key, "must be a list of tables", f"write each as [[{key}]]"))
    return ()


