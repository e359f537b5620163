"""Whatever text comes in, wherever: it is taken, or refused with an error of the library."""

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from tests.determinism.a_day import Clock
from tests.exchange.furniture import CATALOG
from tests.security.baits import HOSTILE

from salespipeline import (
    AddActivity,
    Assign,
    ChangeType,
    DateFormula,
    Edit,
    JsonStorage,
    Link,
    Lose,
    MemoryStorage,
    MoveTo,
    Pipeline,
    Plan,
    Revise,
    SalesPipelineError,
    Sell,
    Stall,
)
from salespipeline.exchange import SaleMapping, export_document, import_document, read_csv, text
from salespipeline.insight import forecast, overview, text_table
from salespipeline.model.people import Company, Person, User
from salespipeline.model.stage import Stage
from salespipeline.notebook.publish import refreshed
from salespipeline.presets import superoffice
from salespipeline.storage import Change, Commit, Expect

TODAY = date(2026, 3, 29)
MAPPING = SaleMapping(type="deal", id=text("id"), title=text("title"), registered_on=TODAY)


class World:
    """A desk with a sale, on a storage that can be looked into, and a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.storage = MemoryStorage()
        self.desk = Pipeline.open(self.storage.another(), catalog=superoffice.catalog(), user="anna", clock=Clock())
        self.desk.add("Desks", type="new-business", amount="10.00")

    def add(self, **given: Any) -> object:
        return self.desk.add(given.pop("title", "Chairs"), type=given.pop("type", "new-business"), **given)

    def apply(self, action: Any) -> object:
        return self.desk.apply("S-1001", action)

    def commit(self, change: Change, **given: Any) -> object:
        return self.storage.commit(Commit(changes=(change,), at=Clock()(), **given))

    def opened(self, name: str, data: bytes) -> object:
        path = self.folder / name
        path.write_bytes(data)
        return JsonStorage(path)


def whole(bait: str) -> str:
    """Without halves of surrogate pairs: what is no character names no file."""
    return bait.encode("utf-8", "replace").decode()


def registering(name: str) -> Callable[[World, Any], object]:
    return lambda world, bait: world.add(**{name: bait})


FIELDS = (
    "title id type currency amount cost margin chance stage owner group number description note kind source competitor"
    " segment payment_terms project campaign expected_close company command"
)
ENTRANCES: dict[str, Callable[[World, Any], object]] = {
    **{f"register, {name}": registering(name) for name in FIELDS.split()},
    "register, categories": lambda world, bait: world.add(categories=[bait]),
    "register, custom name": lambda world, bait: world.add(custom={bait: 1}),
    "register, custom value": lambda world, bait: world.add(custom={"x": bait}),
    "register, unknown name": lambda world, bait: world.add(**{bait: "x"}),
    "edit": lambda world, bait: world.apply(Edit(title=bait, note=bait)),
    "revise": lambda world, bait: world.apply(Revise(amount=bait)),
    "move": lambda world, bait: world.apply(MoveTo(bait)),
    "stall": lambda world, bait: world.apply(Stall(reopen_on=TODAY, reason=bait)),
    "stall until": lambda world, bait: world.apply(Stall(reopen_on=bait)),
    "sell": lambda world, bait: world.apply(Sell(bait)),
    "lose": lambda world, bait: world.apply(Lose(bait)),
    "assign": lambda world, bait: world.apply(Assign(bait)),
    "link": lambda world, bait: world.apply(Link(company=bait)),
    "change type": lambda world, bait: world.apply(ChangeType(bait)),
    "plan": lambda world, bait: world.apply(Plan(bait)),
    "activity": lambda world, bait: world.apply(AddActivity(bait, kind=bait)),
    "get": lambda world, bait: world.desk.get(bait),
    "undo": lambda world, bait: world.desk.undo(bait),
    "delete": lambda world, bait: world.desk.delete(bait),
    "revisions": lambda world, bait: world.desk.revisions(bait),
    "filter": lambda world, bait: world.desk.sales(owner=bait),
    "filter by": lambda world, bait: world.desk.sales(**{bait: "x"}),
    "party": lambda world, bait: world.desk.party(Company, bait),
    "company": lambda world, bait: world.desk.put(Company(bait, bait)),
    "person": lambda world, bait: world.desk.put(Person("p", bait, company=bait)),
    "user": lambda world, bait: world.desk.put(User(bait, bait)),
    "stage": lambda world, bait: Stage(bait, bait, 10),
    "remove stage": lambda world, bait: world.desk.remove_stage(bait),
    "formula": lambda world, bait: DateFormula(bait),
    "forecast": lambda world, bait: str(forecast(world.desk.sales(), by=bait)),
    "columns": lambda world, bait: text_table(overview(world.desk.sales(), on=TODAY), [bait]),
    "open": lambda world, bait: Pipeline.open(f"json:{world.folder}/x{whole(bait)}/y", catalog=superoffice.catalog()),
    "open by scheme": lambda world, bait: Pipeline.open(f"nothing:{bait}"),
    "user of the desk": lambda world, bait: Pipeline.open(world.storage.another(), user=bait),
    "record id": lambda world, bait: world.commit(Change(kind="note", id=bait, body="1")),
    "record kind": lambda world, bait: world.commit(Change(kind=bait, id="a", body="1")),
    "record body": lambda world, bait: world.commit(Change(kind="note", id="a", body=bait)),
    "record keys": lambda world, bait: world.commit(Change(kind="note", id="a", keys=((bait, bait),), body="1")),
    "expectation": lambda world, bait: world.commit(
        Change(kind="note", id="a", body="1"), expect=(Expect(kind=bait, id=bait, revision=1),)
    ),
    "author": lambda world, bait: world.commit(Change(kind="note", id="a", body="1"), by=bait, command=bait),
    "action": lambda world, bait: world.commit(Change(kind="note", id="a", body="1"), action=bait),
    "document": lambda world, bait: import_document(bait, MemoryStorage()),
    "document, in part": lambda world, bait: import_document(
        export_document(world.storage.another()).replace("Desks", bait), MemoryStorage()
    ),
    "journal": lambda world, bait: world.opened("journal", bait.encode("utf-8", "surrogatepass")),
    "CSV": lambda world, bait: read_csv(BytesIO(bait.encode("utf-8", "surrogatepass")), MAPPING, CATALOG),
    "CSV, a cell": lambda world, bait: read_csv(
        BytesIO(f"id,title\n{bait},{bait}\n".encode("utf-8", "surrogatepass")), MAPPING, CATALOG
    ),
    "a generated block": lambda world, bait: refreshed(f"<!-- generated: {bait} -->\n<!-- end generated -->"),
}  # fmt: skip


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_p_s3_a_refusal_is_always_the_librarys_own(entrance: str, world: World) -> None:
    faults: list[str] = []
    for bait in HOSTILE:
        try:
            ENTRANCES[entrance](world, bait)
        except SalesPipelineError as error:
            assert str(error)
        except Exception as error:
            faults.append(f"{bait[:40]!a}: {error!r:.200}")
    assert faults == []


@pytest.mark.parametrize("wrong", [None, 0, True, 1.5, b"x", [], {}, object(), datetime(2026, 1, 1)])  # noqa: DTZ001
@pytest.mark.parametrize("entrance", [name for name in ENTRANCES if name.startswith("register, ")])
def test_p_s3_what_is_no_text_is_refused_like_it(entrance: str, wrong: object, world: World) -> None:
    if "name" in entrance:
        return
    try:
        ENTRANCES[entrance](world, wrong)
    except SalesPipelineError as error:
        assert str(error)
