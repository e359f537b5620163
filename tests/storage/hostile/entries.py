"""The doors through which foreign input comes in, and what is to be seen of each when it is refused."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

from attrs import evolve
from tests.codec.damage import WRONG, places
from tests.counts import Counted
from tests.desk.desks import clock
from tests.exchange.furniture import CATALOG, PLAIN
from tests.storage.journals import Hurried, opened, sealed

from salespipeline import JsonStorage, MemoryStorage, Pipeline
from salespipeline.errors import SalesPipelineError, StorageError
from salespipeline.exchange import CsvFormat, Reading, amount, day, export_document, import_document, read_csv, text
from salespipeline.model.people import Company, Person, User
from salespipeline.storage.journal.salvage import Salvaged, salvage
from salespipeline.storage.journal.system import System

T = TypeVar("T")
MAPPING = evolve(PLAIN, title=text("title"), amount=amount("amount"), registered_on=day("day"))
KINDS = ("sale", "note", "a", "catalog")
_SECONDS = 5  # of the processor for one case: a hundred times what the slowest takes
_NEW = (
    '{"format":"salespipeline-journal","reader":1,"writer":1,"store":"x","gen":1,"seq":0,"records":0,"cmds":{},'
    '"prev":"00000000"'
)
_COMMIT = '{"seq":1,"prev":"%s","at":"2026-11-21T16:40:00.000000Z","by":"","action":null,"ops":[["put",KEY,{},BODY]]'


def refusal(act: Callable[[], object]) -> SalesPipelineError | None:
    """How the library refuses, None where it does not; whatever else is raised is a fault.

    A refusal is short and can be printed anywhere, and nothing takes long.
    """
    begun = time.process_time()
    try:
        act()
    except SalesPipelineError as error:
        told = str(error)
        assert told.replace("\n", " ").isprintable(), f"it cannot be printed as it is: {told!r}"
        assert 10 < len(told) < 1_000, f"{len(told)} characters"
        return error
    finally:
        spent = time.process_time() - begun
        assert spent < _SECONDS, f"it took {spent:.1f} s"
    return None


def each(cases: Mapping[str, object], fault: Callable[[str], str | None], counted: Counted) -> None:
    """Try every case by its name, and count them; what is at fault is told by name."""
    found = {name: why for name in cases if (why := fault(name))}
    assert found == {}
    counted("hostile inputs", len(cases), len(cases))


def unless_refused(door: Callable[[T], object], given: T) -> str | None:
    """Why it is a fault that a door let something in; None where it was refused."""
    return None if refusal(lambda: door(given)) else "it was taken"


def folder_of(path: Path) -> dict[str, tuple[bytes, int]]:
    """Every file beside a path but its lock, with its bytes and its instant."""
    files = [each for each in path.parent.iterdir() if each.suffix != ".lock" and each.is_file()]
    return {each.name: (each.read_bytes(), each.stat().st_mtime_ns) for each in files}


def read_all(path: Path | str, system: System | None = None) -> int:
    """Open a journal and read what it gives, past included; its number."""
    storage = JsonStorage(path, system=system or Hurried())
    try:
        for kind in KINDS:
            for record in storage.scan(kind):
                assert (type(record.id), type(record.body), type(record.revision)) == (str, str, int)
                with suppress(StorageError):  # the past may lie in an archive that is not there
                    storage.past(kind, record.id)
        return storage.number
    finally:
        storage.close()


def saved(path: Path) -> Salvaged:
    """Salvage into a file beside it, which then opens."""
    into = path.with_name("saved")
    into.unlink(missing_ok=True)
    report = salvage(path, into, new_id=lambda: "saved", system=Hurried())
    storage = opened(into)
    assert storage.number == report.number
    storage.close()
    into.unlink()
    return report


def with_record(path: Path, key: str, body: str) -> Path:
    """A journal with one record, whose key and body are as given, and its checksums right."""
    commit = _COMMIT.replace("KEY", json.dumps(key)).replace("BODY", body)
    path.write_bytes(sealed([_NEW, commit]))
    return path


def open_pipeline(path: Path) -> Pipeline:
    """A pipeline on a journal: its catalog is read at once."""
    storage = JsonStorage(path, system=Hurried())
    try:
        return Pipeline(storage, clock=clock)
    finally:
        storage.close()


def import_text(text: str) -> Pipeline:
    """Import a document into a new storage, which stays empty where it is refused."""
    storage = MemoryStorage()
    try:
        return import_document(text, storage, clock=clock)
    except SalesPipelineError:
        assert storage.number == 0
        raise


def read_rows(data: bytes, encoding: str = "utf-8") -> Reading:
    """Read a CSV file with four columns."""
    return read_csv(BytesIO(data), MAPPING, CATALOG, format=CsvFormat(encoding=encoding))


@cache
def document() -> str:
    """The document of a small store: a catalog, a sale, and those it names."""
    pipeline = Pipeline.open("memory:", catalog=CATALOG, clock=clock, user="anna")
    company, person = Company("acme", "Acme"), Person("joe", "Joe", "acme")
    pipeline.put_all([company, person, User("anna", "Anna")])
    pipeline.add("A sofa", type="deal", company=company, person=person, amount="12.50", owner="anna")
    return export_document(pipeline.storage)


def renamed(kind: str, id: str) -> str:
    """That document with another id in place of the one record of a kind."""
    found: dict[str, Any] = json.loads(document())
    (record,) = found["records"][kind].values()
    found["records"][kind] = {id: record}
    return json.dumps(found)


def changed_documents() -> Iterator[str]:
    """That document with something else in each place."""
    whole: dict[str, Any] = json.loads(document())
    for place, (_, key) in enumerate(places(whole)):
        for value in (*WRONG[place % 4 :: 4], "a\u202eb"):
            other = deepcopy(whole)
            list(places(other))[place][0][key] = value
            yield json.dumps(other)
