"""How a sale begins: defaults, checks of every field, the first entry."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve, fields
from hypothesis import given
from tests.properties.walks import TODAY, WALKED, new_sale

from salespipeline.errors import SalesPipelineError
from salespipeline.model.action import KEEP
from salespipeline.model.actions import Edit
from salespipeline.model.currency import Currency
from salespipeline.model.parts import Parties
from salespipeline.model.people import Company, Person
from salespipeline.model.problem import Refused
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing
from salespipeline.presets import business_central, contact_manager, superoffice
from salespipeline.rules.registering import Details, register
from salespipeline.testing.strategies import new_sales

TYPE = superoffice.new_business()


def refusal(**given: Any) -> list[tuple[str, str]]:
    """What is wrong with a registration, by code and field."""
    details: dict[str, Any] = {"type": TYPE, "id": "S-1", "title": "Desks", "on": TODAY, "currency": "EUR", **given}
    with pytest.raises(Refused) as caught:
        register(details.pop("type"), **details)
    assert str(caught.value)
    return [(problem.code, problem.field) for problem in caught.value.problems]


class TestDefaults:
    def test_come_from_the_type(self) -> None:
        sale = new_sale(TYPE)
        assert (sale.stage, sale.chance, sale.probability) == ("lead", 1, 1)
        assert (sale.expected_close, sale.category) == (date(2025, 6, 1), "Acquisition")
        assert (sale.amount, sale.cost, str(sale.amount), sale.margin) == (0, 0, "0.00", None)

    def test_of_seven_january_and_three_months(self) -> None:
        sale = register(TYPE, id="a", title="A", on=date(2025, 1, 7), currency="EUR")
        assert sale.expected_close == date(2025, 4, 7)

    def test_of_a_type_without_stages(self) -> None:
        sale = new_sale(evolve(TYPE, stages=()))
        assert (sale.stage, sale.chance, sale.standing) == (None, 0, Standing.OPEN)

    def test_of_a_process_that_is_started_later(self) -> None:
        sale = new_sale(business_central.cycles()[0])
        assert (sale.standing, sale.stage, sale.probability) == (Standing.NOT_STARTED, None, 0)

    def test_yield_to_what_is_given(self) -> None:
        sale = new_sale(TYPE, stage="proposal", chance="45", amount="10", margin="25", expected_close=TODAY)
        assert (sale.stage, sale.chance, sale.cost, sale.expected_close) == ("proposal", 45, Decimal("7.50"), TODAY)

    def test_of_a_currency_of_ones_own(self) -> None:
        sale = register(TYPE, id="a", title="A", on=TODAY, currency=Currency("XBT", 4), amount="1.2345")
        assert (sale.currency, sale.amount) == ("XBT", Decimal("1.2345"))


class TestTheFirstEntry:
    @WALKED
    @given(new_sales())
    def test_is_where_it_begins(self, sale: Sale) -> None:
        (entry,) = sale.history
        assert (entry.on, entry.by, entry.action) == (sale.registered.on, sale.registered.by, "Register")
        assert entry.figures is sale.figures
        assert entry.position is sale.position
        assert (entry.stage_name, entry.reason_name) == (sale.stage_name, None)


class TestRefusals:
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ({"id": "a/b"}, ("invalid-value", "id")),
            ({"id": None}, ("invalid-value", "id")),
            ({"title": ""}, ("invalid-value", "title")),
            ({"title": None}, ("invalid-value", "title")),
            ({"title": KEEP}, ("invalid-value", "title")),
            ({"title": "x" * 220}, ("invalid-value", "title")),
            ({"currency": "XXX"}, ("invalid-value", "currency")),
            ({"currency": "eur"}, ("invalid-value", "currency")),
            ({"currency": None}, ("invalid-value", "currency")),
            ({"currency": ["EUR"]}, ("invalid-value", "currency")),
            ({"stage": "nowhere"}, ("unknown-stage", "stage")),
            ({"stage": None}, ("unknown-stage", "stage")),
            ({"chance": "101"}, ("invalid-value", "chance")),
            ({"chance": "0.5"}, ("percent-too-fine", "chance")),
            ({"amount": 1.5}, ("invalid-value", "amount")),
            ({"amount": "1.005"}, ("invalid-value", "amount")),
            ({"amount": Decimal("NaN")}, ("invalid-value", "amount")),
            ({"expected_close": datetime(2025, 1, 1, tzinfo=UTC)}, ("invalid-value", "expected_close")),
            ({"owner": "a/b"}, ("invalid-value", "owner")),
            ({"company": "acme"}, ("invalid-value", "company")),
            ({"colour": "red"}, ("unknown-field", "colour")),
            ({"reason": "price"}, ("unknown-field", "reason")),
            ({"type": evolve(TYPE, retired=True)}, ("type-retired", "type")),
            ({"company": Company("a", "A"), "person": Person("p", "P", "b")}, ("person-of-other-company", "person")),
        ],
    )
    def test_nonsense_is_refused_by_field(self, given: dict[str, Any], expected: tuple[str, str]) -> None:
        assert refusal(**given) == [expected]

    def test_all_faults_come_at_once(self) -> None:
        found = refusal(id="", title="", currency="?", stage="x", chance=-1, amount="x", owner="", colour=1)
        assert {field for _, field in found} == {
            "id",
            "title",
            "currency",
            "stage",
            "chance",
            "amount",
            "owner",
            "colour",
        }

    @pytest.mark.parametrize("name", ["stage", "chance"])
    def test_a_process_that_is_started_later_has_no_stage_yet(self, name: str) -> None:
        cycle = business_central.cycles()[0]
        assert ("only-while", name) in refusal(type=cycle, **{name: "ex-large-1" if name == "stage" else 10})

    def test_a_process_of_one_party_begins_with_it(self) -> None:
        assert refusal(type=contact_manager.opportunity()) == [("party-required", "company")]

    def test_an_expected_close_before_today(self) -> None:
        found = refusal(type=business_central.cycles()[0], expected_close=date(2025, 2, 28))
        assert found == [("close-before-today", "expected_close")]

    @pytest.mark.parametrize("on", [datetime(2025, 1, 1, tzinfo=UTC), "2025-01-01", None])
    def test_the_day_is_a_day(self, on: Any) -> None:
        with pytest.raises(SalesPipelineError):
            register(TYPE, id="a", title="A", on=on, currency="EUR")

    @pytest.mark.parametrize("by", [5, "", "a/b"])
    def test_the_user_is_one(self, by: Any) -> None:
        with pytest.raises(SalesPipelineError):
            register(TYPE, id="a", title="A", on=TODAY, currency="EUR", by=by)


def test_everything_that_is_edited_can_be_given() -> None:
    edited = {parameter.name for parameter in Edit.parameters()} - {"title", "reason", "reopen_on"}
    parties = {attribute.name for attribute in fields(Parties)}
    assert edited | parties <= set(Details.__annotations__)
