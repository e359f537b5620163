"""Which storage a place stands for."""

from os import PathLike

from salespipeline.storage import JsonStorage, MemoryStorage, Storage


def storage_of(where: "str | PathLike[str] | Storage") -> Storage:
    """A storage as it is; `"memory:"` is a new store in memory, a bare path a JSON journal."""
    if not isinstance(where, (str, PathLike)):
        return where
    if where == "memory:":
        return MemoryStorage()
    return JsonStorage(where)
