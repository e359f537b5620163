"""Products from CSV files: told by headings or a mapping, new or known by their code, every row taken or rejected."""

from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st
from tests.desk.desks import clock

from salespipeline import InvalidValue, Pipeline, SalesPipelineError
from salespipeline.exchange import (
    CsvFormat,
    FileRefused,
    FileRow,
    Headings,
    ProductMapping,
    ProductReading,
    Template,
    amount,
    flag,
    percent,
    read_products,
    text,
)
from salespipeline.model.parts import Custom
from salespipeline.presets import superoffice
from salespipeline.quoting import PriceList, Product

EMPTY = PriceList(id="2026-eur", name="2026", currency="EUR")
DESK = Product(
    id="desk", name="Desk", code="D-1", list_price="480", cost="300", unit="pcs", extra=Custom({"colour": "oak"})
)
CHAIR = Product(id="chair", name="Chair", code="C-1", list_price="99.50")
LISTED = EMPTY.with_products(DESK, CHAIR)

SUPEROFFICE = """\
Code,Name,Description,Quantity unit,Unit cost,Unit minimum price,Unit list price,VAT,In assortment,Supplier
D-1,Desk,Oak,pcs,300.00,450.00,480.00,25,yes,Vos
C-1,Chair,,pcs,40,,99.50,25 %,no,
"""
CONTACT_MANAGER = """\
Item Name,Description,Default Quantity,Unit Cost,Unit Price,Markup,Taxable
Desk,Oak,1,300.00,480.00,180.00,True
Advice,By the hour,8,0,120.00,120.00,FALSE
"""


def read(file: str | bytes, prices: PriceList = EMPTY, *args: Any, **options: Any) -> ProductReading:
    return read_products(BytesIO(file.encode() if isinstance(file, str) else file), prices, *args, **options)


def faults(reading: ProductReading) -> list[tuple[int, str, str, str]]:
    """Every fault as (row, column, given, reason)."""
    return [(row, fault.column, fault.given, fault.reason) for row, found in reading.report.rejected for fault in found]


def half(row: FileRow) -> Decimal:
    return Decimal(row["Price"].replace(",", ".")) / 2


class TestHeadings:
    def test_of_superoffice(self) -> None:
        reading = read(SUPEROFFICE)
        assert reading.price_list.products == (
            Product(
                id="d-1",
                name="Desk",
                code="D-1",
                description="Oak",
                unit="pcs",
                cost=300,
                minimum_price=450,
                list_price=480,
                vat=25,
            ),
            Product(
                id="c-1", name="Chair", code="C-1", unit="pcs", cost=40, list_price="99.5", vat=25, in_assortment=False
            ),
        )
        assert (reading.added, reading.changed, reading.unread) == (("d-1", "c-1"), (), ("Supplier",))

    def test_of_contact_manager(self) -> None:
        reading = read(CONTACT_MANAGER)
        assert reading.price_list.products == (
            Product(id="desk", name="Desk", description="Oak", cost=300, list_price=480),
            Product(id="advice", name="Advice", description="By the hour", quantity=8, list_price=120, taxable=False),
        )
        assert reading.unread == ("Markup",)

    def test_of_contact_managers_smallest_file(self) -> None:
        """Contact Manager, B.4: the 2003 version imports name, description and unit price."""
        reading = read("Name,Description,Unit Price\nDesk,Oak,480.00\n")
        assert reading.price_list.products == (Product(id="desk", name="Desk", description="Oak", list_price=480),)
        assert str(reading.report) == "1 rows read: 1 accepted, 0 rejected"

    @pytest.mark.parametrize(
        "heading", ["UnitListPrice", "unit list price", "UNIT-LIST-PRICE", " List price ", "Price"]
    )
    def test_case_spaces_and_punctuation_do_not_count(self, heading: str) -> None:
        assert read(f"Name,{heading}\nDesk,1.50\n").price_list.product("desk").list_price == Decimal("1.50")

    def test_numbers_in_the_spelling_of_the_file(self) -> None:
        file = 'Name;Price;VAT\nDesk;"€ 1.250,50";6,5\n'
        reading = read(file, EMPTY, Headings(decimal=",", thousands=".", sign="€"), format=CsvFormat(delimiter=";"))
        assert [(p.list_price, p.vat) for p in reading.price_list.products] == [(Decimal("1250.50"), Decimal("6.5"))]

    def test_two_columns_of_one_meaning_are_not_guessed_between(self) -> None:
        with pytest.raises(FileRefused, match=r"'Price', 'Unit price' all mean the list_price.*the file has 'Name'"):
            read("Name,Price,Unit price\nDesk,1,2\n")

    def test_a_file_that_tells_no_product_is_refused(self) -> None:
        with pytest.raises(FileRefused, match="map a column to one of them; the file has 'Thing', 'Price'"):
            read("Thing,Price\nDesk,1\n")

    def test_an_empty_file_is_refused_and_one_without_rows_is_empty(self) -> None:
        with pytest.raises(FileRefused, match="it is empty"):
            read("")
        assert read("Name,Price\n") == (EMPTY, (), (), read("Name\n").report, ())


class TestRejections:
    def test_every_reason_of_a_row_at_once(self) -> None:
        file = "Code,Name,Price,Cost,VAT,Taxable,Quantity\nD-1,,cheap,1.2.3,101,perhaps,-\n"
        assert faults(read(file)) == [
            (2, "Name", "", "a new product needs a name"),
            (2, "Price", "cheap", "it is no amount such as 1234.50"),
            (2, "Cost", "1.2.3", "it is no amount such as 1234.50"),
            (2, "VAT", "101", "a percentage lies from 0 to 100 (12 means 12 %)"),
            (2, "Taxable", "perhaps", "it is neither yes nor no"),
            (2, "Quantity", "-", "it is no amount such as 1234.50"),
        ]

    def test_what_the_product_refuses_is_told_field_by_field(self) -> None:
        file = f"Name,Unit,Price,Description\n{'x' * 240},{'y' * 60},{'9' * 16},\x1b[31m\n"
        assert [(column, reason[:30]) for _, column, _, reason in faults(read(file))] == [
            ("Name", "it takes at most 239 character"),
            ("Unit", "it takes at most 59 characters"),
            ("Price", "use digits such as '12.50': at"),
            ("Description", "take out the control character"),
        ]

    def test_a_bad_row_costs_no_other(self) -> None:
        reading = read("Name,Price\nDesk,1\nChair\nLamp,x\n\nStool,4\n")
        assert [product.name for product in reading.price_list.products] == ["Desk", "Stool"]
        assert faults(reading) == [
            (3, "", "Chair", "it has 1 cells, the header has 2"),
            (4, "Price", "x", "it is no amount such as 1234.50"),
        ]
        report = reading.report
        assert (report.rows_read, report.accepted, report.blank_rows) == (4, 2, 1)

    def test_a_code_twice_is_told(self) -> None:
        assert faults(read("Code,Name\nD-1,Desk\nC-1,Chair\nD-1,Large desk\n")) == [
            (4, "Code", "D-1", "an earlier row has the same code")
        ]

    def test_a_name_twice_is_told_where_names_tell_products_apart(self) -> None:
        assert faults(read("Name,Price\nDesk,1\nDesk,2\n")) == [
            (3, "Name", "Desk", "an earlier row is of the same product, 'desk'")
        ]
        assert read("Code,Name\nA,Desk\nB,Desk\n").report.accepted == 2

    def test_codes_that_look_alike_would_be_one_product(self) -> None:
        assert faults(read("Code,Name\nD 1,Desk\nd-1,Chair\n")) == [
            (3, "Code", "d-1", "an earlier row is of the same product, 'd-1'")
        ]

    def test_a_row_that_tells_no_product_is_rejected(self) -> None:
        assert faults(read("Code,Name,Price\n,,5\n")) == [(2, "", "", "a product needs an id, a code or a name")]

    def test_a_code_that_no_id_can_be_made_of(self) -> None:
        assert faults(read("Code,Name\n+++,Desk\n")) == [
            (2, "Code", "+++", "an id is made from it, so it needs a letter or digit")
        ]


class TestAnExistingList:
    def test_prices_are_brought_up_to_date_by_code(self) -> None:
        reading = read("Code,Price\nD-1,500.00\nC-1,99.50\n", LISTED)
        assert reading.price_list.products == (evolve(DESK, list_price=500), CHAIR)
        assert (reading.added, reading.changed, reading.report.accepted) == ((), ("desk",), 2)

    def test_what_a_row_does_not_say_stays(self) -> None:
        reading = read("Code,Name,Price,Unit,Cost\nD-1,,500.00,,\n", LISTED)
        assert reading.price_list.product("desk") == evolve(DESK, list_price=500)

    def test_new_products_come_last_and_others_stay(self) -> None:
        reading = read("Code,Name,Price\nL-1,Lamp,30\n", LISTED)
        assert [product.id for product in reading.price_list.products] == ["desk", "chair", "l-1"]
        assert reading.added == ("l-1",)

    def test_without_codes_it_is_told_by_name(self) -> None:
        assert read("Name,Price\nDesk,500\n", LISTED).changed == ("desk",)

    def test_an_unknown_code_without_a_name_is_rejected(self) -> None:
        assert faults(read("Code,Price\nX-9,5\n", LISTED)) == [(2, "name", "", "a new product needs a name")]

    def test_a_code_of_two_products_is_not_guessed_at(self) -> None:
        both = LISTED.with_products(evolve(CHAIR, code="D-1"))
        assert faults(read("Code,Price\nD-1,5\n", both)) == [
            (2, "Code", "D-1", "products 'desk', 'chair' have it; map a column to their id")
        ]

    def test_a_new_code_does_not_take_the_id_of_another_product(self) -> None:
        assert faults(read("Code,Name\nDESK,Large desk\n", LISTED)) == [
            (2, "Code", "DESK", "its id would be that of 'Desk', 'desk'; map a column to the id")
        ]

    def test_an_id_does_not_take_the_code_of_another_product(self) -> None:
        assert faults(read("Id,Code,Name\nlamp,D-1,Lamp\n", LISTED)) == [
            (2, "Code", "D-1", "product 'desk' has it already")
        ]

    def test_by_id_even_the_code_can_change(self) -> None:
        assert read("Id,Code\ndesk,D-2\n", LISTED).price_list.product("desk") == evolve(DESK, code="D-2")

    def test_it_is_saved_as_any_list(self) -> None:
        pipeline = Pipeline.open("memory:", catalog=superoffice.catalog(), clock=clock)
        pipeline.put_price_list(LISTED)
        reading = read("Code,Price\nD-1,500.00\n", pipeline.price_list("2026-eur"))
        pipeline.put_price_list(reading.price_list)
        assert pipeline.price_list("2026-eur").product("desk").list_price == 500


class TestMapping:
    def test_columns_templates_functions_and_constants(self) -> None:
        mapping = ProductMapping(
            id=text("Nr"),
            name=Template("{What} in {Colour}"),
            list_price=amount("Price", decimal=","),
            cost=half,
            vat=percent("VAT", otherwise=Decimal(25)),
            in_assortment=flag("Sold"),
            unit="pcs",
            extra={"colour": text("Colour")},
        )
        reading = read('Nr,What,Colour,Price,VAT,Sold\n7,Desk,oak,"480,50",,NO\n', EMPTY, mapping)
        (product,) = reading.price_list.products
        assert (product.id, product.name, product.list_price, product.cost) == (
            "7",
            "Desk in oak",
            Decimal("480.50"),
            Decimal("240.25"),
        )
        assert (product.vat, product.in_assortment, product.unit, product.extra["colour"]) == (25, False, "pcs", "oak")

    def test_fields_of_ones_own_are_laid_over_those_there_are(self) -> None:
        mapping = ProductMapping(code=text("Code"), extra={"weight": amount("Weight")})
        reading = read("Code,Weight\nD-1,30.5\n", LISTED, mapping)
        assert dict(reading.price_list.product("desk").extra.values) == {"colour": "oak", "weight": Decimal("30.5")}

    def test_one_of_them_that_is_too_long_is_told(self) -> None:
        mapping = ProductMapping(code=text("Code"), extra={"note": text("Note")})
        assert faults(read(f"Code,Note\nD-1,{'x' * 2048}\n", LISTED, mapping)) == [
            (2, "Note", "x" * 200, "it takes at most 2047 characters, this has 2048")
        ]

    def test_a_flag_that_is_no_flag_is_told(self) -> None:
        mapping = ProductMapping(name=text("Name"), taxable=text("Tax"))
        assert faults(read("Name,Tax\nDesk,yes\n", EMPTY, mapping)) == [
            (2, "Tax", "yes", "it is no True or False; read it by flag(...)")
        ]

    def test_a_missing_column_is_named(self) -> None:
        with pytest.raises(FileRefused, match="'Cost'"):
            read("Name\nDesk\n", EMPTY, ProductMapping(name=text("Name"), cost=amount("Cost")))

    def test_something_has_to_tell_products_apart(self) -> None:
        with pytest.raises(InvalidValue, match="map a column to one of them"):
            ProductMapping(list_price=amount("Price"))

    def test_notes_are_in_the_report(self) -> None:
        mapping = ProductMapping(name=text("Name"), unit=text("Unit", otherwise="pcs", note_empty="no unit"))
        assert read("Name,Unit\nDesk,\n", EMPTY, mapping).report.adjusted == ((2, "Unit", "", "pcs", "no unit"),)


class TestUntrustedFiles:
    FORMULA = '=HYPERLINK("http://a.invalid","pay now")'

    def test_a_formula_is_text_and_stays_as_it_was(self) -> None:
        """What leaves is escaped by its medium; what comes in is kept as it was given."""
        reading = read('Name,Price\n"=HYPERLINK(""http://a.invalid"",""pay now"")",1\n')
        assert [product.name for product in reading.price_list.products] == [self.FORMULA]

    def test_a_formula_is_no_price(self) -> None:
        assert faults(read("Name,Price\nDesk,=1+1\n")) == [(2, "Price", "=1+1", "it is no amount such as 1234.50")]

    @example(b"Name,Price\n\xff,1\nDesk,1\n")
    @example(b'Name,Price\n"Desk,1\nChair,1\n')
    @given(st.binary(max_size=60).map(lambda tail: b"Code,Name,Price,Taxable\n" + tail))
    def test_every_row_is_taken_or_rejected_whatever_it_is(self, file: bytes) -> None:
        try:
            reading = read(file, LISTED)
        except SalesPipelineError:
            return
        report = reading.report
        assert report.rows_read == report.accepted + len(report.rejected)
        assert all(rejection.faults for rejection in report.rejected)
        assert len({*reading.added, *reading.changed}) <= report.accepted
        assert set(reading.price_list.products) >= {DESK, CHAIR} - {LISTED.product(id) for id in reading.changed}

    def test_a_file_by_its_path(self, tmp_path: Path) -> None:
        path = tmp_path / "products.csv"
        path.write_text(SUPEROFFICE, encoding="utf-8-sig")
        assert len(read_products(path, EMPTY).price_list.products) == 2
