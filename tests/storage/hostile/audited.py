"""What the library asks of Python while it reads hostile input; runs as a program of its own, as a hook stays for good.

A hook cannot be taken off again, and everything that is loaded on first use is loaded before it looks.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from tests.storage.every_kind import FILE
from tests.storage.hostile import cells, files, lines, names
from tests.storage.hostile.entries import (
    changed_documents,
    document,
    import_text,
    open_pipeline,
    read_all,
    read_rows,
    renamed,
    saved,
    with_record,
)
from tests.storage.hostile.foreign import FOREIGN
from tests.storage.hostile.texts import TEXTS

from salespipeline.errors import SalesPipelineError

FORBIDDEN = (
    "exec",
    "compile",
    "import",
    "socket.",
    "subprocess.",
    "pickle.",
    "marshal.",
    "ctypes.",
    "urllib.",
    "code.",
)
SPAWNING = ("os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.startfile", "pty.", "webbrowser.")
PLANTED: tuple[Callable[[], object], ...] = (
    lambda: Path("/dev/null").read_bytes(),
    lambda: exec("1"),  # noqa: S102  # the watch has to see it
    lambda: __import__("nobody_has_this"),
    lambda: subprocess.run(["true"], check=True),
)
Case = tuple[str, Callable[[], object]]


class Watch:
    """Notes what is asked while it looks, but for what is asked of files in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)
        self.is_looking = False
        self.seen: list[str] = []

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.is_looking:
            return
        if any("<cattrs generated" in str(each) for each in arguments):  # from the library's own classes, on first use
            return
        is_elsewhere = event.startswith(("open", "os.", "shutil.")) and any(map(self._is_elsewhere, arguments))
        if is_elsewhere or event.startswith((*FORBIDDEN, *SPAWNING)):
            self.seen.append(f"{event} {arguments!r:.200}")

    def _is_elsewhere(self, argument: object) -> bool:
        return isinstance(argument, str) and "/" in argument and not f"{argument}/".startswith(f"{self.folder}/")


def cases(path: Path) -> Iterator[Case]:
    """Every hostile input, with the doors it may come in by."""
    groups = (
        *(files.SHORTER, files.TRUNCATED, files.LINE_ENDS, files.ENCODED, files.MERGED, files.EMPTY, files.ZEROED),
        *(files.COPIED, files.LONG, FOREIGN, lines.HEADERS),
    )
    for name, data in [case for group in groups for case in group.items()]:
        yield f"open {name}", partial(written_and, read_all, path, data)
        yield f"salvage {name}", partial(written_and, saved, path, data)
    for name, text in [case for group in TEXTS.values() for case in group.items()]:
        yield f"import {name}", partial(import_text, text)
        yield f"catalog {name}", partial(catalog_of, path, text)
    for name, id in {**names.REFUSED, **names.HARMLESS, **names.SURROGATES}.items():
        yield f"id {name}", partial(import_text, renamed("sale", id))
    for name, data in {**cells.REFUSED_FILES, **cells.REJECTED_ROWS, **cells.HARMLESS_ROWS}.items():
        yield f"file {name}", partial(read_rows, data)
        yield f"row {name}", partial(read_rows, cells.HEADER + data)
    for text in list(changed_documents())[::10]:
        yield "changed document", partial(import_text, text)


def written_and(door: Callable[[Path], object], path: Path, data: bytes) -> None:
    path.write_bytes(data)
    path.with_name(f"{path.name}.head").unlink(missing_ok=True)
    door(path)


def catalog_of(path: Path, text: str) -> None:
    open_pipeline(with_record(path, "catalog/catalog", text))


def warm_up(path: Path) -> None:
    """Load what is loaded on first use: to read what is sound, to refuse what is not, and to tell of it."""
    for data in (FILE, FILE[:-9], b"x"):
        for door in (read_all, saved):
            with suppress(SalesPipelineError):
                written_and(door, path, data)
    for text in (document(), document().replace("12.50", "\u00e9"), renamed("sale", "\u0440"), "{}"):
        with suppress(SalesPipelineError):
            import_text(text)
            catalog_of(path, text)
    read_rows(cells.HEADER + cells.ROW + cells.REJECTED_ROWS["no title"])


def see(watch: Watch, act: Callable[[], object]) -> list[str]:
    watch.seen.clear()
    watch.is_looking = True
    try:
        with suppress(SalesPipelineError, ImportError):
            act()
    finally:
        watch.is_looking = False
    return list(watch.seen)


def main() -> None:
    """Print how many inputs were read in the folder, and what was asked beyond it."""
    folder = Path(sys.argv[1])
    path = folder / "s"
    warm_up(path)
    watch = Watch(folder)
    sys.addaudithook(watch)
    for planted in PLANTED:
        assert see(watch, planted), "the watch sees nothing"
    found = [(name, see(watch, act)) for name, act in cases(path)]
    for name, seen in found:
        print(*[f"{name}: {each}\n" for each in seen], sep="", end="")  # noqa: T201  # this is how the test hears of it
    print(len(found))  # noqa: T201  # the same
