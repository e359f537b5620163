"""A member of an enum, given as such or by its text."""

from enum import Enum
from typing import TypeVar

from salespipeline.errors import InvalidValue

E = TypeVar("E", bound=Enum)


def choice(value: object, kind: type[E], field: str) -> E:
    """The member that a value is, or is the text of; `InvalidValue` with those there are."""
    if isinstance(value, kind):
        return value
    found = next((member for member in kind if member.value == value), None)
    if found is None:
        raise InvalidValue(field, value, "use one of " + ", ".join(repr(member.value) for member in kind))
    return found
