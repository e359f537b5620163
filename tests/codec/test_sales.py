"""Sales to records and back."""

import json
import pickle
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from attrs import evolve, fields, has
from hypothesis import given
from hypothesis import strategies as st
from tests.codec.records import (
    BUSINESS_CENTRAL,
    CONTACT_MANAGER,
    RECORD,
    SUPEROFFICE,
    TYPES,
    again,
    full,
    read,
    type_of,
)
from tests.properties.walks import TODAY, WALKED, new_sale

from salespipeline.codec import FORMAT, decode_sale, encode_sale, sale_keys
from salespipeline.codec.parts import PARTS, STATE_FIELDS, names_of
from salespipeline.codec.sales import OWN_FIELDS
from salespipeline.errors import NewerFormat, SalesPipelineError, UnreadableRecord
from salespipeline.model.actions import ChangeType, Edit, Lose, Next, Revise, Sell, Start
from salespipeline.model.history import HistoryEntry
from salespipeline.model.parts import (
    Document,
    DocumentKind,
    Initiator,
    InitiatorKind,
    Priority,
)
from salespipeline.model.sale import Sale, Stored
from salespipeline.model.sale_type import SaleType
from salespipeline.model.state import Lost, Open, Sold, Stalled
from salespipeline.rules.apply import apply
from salespipeline.rules.typed import is_a
from salespipeline.testing.strategies import legal_actions_for, sales


class TestRoundTrip:
    @WALKED
    @given(sales())
    def test_a_loaded_sale_is_the_one_that_was_stored(self, sale: Sale) -> None:
        """decode(encode(x)) == x, with exact types, all the way down."""
        loaded = again(sale)
        assert loaded == sale
        assert kinds(loaded) == kinds(sale)

    @WALKED
    @given(sales())
    def test_a_stored_record_is_the_one_that_was_loaded(self, sale: Sale) -> None:
        """encode(decode(b)) == b."""
        body = encode_sale(sale)
        assert encode_sale(again(sale)) == body

    def test_of_every_field(self) -> None:
        sale = full()
        assert again(sale) == sale
        assert kinds(again(sale)) == kinds(sale)

    @WALKED
    @given(sales())
    def test_of_text_is_one_line(self, sale: Sale) -> None:
        assert len(encode_sale(sale).splitlines()) == 1

    @pytest.mark.parametrize(
        "value", [Decimal("1E+3"), Decimal("0.10"), -(2**63), "", "true", True, 1, date.min, date.max]
    )
    def test_of_a_custom_value(self, value: Any) -> None:
        sale = apply(new_sale(TYPES["new-business"]), Edit(custom={"x": value}), on=TODAY)
        found = again(sale).custom["x"]
        assert found == value
        assert type(found) is type(value)

    def test_of_a_text_of_another_class(self) -> None:
        class Title(StrEnum):
            DESKS = "Desks"

        sale = apply(new_sale(TYPES["new-business"]), Edit(title=Title.DESKS, custom={"x": Title.DESKS}), on=TODAY)
        assert again(sale) == sale
        assert type(sale.title) is str

    def test_pickle_and_copy(self) -> None:
        sale = again(full())
        assert pickle.loads(pickle.dumps(sale)) == deepcopy(sale) == sale  # noqa: S301  # what this test wrote


def kinds(value: Any) -> Any:
    """The classes of a value and of everything in it."""
    if isinstance(value, SaleType):
        return SaleType
    if isinstance(value, Stored):
        return Stored
    if has(value.__class__):
        return value.__class__, [kinds(getattr(value, attribute.alias)) for attribute in fields(value.__class__)]
    return (tuple, [kinds(item) for item in value]) if is_a(value, tuple) else value.__class__


class TestTheRecord:
    def test_has_no_name_twice(self) -> None:
        """One namespace over all parts: a field can move from one part to another without a change of format."""
        names = [*OWN_FIELDS, *STATE_FIELDS, *(name for _, part in PARTS for name in names_of(part))]
        assert sorted(names) == sorted(set(names))

    def test_has_a_place_for_every_part_of_a_sale(self) -> None:
        own = {"id", "type", "registered", "state", "custom", "document", "stored"}
        own |= {"agenda", "lines", "quote", "history"}
        assert {attribute.alias for attribute in fields(Sale)} == own | {name for name, _ in PARTS}

    def test_has_a_place_for_every_field_of_a_state(self) -> None:
        states = {attribute.name for state in (Open, Stalled, Sold, Lost) for attribute in fields(state)}
        assert states | {"status"} == set(STATE_FIELDS)

    @pytest.mark.parametrize("sale", [new_sale(TYPES["new-business"]), full()], ids=["bare", "full"])
    def test_is_flat(self, sale: Sale) -> None:
        nested = {
            "custom",
            "document",
            "history",
            "activities",
            "lines",
            "quote",
            "references",
            "publication",
            "initiated_by",
            "categories",
            "competitors",
        }
        data = json.loads(encode_sale(sale))
        assert {name for name, value in data.items() if isinstance(value, (dict, list))} <= nested
        assert len(RECORD) == len({*RECORD} - {"format"}) + 1

    def test_of_a_full_sale_leaves_nothing_out(self) -> None:
        others = {"started", "closed_on", "value", "completed", "registered_by"}
        named = {*OWN_FIELDS, *STATE_FIELDS, *(name for _, part in PARTS for name in names_of(part))}
        assert named - set(RECORD) == others

    def test_of_a_history_has_its_columns_once(self) -> None:
        history = RECORD["history"]
        assert len(history["rows"]) == 4
        assert {len(row) for row in history["rows"]} == {len(history["columns"])} == {len(set(history["columns"]))}

    def test_does_not_name_a_default(self) -> None:
        assert "priority" not in json.loads(encode_sale(new_sale(TYPES["new-business"])))


class TestHistory:
    def test_shares_the_parts_that_did_not_change(self) -> None:
        sale = again(full())
        entry = sale.history[-1]
        for name in ("figures", "terms", "parties", "position"):
            assert getattr(entry, name) is getattr(sale, name)
        assert sale.history[0].figures is sale.history[1].figures

    @WALKED
    @given(sales())
    def test_shares_every_equal_part(self, sale: Sale) -> None:
        """Of equal parts there is one object: a long history costs what changed."""
        loaded = again(sale)
        for name in ("figures", "terms", "parties", "position", "state"):
            found = [getattr(entry, name) for entry in loaded.history] + [getattr(loaded, name)]
            assert len({id(part) for part in found}) == len({repr(part) for part in found})

    def test_is_the_same_to_every_question(self) -> None:
        sale = decode_sale("S-1", 1, encode_sale(full()), type_of)
        assert sale == full()
        assert sale.changed_on == TODAY
        assert len(sale.history) == 4
        assert hash(sale) == hash(full())


class TestUnknownFields:
    @given(st.data())
    @WALKED
    def test_survive_load_change_and_save(self, data: st.DataObject) -> None:
        """What a newer version wrote is kept and written back, whatever this version does to the sale."""
        sale = data.draw(sales(TYPES["new-business"]))
        record = json.loads(encode_sale(sale)) | {"mood": {"deep": [1, None, "ü"]}, "weather": "rain"}
        loaded = decode_sale(sale.id, 1, json.dumps(record), type_of)
        action = data.draw(legal_actions_for(loaded, loaded.changed_on))
        changed = json.loads(encode_sale(apply(loaded, action, on=loaded.changed_on)))
        assert (changed["mood"], changed["weather"]) == ({"deep": [1, None, "ü"]}, "rain")

    def test_are_outside_of_equality(self) -> None:
        record = RECORD | {"mood": "high"}
        assert read(json.dumps(record)) == full()


class TestFormat:
    @pytest.mark.parametrize("format", [FORMAT + 1, 10**9])
    def test_a_newer_one_is_refused(self, format: int) -> None:
        with pytest.raises(NewerFormat, match="update"):
            read(json.dumps(RECORD | {"format": format}))

    @pytest.mark.parametrize("format", [0, -1, "1", True, None, [1]])
    def test_what_is_none_is_refused(self, format: Any) -> None:
        with pytest.raises(UnreadableRecord, match="format"):
            read(json.dumps(RECORD | {"format": format}))


class TestGoldenRecords:
    """Written by hand: what an older version wrote opens for ever."""

    def test_superoffice(self) -> None:
        sale = read(SUPEROFFICE)
        assert sale.state == Sold(date(2025, 3, 9), "price", None, True)  # type: ignore[arg-type]
        assert (sale.title, sale.amount, sale.profit) == ("120 desks", Decimal("48000.00"), Decimal("35999.50"))
        assert (sale.owner, sale.company, sale.registered.by) == ("anna", "acme", "bob")
        assert sale.card.reminder == datetime(2025, 3, 10, 8, 0, 0, 1, UTC)
        assert dict(sale.custom.values) == {"since": date(2024, 1, 1), "vip": True}
        assert [(entry.action, entry.position.probability) for entry in sale.history] == [
            ("Register", 30),
            ("Sell", 100),
            ("Complete", 100),
        ]
        assert sale.history[-1].state == sale.state

    def test_contact_manager(self) -> None:
        sale = read(CONTACT_MANAGER)
        assert (sale.stage, sale.chance, sale.amount.as_tuple().exponent) == (None, Decimal("12.5"), 0)
        assert sale.origin.competitors == ("Alpha", "Beta")
        assert sale.origin.initiated_by == Initiator(InitiatorKind.PERSON, "joe")
        assert (sale.expected_close, sale.history) == (date.max, ())

    def test_business_central(self) -> None:
        sale = read(BUSINESS_CENTRAL)
        assert sale.state == Open(started=False)
        assert (sale.amount, sale.figures.digits, sale.card.priority) == (Decimal("-1.250"), 3, Priority.HIGH)
        assert sale.document == Document(DocumentKind.QUOTE, "Q-7", Decimal("2.500"))
        assert apply(sale, Start(), on=TODAY).stage == "ex-small-1"

    @pytest.mark.parametrize("body", [SUPEROFFICE, CONTACT_MANAGER, BUSINESS_CENTRAL])
    def test_are_written_back_as_they_were(self, body: str) -> None:
        assert json.loads(encode_sale(read(body))) == json.loads(body)


class TestKeys:
    @WALKED
    @given(sales())
    def test_are_the_sales_own(self, sale: Sale) -> None:
        """Every field that is filtered by is there, as text, unless the sale has none."""
        expected = {
            "status": sale.status.value,
            "type": sale.type.id,
            "owner": sale.owner,
            "stage": sale.stage,
            "company": sale.company,
            "person": sale.person,
            "project": sale.project,
            "campaign": sale.parties.campaign,
            "sale_date": str(sale.sale_date),
            "number": sale.number or None,
            "document": sale.document.number if sale.document else None,
        }
        assert sale_keys(sale) == {name: value for name, value in expected.items() if value is not None}

    def test_follow_every_change(self) -> None:
        sale = full()
        assert sale_keys(apply(sale, Lose("price"), on=TODAY))["status"] == "lost"
        assert sale_keys(apply(sale, Sell(closed_on=date(2025, 3, 9)), on=TODAY))["sale_date"] == "2025-03-09"


class TestWhatApplyAccepts:
    """A sale that `apply` made can be stored."""

    @pytest.mark.parametrize(
        "action",
        [
            Edit(description="é" * 100_000),
            Edit(custom={"x": Decimal("1E+14")}),
            Edit(categories=["a"] * 1000),
            Edit(title="\U0001f600" * 219),
            Edit(note="a\tb\nc"),
            Revise(amount="999999999999999.99"),
            Sell("price", competitor="x" * 64),
            Next(chance=0),
            ChangeType(TYPES["add-on"]),
        ],
    )
    def test_can_be_stored(self, action: Any) -> None:
        sale = apply(new_sale(TYPES["new-business"]), action, on=TODAY)
        assert again(sale) == sale

    def test_with_a_long_history(self) -> None:
        """A sale with ten years of weekly changes, and more."""
        sale = new_sale(TYPES["new-business"])
        entry: HistoryEntry = sale.history[0]
        long = evolve(sale, history=(entry,) * 1500)
        assert again(long) == long

    @pytest.mark.parametrize("by", [5, "", " x", "\ud800"])
    def test_is_done_by_somebody_with_an_id(self, by: Any) -> None:
        with pytest.raises(SalesPipelineError):
            apply(new_sale(TYPES["new-business"]), Sell(), on=TODAY, by=by)
