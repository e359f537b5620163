"""Files as people have them: what comes out, and what the report says."""

from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.exchange.furniture import CATALOG, MAPPING, faults, read, read_plain

from salespipeline.errors import InvalidValue, SalesPipelineError
from salespipeline.exchange import Adjustment, CsvFormat, each_row, read_csv, text
from salespipeline.model.people import Company, Person, User
from salespipeline.model.standing import Status

DEALS = Path(__file__).parents[1] / "data" / "deals.csv"
HEADER = "Deal,Rep,Product,Client,Phase,Started,Ended,Value\n"


def test_a_dirty_file_gives_its_good_rows() -> None:
    reading = read_csv(DEALS, MAPPING, CATALOG)
    assert [(sale.id, sale.status, sale.value, sale.title) for sale in reading.sales] == [
        ("K-01", Status.SOLD, Decimal("1200.00"), "Sofa Plus for Brimal Dairy"),
        ("K-02", Status.LOST, Decimal("0"), "Sofa Plus for Corvane Optics"),
        ("K-03", Status.OPEN, Decimal("0"), "Sofa Plus for nobody yet"),
        ("K-04", Status.OPEN, Decimal("0"), "Stool for nobody yet"),
        ("K-11", Status.SOLD, Decimal("60.00"), 'Stool for =HYPERLINK("http://a.invalid","pay, now")'),
        ("K-12", Status.SOLD, Decimal("80.00"), "Stool for Brimal  dairy"),
        ("K-14", Status.SOLD, Decimal("99.50"), "Stool for Kestrom Dairy"),
    ]


def test_a_dirty_file_has_every_adjustment_in_its_report() -> None:
    assert read_csv(DEALS, MAPPING, CATALOG).report.adjusted == (
        Adjustment(3, "Product", "SofaPlus", "Sofa Plus", "spelled 'Sofa Plus' in products"),
        Adjustment(4, "Product", "sofa  plus", "Sofa Plus", "spelled 'Sofa Plus' in products"),
        Adjustment(4, "Client", "", "", "open deal without a client"),
        Adjustment(5, "Client", "", "", "open deal without a client"),
        Adjustment(5, "Started", "", "2024-12-31", "no first day"),
        Adjustment(15, "Client", "Brimal  dairy", "Brimal Dairy", "spelled 'Brimal Dairy' before"),
    )


def test_a_dirty_file_has_every_rejection_in_its_report() -> None:
    assert faults(read_csv(DEALS, MAPPING, CATALOG)) == [
        (6, "Product", "Stool 2", "not in products; use one of 'Sofa Plus', 'Sofa Minus', 'Stool'"),
        (7, "Deal", "K-01", "an earlier row has the same id"),
        (8, "Ended", "2024-06-01", "it is before the day it was registered"),
        (9, "Started", "2024-13-10", "it is no day such as 2025-01-31"),
        (9, "Ended", "2024-06-31", "it is no day such as 2025-01-31"),
        (9, "Value", "4.5.0", "it is no amount such as 1234.50"),
        (10, "Phase", "Maybe", "not in the mapping; use one of 'Won', 'Lost', 'Talking', 'New'"),
        (11, "", "K-09 | Ida Marsk | Stool", "it has 3 cells, the header has 8"),
        (
            12,
            "",
            "K-10 | Ida Marsk | Stool | Eskmere Timber | Won | 2024-06-10 | 2024-07-01 | 75 |",
            "it has 9 cells, the header has 8",
        ),
        (16, "", 'K-13,Ida Marsk,"Stool,Brimal Dairy,New,,,\r\n', "a quoted cell is not closed"),
    ]


def test_a_dirty_file_is_summed_up() -> None:
    report = read_csv(DEALS, MAPPING, CATALOG).report
    assert (report.rows_read, report.accepted, len(report.rejected), report.blank_rows) == (15, 7, 8, 2)
    assert str(report).splitlines()[:3] == [
        "15 rows read: 7 accepted, 8 rejected; 2 blank rows",
        "notes:",
        "  2 x column 'Product': spelled 'Sofa Plus' in products (first in row 3)",
    ]


def test_a_dirty_file_gives_whom_its_sales_name() -> None:
    reading = read_csv(DEALS, MAPPING, CATALOG)
    hyperlink = '=HYPERLINK("http://a.invalid","pay, now")'
    assert [company.name for company in reading.companies] == [
        "Brimal Dairy",
        "Corvane Optics",
        hyperlink,
        "Kestrom Dairy",
    ]
    assert reading.users == (User("ida-marsk", "Ida Marsk"), User("joop-ravel", "Joop Ravel"))
    assert reading.sales[0].company == "brimal-dairy"
    assert reading.sales[0].owner == "ida-marsk"


def test_a_won_row_has_a_history_as_if_it_had_been_worked_on() -> None:
    (sale,) = read(HEADER + "K-1,Ida,Stool,Brimal,Won,2024-03-01,2024-05-02,1200").sales
    assert [(entry.action, entry.on, entry.stage_name, entry.figures.amount) for entry in sale.history] == [
        ("Register", date(2024, 3, 1), "New", Decimal("0.00")),
        ("MoveTo", date(2024, 3, 1), "Talking", Decimal("0.00")),
        ("Sell", date(2024, 5, 2), "Talking", Decimal("1200.00")),
    ]
    assert (sale.registered.on, sale.closed_on, sale.probability) == (date(2024, 3, 1), date(2024, 5, 2), 100)


def test_a_duplicated_id_is_rejected_even_after_a_rejected_row() -> None:
    reading = read(HEADER + "K-1,Ida,Stool,,New,31/12/2024,,\nK-1,Ida,Stool,,New,,,\n")
    assert [(row, column) for row, column, _, _ in faults(reading)] == [(2, "Started"), (3, "Deal")]
    assert reading.sales == ()


def test_all_reasons_of_a_row_come_at_once() -> None:
    reading = read(HEADER + "K/1,***,Chair,Brimal,Won,2024-03-01,,12.345\n")
    assert faults(reading) == [
        (2, "Deal", "K/1", "an id has 1 to 64 letters, digits, '-', '_', '.' or inner spaces"),
        (2, "Rep", "***", "an id is made from it, so it needs a letter or digit"),
        (2, "Product", "Chair", "not in products; use one of 'Sofa Plus', 'Sofa Minus', 'Stool'"),
        (2, "Ended", "", "a closed sale needs the day it closed on"),
        (2, "Value", "12.345", "EUR has 2 decimals; round it first"),
    ]


def test_known_companies_and_users_are_found_by_name_and_by_id() -> None:
    known = (Company("C-9", "Brimal", is_customer=True), User("ida", "Ida Marsk"))
    lines = "K-1,Ida Marsk,Stool,Brimal,New,,,\nK-2,ida,Stool,C-9,New,,,\n"
    reading = read(HEADER + lines, known=known)
    assert [(sale.company, sale.owner) for sale in reading.sales] == [("C-9", "ida"), ("C-9", "ida")]
    assert reading.companies + reading.users == known


def test_persons_of_one_name_at_two_companies_are_two() -> None:
    reading = read_plain("id,who,at\n1,Jo,Brimal\n2,Jo,Corvane\n3,Jo,\n", person=text("who"), company=text("at"))
    assert [sale.person for sale in reading.sales] == ["brimal-jo", "corvane-jo", "jo"]
    assert reading.persons[0] == Person("brimal-jo", "Jo", "brimal")


def test_rows_can_be_read_one_by_one() -> None:
    rows = list(each_row(DEALS, MAPPING, CATALOG))
    reading = read_csv(DEALS, MAPPING, CATALOG)
    assert [row.number for row in rows] == [*range(2, 14), 15, 16, 17]
    assert tuple(row.sale for row in rows if row.sale) == reading.sales


def test_nothing_is_read_before_the_first_row_is_asked_for() -> None:
    each_row("no-such-file.csv", MAPPING, CATALOG)


def test_a_file_in_another_encoding_and_with_semicolons_is_read_when_it_says_so() -> None:
    file = (HEADER + "K-1,Zoë,Stool,Café,New,,,\n").replace(",", ";").encode("cp1252")
    reading = read(file, format=CsvFormat(encoding="cp1252", delimiter=";"))
    assert [company.name for company in reading.companies] == ["Café"]


def test_a_file_opened_as_text_is_refused() -> None:
    with pytest.raises(InvalidValue, match="binary mode"):
        read_csv(cast(Any, StringIO(HEADER)), MAPPING, CATALOG)


@given(
    st.text()
    | st.lists(st.sampled_from([*HEADER[:-1].split(","), ",", "\n", '"', "Won", "K-1", "2024-03-01", "0"])).map("".join)
)
@example(HEADER + '"\n' * 3)
def test_no_text_raises_anything_of_its_own(typed: str) -> None:
    """Any CSV text gives a report that adds up, or one of the library's errors."""
    for file in (typed, HEADER + typed):
        try:
            report = read(file.encode("utf-8", "surrogatepass")).report
        except SalesPipelineError:
            continue
        assert report.rows_read == report.accepted + len(report.rejected)


@given(st.binary())
def test_no_bytes_raise_anything_of_their_own(file: bytes) -> None:
    """Any bytes below a good header give as many rows read as accepted and rejected."""
    report = read(HEADER.encode() + file).report
    assert report.rows_read == report.accepted + len(report.rejected)


cells = st.sampled_from(
    ["", "K-1", "K-2", "Ida", "Stool", "stool", "Won", "lost", "Talking", "2024-03-01", "2024-05-02", "-3", "0.10"]
)


@given(st.lists(st.lists(cells | st.text(max_size=4), min_size=8, max_size=8), max_size=5))
def test_accepted_rows_are_sales_in_order_and_ids_are_unique(rows: list[list[str]]) -> None:
    """An accepted row is a sale whose days rise, and no id is accepted twice."""
    quoted = ("".join(f'"{cell.replace(chr(34), chr(34) * 2)}",' for cell in row)[:-1] for row in rows)
    reading = read((HEADER + "\n".join(quoted)).encode("utf-8", "replace"))
    days = [[entry.on for entry in sale.history] for sale in reading.sales]
    assert days == [sorted(rising) for rising in days]
    assert len({sale.id for sale in reading.sales}) == len(reading.sales)
