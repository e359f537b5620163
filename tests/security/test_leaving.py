"""No stored text leaves as what it is not: a formula, markup, a control of the terminal, another line."""

import ast
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from tests.determinism.a_day import Clock
from tests.exchange.furniture import CATALOG
from tests.security.baits import CONTROLS, FORMULAS, MARKUP

from salespipeline import (
    AddActivity,
    Edit,
    JsonStorage,
    MemoryStorage,
    MoveTo,
    Pipeline,
    Refused,
    Revise,
    SalesPipelineError,
    Stall,
    Status,
)
from salespipeline.exchange import SaleMapping, export_document, import_document, read_csv, text
from salespipeline.insight import differences, forecast, guide_view, overview, text_table
from salespipeline.model.lifecycle import Lifecycle, Row
from salespipeline.model.standing import Standing
from salespipeline.notebook.diagrams import lifecycle_diagram, lifecycle_matrix, lifecycle_table, markdown_text
from salespipeline.presets import superoffice

SOURCE = Path(__file__).parents[2] / "src" / "salespipeline"
TODAY = date(2026, 3, 29)
HARMLESS = "harmless"
BAITS = [
    pytest.param(FORMULAS, id="formulas"),
    pytest.param(MARKUP, id="markup"),
    pytest.param(CONTROLS, id="controls"),
]
Baits = tuple[str, ...]
UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)


LINE = re.compile(r"[\d,]+ rows read: |notes:$|rejected:$|  [\d,]+ x ")  # of a report

# For people, on a terminal and in a log.


def desk_with(bait: str) -> tuple[Pipeline, list[str]]:
    """A desk where the text stands wherever it is taken, and all that the desk said in refusing it elsewhere."""
    desk = Pipeline.open(MemoryStorage(), catalog=superoffice.catalog(), user="anna", clock=Clock())
    desk.add("Desks", type="new-business", id="S-1", amount="10.00", note="first", custom={"x": "first"})
    said: list[str] = []
    for give in (
        lambda: desk.apply("S-1", Edit(title=bait)),
        lambda: desk.apply("S-1", Edit(description=bait)),
        lambda: desk.apply("S-1", Edit(custom={"x": bait})),
        lambda: desk.apply("S-1", Edit(custom={bait: "x"})),
        lambda: desk.apply("S-1", Edit(categories=[bait])),
        lambda: desk.apply("S-1", AddActivity(bait, kind="call", due=TODAY)),
        lambda: desk.apply("S-1", MoveTo(bait)),
        lambda: desk.apply("S-1", Stall(reopen_on=TODAY, reason=bait)),
        lambda: desk.apply("S-1", Revise(amount=bait)),
        lambda: desk.add(bait, type=bait, id=bait, currency=bait),
        lambda: desk.get(bait),
        lambda: desk.sales(**{bait: bait}),
    ):
        try:
            give()
        except SalesPipelineError as error:
            said.append(str(error).replace("\n- ", " - "))
    return desk, said


def lines_about(bait: str) -> dict[str, list[str]]:
    """What is told, in one line each, of a sale in which the text stands."""
    desk, said = desk_with(bait)
    sale, revisions = desk.get("S-1"), desk.revisions("S-1")
    return {
        "refusals": said,
        "sale": [str(sale)],
        "activities": list(map(str, sale.activities)),
        "offers": list(map(str, desk.available("S-1"))),
        "revisions": list(map(str, revisions)),
        "actions": [each.told for each in revisions],
        "problems": list(map(str, desk.problems("S-1", MoveTo(bait)))),
        "what differs": list(map(str, differences(revisions[0].sale, sale))),
        "names of what differs": [each.field for each in differences(revisions[0].sale, sale)],
    }


def tables_about(bait: str) -> dict[str, str]:
    """What is told of it in several lines: as many as there are rows."""
    desk, _ = desk_with(bait)
    sales = desk.sales()
    return {
        "overview": text_table(overview(sales, on=TODAY)),
        "forecast": str(forecast(sales, by=("owner", lambda sale: sale.title))),
        "guide": str(guide_view(sales[0])),
    }


@pytest.mark.parametrize("baits", BAITS)
def test_p_s4_what_is_told_in_a_line_is_one_and_has_no_controls(baits: Baits) -> None:
    for bait in baits:
        told = [(name, line) for name, lines in lines_about(bait).items() for line in lines]
        assert len(told) > 20
        assert [(name, line) for name, line in told if UNSEEN.search(line) or "\n" in line] == []


@pytest.mark.parametrize("baits", BAITS)
def test_p_s4_a_text_adds_no_line_to_a_table_and_no_controls(baits: Baits) -> None:
    due = {name: table.count("\n") for name, table in tables_about(HARMLESS).items()}
    for bait in baits:
        told = tables_about(bait)
        assert {name: table.count("\n") for name, table in told.items()} == due
        assert [table for table in told.values() if UNSEEN.search(table)] == []


def test_p_s4_an_error_about_a_text_is_one_line_without_controls() -> None:
    for bait in CONTROLS:
        for user in (bait, f"a{bait}"):
            with pytest.raises(SalesPipelineError) as caught:
                Pipeline.open(MemoryStorage(), catalog=superoffice.catalog(), user=user)
            assert not UNSEEN.search(str(caught.value))
            assert "\n" not in str(caught.value)


@pytest.mark.parametrize("baits", BAITS)
def test_p_s4_the_report_of_a_file_has_a_line_a_reason(baits: Baits) -> None:
    state = text("state", values={"x": Status.OPEN})
    mapping = SaleMapping(type="deal", id=text("id"), title=text("title"), registered_on=TODAY, status=state)
    for bait in baits:
        cell = bait.replace('"', '""')
        file = f'id,title,state\n"S-1","{cell}","x"\n"S-2","Desks","{cell}"\n"{cell}","Desks","x"\n'
        summary = read_csv(BytesIO(file.encode()), mapping, CATALOG).report.summary()
        assert not UNSEEN.search(summary)
        assert all(LINE.match(line) for line in summary.split("\n"))


def test_p_s4_a_formula_in_a_file_is_text_and_stays_it() -> None:
    file = "id,title\n" + "".join(f'S-{n},"{bait.replace(chr(34), chr(34) * 2)}"\n' for n, bait in enumerate(FORMULAS))
    mapping = SaleMapping(type="deal", id=text("id"), title=text("title"), registered_on=TODAY)
    sales = read_csv(BytesIO(file.encode()), mapping, CATALOG).sales
    assert [sale.title for sale in sales] == [bait.strip() for bait in FORMULAS]


# Markdown and Mermaid.


def lifecycle(bait: str) -> Lifecycle:
    rows = (Row(row.source, row.action, row.target, bait) for row in superoffice.LIFECYCLE.rows)
    return Lifecycle(bait, tuple(rows), Standing.OPEN)


def cells(line: str) -> int:
    """How many cells a renderer sees in a line of a table: bars that no backslash precedes."""
    return len(re.findall(r"(?<!\\)(?:\\\\)*\|", line))


@pytest.mark.parametrize("baits", BAITS)
def test_p_s4_a_text_cannot_leave_its_cell_of_a_table(baits: Baits) -> None:
    for bait in baits:
        for table in (lifecycle_table, lifecycle_matrix):
            lines, due = table(lifecycle(bait)).split("\n"), table(lifecycle(HARMLESS)).split("\n")
            assert [cells(line) for line in lines] == [cells(line) for line in due]
            assert not UNSEEN.search("\n".join(lines))


@pytest.mark.parametrize("baits", BAITS)
def test_p_s4_markdown_shows_a_text_as_it_is(baits: Baits) -> None:
    for bait in baits:
        escaped = markdown_text(bait)
        bare = re.sub(r"\\[\\`*_{}\[\]<>#|&~$]", "", escaped)
        assert not set(bare) & set("`*_[]<>#|~$")
        assert "\n" not in escaped
        assert not UNSEEN.search(escaped)


@pytest.mark.parametrize("baits", BAITS)
def test_p_s4_a_diagram_has_no_text_but_its_own(baits: Baits) -> None:
    due = lifecycle_diagram(lifecycle(HARMLESS))
    assert [bait for bait in baits if lifecycle_diagram(lifecycle(bait)) != due] == []


# Files.


@pytest.mark.parametrize("baits", BAITS)
def test_p_s4_a_commit_is_one_line_of_the_file_whatever_is_in_it(baits: Baits, tmp_path: Path) -> None:
    with Pipeline.open(JsonStorage(tmp_path / "s"), catalog=superoffice.catalog(), clock=Clock()) as desk:
        desk.add("Desks", type="new-business", id="S-1", note="first")
        for bait in baits:
            with suppress(Refused):
                desk.apply("S-1", Edit(note=bait))
                desk.apply("S-1", Edit(title=bait))
        number = desk.refresh()
    data = (tmp_path / "s").read_bytes()
    assert len(data.decode().splitlines()) == data.count(b"\n") == number + 1
    assert number > 4
    assert not UNSEEN.search(data.decode())


@pytest.mark.parametrize("baits", BAITS)
def test_p_s4_a_document_is_ascii_and_gives_every_text_back(baits: Baits) -> None:
    for bait in baits:
        desk, _ = desk_with(bait)
        document = export_document(desk.storage)
        assert document.isascii()
        assert not UNSEEN.search(document)
        again = import_document(document, MemoryStorage(), clock=Clock())
        assert repr(again.get("S-1")) == repr(desk.get("S-1"))


# Doors that do not exist yet: who builds one gives it its cases here.


def defined(tree: ast.AST) -> set[str]:
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def called(tree: ast.AST) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


LEAVING: dict[str, Callable[[Any], bool]] = {
    "HTML": lambda tree: any(name.startswith("_repr_") for name in defined(tree)),
    "CSV": lambda tree: bool(called(tree) & {"csv.writer", "csv.DictWriter", "writer", "DictWriter"}),
    "a log": lambda tree: any(name.startswith(("logging.", "logger.", "log.")) for name in called(tree)),
}


@pytest.mark.parametrize("door", LEAVING)
def test_p_s4_there_is_no_door_that_is_not_tried(door: str) -> None:
    modules = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCE.rglob("*.py")}
    assert [path.name for path, tree in modules.items() if LEAVING[door](tree)] == []
