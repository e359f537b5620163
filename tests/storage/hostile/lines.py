"""Journals with right checksums and links that say something else than they should, at any place of any line."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from tests.codec.damage import WRONG, places
from tests.storage.every_kind import LINES
from tests.storage.journals import HEADER, sealed

from salespipeline.rules.typed import is_a

_MORE: tuple[Any, ...] = (-1, 10**18, [[]], "\ud800", "../x", "a\u202eb", "0" * 8, "del")


def senseless() -> Iterator[tuple[str, bytes]]:
    """Each place of each line with something else in it, or nothing, or more; named after the place."""
    for number, text in enumerate(LINES):
        whole = json.loads(text + "}")
        for path, other in _changed(whole):
            changed = _as_text(other)
            yield f"line {number}: {path}", sealed([*LINES[:number], changed, *LINES[number + 1 :]])


def _changed(whole: Any) -> Iterator[tuple[str, Any]]:
    for place, (_, key) in enumerate(places(whole)):
        for value in (*WRONG[place % 2 :: 2], *_MORE):
            other, inside = _place_in(whole, place)
            inside[key] = value
            yield f"{key!r} is {value!r:.20}", other
        other, inside = _place_in(whole, place)
        del inside[key]
        yield f"without {key!r}", other
        other, inside = _place_in(whole, place)
        if is_a(inside, list):
            inside.append(None)
        else:
            inside["unknown"] = [1]
        yield f"more beside {key!r}", other


def _place_in(whole: Any, place: int) -> tuple[Any, Any]:
    """A copy, and what in it the place is in."""
    other = deepcopy(whole)
    return other, list(places(other))[place][0]


def _as_text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":")).removesuffix("}")


def _header(**fields: str) -> bytes:
    """The same journal with other text in a field of its header."""
    text = HEADER
    for name, given in fields.items():
        start = text.index(f'"{name}":') + len(name) + 3
        end = text.index("}", start) + 1 if name == "cmds" else text.index(",", start) if "," in text[start:] else None
        text = f"{text[:start]}{given}{'' if end is None else text[end:]}"
    return sealed([text, *LINES[1:]])


HEADERS = {
    "a later reader": _header(reader="99"),
    "a reader beyond all": _header(reader=str(10**40)),
    "reader zero": _header(reader="0"),
    "a reader below zero": _header(reader="-1"),
    "a reader as text": _header(reader='"1"'),
    "a reader with a point": _header(reader="1.0"),
    "true as reader": _header(reader="true"),
    "no generation": _header(gen="0"),
    "a generation beyond all": _header(gen=str(10**18)),
    "a number below zero": _header(seq="-1"),
    "another number": _header(seq="2"),
    "a number with an exponent": _header(seq="3e0"),
    "NaN as number": _header(seq="NaN"),
    "thousands of digits": _header(seq="3" * 5_000),
    "too many records": _header(records="3"),
    "records beyond all": _header(records=str(10**17)),
    "too few records": _header(records="1"),
    "a store of no name": _header(store='""'),
    "a store with a path": _header(store='"../x"'),
    "a store of 25 letters": _header(store='"' + "x" * 25 + '"'),
    "a store with a line break": _header(store='"a\\nb"'),
    "a store of other letters": _header(store='"\u0455tore"'),
    "commands in a list": _header(cmds='["c0"]}'[:-1]),
    "a command below zero": _header(cmds='{"c0":-1}'),
    "a command as text": _header(cmds='{"c0":"1"}'),
    "a command twice": _header(cmds='{"c0":1,"c0":1}'),
    "a link": _header(prev='"12345678"'),
    "another format": _header(format='"salespipeline-journal2"'),
    "a format twice": sealed([HEADER.replace('"reader"', '"format":"salespipeline-journal","reader"'), *LINES[1:]]),
    "no reader": sealed([HEADER.replace('"reader":1,', ""), *LINES[1:]]),
    "no commands": sealed([HEADER.replace('"cmds":{"c0":1},', ""), *LINES[1:]]),
}
