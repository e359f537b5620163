"""Generated blocks in Markdown files: what stands between their markers is what the code prints.

A block begins with `<!-- generated: lifecycle superoffice -->` and ends with `<!-- end generated -->`; the
names are those of `BLOCKS`. `python -m salespipeline.notebook.publish README.md docs/reference/lifecycles.md`
brings the blocks of some files up to date and names the files that changed.
"""

import re
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType

from salespipeline.errors import InvalidValue, UnknownEntry
from salespipeline.model.dialect import Dialect
from salespipeline.model.moves import MOVES
from salespipeline.model.quote_life import QUOTE_LIFECYCLE
from salespipeline.notebook.diagrams import (
    dialects_table,
    lifecycle_diagram,
    lifecycle_matrix,
    lifecycle_table,
    moves_table,
    quote_diagram,
    quote_table,
)
from salespipeline.presets import business_central, contact_manager, superoffice

_DIALECTS = (superoffice.DIALECT, contact_manager.DIALECT, business_central.DIALECT)
_BEGIN, _END = "<!-- generated:", "<!-- end generated -->"
_BLOCK = re.compile(rf"({_BEGIN} ([\w -]+) -->\n)(.*?)({_END})", re.DOTALL)


def _fenced_diagram(dialect: Dialect) -> str:
    return f"```mermaid\n{lifecycle_diagram(dialect.lifecycle)}\n```"


def _blocks() -> dict[str, Callable[[], str]]:
    found: dict[str, Callable[[], str]] = {}
    for dialect in _DIALECTS:
        found[f"lifecycle {dialect.name}"] = partial(lifecycle_table, dialect.lifecycle)
        found[f"matrix {dialect.name}"] = partial(lifecycle_matrix, dialect.lifecycle)
        found[f"diagram {dialect.name}"] = partial(_fenced_diagram, dialect)
    found["moves"] = partial(moves_table, MOVES, _DIALECTS)
    found["dialects"] = partial(dialects_table, _DIALECTS)
    found["quote lifecycle"] = partial(quote_table, QUOTE_LIFECYCLE)
    found["quote diagram"] = lambda: f"```mermaid\n{quote_diagram(QUOTE_LIFECYCLE)}\n```"
    return found


BLOCKS = MappingProxyType(_blocks())


def block_names(text: str) -> tuple[str, ...]:
    """The names of the generated blocks in a Markdown text, in their order; `InvalidValue` for a block without end."""
    names = tuple(found[2] for found in _BLOCK.finditer(text))
    if not len(names) == text.count(_BEGIN) == text.count(_END):
        raise InvalidValue("generated blocks", names, f"each {_BEGIN} name --> needs an {_END} of its own")
    return names


def refreshed(text: str) -> str:
    """The Markdown text with every generated block as the code prints it now.

    Raises `UnknownEntry` for a name that is not in `BLOCKS`, `InvalidValue` for a block without end.
    """
    block_names(text)
    return _BLOCK.sub(lambda found: f"{found[1]}\n{_printed(found[2])}\n\n{found[4]}", text)


def _printed(name: str) -> str:
    if name not in BLOCKS:
        raise UnknownEntry("generated block", name, BLOCKS)
    return BLOCKS[name]()


def main(paths: Sequence[str]) -> None:
    """Bring the blocks of some files up to date."""
    for path in map(Path, paths):
        before = path.read_text(encoding="utf-8")
        after = refreshed(before)
        if after != before:
            path.write_text(after, encoding="utf-8")
            sys.stdout.write(f"refreshed {path}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
