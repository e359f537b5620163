"""A megabyte of anything is taken or refused within bounds of memory and of steps; more is refused by its size."""

import sys
import tracemalloc
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from tests.exchange.furniture import CATALOG

from salespipeline import InvalidValue, JsonStorage, MemoryStorage, SalesPipelineError
from salespipeline.codec import decode_sale
from salespipeline.exchange import SaleMapping, each_row, import_document, text
from salespipeline.storage.jsontext import Limits, loads

MEGABYTE = 1 << 20
MOST = 50 << 20

# What a megabyte of each is made of: a beginning, a part that is repeated, and an end.
SHAPES: dict[str, tuple[str, str, str]] = {
    "open brackets": ("", "[", ""),
    "open objects": ("", '{"":', ""),
    "escaped quotes": ('"', '\\"', ""),
    "broken escapes": ('"', "\\", ""),
    "quotes": ("", '"', ""),
    "commas": ("", ",", ""),
    "small lists": ("[", "[],", "[]]"),
    "deep and shut": ("", "[[[[[[]]]]]],", ""),
    "digits": ("", "9", ""),
    "an endless text": ('"', "x", '"'),
    "escapes": ('"', "\\u0041", '"'),
    "texts beyond ASCII": ('["', "é€😀", '"]'),
    "spaces": ("", " ", ""),
    "lines": ("", "\n", ""),
    "rows": ("id,title\n", "S-1,Desks\n", ""),
    "cells": ("id,title\n", "x,", "\n"),
    "open quotes": ("id,title\n", '"', "\n"),
    "open quotes in rows": ("id,title\n", '"x\n', "\n"),
    "a table of blanks": ("id,title\n", ",\n", ""),
    "backslashes": ("", "\\", ""),
    "nothing": ("", "\x00", ""),
    "objects of one name": ("[", '{"a":1},', "{}]"),
}


def made(shape: str, size: int) -> str:
    begin, part, end = SHAPES[shape]
    room = size - len((begin + end).encode())
    return begin + part * (room // len(part.encode())) + end


MAPPING = SaleMapping(type="deal", id=text("id"), title=text("title"), registered_on=date(2026, 1, 1))


def opened(data: str, folder: Path) -> object:
    path = folder / f"{len(data)}.jsonl"
    path.write_text(data, encoding="utf-8")
    return JsonStorage(path)


def with_body(data: str, folder: Path) -> object:
    return decode_sale("S-1", 1, data, CATALOG.type)


DOORS: dict[str, Callable[[str, Path], object]] = {
    "JSON text": lambda data, folder: loads(data),
    "a journal": opened,
    "a record": with_body,
    "a document": lambda data, folder: import_document(data, MemoryStorage()),
}


def entered(door: str, data: str, folder: Path) -> str:
    """Whether the text was taken; any error but the library's own is a fault."""
    try:
        DOORS[door](data, folder)
    except SalesPipelineError as error:
        return str(error)
    return "taken"


def peak(act: Callable[[], object]) -> int:
    """The most memory in bytes that Python had to find for it."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def steps(act: Callable[[], object]) -> int:
    """How many functions it called, of Python and of C: a measure of work that no busy machine distorts.

    How long one call of C takes it does not see.
    """
    count = 0

    def called(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event.endswith("call")

    sys.setprofile(called)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


# Behind these doors stands that of JSON text: only what passes it can take more than it does.
BEHIND = ("a record", "a document")
PASSING = ("an endless text", "escapes", "texts beyond ASCII", "objects of one name", "small lists", "digits")
CASES = [(shape, door) for door in DOORS for shape in SHAPES if door not in BEHIND or shape in PASSING]


@pytest.mark.parametrize(("shape", "door"), CASES)
def test_p_s2_a_megabyte_takes_fifty_at_most(shape: str, door: str, tmp_path: Path) -> None:
    assert peak(lambda: entered(door, made(shape, MEGABYTE), tmp_path)) < MOST


@pytest.mark.parametrize(("shape", "door"), CASES)
def test_p_s2_four_times_as_much_takes_four_times_the_steps(shape: str, door: str, tmp_path: Path) -> None:
    small, large = made(shape, MEGABYTE // 128), made(shape, MEGABYTE // 32)
    entered(door, small, tmp_path)
    least = steps(lambda: entered(door, small, tmp_path))
    assert steps(lambda: entered(door, large, tmp_path)) < 5 * least + 500


def test_p_s2_more_is_refused_by_its_size_alone() -> None:
    """Neither parsed nor scanned: it takes no memory and no steps to speak of, however much it is."""
    for size in (2, 32):
        data = f'"{"x" * size * MEGABYTE}"'

        def refused(data: str = data) -> None:
            with pytest.raises(InvalidValue, match="bytes"):
                loads(data)

        assert peak(refused) < MEGABYTE // 16
        assert steps(refused) < 500


def test_p_s2_the_bounds_are_arguments() -> None:
    data = f'"{"x" * 2 * MEGABYTE}"'
    assert loads(data, limits=Limits(bytes=3 * MEGABYTE)) == data[1:-1]
    with pytest.raises(InvalidValue):
        loads("[1,2,3]", limits=Limits(commas=1))


def test_work_that_is_not_in_proportion_is_seen() -> None:
    def compare_all(count: int) -> None:
        for one in range(count):
            for other in range(count):
                abs(one - other)

    assert steps(lambda: compare_all(80)) > 5 * steps(lambda: compare_all(20)) + 500
    assert peak(lambda: bytes(2 * MEGABYTE)) > MEGABYTE


@pytest.mark.parametrize("shape", SHAPES)
def test_p_s2_the_rows_of_a_file_take_no_more_the_more_they_are(shape: str) -> None:
    """Tens of thousands of rows take their time, and are given one by one: how many they are makes no difference."""

    def read(size: int) -> object:
        with suppress(SalesPipelineError):
            return deque(each_row(BytesIO(made(shape, size).encode()), MAPPING, CATALOG), maxlen=0)
        return None

    read(1_000)
    assert peak(lambda: read(MEGABYTE // 64)) < 4 * MEGABYTE
    assert steps(lambda: read(MEGABYTE // 64)) < 5 * steps(lambda: read(MEGABYTE // 256)) + 500
