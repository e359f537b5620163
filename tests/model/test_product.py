"""Products and price lists: what stands on a list, whom it serves, and copies of it in another currency."""

import pickle
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from salespipeline.errors import BrokenTable, InvalidValue, UnknownEntry
from salespipeline.model.currency import Currency
from salespipeline.model.rates import MissingRate, Rate, Rates
from salespipeline.quoting import PriceList, Product, Subscription
from salespipeline.testing.priced import price_lists

TODAY = date(2026, 1, 7)
DESK = Product(id="desk", name="Desk", list_price="480.00", cost="300.00", minimum_price="450.00")
CHAIR = Product(id="chair", name="Chair", list_price="99.50")
RATES = Rates("EUR", [Rate("NOK", "12.677", 100), Rate("GBP", "1.562")])


def euros(products: Iterable[Product] = (DESK, CHAIR), **given: Any) -> PriceList:
    return PriceList(id="2026-eur", name="2026", currency="EUR", products=tuple(products), **given)


def prices_of(prices: PriceList) -> list[tuple[str, str, str, str]]:
    return [(p.id, str(p.list_price), str(p.cost), str(p.minimum_price)) for p in prices.products]


class TestProduct:
    def test_markup_is_an_amount(self) -> None:
        """Contact Manager, B.4: unit price minus unit cost."""
        assert DESK.markup == 180

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("id", ""),
            ("name", " "),
            ("name", "x" * 240),
            ("name", "Desk\x1b[31m"),
            ("code", "x" * 65),
            ("unit", "x" * 60),
            ("description", "x" * 2048),
            ("list_price", 1.5),
            ("cost", "1e3"),
            ("minimum_price", "12,50"),
            ("quantity", True),
            ("vat", "101"),
        ],
    )
    def test_nonsense_is_refused(self, field: str, value: Any) -> None:
        with pytest.raises(InvalidValue):
            evolve(DESK, **{field: value})

    def test_a_subscription_runs_for_more_than_nothing(self) -> None:
        with pytest.raises(InvalidValue, match="give 1 or more"):
            Subscription("0")


class TestOnTheList:
    def test_a_product_is_found_by_its_id(self) -> None:
        assert euros().product("chair") is CHAIR
        assert euros().get("sofa") is None
        assert euros().get(7) is None

    def test_what_is_missing_is_named_with_what_there_is(self) -> None:
        with pytest.raises(UnknownEntry, match="'sofa': use one of 'desk', 'chair'"):
            euros().product("sofa")

    def test_a_product_stands_once(self) -> None:
        with pytest.raises(BrokenTable, match="product 'desk' stands twice"):
            euros([DESK, CHAIR, DESK])

    def test_a_new_product_comes_last_and_a_changed_one_stays_in_its_place(self) -> None:
        lamp, dearer = Product(id="lamp", name="Lamp"), evolve(DESK, list_price="500")
        assert euros().with_products(lamp, dearer).products == (dearer, CHAIR, lamp)

    def test_a_product_can_go(self) -> None:
        assert euros().without_product("desk").products == (CHAIR,)
        with pytest.raises(UnknownEntry):
            euros().without_product("sofa")

    @given(price_lists())
    def test_it_is_a_value(self, prices: PriceList) -> None:
        again = pickle.loads(pickle.dumps(prices))  # noqa: S301  # made in the line itself
        assert (again, hash(again)) == (prices, hash(prices))
        assert [again.get(product.id) for product in prices.products] == list(prices.products)

    def test_the_revision_is_no_part_of_it(self) -> None:
        assert euros(revision=7) == euros()
        assert "revision" not in repr(euros(revision=7))


class TestServing:
    @pytest.mark.parametrize(
        ("given", "serves"),
        [
            ({}, True),
            ({"valid_from": TODAY, "valid_to": TODAY}, True),
            ({"valid_from": date(2026, 1, 8)}, False),
            ({"valid_to": date(2026, 1, 6)}, False),
            ({"active": False}, False),
        ],
    )
    def test_both_days_are_included(self, given: dict[str, Any], serves: bool) -> None:
        assert euros(**given).serves(TODAY) is serves

    def test_days_in_the_wrong_order_are_refused(self) -> None:
        with pytest.raises(InvalidValue, match="before the first day, 2026-01-08"):
            euros(valid_from=date(2026, 1, 8), valid_to=TODAY)

    @pytest.mark.parametrize("code", ["eur", "EURO", "", "E1R"])
    def test_a_currency_is_a_code(self, code: str) -> None:
        with pytest.raises(InvalidValue, match="three capital letters"):
            evolve(euros(), currency=code)


class TestCopying:
    """SuperOffice, 5.13: a copy with the same prices, with converted ones, or with none."""

    def test_the_same_prices_under_another_name(self) -> None:
        stored = euros(valid_from=TODAY, active=False, revision=7)
        copy = stored.copied("2027-eur", name="2027")
        assert (copy.id, copy.name, copy.revision) == ("2027-eur", "2027", None)
        assert (copy.products, copy.valid_from, copy.active) == (stored.products, TODAY, False)

    def test_each_price_is_converted_and_rounded_once(self) -> None:
        copy = euros().copied("2026-nok", currency="NOK", rates=RATES, on=TODAY)
        assert (copy.currency, copy.name) == ("NOK", "2026")
        assert prices_of(copy) == [
            ("desk", "3786.38", "2366.49", "3549.74"),  # 480, 300 and 450 x 100 / 12.677
            ("chair", "784.89", "0.00", "None"),
        ]

    def test_in_the_decimals_of_the_currency(self) -> None:
        yen = Rates("EUR", [Rate("JPY", "0.6127", 100)])
        assert prices_of(euros([CHAIR]).copied("y", currency="JPY", rates=yen, on=TODAY))[0][1] == "16240"

    def test_a_currency_of_ones_own_comes_with_its_decimals(self) -> None:
        copy = euros([CHAIR]).copied("p", currency=Currency("PTS", 1), rates=Rates("EUR", [Rate("PTS", 3)]), on=TODAY)
        assert (copy.currency, str(copy.products[0].list_price)) == ("PTS", "33.2")

    def test_the_same_currency_needs_no_rates_and_rounds_nothing(self) -> None:
        fine = euros([evolve(CHAIR, list_price="0.0125")])
        assert fine.copied("x", currency="EUR").products == fine.products

    def test_with_zero_prices(self) -> None:
        copy = euros().copied("2026-nok", currency="NOK", zero_prices=True)
        assert prices_of(copy) == [("desk", "0", "0", "0"), ("chair", "0", "0", "None")]

    @pytest.mark.parametrize("given", [{}, {"rates": RATES}, {"on": TODAY}])
    def test_without_rates_or_day_the_way_out_is_named(self, given: dict[str, Any]) -> None:
        with pytest.raises(InvalidValue, match="give rates= and on=, or zero_prices"):
            euros().copied("x", currency="NOK", **given)

    def test_a_missing_rate_is_named(self) -> None:
        with pytest.raises(MissingRate, match="'USD' on 2026-01-07"):
            euros().copied("x", currency="USD", rates=RATES, on=TODAY)

    @given(price_lists(), st.sampled_from(("GBP", "JPY", "KWD")))
    def test_to_another_currency_and_back_each_price_is_near(self, prices: PriceList, code: str) -> None:
        """Two roundings: half a unit of each currency, in euros."""
        table = Rates("EUR", [Rate("GBP", "1.562"), Rate("JPY", "0.6127", 100), Rate("KWD", "3.0117")])
        there = prices.copied("there", currency=code, rates=table, on=TODAY)
        back = there.copied("back", currency="EUR", rates=table, on=TODAY)
        most = {"GBP": Decimal("0.0129"), "JPY": Decimal("0.0081"), "KWD": Decimal("0.0066")}[code]
        for before, after in zip(prices.products, back.products, strict=True):
            assert abs(before.list_price - after.list_price) <= most
            assert abs(before.cost - after.cost) <= most
