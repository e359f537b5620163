"""Every promise of a store has a test that carries its id: `test_p_d1_...` is about P-D1."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from salespipeline.testing import CONTRACT, PROMISES, promises_of

TESTS = Path(__file__).parent

# How many there are of each kind: durability, atomicity, recovery, versions, concurrency, security, determinism.
COUNTS = {"D": 7, "A": 9, "R": 9, "V": 5, "C": 5, "S": 6, "T": 4}
IDS = [f"P-{letter}{number}" for letter, count in COUNTS.items() for number in range(1, count + 1)]

NAMED = re.compile(r"(?<=_)p_([a-z])(\d+)(?=_)")


def names_of_tests(text: str) -> Iterator[str]:
    """The names of the test functions of a module, in classes or not."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name


def ids_in(name: str) -> list[str]:
    """The promises that a test names: `test_p_a1_p_a3_...` is about two."""
    return [f"P-{letter.upper()}{number}" for letter, number in NAMED.findall(f"{name}_")]


@cache
def carried() -> dict[str, list[str]]:
    """For each promise the tests that carry its id."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(TESTS.rglob("*.py")):
        for name in names_of_tests(path.read_text(encoding="utf-8")):
            for promise in ids_in(name):
                found[promise].append(f"{path.relative_to(TESTS).as_posix()}::{name}")
    return dict(found)


def test_the_promises_are_these() -> None:
    assert list(PROMISES) == IDS


@pytest.mark.parametrize("promise", IDS)
def test_every_promise_has_a_test_of_its_name(promise: str) -> None:
    assert carried().get(promise, []) != []


def test_no_test_is_about_a_promise_that_does_not_exist() -> None:
    assert {promise: tests for promise, tests in carried().items() if promise not in IDS} == {}


def test_every_clause_is_about_promises_that_exist() -> None:
    assert {promise for clause in CONTRACT for promise in promises_of(clause)} <= set(IDS)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("def test_p_d1_it_is_there(): ...", ["P-D1"]),
        ("class TestIt:\n    async def test_p_a1_p_a3_writers(self): ...", ["P-A1", "P-A3"]),
        ("def test_stop_s1_no(): ...\ndef p_s1_helper(): ...\n# test_p_s1_comment", []),
        ("def test_map_p_s1(): ...", ["P-S1"]),
    ],
)
def test_ids_are_found_in_the_names_of_tests(text: str, ids: list[str]) -> None:
    assert [promise for name in names_of_tests(text) for promise in ids_in(name)] == ids
