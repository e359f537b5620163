"""The base of the values that are rarely compared or shown: one equality, hash and repr for all of them.

attrs writes these three anew for every class, which is most of what making a class costs, and importing the
library makes many. What is compared in every step of a sale has attrs' own, which are faster.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from attrs import fields


class Value:
    """Equal when of the same class with equal fields; shown as it would be typed."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if other is self:
            return True
        return type(other) is type(self) and _compared(other) == _compared(self)

    def __hash__(self) -> int:
        return hash((type(self), *_compared(self)))

    def __repr__(self) -> str:
        kind: Any = type(self)
        told = (f"{name}={shown(getattr(self, name))}" for name, shown in _told(kind))
        return f"{kind.__qualname__}({', '.join(told)})"


def _compared(value: Any) -> tuple[object, ...]:
    return tuple(
        getattr(value, name) if key is None else key(getattr(value, name)) for name, key in _counting(value.__class__)
    )


@cache
def _counting(kind: Any) -> tuple[tuple[str, Callable[[Any], object] | None], ...]:
    return tuple((attribute.name, attribute.eq_key) for attribute in fields(kind) if attribute.eq)


@cache
def _told(kind: Any) -> tuple[tuple[str, Callable[[Any], str]], ...]:
    shown: list[tuple[str, Any]] = [(each.name, each.repr) for each in fields(kind) if each.repr]
    return tuple((name, repr if own is True else own) for name, own in shown)
