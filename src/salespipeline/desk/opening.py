"""Which storage a place stands for."""

from os import PathLike

from salespipeline.errors import InvalidValue
from salespipeline.storage import JsonStorage, MemoryStorage, Storage


def storage_of(where: "str | PathLike[str] | Storage") -> Storage:
    """A storage as it is; `"memory:"` is a new store in memory, a bare path a JSON journal."""
    if not isinstance(where, (str, PathLike)):
        if not hasattr(where, "commit"):
            raise InvalidValue("storage", where, "give a path, 'memory:' or a Storage")
        return where
    if where == "memory:":
        return MemoryStorage()
    return JsonStorage(where)
