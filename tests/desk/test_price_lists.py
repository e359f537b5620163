"""Price lists at the desk: kept with each product by itself, changed by several people, and found by their ids."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.desk.desks import TODAY, Desk, clock

from salespipeline import (
    Action,
    Company,
    Conflict,
    InvalidValue,
    JsonStorage,
    MemoryStorage,
    NotFound,
    Pipeline,
    Problem,
    Sale,
    UnknownEntry,
)
from salespipeline.exchange import export_document, import_document
from salespipeline.model.rates import Rate
from salespipeline.presets import business_central, contact_manager, superoffice
from salespipeline.quoting import (
    AddLine,
    AddQuoteLine,
    CreateQuote,
    PlaceOrder,
    PriceList,
    Product,
    QuoteCheck,
    SendQuote,
    UpdatePrices,
    Validate,
)
from salespipeline.storage.base import Change, Commit, Record
from salespipeline.testing.priced import products

DESK = Product(id="desk", name="Desk", list_price="480.00", cost="300.00")
CHAIR = Product(id="chair", name="Chair", list_price="99.50", quantity=4)
OLD = Product(id="stool", name="Stool", list_price="20", in_assortment=False)
EUROS = PriceList(id="2026-eur", name="2026", currency="EUR", products=(DESK, CHAIR, OLD))
KRONER = PriceList(id="2026-nok", name="2026", currency="NOK", products=(DESK,))
# Said this way because a pipeline takes the id of a list, where a lone sale takes the list.
BY_ID: Any = "2026-eur"
WRONG: Any = 0


@pytest.fixture
def quoted(pipeline: Pipeline) -> Sale:
    """A sale with a quote, at a desk that keeps the list."""
    pipeline.put_price_list(EUROS)
    return pipeline.apply(pipeline.add("Desks", type="new-business"), CreateQuote())


def after(pipeline: Pipeline, sale: Sale, *steps: Action) -> Sale:
    for step in steps:
        sale = pipeline.apply(sale, step)
    return sale


def written(pipeline: Pipeline) -> set[str]:
    """The products that the last commit wrote."""
    number = pipeline.refresh()
    return {record.id for record in pipeline.storage.scan("product") if record.revision == number}


def found(pipeline: Pipeline, sale: Sale, action: Action) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(problem.code, problem.field, problem.accepted) for problem in pipeline.problems(sale, action)]


class TestKept:
    def test_a_list_comes_back_as_it_was(self, desk: Desk, pipeline: Pipeline) -> None:
        pipeline.put_price_list(EUROS)
        pipeline.put_price_list(KRONER)
        bob = desk("bob")
        assert bob.price_list("2026-eur") == EUROS
        assert bob.price_lists() == (EUROS, KRONER)

    def test_what_is_missing_is_named(self, pipeline: Pipeline) -> None:
        assert pipeline.price_lists() == ()
        with pytest.raises(NotFound, match="price-list '2027'"):
            pipeline.price_list("2027")

    def test_lists_whose_names_begin_alike_are_kept_apart(self, pipeline: Pipeline) -> None:
        short = evolve(EUROS, id="2026", products=(CHAIR,))
        pipeline.put_price_list(EUROS)
        pipeline.put_price_list(short)
        assert pipeline.price_lists() == (short, EUROS)

    def test_what_is_no_list_is_refused(self, pipeline: Pipeline) -> None:
        with pytest.raises(InvalidValue, match="give a PriceList"):
            pipeline.put_price_list(DESK)  # type: ignore[arg-type]

    def test_a_currency_of_nobody_is_refused(self, pipeline: Pipeline) -> None:
        with pytest.raises(UnknownEntry, match="XQX"):
            pipeline.put_price_list(evolve(EUROS, currency="XQX"))

    @pytest.mark.parametrize("field", ["taxable", "in_assortment"])
    def test_what_nobody_could_read_again_is_refused(self, field: str) -> None:
        given: dict[str, Any] = {field: 1}
        with pytest.raises(InvalidValue, match="give True or False"):
            evolve(DESK, **given)
        with pytest.raises(InvalidValue, match="give True or False"):
            evolve(EUROS, active="no")  # type: ignore[arg-type]

    def test_ten_thousand_products_are_one_commit_of_small_records(self, pipeline: Pipeline) -> None:
        many = [Product(id=f"p{n:05}", name=f"Thing {n}", description="x" * 200) for n in range(10_000)]
        before = pipeline.refresh()
        saved = pipeline.put_price_list(evolve(EUROS, products=many))
        assert pipeline.refresh() == before + 1 == saved.revision
        assert pipeline.price_list("2026-eur").products == tuple(many)
        pipeline.put_price_list(saved.with_products(evolve(many[500], list_price="1.00")))
        assert written(pipeline) == {"2026-eur/p00500"}


class TestOnlyWhatChangedIsWritten:
    LAMP = Product(id="lamp", name="Lamp")

    @pytest.mark.parametrize(
        ("changed", "names"),
        [
            (EUROS.with_products(LAMP), {"lamp"}),
            (EUROS.with_products(evolve(CHAIR, cost=1)), {"chair"}),
            (EUROS.without_product("desk"), set[str]()),
            (evolve(EUROS, name="Old", active=False), set[str]()),
            (evolve(EUROS, products=(CHAIR, OLD, DESK)), {"desk"}),
            (evolve(EUROS, products=(OLD, CHAIR, DESK)), {"chair", "desk"}),
            (evolve(EUROS, products=()), set[str]()),
        ],
        ids=["added", "dearer", "gone", "renamed", "moved to the end", "turned round", "emptied"],
    )
    def test_of_a_list(self, pipeline: Pipeline, changed: PriceList, names: set[str]) -> None:
        pipeline.put_price_list(EUROS)
        saved = pipeline.put_price_list(changed)
        assert written(pipeline) == {f"2026-eur/{name}" for name in names}
        assert pipeline.price_list("2026-eur") == changed == saved

    def test_of_the_same_list_nothing(self, pipeline: Pipeline) -> None:
        saved = pipeline.put_price_list(EUROS)
        before = pipeline.refresh()
        assert pipeline.put_price_list(EUROS).revision == saved.revision
        assert pipeline.refresh() == before

    @settings(max_examples=30)
    @given(st.lists(st.lists(products(), max_size=6, unique_by=lambda product: product.id), max_size=5))
    def test_whatever_is_put_is_read_again(self, several: list[list[Product]]) -> None:
        """Added, changed, taken out and put in another order, one after the other."""
        pipeline = Pipeline.open("memory:", catalog=superoffice.catalog(), clock=clock)
        for each in several:
            prices = evolve(EUROS, products=each)
            pipeline.put_price_list(prices)
            assert pipeline.price_list("2026-eur") == prices

    def test_what_a_newer_version_wrote_is_kept(self, pipeline: Pipeline) -> None:
        pipeline.put_price_list(EUROS)
        marked = [_marked(record) for kind in ("price-list", "product") for record in pipeline.storage.scan(kind)]
        pipeline.storage.commit(Commit(changes=tuple(marked), at=clock()))
        pipeline.put_price_list(evolve(EUROS, name="New", products=[evolve(DESK, cost=1), CHAIR, OLD]))
        for kind, id in (("price-list", "2026-eur"), ("product", "2026-eur/desk"), ("product", "2026-eur/chair")):
            record = pipeline.storage.read(kind, id)
            assert record is not None
            assert json.loads(record.body)["mood"] == ["new"]


def _marked(record: Record) -> Change:
    body = json.dumps({**json.loads(record.body), "mood": ["new"]})
    return Change(kind=record.kind, id=record.id, keys=record.keys, body=body)


class TestSeveralPeople:
    def test_who_read_the_list_before_somebody_changed_it_is_told(self, desk: Desk, pipeline: Pipeline) -> None:
        mine = pipeline.put_price_list(EUROS)
        theirs = desk("bob").price_list("2026-eur")
        saved = pipeline.put_price_list(mine.with_products(evolve(DESK, list_price=500)))
        with pytest.raises(Conflict) as conflict:
            desk("bob").put_price_list(theirs.with_products(evolve(CHAIR, list_price=100)))
        assert (conflict.value.expected, conflict.value.found) == (mine.revision, saved.revision)
        assert pipeline.price_list("2026-eur") == saved

    def test_nothing_is_lost_at_a_desk_that_has_not_looked_since(self, desk: Desk, pipeline: Pipeline) -> None:
        mine, bob = pipeline.put_price_list(EUROS), desk("bob")
        theirs = bob.price_list("2026-eur")
        pipeline.put_price_list(mine.with_products(evolve(DESK, list_price=500)))
        with pytest.raises(Conflict):
            bob.put_price_list(theirs.with_products(evolve(CHAIR, list_price=100)))

    def test_a_list_that_is_made_anew_takes_the_place_of_the_other(self, desk: Desk, pipeline: Pipeline) -> None:
        bob = desk("bob")
        pipeline.put_price_list(EUROS)
        fresh = evolve(EUROS, products=(CHAIR,))
        bob.put_price_list(fresh)
        assert bob.price_list("2026-eur") == fresh

    def test_work_on_it_goes_on_with_what_was_saved(self, pipeline: Pipeline) -> None:
        saved = pipeline.put_price_list(EUROS)
        saved = pipeline.put_price_list(saved.without_product("stool"))
        assert pipeline.put_price_list(saved.without_product("chair")).products == (DESK,)


class TestTheCurrencyIsFixed:
    def test_once_it_is_stored(self, pipeline: Pipeline) -> None:
        saved = pipeline.put_price_list(EUROS)
        for prices in (evolve(saved, currency="NOK"), evolve(EUROS, currency="NOK")):
            with pytest.raises(InvalidValue, match=r"'2026-eur' is in EUR for good; make another of it, with copied"):
                pipeline.put_price_list(prices)
        assert pipeline.price_list("2026-eur").currency == "EUR"

    def test_a_copy_takes_another(self, pipeline: Pipeline) -> None:
        saved = pipeline.put_price_list(EUROS)
        copy = pipeline.put_price_list(saved.copied("2026-nok", currency="NOK", zero_prices=True))
        assert [prices.currency for prices in pipeline.price_lists()] == ["EUR", "NOK"]
        assert pipeline.price_list("2026-nok") == copy


class TestLinesFromAList:
    def test_a_list_is_named_by_its_id(self, pipeline: Pipeline, quoted: Sale) -> None:
        sale = after(
            pipeline, quoted, AddQuoteLine("chair", price_list=BY_ID), AddQuoteLine(DESK, price_list=BY_ID, quantity=2)
        )
        assert sale.quote is not None
        assert [(line.product, line.price_list, line.total) for line in sale.quote.favourite.lines] == [
            ("chair", "2026-eur", 398),
            ("desk", "2026-eur", 960),
        ]
        assert sale.amount == 1358

    def test_contact_managers_lines_too(self, desk: Desk) -> None:
        pipeline = desk(catalog=contact_manager.catalog())
        pipeline.put_price_list(EUROS)
        sale = pipeline.add("Desks", type="opportunity", company=Company("acme", "Acme"))
        assert [line.total for line in pipeline.apply(sale, AddLine("chair", price_list=BY_ID)).lines] == [398]

    def test_the_revision_tells_the_id_alone(self, pipeline: Pipeline, quoted: Sale) -> None:
        pipeline.apply(quoted, AddQuoteLine("chair", price_list=BY_ID))
        told = json.loads(pipeline.revisions(quoted.id)[-1].told)
        assert told == {"action": "AddQuoteLine", "what": "chair", "price_list": "2026-eur"}

    def test_so_it_does_when_the_list_itself_is_given(self, pipeline: Pipeline, quoted: Sale) -> None:
        pipeline.apply(quoted, AddQuoteLine("chair", price_list=EUROS))
        assert json.loads(pipeline.revisions(quoted.id)[-1].told)["price_list"] == "2026-eur"

    def test_an_unknown_list_is_a_problem_with_those_that_would_do(self, pipeline: Pipeline, quoted: Sale) -> None:
        pipeline.put_price_list(KRONER)
        pipeline.put_price_list(evolve(EUROS, id="2025-eur", active=False))
        unknown: Any = "2027-eur"
        assert pipeline.problems(quoted, AddQuoteLine("chair", price_list=unknown)) == (
            Problem("unknown-entry", "price_list", "2027-eur", ["2026-eur"]),
        )

    @pytest.mark.parametrize("what", ["chair", CHAIR, "something else"], ids=["id", "product", "name"])
    def test_and_is_told_with_the_rest(self, pipeline: Pipeline, quoted: Sale, what: Product | str) -> None:
        unknown: Any = "2027-eur"
        action = AddQuoteLine(what, price_list=unknown, quantity="many", alternative="ALT-9")
        assert [(code, field) for code, field, _ in found(pipeline, quoted, action)] == [
            ("unknown-entry", "price_list"),
            ("unknown-alternative", "alternative"),
            ("invalid-value", "quantity"),
        ]

    @pytest.mark.parametrize("what", ["sofa", "stool"], ids=["unknown", "not sold any more"])
    def test_a_product_that_is_not_sold_is_named_with_those_that_are(
        self, pipeline: Pipeline, quoted: Sale, what: str
    ) -> None:
        action = AddQuoteLine(what, price_list=BY_ID, quantity=1)
        assert found(pipeline, quoted, action) == [("unknown-product", "what", ("desk", "chair"))]

    def test_a_list_in_another_currency_or_out_of_use_is_refused(self, pipeline: Pipeline, quoted: Sale) -> None:
        pipeline.put_price_list(evolve(KRONER, valid_to=date(2025, 1, 6)))
        kroner: Any = "2026-nok"
        codes = [code for code, _, _ in found(pipeline, quoted, AddQuoteLine("desk", price_list=kroner))]
        assert codes == ["price-list-currency", "price-list-out-of-use"]

    @pytest.mark.parametrize("nonsense", [7, b"2026-eur", ["2026-eur"]], ids=repr)
    def test_what_is_no_id_is_refused(self, pipeline: Pipeline, quoted: Sale, nonsense: Any) -> None:
        assert found(pipeline, quoted, AddQuoteLine("desk", price_list=nonsense, quantity=1)) == [
            ("invalid-value", "price_list", ())
        ]


class TestWhatLooksAtTheLists:
    @pytest.fixture
    def sale(self, pipeline: Pipeline, quoted: Sale) -> Sale:
        return pipeline.apply(quoted, AddQuoteLine("desk", price_list=BY_ID, quantity=1))

    def codes(self, sale: Sale) -> list[str]:
        assert sale.quote is not None
        return [finding.code for finding in sale.quote.active.findings]

    def test_prices_are_brought_up_to_date(self, pipeline: Pipeline, sale: Sale) -> None:
        pipeline.put_price_list(EUROS.with_products(evolve(DESK, list_price="500.00")))
        assert pipeline.get(sale.id).amount == 480
        assert pipeline.apply(sale, UpdatePrices()).amount == 500

    @pytest.mark.parametrize(
        "action", [Validate(), SendQuote(), PlaceOrder()], ids=lambda action: type(action).__name__
    )
    @pytest.mark.parametrize(
        ("changed", "check"),
        [
            (evolve(EUROS, active=False), QuoteCheck.PRICE_LIST_OUT_OF_USE),
            (EUROS.without_product("desk"), QuoteCheck.NOT_IN_ASSORTMENT),
            (EUROS.with_products(evolve(DESK, in_assortment=False)), QuoteCheck.NOT_IN_ASSORTMENT),
        ],
        ids=["deactivated", "taken out", "not sold any more"],
    )
    def test_a_quote_is_held_against_its_list(
        self, pipeline: Pipeline, sale: Sale, action: Action, changed: PriceList, check: QuoteCheck
    ) -> None:
        pipeline.put_price_list(changed)
        judged = pipeline.apply(sale, Validate())
        assert self.codes(judged) == [check.value]
        assert self.codes(pipeline.apply(judged, action)) == [check.value]

    def test_old_lines_stay_as_they_are(self, pipeline: Pipeline, sale: Sale) -> None:
        pipeline.put_price_list(EUROS.without_product("desk"))
        assert pipeline.apply(sale, UpdatePrices()).amount == 480

    def test_lists_that_are_given_come_before_those_that_are_kept(self, pipeline: Pipeline, sale: Sale) -> None:
        other = EUROS.with_products(evolve(DESK, list_price=700))
        assert pipeline.apply(sale, UpdatePrices(price_lists=[other])).amount == 700

    def test_a_line_of_a_list_that_is_not_kept_is_left_alone(self, pipeline: Pipeline, quoted: Sale) -> None:
        own = evolve(EUROS, id="elsewhere", products=(evolve(DESK, in_assortment=False), CHAIR))
        sale = after(pipeline, quoted, AddQuoteLine("chair", price_list=own), Validate())
        assert self.codes(sale) == []

    def test_several_sales_have_their_own_lists(self, pipeline: Pipeline, sale: Sale) -> None:
        pipeline.put_price_list(KRONER)
        kroner: Any = "2026-nok"
        other = pipeline.add("Desks", type="new-business", currency="NOK")
        other = after(pipeline, other, CreateQuote(), AddQuoteLine("desk", price_list=kroner, quantity=1))
        pipeline.put_price_list(KRONER.with_products(evolve(DESK, list_price=5000)))
        both = pipeline.apply_all([sale, other], UpdatePrices())
        assert [each.amount for each in both] == [480, 5000]

    def test_what_needs_no_list_asks_for_none(self, pipeline: Pipeline) -> None:
        sale = pipeline.add("Desks", type="new-business")
        assert found(pipeline, sale, UpdatePrices())[0][0] == "no-quote"

    def test_business_central_without_any_list(self, desk: Desk) -> None:
        pipeline = desk(catalog=business_central.catalog())
        assert pipeline.price_lists() == ()


class TestTheWholeStore:
    def test_goes_out_and_comes_in_with_its_lists(self, pipeline: Pipeline, quoted: Sale, tmp_path: Path) -> None:
        pipeline.put_price_list(KRONER)
        text = export_document(pipeline.storage)
        again = import_document(text, JsonStorage(tmp_path / "again.jsonl"), clock=clock)
        assert again.price_lists() == (EUROS, KRONER)
        assert export_document(again.storage) == text
        again.put_price_list(EUROS.with_products(evolve(DESK, cost=1)))
        assert written(again) == {"2026-eur/desk"}

    def test_a_damaged_product_comes_in_nowhere(self, pipeline: Pipeline, quoted: Sale) -> None:
        text = export_document(pipeline.storage).replace('"list_price": "99.50"', '"list_price": 99')
        storage = MemoryStorage()
        with pytest.raises(ValueError, match="list_price"):
            import_document(text, storage, clock=clock)
        assert storage.number == 0


def test_rates_are_kept_with_the_catalog(desk: Desk, pipeline: Pipeline) -> None:
    rates = pipeline.catalog.rates.with_rates(Rate("NOK", "12.677", 100))
    pipeline.change_catalog(evolve(pipeline.catalog, rates=rates))
    bob = desk("bob", catalog=None)
    copy = EUROS.copied("2026-nok", currency="NOK", rates=bob.catalog.rates, on=TODAY)
    assert str(bob.put_price_list(copy).product("desk").list_price) == "3786.38"
