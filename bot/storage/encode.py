"""Our frozen types as plain JSON values and back, checked on the way in."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")

_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}   # making one takes milliseconds, using one microseconds


def to_json(value: Any) -> Any:
    """A dataclass of ours as values that JSON knows."""
    return _adapter(type(value)).dump_python(value, mode="json")


def from_json(kind: type[T], value: Any) -> T:
    """The inverse of `to_json`; raises ValueError where `value` is no `kind`."""
    result: T = _adapter(kind).validate_python(value)
    return result


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
