"""Spellings: the entry that a text means when only case, spaces or punctuation differ; and ids made from names."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar
from zlib import crc32

from salespipeline.errors import InvalidValue
from salespipeline.model.ids import identifier

T = TypeVar("T")

_LONGEST_ID = 64
_UNFIT = re.compile(r"[^\w.\-]+")


def bare(text: str) -> str:
    """The letters and digits of a text alone, without regard to case."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


class Found(NamedTuple, Generic[T]):
    """What a text was found to mean: the spelling of the list, its entry, and whether it was spelled just so."""

    spelling: str
    entry: T
    exact: bool


class Spellings(Generic[T]):
    """A list that can be asked which entry a text means."""

    def __init__(self, spelled: Iterable[tuple[str, T]]) -> None:
        self._exact: dict[str, T] = {}
        self._bare: dict[str, list[tuple[str, T]]] = {}
        for spelling, entry in spelled:
            self._exact.setdefault(spelling, entry)
            alike = self._bare.setdefault(bare(spelling), [])
            if all(entry is not other for _, other in alike):
                alike.append((spelling, entry))

    @property
    def names(self) -> tuple[str, ...]:
        """How the entries are spelled, each once."""
        return tuple(spelling for alike in self._bare.values() for spelling, _ in alike)

    def find(self, given: str) -> Found[T] | None:
        """The entry spelled so, else the only one that differs in case, spaces and punctuation alone, else None."""
        if given in self._exact:
            return Found(given, self._exact[given], True)
        letters = bare(given)
        alike = self._bare.get(letters, []) if letters else []
        return Found(*alike[0], False) if len(alike) == 1 else None


def id_from(name: str) -> str:
    """An id made from a name, always the same for it: `Vos Optics` gives `vos-optics`.

    Names that differ in case and spaces alone share an id. Where more is lost than that, a checksum of
    the name keeps ids apart: `AT&T` gives `at-t-6590b9f7`. Raises `InvalidValue` for a name without any
    letter or digit.
    """
    if not bare(name):
        raise InvalidValue("name", name, "an id is made from it, so it needs a letter or digit")
    plain = "-".join(unicodedata.normalize("NFC", name).lower().split())
    slug = unicodedata.normalize("NFC", _UNFIT.sub("-", plain)).strip("-")
    if slug != plain or len(slug) > _LONGEST_ID:
        checksum = f"-{crc32(plain.encode()):08x}"
        slug = slug[: _LONGEST_ID - len(checksum)].rstrip("-") + checksum
    return identifier(slug, "name")
