"""What a program does beside what it should, as the interpreter itself tells it: audit events.

Run as a program of its own, since an audit hook stays for good: `python -m tests.security.watching FOLDER LOADER PATH
LOADER PATH...` prints for each loader what it did that loading a file must not do, and how often it opened what it may.
"""

import importlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from tests.determinism.a_day import Clock, spend
from tests.exchange.furniture import CATALOG

from salespipeline import JsonStorage, MemoryStorage, Pipeline, SalesPipelineError
from salespipeline.exchange import SaleMapping, export_document, import_document, read_csv, text
from salespipeline.model.people import Company, Person, User
from salespipeline.storage import Storage
from salespipeline.storage.journal.salvage import salvage
from salespipeline.storage.sql import SqlStorage

NEVER = (
    "exec compile import marshal. pickle. ctypes. socket. ssl. subprocess. os.system os.exec os.posix_spawn os.fork"
    " os.startfile os.putenv pty. urllib. http. ftplib. smtplib. webbrowser. code.__new__ function.__new__ cpython.run_"
    " sqlite3.enable_load_extension sqlite3.load_extension"
)
ON_PATHS = (
    "open os.listdir os.scandir os.mkdir os.remove os.rename os.rmdir os.link os.symlink os.chmod os.truncate os.utime"
    " os.chdir sqlite3.connect shutil. tempfile. glob."
)


class Watch:
    """An audit hook that notes what must not happen while it watches; `folder` is where files may be opened."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder.resolve())
        self.is_watching = False
        self.never, self.on_paths = tuple(NEVER.split()), tuple(ON_PATHS.split())
        self.seen: list[str] = []
        self.allowed = 0
        sys.addaudithook(self.hear)
        sys.meta_path.insert(0, self)

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Be asked for every module that is not there yet: `importlib` imports without an event of its own."""
        if self.is_watching:
            self.note("find_spec", (name,))

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.is_watching:
            return
        if event.startswith(self.never):
            self.note(event, arguments)
        elif event.startswith(self.on_paths):
            named: list[str | bytes] = [each for each in arguments if isinstance(each, (str, bytes))]
            texts = [text for text in map(os.fsdecode, named) if text not in ("", "r", "w", "rb", "r+b")]
            if all(text.startswith(self.folder) for text in texts):
                self.allowed += 1
            else:
                self.note(event, arguments)

    def note(self, event: str, arguments: tuple[Any, ...]) -> None:
        self.is_watching = False  # telling it makes events of its own
        self.seen.append(f"{event} {arguments!r:.200}")
        self.is_watching = True

    def over(self, act: Callable[[], object]) -> None:
        """Watch while something is done; refusing it in the library's own words is fine."""
        self.is_watching = True
        try:
            act()
        except SalesPipelineError as error:
            str(error)
        finally:
            self.is_watching = False


def everything_in(storage: Storage) -> None:
    """Read all that a store has."""
    try:
        pipeline = Pipeline(storage, clock=Clock())
        _ = pipeline.parties(Company), pipeline.parties(Person), pipeline.parties(User)
        for sale in pipeline.sales():
            _ = sale.history, sale.activities, str(sale), repr(sale)
            pipeline.available(sale)
            for revision in pipeline.revisions(sale.id):
                str(revision)
        export_document(storage)
    finally:
        storage.close()


MAPPING = SaleMapping(
    type="deal", id=text("id"), title=text("title"), note=text("note"), registered_on=date(2026, 1, 1)
)

LOADERS: dict[str, Callable[[Path], object]] = {
    "journal": lambda path: everything_in(JsonStorage(path)),
    "sqlite": lambda path: everything_in(SqlStorage(f"sqlite:///{path}")),
    "document": lambda path: import_document(
        path.read_text(encoding="utf-8", errors="replace"), MemoryStorage(), clock=Clock()
    ),
    "csv": lambda path: read_csv(path, MAPPING, CATALOG).report.summary(),
    "salvage": lambda path: salvage(path, path.with_name(f"{path.name}.saved")),
}
# What no loader may do, each to be caught.
TREACHEROUS: dict[str, Callable[[], object]] = {
    "eval": lambda: eval("1 + 1"),  # noqa: S307  # that it runs code is the point
    "import": lambda: __import__("nobody_has_this"),
    "importlib": lambda: importlib.import_module("nobody_has_this_either"),
    "another file": lambda: Path(__file__).read_text(encoding="utf-8"),
    "another folder": lambda: os.listdir("/"),
    "a program": lambda: subprocess.run(["true"], check=False),
    "the network": lambda: socket.create_connection(("127.0.0.1", 9), timeout=1),
}


def treacherous(name: str) -> None:
    with suppress(ImportError, OSError):
        TREACHEROUS[name]()


def warmed_up(folder: Path) -> Iterator[tuple[str, Path]]:
    """Harmless files, one for each loader: what is imported and made on first use is, after loading them."""
    spend(folder)
    yield "journal", folder / "store.jsonl"
    yield "document", folder / "document.json"
    yield "salvage", folder / "store.jsonl"
    copied = folder / "store.db"
    import_document((folder / "document.json").read_text(encoding="utf-8"), SqlStorage(f"sqlite:///{copied}")).close()
    yield "sqlite", copied
    (folder / "deals.csv").write_text("id,title,note\nD-1,Desks,\n,,x\n", encoding="utf-8")
    yield "csv", folder / "deals.csv"


def main(folder: Path, asked: list[str]) -> None:
    harmless = folder / "harmless"
    harmless.mkdir()
    for loader, file in warmed_up(harmless):
        with suppress(SalesPipelineError):
            LOADERS[loader](file)
    watch, told = Watch(folder), list[object]()
    for name, path in zip(asked[::2], asked[1::2], strict=True):
        watch.seen, watch.allowed = [], 0
        watch.over(partial(LOADERS[name], Path(path)) if name in LOADERS else partial(treacherous, name))
        told.append((watch.seen, watch.allowed))
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
