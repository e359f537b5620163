"""Loading a file runs nothing, imports nothing and opens nothing else, whatever is in it."""

import csv
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.determinism.a_day import spend
from tests.security.watching import LOADERS, TREACHEROUS

from salespipeline import JsonStorage, Pipeline
from salespipeline.storage import Change, Commit, Storage
from salespipeline.storage.sql import SqlStorage

AT = datetime(2026, 4, 1, tzinfo=UTC)

# What some format or other would run, import, open or fetch.
BAITS = (
    "__import__('os').system('true')",
    "os.system",
    "salespipeline.storage.journal.salvage:salvage",
    "!!python/object/apply:os.system ['true']",
    "cos\nsystem\n(S'true'\ntR.",
    "\u0080\u0004c__builtin__\neval\n.",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "${jndi:ldap://127.0.0.1/x}",
    "<!ENTITY x SYSTEM 'file:///etc/passwd'>",
    "file:///etc/passwd",
    "../../../../etc/passwd",
    "http://127.0.0.1:9/x",
    "=cmd|' /C calc'!A0",
    "`true`; $(true)",
    "%(asctime)s {0.__class__} %n",
)
UNKNOWN: dict[str, Any] = {
    "py/object": "os.system",
    "py/reduce": [{"py/type": "os.system"}, {"py/tuple": ["true"]}],
    "__class__": "subprocess.Popen",
    "__reduce__": ["os.system", ["true"]],
    "$ref": "file:///etc/passwd",
    "$type": "System.Diagnostics.Process",
    "@import": "http://127.0.0.1:9/x",
    "nested": [{"__import__": "os", "eval": "1"}],
}


def baited(body: dict[str, Any], bait: str) -> dict[str, Any]:
    """A record that can be read, with the bait wherever text is free, and fields that nobody knows."""
    short = bait.replace("\n", " ").replace("\x80", "").replace("\x04", "")
    free = {
        "title": short,
        "description": short,
        "references": [{"kind": "url", "target": short, "description": short}],
    }
    return {**body, **free, **UNKNOWN, "custom": {"x": short}}


def bodies_of(storage: Storage) -> dict[str, dict[str, Any]]:
    return {record.id: json.loads(record.body) for record in storage.scan("sale")}


def written(storage: Storage, bodies: dict[str, dict[str, Any]], **others: object) -> None:
    changes = [Change(kind="sale", id=id, body=json.dumps(body)) for id, body in bodies.items()]
    changes += [Change(kind=kind, id="x", body=json.dumps(body)) for kind, body in others.items()]
    storage.commit(Commit(changes=tuple(changes), at=AT, by="os.system", action=json.dumps({**UNKNOWN, "action": "x"})))
    storage.close()


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("day")
    spend(folder)
    return folder


def hostile(loader: str, day: Path, folder: Path) -> Path:
    """A file full of baits that the loader accepts."""
    document = json.loads((day / "document.json").read_text(encoding="utf-8"))
    sale = next(iter(document["records"]["sale"].values()))
    sales = {f"V-{number}": baited(sale, bait) for number, bait in enumerate(BAITS)}
    path = folder / f"hostile.{loader}"
    if loader == "document":
        document["records"]["sale"] = sales
        path.write_text(json.dumps(document), encoding="utf-8")
    elif loader == "csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(
                [["id", "title", "note"], *([f"D-{n}", bait, bait] for n, bait in enumerate(BAITS))]
            )
    else:
        storage: Storage = SqlStorage(f"sqlite:///{path}") if loader == "sqlite" else JsonStorage(path)
        catalog = document["records"]["catalog"]["catalog"]
        first = Change(kind="catalog", id="catalog", body=json.dumps(catalog))
        storage.commit(Commit(changes=(first,), at=AT))
        written(storage, sales, unheard=UNKNOWN)
    return path


def refused(day: Path, path: Path, field: str, value: object) -> Path:
    """A journal whose catalog, or whose sale, names what a field must not name."""
    document = json.loads((day / "document.json").read_text(encoding="utf-8"))
    catalog = document["records"]["catalog"]["catalog"]
    sale = next(iter(document["records"]["sale"].values()))
    target = catalog["types"][0] if field in ("dialect", "rules") else sale
    target[field] = value
    storage = JsonStorage(path)
    storage.commit(Commit(changes=(Change(kind="catalog", id="catalog", body=json.dumps(catalog)),), at=AT))
    written(storage, {"V-1": sale})
    return path


Told = dict[str, tuple[list[str], int]]


def watched(folder: Path, asked: dict[str, tuple[str, Path]]) -> Told:
    """What each loader did beside loading, and how often it opened what it may, by the name of the case."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(["src", *sys.path])}
    arguments = [str(each) for loader, path in asked.values() for each in (loader, path)]
    command = [sys.executable, "-m", "tests.security.watching", str(folder), *arguments]
    ran = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=120, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
    return {name: (seen, allowed) for name, (seen, allowed) in zip(asked, json.loads(ran.stdout), strict=True)}


def done_beside(told: Told) -> list[str]:
    return [f"{name}: {each}" for name, (seen, _) in told.items() for each in seen]


def test_p_s1_loading_runs_imports_and_opens_nothing(day: Path, tmp_path: Path) -> None:
    told = watched(tmp_path, {loader: (loader, hostile(loader, day, tmp_path)) for loader in LOADERS})
    assert done_beside(told) == []
    assert all(allowed for _, allowed in told.values())


def test_p_s1_what_is_no_file_of_the_kind_runs_nothing_either(tmp_path: Path) -> None:
    bait = tmp_path / "bait"
    bait.write_bytes(b"\x80\x04cos\nsystem\n(S'true'\ntR.\n" + "\n".join(BAITS).encode())
    assert done_beside(watched(tmp_path, {loader: (loader, bait) for loader in LOADERS})) == []


NAMES: tuple[tuple[str, object], ...] = (
    ("dialect", "os.system"),
    ("dialect", "tests.security.watching:main"),
    ("dialect", "this"),
    ("rules", ["antigravity", "antigravity:geohash"]),
    ("rules", ["subprocess.run"]),
    ("type", "__import__('os')"),
    ("status", "os.system"),
    ("custom", {"x": {"py/object": "os.system"}}),
    ("history", {"columns": ["__class__"], "rows": [["os.system"]]}),
    ("activities", {"py/reduce": ["os.system"]}),
)


def test_p_s1_a_name_that_is_none_is_never_imported(day: Path, tmp_path: Path) -> None:
    paths = [refused(day, tmp_path / f"{place}.jsonl", *named) for place, named in enumerate(NAMES)]
    assert done_beside(watched(tmp_path, {path.name: ("journal", path) for path in paths})) == []


def test_p_s1_whoever_does_more_is_seen(tmp_path: Path) -> None:
    told = watched(tmp_path, {name: (name, tmp_path) for name in TREACHEROUS})
    assert [name for name, (seen, _) in told.items() if not seen] == []


def test_the_baits_are_taken(day: Path, tmp_path: Path) -> None:
    """What was watched was read: the sales are there, with every bait in them."""
    with Pipeline.open(JsonStorage(hostile("journal", day, tmp_path))) as pipeline:
        assert len(pipeline.sales()) == len(BAITS)
        assert pipeline.get("V-1").title == "os.system"
        assert "py/object" in dict(pipeline.get("V-1").stored.unknown)
