"""No rule and no question looks outside: the day, the user and ids come in as parameters."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "salespipeline"
ROOMS = ("model", "rules", "insight", "presets", "codec")

OUTSIDE = (
    "asyncio gc getpass glob io locale multiprocessing os pathlib platform random secrets shutil signal"
    " socket subprocess sys tempfile threading time urllib uuid weakref zoneinfo"
)
CLOCKS = "today now utcnow fromtimestamp utcfromtimestamp astimezone"  # of `date` and `datetime`
DOORS = "open input print breakpoint __import__ eval exec compile"
# Where the sample book may use chance: a source of its own, begun from a number that it is given.
ALLOWED = {"presets/sample.py": {"random"}}


def modules() -> list[Path]:
    return [path for room in ROOMS for path in sorted((SOURCE / room).rglob("*.py"))]


def imported(tree: ast.AST) -> set[str]:
    found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    found |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in found}


def looks(tree: ast.AST) -> set[str]:
    """Where it names a clock, called or not: one that is handed on as a default is one, too; and calls a door."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS.split():
            found |= {ast.unparse(node)} if ast.unparse(node.value).split(".")[-1] in ("date", "datetime") else set()
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DOORS.split():
            found.add(node.func.id)
        elif isinstance(node, ast.alias) and node.asname and node.name in ("date", "datetime"):
            found.add(f"{node.name} as {node.asname}")
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_p_t2_a_rule_imports_nothing_from_outside(path: Path) -> None:
    allowed = ALLOWED.get(path.relative_to(SOURCE).as_posix(), set())
    assert imported(ast.parse(path.read_text(encoding="utf-8"))) & set(OUTSIDE.split()) <= allowed


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_p_t2_a_rule_asks_no_clock_and_opens_nothing(path: Path) -> None:
    assert looks(ast.parse(path.read_text(encoding="utf-8"))) == set()


@pytest.mark.parametrize(
    "code",
    [
        "from time import time",
        "import os.path",
        "def f():\n    import random",
        "from datetime import date\nclock = date.today",
        "def f(on=datetime.now): ...",
        "import datetime\ndatetime.datetime.now(datetime.UTC)",
        "from datetime import date as day",
        "open('x')",
    ],
)
def test_p_t2_looking_outside_is_seen(code: str) -> None:
    tree = ast.parse(code)
    assert imported(tree) & set(OUTSIDE.split()) or looks(tree)


WITHOUT = """
import builtins, os, random, sys, time
from datetime import date

from salespipeline import Lose, Next, Revise, Sell, apply, available, register
from salespipeline.insight import forecast, overview
from salespipeline.presets import superoffice

def work():
    type = superoffice.catalog().types[0]
    sale = register(type, id="S-1", title="Desks", on=date(2026, 1, 5), currency="EUR", amount="100.00", by="anna")
    sale = apply(apply(sale, Next(), on=date(2026, 1, 6)), Revise(margin="40"), on=date(2026, 1, 7))
    offers = available(sale, on=date(2026, 1, 8))
    sales = [apply(sale, Sell(), on=date(2026, 1, 9)), apply(sale, Lose(), on=date(2026, 1, 9))]
    return repr((sales, offers, str(forecast(sales, by="owner")), overview(sales, on=date(2026, 1, 9))))

first = work()  # what is loaded and made on first use is, by now

def refuse(*_, **__):
    raise AssertionError("it looked outside")

class Nowhere(dict):
    __getitem__ = __contains__ = get = refuse

for module, names in ((time, "time time_ns monotonic perf_counter sleep"), (random, "random randrange choice"),
                      (os, "getenv urandom getcwd getpid"), (builtins, "open input print")):
    for name in names.split():
        setattr(module, name, refuse)
os.environ = Nowhere()
sys.exit(0 if work() == first else 1)
"""


def test_p_t2_rules_work_where_there_is_no_outside() -> None:
    """Without a clock, an environment, chance and files, rules and questions say what they said."""
    ran = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, check=False, timeout=120, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
