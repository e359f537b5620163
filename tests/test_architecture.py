"""The house rules that a reader can count on, held by reading the source."""

import ast
import subprocess
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"

LAYERS = (
    ("errors",),
    ("model",),
    ("rules",),
    ("presets", "insight", "quoting"),
    ("storage",),
    ("codec",),
    ("desk",),
    ("pipeline",),
    ("exchange", "notebook"),
    ("testing",),
)
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}

OUTSIDE = "asyncio io locale os pathlib platform random secrets socket subprocess sys tempfile threading time uuid"
CLOCK = "date.today datetime.today datetime.now datetime.utcnow"

# Where (empty: everywhere), and what must not be imported there.
NOT_IMPORTED = (
    ("model", OUTSIDE),
    ("rules", OUTSIDE),
    ("model", "__future__"),  # it hides the types from Hypothesis's builds()
    ("", "dill marshal pickle shelve yaml"),
)
# Where (empty: everywhere), and what must not be called there.
NOT_CALLED = (
    ("model", f"{CLOCK} input open print"),
    ("rules", f"{CLOCK} input open print"),
    ("insight", f"{CLOCK} input open print"),
    ("", "__import__ eval exec"),
)


# Where lines are left out of the coverage that must be whole, and how often: what another platform, or a child that
# is forked, is the only one to reach.
LEFT_OUT = {
    "salespipeline.storage.journal.lock": 4,
    "salespipeline.storage.journal.system": 4,
    "salespipeline.testing.forked": 2,
}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


PATHS = {name_of(path): path for path in sorted(SOURCE.rglob("*.py"))}
MODULES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in PATHS.items()}


def room(name: str) -> str:
    """The part of the house a module belongs to: `model` for `salespipeline.model.sale`, empty for the top."""
    return name.split(".")[1] if "." in name else ""


def modules_in(where: str) -> list[str]:
    """The modules of a room; of an empty one, every module."""
    return [name for name in MODULES if room(name) == where or not where]


def imported(name: str) -> Iterator[str]:
    """Every module that a module imports, by its full name, wherever in the file the import stands."""
    for node in ast.walk(MODULES[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = name.split(".") if PATHS[name].stem == "__init__" else name.split(".")[:-1]
            above = package[: len(package) + 1 - node.level] if node.level else []
            source = ".".join([*above, *filter(None, [node.module])])
            for alias in node.names:
                yield f"{source}.{alias.name}" if f"{source}.{alias.name}" in MODULES else source


def imported_rooms(name: str) -> set[str]:
    """The other rooms that a module looks into; the top of the package is the empty one."""
    return {room(target) for target in imported(name) if target.split(".")[0] == "salespipeline"} - {room(name)}


def called(name: str) -> set[str]:
    """What a module calls, as written: `open`, and `date.today` also for `datetime.date.today`."""
    calls = [node.func for node in ast.walk(MODULES[name]) if isinstance(node, ast.Call)]
    return {".".join(ast.unparse(function).split(".")[-2:]) for function in calls}


def test_every_module_has_a_place_in_the_layers() -> None:
    assert {room(name) for name in MODULES} - {""} <= set(LEVEL)


def test_imports_point_down() -> None:
    looks = [(name, other) for name in MODULES if room(name) for other in imported_rooms(name)]
    assert [(name, other) for name, other in looks if LEVEL.get(other, len(LAYERS)) >= LEVEL[room(name)]] == []


def test_no_import_goes_in_a_circle() -> None:
    graph = {name: [target for target in imported(name) if target in MODULES] for name in MODULES}
    TopologicalSorter(graph).prepare()


def test_storage_knows_errors_and_itself_only() -> None:
    assert [name for name in modules_in("storage") if not imported_rooms(name) <= {"errors"}] == []


def test_only_the_codec_imports_cattrs() -> None:
    users = {room(name) for name in MODULES if "cattrs" in {target.split(".")[0] for target in imported(name)}}
    assert users <= {"codec"}


@pytest.mark.parametrize(("where", "modules"), NOT_IMPORTED)
def test_no_forbidden_import(where: str, modules: str) -> None:
    imports = [(name, target) for name in modules_in(where) for target in imported(name)]
    assert [(name, target) for name, target in imports if target.split(".")[0] in modules.split()] == []


@pytest.mark.parametrize(("where", "functions"), NOT_CALLED)
def test_no_forbidden_call(where: str, functions: str) -> None:
    calls = [(name, function) for name in modules_in(where) for function in called(name)]
    assert [(name, function) for name, function in calls if function in functions.split()] == []


def test_no_import_for_the_type_checker_alone() -> None:
    assert [name for name, path in PATHS.items() if "TYPE_CHECKING" in path.read_text(encoding="utf-8")] == []


def test_no_assert_statement_outside_the_contract() -> None:
    asserting = {name for name in MODULES if any(isinstance(node, ast.Assert) for node in ast.walk(MODULES[name]))}
    assert asserting <= set(modules_in("testing"))


def test_no_module_is_long() -> None:
    assert [name for name, path in PATHS.items() if path.read_text(encoding="utf-8").count("\n") > 400] == []


def test_an_init_holds_imports_and_names_only() -> None:
    inits = [name for name, path in PATHS.items() if path.stem == "__init__"]
    allowed = (ast.Expr, ast.Import, ast.ImportFrom, ast.Assign)
    assert [name for name in inits if not all(isinstance(node, allowed) for node in MODULES[name].body)] == []


def test_the_readme_opens_with_the_demo_and_the_tests() -> None:
    opening = (ROOT / "README.md").read_text(encoding="utf-8").split("```")[1]
    assert "make demo" in opening
    assert "make test" in opening


def test_no_tracked_file_is_large() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, encoding="utf-8")
    tracked = [ROOT / name for name in listed.stdout.split("\0") if name]
    assert [path for path in tracked if path.is_file() and path.stat().st_size > 1_000_000] == []


def test_what_coverage_leaves_out_is_counted() -> None:
    found = {name: path.read_text(encoding="utf-8").count("# pragma: no ") for name, path in PATHS.items()}
    assert {name: count for name, count in found.items() if count} == LEFT_OUT
