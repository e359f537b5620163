"""Damage to stored data: every place in it, and what may come to stand there."""

from collections.abc import Iterable, Iterator
from typing import Any

from salespipeline.rules.typed import is_a

WRONG: tuple[Any, ...] = (
    *(None, 5, True, 10**40, "", "nonsense", [], ["a", 1], {}, {"a": 1}),
    *("9" * 60, "2025-13-45", "1E5", "NaN", "\u0661", "-1."),
)


def places(data: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in JSON data, however deep: what it is in, and its name or number there."""
    keys: Iterable[Any] = ()
    if is_a(data, dict):
        keys = data.keys()
    elif is_a(data, list):
        keys = range(len(data))
    for key in keys:
        yield data, key
        yield from places(data[key])
