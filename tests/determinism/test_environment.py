"""The same calls leave the same bytes, wherever they are made: in real processes of every odd kind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.determinism.a_day import FILES, spend

ODD = {
    "another": {},
    "hash seed 0": {"PYTHONHASHSEED": "0"},
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "Kathmandu, 5:45 ahead": {"TZ": "Asia/Kathmandu"},
    "Apia, where it is tomorrow": {"TZ": "Pacific/Apia"},
    "St. John's, on the day of its summer time": {"TZ": "America/St_Johns"},
    "a locale of ASCII": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "without assertions": {"PYTHONOPTIMIZE": "1"},
    "without docstrings": {"PYTHONOPTIMIZE": "2"},
    "with every check and warning": {"PYTHONDEVMODE": "1", "PYTHONWARNINGS": "error"},
    "a narrow decimal context": {"narrow": "yes"},
    "all of it": {
        "PYTHONHASHSEED": "2", "TZ": "Pacific/Apia", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0",
        "PYTHONOPTIMIZE": "1", "narrow": "yes",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("usual")
    spend(folder)
    return left_in(folder)


def left_in(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


@pytest.mark.parametrize("odd", ODD)
def test_p_t1_a_day_leaves_the_same_bytes_anywhere(odd: str, usual: dict[str, bytes], tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LC_", "LANG", "TZ"))}
    environment = {**kept, "PYTHONPATH": os.pathsep.join(["src", *sys.path]), **ODD[odd]}
    narrow = ["--narrow"] if environment.pop("narrow", "") else []
    command = [sys.executable, "-m", "tests.determinism.a_day", str(tmp_path), *narrow]
    ran = subprocess.run(command, env=environment, check=False, capture_output=True, timeout=120)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert left_in(tmp_path) == usual


def test_p_t1_another_clock_leaves_other_bytes(usual: dict[str, bytes]) -> None:
    """The files of the day do hold what the clock and the ids gave: that they are equal says something."""
    journal = (usual["store.jsonl.past-1"] + usual["store.jsonl"]).decode()
    assert '"at":"2026-03-29T00:32:00.000000Z"' in journal
    assert '"key":"sale/V-3"' in journal
    assert "weighted" in usual["questions.txt"].decode()
