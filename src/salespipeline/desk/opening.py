"""Which storage a place stands for: a path, a name with a scheme, or a storage itself."""

import re
from collections.abc import Callable
from os import PathLike
from typing import cast

from salespipeline.errors import InvalidValue
from salespipeline.storage import JsonStorage, MemoryStorage, Storage

GROUP = "salespipeline.storages"
_SCHEME = re.compile(r"([a-z][a-z0-9]+)(?:\+[a-z0-9]+)?:", re.ASCII)


def storage_of(where: "str | PathLike[str] | Storage") -> Storage:
    """A storage as it is; or the one that a text names.

    `"memory:"` is a new store in memory; `"json:acme.jsonl"`, like a bare path, a JSON journal;
    `"sqlite:///acme.db"` and `"postgresql+psycopg://..."` a database, with the extra `sql`. Other schemes
    are those of installed packages, from the entry-point group `salespipeline.storages`: a function that is
    given the whole text. A path with a colon is given as a `Path`, or after `json:`.
    """
    if not isinstance(where, (str, PathLike)):
        if not hasattr(where, "commit"):
            raise InvalidValue("storage", where, "give a path, 'memory:' or a Storage")
        return where
    named = _SCHEME.match(where) if isinstance(where, str) else None
    if named is None or not isinstance(where, str):
        return JsonStorage(where)
    return _opener(named[1])(where)


def _opener(scheme: str) -> Callable[[str], Storage]:
    if scheme in _OWN:
        return _OWN[scheme]
    from importlib.metadata import entry_points  # loaded for those who need it

    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    if scheme not in found:
        known = ", ".join(repr(f"{name}:") for name in sorted({*_OWN, *found}))
        raise InvalidValue("storage", f"{scheme}:", f"no such storage is installed; use one of {known}, or a Path")
    return cast("Callable[[str], Storage]", found[scheme].load())


def _memory(where: str) -> Storage:
    if where != "memory:":
        raise InvalidValue("storage", where, "a store in memory has no name; use 'memory:'")
    return MemoryStorage()


def _json(where: str) -> Storage:
    return JsonStorage(where.removeprefix("json:"))


def _sql(where: str) -> Storage:
    try:
        from salespipeline.storage.sql import SqlStorage  # an extra, loaded for those who need it
    except ImportError as error:
        reason = f"it takes the extra 'sql' (pip install 'salespipeline[sql]'): {error}"
        raise InvalidValue("storage", where.split(":")[0], reason) from error
    return SqlStorage(where)


_OWN: dict[str, Callable[[str], Storage]] = {
    "memory": _memory,
    "json": _json,
    "sqlite": _sql,
    "postgresql": _sql,
}
