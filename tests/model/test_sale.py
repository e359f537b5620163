"""The sale as a value: immutable, equal by value, and its refusals to be set."""

import pickle
import re
from copy import copy, deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve, fields
from hypothesis import given
from tests.properties.walks import TODAY, WALKED, brought_to, new_sale, type_of

from salespipeline.errors import InvalidValue, ReadOnly
from salespipeline.model.action import KEEP, Moment
from salespipeline.model.actions import ACTIONS, Assign, Edit, Lose, MoveTo, Sell, Stall
from salespipeline.model.figures import Figures, Position
from salespipeline.model.parts import Custom
from salespipeline.model.quote_actions import (
    LINE_ACTIONS,
    LINK_ACTIONS,
    QUOTE_ACTIONS,
    CancelOrder,
    PlaceOrder,
    PostInvoice,
)
from salespipeline.model.sale import Sale, Stored
from salespipeline.model.standing import Standing
from salespipeline.presets import business_central, superoffice
from salespipeline.rules.apply import apply
from salespipeline.testing.strategies import sales

SALE = new_sale(superoffice.new_business(), amount="100", owner="anna")
NAMES = sorted(name for name, value in vars(Sale).items() if isinstance(value, property))
PARTS = sorted(str(attribute.alias) for attribute in fields(Sale))

EVERY_ACTION: tuple[type[Any], ...] = (
    *(*ACTIONS, *LINE_ACTIONS, *QUOTE_ACTIONS, *LINK_ACTIONS),
    *(PlaceOrder, PostInvoice, CancelOrder),
)

NOTHING = {"chance": Decimal(0), "completion": Decimal(0), "probability": Decimal(0)}


class TestSetting:
    @pytest.mark.parametrize("name", [*NAMES, *PARTS, "nonsense"])
    def test_is_refused(self, name: str) -> None:
        with pytest.raises(ReadOnly) as caught:
            setattr(SALE, name, "x")
        assert caught.value.attribute == name
        assert "'S-1'" in str(caught.value)

    @pytest.mark.parametrize("name", [*NAMES, *PARTS])
    def test_shows_a_way_that_exists(self, name: str) -> None:
        """The way it shows is an action that there is, with a parameter that it has."""
        with pytest.raises(ReadOnly) as caught:
            setattr(SALE, name, "x")
        found = re.search(r"apply\(sale, (\w+)\((?:(\w+)=)?", caught.value.instead)
        if found:
            action = {kind.__name__: kind for kind in EVERY_ACTION}[found[1]]
            assert found[2] is None or found[2] in {parameter.name for parameter in action.parameters()}

    @pytest.mark.parametrize("name", ["title", "amount"])
    def test_and_deleting_too(self, name: str) -> None:
        with pytest.raises(AttributeError):
            delattr(SALE, name)

    def test_inside_of_parts_is_refused_too(self) -> None:
        for part in (SALE.card, SALE.figures, SALE.state, SALE.custom, SALE.history[0], SALE.type):
            with pytest.raises(AttributeError):
                setattr(part, next(iter(fields(type(part)))).name, 1)


class TestEquality:
    def test_is_by_value(self) -> None:
        assert new_sale(superoffice.new_business()) == new_sale(superoffice.new_business())
        assert new_sale(superoffice.new_business()) != new_sale(superoffice.new_business(), amount=1)

    def test_of_the_type_is_by_its_id(self) -> None:
        assert evolve(SALE, type=evolve(SALE.type, name="Other")) == SALE
        assert evolve(SALE, type=evolve(SALE.type, id="other")) != SALE

    def test_leaves_out_what_the_storage_knows(self) -> None:
        assert evolve(SALE, stored=Stored(7, (("x", "1"),))) == SALE

    @WALKED
    @given(sales())
    def test_goes_with_the_hash(self, sale: Sale) -> None:
        """Sales are hashable, equal by value, and the same after pickling and copying."""
        for again in (copy(sale), deepcopy(sale), pickle.loads(pickle.dumps(sale))):  # noqa: S301  # just written
            assert again == sale
            assert hash(again) == hash(sale)

    def test_of_custom_fields_tells_kinds_apart(self) -> None:
        values: tuple[Any, ...] = (1, True, "1", Decimal(1))
        assert len({Custom({"x": value}) for value in values}) == 4


class TestRepr:
    def test_is_what_one_would_type(self) -> None:
        shown = repr(SALE)
        assert shown.startswith("Sale(id='S-1', type='new-business', registered=Moment(")
        assert "history" not in shown
        assert "stored" not in shown


class TestReading:
    def test_where_it_stands(self) -> None:
        sold = apply(SALE, Sell("price", closed_on=date(2025, 3, 9)), on=TODAY)
        assert (sold.is_closed, sold.is_completed, sold.reason, sold.closed_on) == (
            True,
            False,
            "price",
            date(2025, 3, 9),
        )
        assert (sold.sale_date, sold.days_to_close, sold.changed_on) == (date(2025, 3, 9), 8, TODAY)
        assert (sold.stage, sold.stage_name, sold.stage_when_closed) == ("lead", "Lead", "lead")

    def test_what_it_is_worth(self) -> None:
        sale = new_sale(superoffice.new_business(), amount="200", cost="50", stage="proposal")
        assert (sale.profit, sale.margin, sale.weighted, sale.value) == (150, 75, 60, 60)
        assert apply(sale, Lose(), on=TODAY).value == 0
        assert apply(sale, Sell(value=180), on=TODAY).value == 180

    def test_a_value_kept_aside_counts(self) -> None:
        sale = new_sale(business_central.cycles()[0], amount="200")
        sold = apply(sale, Sell("CP", value="150"), on=TODAY)
        assert (sold.amount, sold.value, sold.weighted) == (200, 150, 200)

    def test_a_reason_is_of_its_state(self) -> None:
        assert SALE.reason is None
        assert apply(SALE, Stall(reason="budget"), on=TODAY).reason == "budget"

    def test_before_any_history_the_registration_was_the_last_change(self) -> None:
        assert evolve(SALE, history=()).changed_on == TODAY

    @pytest.mark.parametrize("standing", superoffice.LIFECYCLE.standings)
    def test_a_standing_is_a_status_with_a_flag(self, standing: Standing) -> None:
        sale = brought_to(standing, new_sale(type_of("superoffice")))
        assert (sale.standing, sale.status) == (standing, standing.status)
        assert (sale.is_closed, sale.is_completed) == (standing.is_closed, standing.is_completed)


class TestParts:
    @pytest.mark.parametrize(
        "values",
        [{"": 1}, {"a\n": 1}, {5: 1}, {"a": 1.5}, {"a": None}, {"a": ["b"]}, {"a": Decimal("NaN")}, {"a": 2**70}],
    )
    def test_custom_fields_are_plain(self, values: Any) -> None:
        with pytest.raises(InvalidValue):
            Custom(values)

    @pytest.mark.parametrize("value", [Decimal("1E+60"), Decimal("1E-90"), "x" * 3000, "a\nb", b"x"])
    def test_custom_fields_are_bounded(self, value: Any) -> None:
        with pytest.raises(InvalidValue):
            Custom({"a": value})

    def test_custom_fields_read_like_a_mapping(self) -> None:
        values: dict[str, Any] = {"b": 1, "a": "x"}
        custom = Custom(values)
        assert (list(custom), len(custom), custom["b"], custom.get("c"), custom.get("c", 7)) == (
            ["a", "b"],
            2,
            1,
            None,
            7,
        )
        assert "a" in custom
        assert "c" not in custom
        with pytest.raises(KeyError):
            custom["c"]

    def test_custom_fields_come_from_pairs_too(self) -> None:
        assert Custom((("a", 1), ("b", 2))) == Custom({"b": 2, "a": 1})

    @pytest.mark.parametrize("name", ["chance", "completion", "probability"])
    @pytest.mark.parametrize("percent", ["-0.01", "100.01"])
    def test_a_position_has_percentages(self, name: str, percent: str) -> None:
        with pytest.raises(InvalidValue):
            Position(
                None, **{**dict.fromkeys(("chance", "completion", "probability"), Decimal(0)), name: Decimal(percent)}
            )

    def test_figures_have_one_number_of_decimals(self) -> None:
        with pytest.raises(InvalidValue):
            Figures("EUR", Decimal("1.00"), Decimal("1.0"))

    @pytest.mark.parametrize("by", ["", " ", 5, "a/b"])
    def test_a_moment_is_of_somebody(self, by: Any) -> None:
        with pytest.raises(InvalidValue):
            Moment(TODAY, by)


class TestActions:
    def test_keep_says_what_it_is(self) -> None:
        assert repr(KEEP) == "KEEP"
        assert pickle.loads(pickle.dumps(KEEP)) is KEEP  # noqa: S301  # just written

    @pytest.mark.parametrize("action", EVERY_ACTION)
    def test_an_action_is_an_immutable_value(self, action: type[Any]) -> None:
        required = dict.fromkeys(action.required(), "x")
        one, other = action(**required), action(**required)
        assert one == other
        assert hash(one) == hash(other)
        assert not hasattr(one, "__dict__")
        with pytest.raises(AttributeError):
            setattr(one, "colour", 1)  # noqa: B010  # pyright knows that there is none

    @pytest.mark.parametrize("action", EVERY_ACTION)
    def test_an_action_survives_pickling(self, action: type[Any]) -> None:
        made = action(**dict.fromkeys(action.required(), "x"))
        assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301  # just written

    def test_the_essential_value_is_positional(self) -> None:
        assert Edit.required() == ()
        assert MoveTo("lead").stage == "lead"
        assert Assign("bob").owner == "bob"
        with pytest.raises(TypeError):
            Edit("title")  # type: ignore[call-arg]


def test_a_sale_in_one_line() -> None:
    sale = evolve(SALE, card=evolve(SALE.card, title="120 desks\u202e"))
    assert str(sale) == f"{SALE.id} '120 desks\\u202e': open, Lead, 1 % of 100.00 EUR"
