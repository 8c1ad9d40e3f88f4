"""One table of the configuration against the model of its part: every mistake in our words, with its mend."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.config_types import WrongValueError
from bot.errors import Mistake
from bot.logs import hide_secret

SECRET_NAMES = ("token", "secret", "password")

T = TypeVar("T", bound=BaseModel)


class EnvironmentText(str):
    """A value that came from the environment: text, whatever its key wants. `name` is the variable."""

    __slots__ = ("name",)

    def __new__(cls, value: str, name: str) -> EnvironmentText:
        text = super().__new__(cls, value)
        text.name = name
        return text

    name: str


def validate_table(
    model: type[T],
    values: object,
    at: str,
    mistakes: list[Mistake],
    *,
    folder: Path,
    needed: tuple[str, ...] = (),
) -> T | None:
    """The table at the dotted key `at` as its part's `model`; None after adding what is wrong to `mistakes`.

    `KEY_file` is read into `KEY`, text from the environment becomes what its key wants, and keys in `needed`
    that the model knows must be there and not empty.
    """
    if not isinstance(values, Mapping):
        mistakes.append(Mistake(at, "must be a table", f"write it as [{at}]"))
        return None
    before = len(mistakes)
    filled = {
        key: _from_environment(value, model, key)
        for key, value in _read_secrets(model, values, at, mistakes, folder).items()
    }
    for key in (key for key in needed if key in model.model_fields and not filled.get(key)):
        mistakes.append(Mistake(f"{at}.{key}", "is missing", f"give it or remove the table [{at}]"))
    for key in (key for key in filled if key.endswith(SECRET_NAMES)):
        hide_secret(str(filled[key]))
    try:
        made = model.model_validate(filled)
    except ValidationError as error:
        mistakes += [_explain(details, at, model, filled) for details in error.errors(include_url=False)]
        return None
    return made if len(mistakes) == before else None


def suggest_key(key: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known here: {', '.join(sorted(known))}"


def _read_secrets(
    model: type[BaseModel], values: Mapping[str, Any], at: str, mistakes: list[Mistake], folder: Path
) -> dict[str, Any]:
    """`token_file` becomes `token`, unless the model knows `token_file` itself."""
    filled = dict(values)
    for name, place in values.items():
        key = name.removesuffix("_file")
        if key == name or name in model.model_fields or key not in model.model_fields:
            continue
        del filled[name]
        if filled.get(key):
            mistakes.append(Mistake(f"{at}.{name}", f"stands beside {at}.{key}", "keep one of them"))
            continue
        try:
            filled[key] = (folder / str(place)).read_text(encoding="utf-8").strip()
            hide_secret(filled[key])
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not text"
            mistakes.append(Mistake(f"{at}.{name}", f"{place} cannot be read: {why}", "name a text file"))
    return filled


def _from_environment(value: Any, model: type[BaseModel], key: str) -> Any:
    """A list in the environment is written with commas; what else is wanted, pydantic reads from text."""
    field = model.model_fields.get(key)
    if isinstance(value, EnvironmentText) and field and get_origin(field.annotation) in {tuple, list}:
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if isinstance(value, EnvironmentText) and field and get_origin(field.annotation) is Literal:
        return int(value) if value.isdigit() else str(value)
    return value


EXPECTED = (
    ("string_pattern", "has the wrong form"),
    ("string", "must be text in quotation marks"),
    ("bool", "must be true or false"),
    ("int", "must be a whole number"),
    ("float", "must be a number"),
    ("tuple", "must be a list in brackets"),
    ("list", "must be a list in brackets"),
    ("model", "must be a table"),
    ("dict", "must be a table"),
    ("missing", "is missing"),
    ("extra_forbidden", "is unknown"),
)


def _explain(details: ErrorDetails, at: str, model: type[BaseModel], values: Mapping[str, Any]) -> Mistake:
    """A mistake as pydantic found it, in our words. The value itself is not repeated: it may be a secret."""
    place = [str(part) for part in details["loc"]]
    key = ".".join([at, *place])
    first = values.get(place[0]) if place else None
    origin = f", set by {first.name}" if isinstance(first, EnvironmentText) else ""
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, WrongValueError):
        return Mistake(key, cause.problem + origin, cause.mend)
    mend = ""
    if details["type"] == "extra_forbidden" and len(place) == 1:
        mend = suggest_key(place[0], tuple(model.model_fields))
    elif details["type"] == "literal_error":
        return Mistake(key, "is none of the possible values" + origin, f"one of {details['ctx']['expected']}")
    problem = next((words for start, words in EXPECTED if details["type"].startswith(start)), None)
    if problem is None:
        problem = details["msg"].removeprefix("Value error, ").removeprefix("Input ").strip()
    return Mistake(key, problem + origin, mend)
