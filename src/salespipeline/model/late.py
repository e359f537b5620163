"""A section of a stored sale that nobody has read yet: most questions never do, and it is most of the work."""

from collections.abc import Callable
from typing import Generic, TypeVar, cast

T = TypeVar("T")


class Late(Generic[T]):
    """A value that is read when it is first asked for."""

    __slots__ = ("_read", "_value")

    def __init__(self, read: Callable[[], T]) -> None:
        self._read: Callable[[], T] | None = read
        self._value: T | None = None

    def value(self) -> T:
        """What it holds, read on the first call."""
        read = self._read
        if read is not None:
            self._value = read()
            self._read = None
        return cast("T", self._value)

    def __reduce__(self) -> tuple[Callable[[T], T], tuple[T]]:
        return _itself, (self.value(),)


def _itself(value: T) -> T:
    return value


def by_now(section: T | Late[T]) -> T:
    """A section of a sale, read by now."""
    return cast("Late[T]", section).value() if isinstance(section, Late) else section
