"""Quotes and product lines as stored: round trips, exact spelling, and damage."""

import json
import pickle
from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve, fields
from hypothesis import given
from hypothesis import strategies as st
from tests.codec.damage import WRONG, places
from tests.codec.records import EVERYTHING, RECORD, TYPES, again, full, read
from tests.codec.test_sales import kinds
from tests.properties.quoted import quote_of, quoted_sales
from tests.properties.walks import TODAY, WALKED, new_sale

from salespipeline.codec import decode_sale, encode_sale
from salespipeline.errors import UnreadableRecord
from salespipeline.model.action import Moment
from salespipeline.model.ids import LineId
from salespipeline.model.line import Line
from salespipeline.model.pricing import Master
from salespipeline.model.product import Subscription
from salespipeline.model.quote import Alternative, Approval, Finding, Order, Quote, QuoteVersion, Severity
from salespipeline.model.quote_life import QuoteStanding
from salespipeline.model.sale import Sale
from salespipeline.presets import contact_manager
from salespipeline.quoting import AddLine, AddQuoteLine, CreateQuote, EditQuoteLine, NewVersion
from salespipeline.rules.apply import apply, problems
from salespipeline.rules.typed import is_a
from salespipeline.testing.priced import alternatives, lines, quotes
from salespipeline.testing.strategies import sales

SALE = new_sale(EVERYTHING)
QUOTED = apply(SALE, CreateQuote(), on=TODAY)


class TestRoundTrip:
    @WALKED
    @given(quoted_sales())
    def test_of_a_quote_anywhere_in_its_life(self, sale: Sale) -> None:
        """decode(encode(x)) == x with exact types, and encode(decode(b)) == b."""
        loaded = again(sale)
        assert loaded == sale
        assert kinds(loaded.quote) == kinds(sale.quote)
        assert encode_sale(loaded) == encode_sale(sale)

    @WALKED
    @given(sales(contact_manager.opportunity(), max_steps=10))
    def test_of_product_lines(self, sale: Sale) -> None:
        loaded = again(sale)
        assert loaded.lines == sale.lines
        assert kinds(loaded.lines) == kinds(sale.lines)
        assert encode_sale(loaded) == encode_sale(sale)

    @WALKED
    @given(quotes())
    def test_of_any_quote(self, quote: Quote) -> None:
        found = quote_of(again(evolve(SALE, quote=quote)))
        assert found == quote
        assert [spelled(line) for line in lines_of(found)] == [spelled(line) for line in lines_of(quote)]

    @given(st.lists(lines(), max_size=3))
    def test_of_any_lines(self, found: list[Line]) -> None:
        """Numbers come back as they were typed, zeros at the end included; nothing else is remembered of them."""
        numbered = tuple(evolve(line, id=LineId(f"L-{place}")) for place, line in enumerate(found, 1))
        loaded = again(evolve(SALE, lines=numbered))
        assert loaded.lines == numbered
        assert [spelled(line) for line in loaded.lines] == [spelled(line) for line in numbered]

    @given(alternatives())
    def test_of_any_alternative(self, alternative: Alternative) -> None:
        version = evolve(quote_of(QUOTED).active, alternatives=[alternative], favourite=alternative.id)
        quote = evolve(quote_of(QUOTED), versions=[version], made=10**9)
        loaded = quote_of(again(evolve(QUOTED, quote=quote))).favourite
        assert loaded == alternative
        assert spelled(loaded) == spelled(alternative)

    @pytest.mark.parametrize("typed", ["12.50", "12.5", "0", "0.0000", "-0.10", "999999999999999.9999"])
    @pytest.mark.parametrize("master", [master for master in Master if master is not Master.NONE])
    def test_of_what_was_typed(self, master: Master, typed: str) -> None:
        line = Line(id=LineId("L-1"), name="Desk", quantity=1, list_price=10, master=master, typed=Decimal(typed))
        assert str(again(evolve(SALE, lines=(line,))).lines[0].typed) == typed


def lines_of(quote: Quote) -> list[Line]:
    return [line for version in quote.versions for each in version.alternatives for line in each.lines]


def spelled(priced: Line | Alternative) -> list[str]:
    """Every number of a line or an alternative, as text; but for those at their default, which are not written."""
    given = [attribute for attribute in fields(type(priced)) if attribute.init]
    values = [(getattr(priced, attribute.name), attribute.default) for attribute in given]
    return [str(value) for value, default in values if isinstance(value, Decimal) and value != default]


# The record.


def told(data: Any) -> Any:
    """JSON data with each table as the fields of its rows, in whatever order its columns stand."""
    if is_a(data, list):
        return [told(each) for each in data]
    if not is_a(data, dict):
        return data
    if set(data) == {"columns", "rows"}:
        rows = [zip(data["columns"], row, strict=True) for row in data["rows"]]
        return [{name: told(value) for name, value in row if value is not None} for row in rows]
    return {name: told(value) for name, value in data.items()}


class TestTheRecord:
    @pytest.mark.parametrize("kind", [Line, Alternative, QuoteVersion, Quote, Approval, Finding, Order, Subscription])
    def test_of_a_full_quote_leaves_nothing_out(self, kind: Any) -> None:
        text = json.dumps({"quote": RECORD["quote"], "lines": RECORD["lines"]})
        missing = [a.name for a in fields(kind) if a.init and f'"{a.name}"' not in text]
        assert missing == []

    def test_names_no_default(self) -> None:
        quote = json.loads(encode_sale(QUOTED))["quote"]
        assert set(quote) == {"currency", "versions", "sets_amount", "made"}
        assert set(quote["versions"][0]) == {"rank", "number", "made", "alternatives", "favourite"}
        assert quote["versions"][0]["alternatives"] == [{"id": "ALT-1", "name": "Products"}]

    def test_of_lines_has_its_columns_once(self) -> None:
        assert list(RECORD["lines"]) == ["columns", "rows"]
        assert len(RECORD["lines"]["columns"]) == len(set(RECORD["lines"]["columns"]))

    def test_has_neither_lines_nor_a_quote_where_there_are_none(self) -> None:
        assert {"lines", "quote"}.isdisjoint(json.loads(encode_sale(SALE)))

    def test_keeps_nothing_that_follows(self) -> None:
        """Totals are worked out, never stored: a record cannot contradict itself."""
        assert not {"subtotal", "total_cost", "total", "profit"} & {key for _, key in places(RECORD) if key in RECORD}
        assert '"total_cost"' not in encode_sale(full())


# Written by hand: what an older version wrote opens for ever.

GOLDEN = """{
    "format": 1, "type": "new-business", "status": "open", "title": "Desks", "stage": "proposal",
    "chance": "30", "completion": "0", "probability": "30",
    "currency": "NOK", "amount": "399001.20", "cost": "210000.00", "expected_close": "2025-06-01",
    "registered_on": "2025-03-01",
    "quote": {
        "currency": "NOK", "made": 3,
        "versions": [
            {
                "rank": 1, "number": "10046", "made": {"on": "2025-03-01", "by": "anna"}, "standing": "archived",
                "alternatives": [
                    {"id": "ALT-1", "name": "Products", "lines": {
                        "columns": ["id", "name", "quantity", "list_price", "cost"],
                        "rows": [["L-2", "Desk", "42", "10000", "5000"]]
                    }}
                ],
                "favourite": "ALT-1", "sent_on": "2025-03-02", "valid_until": "2025-04-01", "archived_from": "sent",
                "approval": {"asked_on": "2025-03-01", "asked_by": "anna", "approver": "bob", "approved": true,
                             "decided_on": "2025-03-02", "decided_by": "bob", "registered_by": "anna", "text": "fine"},
                "findings": [{"code": "discount-over-limit", "severity": "warning", "alternative": "ALT-1"}]
            },
            {
                "rank": 2, "number": "10047", "made": {"on": "2025-03-09"},
                "alternatives": [
                    {"id": "ALT-1", "name": "Products", "lines": {
                        "columns": ["id", "name", "quantity", "list_price", "cost", "master", "typed", "vat",
                                    "subscription"],
                        "rows": [
                            ["L-2", "Desk", "42", "10000", "5000", "discount-percent", "5.0", "25", null],
                            ["L-3", "Service", "1", "0.10", null, null, null, null, {"periods": "12", "unit": "month"}]
                        ]
                    }}
                ],
                "favourite": "ALT-1"
            }
        ]
    }
}"""


class TestGoldenRecord:
    def test_opens(self) -> None:
        quote = quote_of(read(GOLDEN))
        assert [(version.number, version.standing) for version in quote.versions] == [
            ("10046", QuoteStanding.ARCHIVED),
            ("10047", QuoteStanding.NOT_CALCULATED),
        ]
        assert (quote.favourite.total, quote.favourite.total_cost) == (Decimal("399001.20"), 210000)
        assert quote.version(1).favourite == quote.active.favourite == "ALT-1"
        assert (quote.version(1).archived_from, quote.version(1).severity) == (QuoteStanding.SENT, Severity.WARNING)
        assert quote.version(1).approval == Approval(
            asked_on=TODAY,
            asked_by="anna",  # type: ignore[arg-type]  # an id is text
            approver="bob",  # type: ignore[arg-type]
            approved=True,
            decided_on=date(2025, 3, 2),
            decided_by="bob",  # type: ignore[arg-type]
            registered_by="anna",  # type: ignore[arg-type]
            text="fine",
        )
        desk, service = quote.favourite.lines
        assert (desk.master, str(desk.typed), desk.discount_amount) == (Master.DISCOUNT_PERCENT, "5.0", 21000)
        assert service.subscription == Subscription(12, "month")
        assert quote.active.made == Moment(date(2025, 3, 9))

    def test_is_written_back_as_it_was(self) -> None:
        assert told(json.loads(encode_sale(read(GOLDEN)))) == told(json.loads(GOLDEN))

    def test_goes_on(self) -> None:
        """Ids are not given again."""
        sale = apply(read(GOLDEN), AddQuoteLine("Chair", quantity=1, list_price=10), on=date(2025, 3, 9))
        assert [line.id for line in quote_of(sale).favourite.lines] == ["L-2", "L-3", "L-4"]


class TestReadingLate:
    def test_a_broken_quote_keeps_nobody_from_the_rest(self) -> None:
        record = json.dumps(RECORD | {"quote": {"currency": "EUR"}, "lines": []})
        sale = decode_sale("S-1", 7, record, TYPES.__getitem__)
        assert (sale.title, len(sale.history)) == ("120 desks", 4)
        for field in ("quote", "lines"):
            with pytest.raises(UnreadableRecord) as caught:
                getattr(sale, field)
            assert (caught.value.id, caught.value.field) == ("S-1", field)

    def test_it_travels_between_processes(self) -> None:
        """A sale that nobody has read through is the same after pickling and copying."""
        unread = decode_sale("S-1", 7, encode_sale(full()), TYPES.__getitem__)
        for copied in (pickle.loads(pickle.dumps(unread)), deepcopy(unread)):  # noqa: S301  # just written
            assert (copied.quote, copied.lines) == (full().quote, full().lines)

    def test_a_change_of_something_else_keeps_it(self) -> None:
        unread = decode_sale("S-1", 7, encode_sale(QUOTED), TYPES.__getitem__)
        after = apply(unread, AddLine("Desk", list_price=5), on=TODAY)
        assert (after.quote, len(after.lines)) == (QUOTED.quote, 1)


class TestWhatApplyAccepts:
    """A sale that `apply` made can be stored."""

    @pytest.mark.parametrize(
        "given",
        [
            {"list_price": "999999999999999.9999"},
            {"list_price": Decimal(1).scaleb(-20)},
            {"quantity": Decimal("1E+3"), "list_price": 1},
            {"discount_percent": Decimal("33.33333333333333333333")},
            {"name": "\U0001f600" * 239},
            {"extra": {"since": date(2025, 1, 1), "rate": Decimal("1.10"), "vip": True}},
            {"subscription": Subscription("0.0001")},
        ],
        ids=str,
    )
    def test_can_be_stored(self, given: Any) -> None:
        sale = apply(QUOTED, AddQuoteLine("Desk", quantity=1), on=TODAY)
        sale = apply(sale, EditQuoteLine("L-2", **given), on=TODAY)
        assert again(sale) == sale

    def test_with_the_most_decimals_all_over_is_worked_out(self) -> None:
        third = Decimal("0." + "3" * 20)
        sale = apply(QUOTED, AddQuoteLine("Desk", quantity=third, list_price=third, discount_percent=third), on=TODAY)
        assert again(sale) == sale

    @pytest.mark.parametrize("name", ["quantity", "list_price", "cost", "minimum_price", "discount_percent", "total"])
    def test_with_more_decimals_is_refused(self, name: str) -> None:
        given: dict[str, Any] = {"quantity": 1, name: Decimal("0." + "3" * 21)}
        line = AddQuoteLine("Desk", **given)
        assert [each.field for each in problems(QUOTED, line, on=TODAY)] == [name]


# Damage.

NO_TABLES = (
    '{"columns": ["id"], "rows": [["L-1", 1]]}',
    '{"columns": ["id", "id"], "rows": [["L-1", "L-1"]]}',
    '{"columns": "id", "rows": []}',
    '{"columns": [], "rows": ["ab"]}',
    '{"columns": [], "rows": [[]]}',
    '{"columns": ["id", "total"], "rows": []}',
    '{"columns": ["id", "subtotal"], "rows": []}',
    '{"columns": [["id"]], "rows": []}',
    '{"columns": []}',
    '{"rows": []}',
    '{"columns": ["id", "name"], "rows": [{"a": 1, "b": 2}]}',
    '{"columns": ["id", "name"], "rows": [["L-1", "Desk"]]}',  # no quantity
)


def refused(record: object) -> UnreadableRecord | None:
    try:
        read(json.dumps(record))
    except UnreadableRecord as error:
        assert str(error)
        return error
    return None


DROPPED = object()


def with_quote(path: str, value: object) -> dict[str, Any]:
    """The full record with another value in its quote; a path leads from field to field, and by numbers."""
    record = deepcopy(RECORD)
    place: Any = record["quote"]
    *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    for step in steps:
        place = place[step]
    if value is DROPPED:
        del place[last]
    else:
        place[last] = value
    return record


def in_first_line(name: str) -> str:
    """The path to a cell of the first line."""
    return f"versions/0/alternatives/0/lines/rows/0/{first_lines(RECORD['quote'])['columns'].index(name)}"


def first_lines(quote: Any) -> Any:
    return quote["versions"][0]["alternatives"][0]["lines"]


CELLS: tuple[tuple[str, Any], ...] = (
    *(("quantity", value) for value in (5, "", "1e3", "NaN", None, "1_0", "9" * 60)),
    *(("vat", value) for value in ("-1", "100.01", 21)),
    *(("master", value) for value in ("sum", 1, None)),  # without its master, what was typed is too much
    *(("typed", value) for value in ("x", 5, None)),
    *(("name", value) for value in ("", 5, "a\nb", "x" * 240)),
    *(("taxable", value) for value in ("no", 0)),
    *(("subscription", value) for value in (12, {}, {"periods": "0"}, {"periods": "1", "colour": "red"})),
    *(("extra", value) for value in ("x", ["x"], {"x": None}, {"x": ["y"]}, {"": 1})),
    *(("id", value) for value in (5, None)),
)
# What does not hang together: of the path to it, and what stands there.
TORN: tuple[tuple[str, Any], ...] = (
    ("currency", DROPPED),
    ("colour", "red"),
    ("versions", []),
    ("versions/1/rank", 3),
    ("versions/0/rank", 2),
    ("versions/0/standing", "gone"),
    ("versions/0/favourite", "ALT-9"),
    ("versions/0/valid_until", "2025-02-30"),
    ("versions/0/approval/colour", "red"),
    ("versions/0/approval/asked_on", DROPPED),
    ("versions/0/findings/0", {"code": "x"}),
    ("versions/0/findings/0/severity", "awful"),
    ("versions/0/alternatives", []),
    ("versions/0/alternatives/1/id", "ALT-1"),  # twice
    ("versions/0/alternatives/1/lines/rows/0/0", "L-2"),  # twice
    ("versions/0/made/on", "today"),
    ("order/alternative", DROPPED),
    ("order/on", 5),
)
# What hangs together in itself, and no action makes.
NEVER_MADE: tuple[tuple[str, Any], ...] = (
    ("currency", "USD"),  # the sale is in euros
    ("made", 1),  # an id would be given again
    ("versions/0/standing", "sent"),  # only the last version is active
    ("order/alternative", "ALT-9"),
)


class TestDamage:
    @pytest.mark.parametrize("table", NO_TABLES)
    def test_of_a_table(self, table: str) -> None:
        damaged = with_quote("versions/0/alternatives/0/lines", json.loads(table))
        for field, record in (("lines", RECORD | {"lines": json.loads(table)}), ("quote", damaged)):
            error = refused(record)
            assert error is not None
            assert (error.id, error.field) == ("S-1", field)

    @pytest.mark.parametrize(("name", "value"), CELLS)
    def test_of_a_cell_of_a_line(self, name: str, value: Any) -> None:
        for record in (with_quote(in_first_line(name), value), {**RECORD, "lines": changed_table(name, value)}):
            error = refused(record)
            assert error is not None
            assert error.field in ("quote", "lines")

    @pytest.mark.parametrize(("path", "value"), TORN)
    def test_of_what_hangs_together(self, path: str, value: Any) -> None:
        error = refused(with_quote(path, value))
        assert error is not None
        assert error.field == "quote"

    @pytest.mark.parametrize(("path", "value"), NEVER_MADE)
    def test_of_what_no_action_makes(self, path: str, value: Any) -> None:
        assert refused(with_quote(path, value)) is not None

    def test_is_none_of_an_id_from_elsewhere(self) -> None:
        """A line keeps the id that it came with; those that are given here go on from their own."""
        open_again = {name: value for name, value in RECORD.items() if name not in ("reopen_on", "reason")}
        record = {**open_again, "status": "open", "lines": changed_table("id", "10000")}
        sale = apply(read(json.dumps(record)), AddLine("Chair"), on=TODAY)
        assert [line.id for line in sale.lines] == ["10000", "L-1"]

    @given(st.data())
    def test_anywhere_inside(self, data: st.DataObject) -> None:
        """Whatever is changed in a quote or lines, however deep: it is read, or refused as a record."""
        record = deepcopy(RECORD)
        part = data.draw(st.sampled_from([record["quote"], {"lines": record["lines"]}, record["quote"]["versions"][0]]))
        place, key = data.draw(st.sampled_from(list(places(part))))
        if data.draw(st.booleans()):
            place[key] = data.draw(st.sampled_from(WRONG))
        else:
            del place[key]
        error = refused(record)
        if error is None:
            once = encode_sale(read(json.dumps(record)))
            assert read(once) == read(json.dumps(record))
        else:
            assert (error.id, error.field) in (("S-1", "quote"), ("S-1", "lines"))


def changed_table(name: str, value: Any) -> Any:
    """A table of one line with a typed figure, one cell of it changed."""
    table = deepcopy(first_lines(RECORD["quote"]))
    table["rows"][0][table["columns"].index(name)] = value
    return table


def test_a_new_version_of_a_full_quote_shares_its_lines() -> None:
    """What a new version copies is stored with it, and reads as the same."""
    sale = again(full())
    quote = quote_of(sale)
    assert quote.version(1).alternatives == quote.version(2).alternatives
    assert NewVersion() == NewVersion(number="")
