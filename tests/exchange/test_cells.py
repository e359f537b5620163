"""Cells translated, compared with the catalog's lists, and replaced when they are empty."""

from datetime import date
from decimal import Decimal

import pytest
from attrs import evolve
from tests.exchange.furniture import CATALOG, DEAL, faults, read_plain

from salespipeline.errors import InvalidValue, UnknownEntry
from salespipeline.exchange import Adjustment, FileRow, SaleMapping, Template, amount, day, text
from salespipeline.model.item import items
from salespipeline.model.standing import Status


@pytest.mark.parametrize("given", ["sofa plus", "SOFAPLUS", "Sofa-Plus", "Sofa  Plus"])
def test_a_value_that_differs_in_spelling_alone_is_adjusted_with_a_note(given: str) -> None:
    reading = read_plain(f"id,p\nS-1,{given}\n", title=Template("{p}!"), custom={"p": text("p", among="products")})
    assert (reading.sales[0].title, reading.sales[0].custom["p"]) == ("Sofa Plus!", "Sofa Plus")
    (note,) = reading.report.adjusted
    assert note[1:] == ("p", given, "Sofa Plus", "spelled 'Sofa Plus' in products")


def test_an_id_of_a_list_stands_for_its_name_with_a_note() -> None:
    reading = read_plain("id,p\nS-1,sofa-plus\nS-2,Sofa Plus\n", custom={"p": text("p", among="products")})
    assert [sale.custom["p"] for sale in reading.sales] == ["Sofa Plus", "Sofa Plus"]
    assert [note.row for note in reading.report.adjusted] == [2]


def test_an_unknown_value_rejects_its_row() -> None:
    reading = read_plain("id,p\nS-1,Sofa\n", custom={"p": text("p", among="products")})
    assert faults(reading) == [(2, "p", "Sofa", "not in products; use one of 'Sofa Plus', 'Sofa Minus', 'Stool'")]


def test_an_unknown_value_is_kept_with_a_note_where_the_mapping_says_so() -> None:
    reading = read_plain("id,p\nS-1,Sofa\n", custom={"p": text("p", among="products", unknown="note")})
    assert reading.sales[0].custom["p"] == "Sofa"
    assert reading.report.adjusted == (Adjustment(2, "p", "Sofa", "Sofa", "not in products"),)


def test_an_unknown_entry_of_a_field_with_a_list_is_left_empty_with_a_note() -> None:
    reading = read_plain("id,s\nS-1,Radio\n", source=text("s", unknown="note"))
    assert reading.sales[0].origin.source is None
    assert reading.report.adjusted == (Adjustment(2, "s", "Radio", "", "not in sources; left empty"),)


def test_a_value_that_two_entries_are_spelled_like_is_unknown() -> None:
    catalog = evolve(CATALOG, products=items(("a", "X-1"), ("b", "X 1")))
    reading = read_plain("id,p\nS-1,x1\nS-2,X 1\n", catalog=catalog, custom={"p": text("p", among="products")})
    assert [row for row, _, _, _ in faults(reading)] == [2]
    assert reading.sales[0].custom["p"] == "X 1"


def test_a_list_that_the_catalog_leaves_empty_takes_everything() -> None:
    reading = read_plain("id,s\nS-1,alphacorp\n", competitor=text("s"))
    assert reading.sales[0].origin.competitor == "alphacorp"


def test_a_list_that_no_catalog_has_is_refused_at_once() -> None:
    with pytest.raises(UnknownEntry, match="cannot find list of the catalog 'goods'"):
        SaleMapping(
            type="deal", id=text("id"), title="x", registered_on=day("d"), custom={"p": text("p", among="goods")}
        )


def test_a_translation_forgives_spelling_with_a_note() -> None:
    status = text("s", values={"In progress": Status.OPEN, "Gone": None}, otherwise=Status.OPEN)
    reading = read_plain("id,s\nS-1,in_progress\n", status=status)
    assert reading.sales[0].status is Status.OPEN
    assert [note.why for note in reading.report.adjusted] == ["spelled 'In progress' in the mapping"]


def test_a_status_that_is_not_translated_is_rejected() -> None:
    reading = read_plain("id,s\nS-1,sold\n", status=text("s"))
    assert faults(reading) == [(2, "s", "sold", "it is no Status; translate it by values=")]


def test_empty_cells_take_a_constant_or_what_a_function_of_the_row_gives() -> None:
    def later(row: FileRow) -> date:
        return date(2024, 3, row.number)

    file = "id,d,v\nS-1,,\nS-2,2024-05-01,5\nS-3,n/a,-\n"
    reading = read_plain(
        file,
        registered_on=day("d", otherwise=later, empty=["n/a"]),
        amount=amount("v", otherwise=Decimal(7), empty=["-"], note_empty="no value"),
    )
    assert [(sale.registered.on.isoformat(), sale.amount) for sale in reading.sales] == [
        ("2024-03-02", 7),
        ("2024-05-01", 5),
        ("2024-03-04", 7),
    ]
    assert reading.report.adjusted == (
        Adjustment(2, "v", "", "7", "no value"),
        Adjustment(4, "v", "-", "7", "no value"),
    )


def test_a_function_of_the_row_that_fails_rejects_its_row() -> None:
    def twelfth(row: FileRow) -> str:
        return str(12 // int(row["n"]))

    reading = read_plain("id,n\nS-1,3\nS-2,x\nS-3,0\n", number=twelfth)
    assert [(row, column) for row, column, _, _ in faults(reading)] == [(3, "number"), (4, "number")]
    assert "invalid literal" in faults(reading)[0][3]
    assert [sale.card.number for sale in reading.sales] == ["4"]


def test_a_note_may_be_for_some_statuses_alone() -> None:
    reading = read_plain(
        "id,at,s,c\nS-1,,o,\nS-2,,l,2024-04-01\n",
        company=text("at", note_empty="open deal without a company", note_for=[Status.OPEN]),
        status=text("s", values={"o": Status.OPEN, "l": Status.LOST}),
        closed_on=day("c"),
    )
    assert reading.report.adjusted == (Adjustment(2, "at", "", "", "open deal without a company"),)


def test_a_mapping_without_what_every_sale_needs_is_refused() -> None:
    with pytest.raises(InvalidValue, match="every sale needs one"):
        SaleMapping(type="deal", id=text("id"), title=None, registered_on=day("d"))


def test_a_column_is_passed_over_in_rows_of_another_status() -> None:
    file = "id,c,s\nS-1,2024-04-01,o\nS-2,2024-04-01,l\n"
    status = text("s", values={"o": Status.OPEN, "l": Status.LOST})
    reading = read_plain(file, status=status, closed_on=day("c", read_for=[Status.LOST]))
    assert [sale.closed_on for sale in reading.sales] == [None, date(2024, 4, 1)]


def test_a_row_is_open_where_the_mapping_says_nothing_of_a_status() -> None:
    reading = read_plain("id,at\nS-1,\n", company=text("at", note_empty="nobody", note_for=[Status.OPEN]))
    assert [note.why for note in reading.report.adjusted] == ["nobody"]
    assert reading.sales[0].status is Status.OPEN


def test_stages_are_those_of_the_type_and_not_of_the_whole_catalog() -> None:
    kind = evolve(DEAL, id="short", stages=DEAL.stages[:1])
    reading = read_plain("id,s\nS-1,Talking\n", catalog=CATALOG.with_type(kind), type="short", stage=text("s"))
    assert faults(reading) == [(2, "s", "Talking", "not in stages; use 'New'")]
