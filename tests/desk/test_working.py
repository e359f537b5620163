"""Working at the desk: one call a step, strict with a sale, patient with an id, all or none in bulk."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from tests.desk.desks import TODAY, Desk

from salespipeline import (
    Action,
    Assign,
    BulkRefused,
    Complete,
    Conflict,
    Edit,
    InvalidValue,
    Link,
    Lose,
    Moment,
    MoveTo,
    Next,
    NotFound,
    Pipeline,
    Problem,
    Refused,
    Revise,
    Sale,
    Sell,
    Stall,
    Status,
    apply,
    register,
)
from salespipeline.model.rule import Check


def test_a_step_is_saved(desk: Desk, pipeline: Pipeline, sale: Sale) -> None:
    after = pipeline.apply(sale, Next())
    assert desk("bob").get(sale.id) == after
    assert after.stage == "first-meeting"


def test_the_revision_rises_with_every_save(pipeline: Pipeline, sale: Sale) -> None:
    after = pipeline.apply(sale, Next())
    assert sale.stored.revision is not None
    assert after.stored.revision is not None
    assert after.stored.revision > sale.stored.revision


def test_a_step_that_changes_nothing_saves_nothing(pipeline: Pipeline, sale: Sale) -> None:
    assert pipeline.apply(sale, Revise(amount="48000.00")) is sale
    assert pipeline.get(sale.id).stored.revision == sale.stored.revision


def test_a_refused_step_saves_nothing(pipeline: Pipeline, sale: Sale) -> None:
    with pytest.raises(Refused):
        pipeline.apply(sale, Complete())
    assert pipeline.get(sale.id) == sale


def test_a_sale_that_somebody_else_changed_is_a_conflict_naming_both_revisions(desk: Desk, sale: Sale) -> None:
    desk("bob").apply(sale.id, Edit(note="called"))
    with pytest.raises(Conflict) as conflict:
        desk("anna").apply(sale, Next())
    assert conflict.value.expected == sale.stored.revision
    assert conflict.value.found is not None
    assert conflict.value.found > (sale.stored.revision or 0)


def test_nothing_is_lost_by_a_conflict(desk: Desk, pipeline: Pipeline, sale: Sale) -> None:
    desk("bob").apply(sale.id, Edit(note="called"))
    with pytest.raises(Conflict):
        pipeline.apply(sale, Edit(note="written"))
    pipeline.refresh()
    assert pipeline.get(sale.id).note == "called"


def test_a_step_by_id_is_done_to_the_latest_sale(desk: Desk, pipeline: Pipeline, sale: Sale) -> None:
    desk("bob").apply(sale.id, Edit(note="called"))
    after = pipeline.apply(sale.id, Next())
    assert (after.note, after.stage) == ("called", "first-meeting")


def test_an_id_that_does_not_exist_is_named(pipeline: Pipeline) -> None:
    with pytest.raises(NotFound, match="'S-7'"):
        pipeline.apply("S-7", Next())


def test_a_step_can_be_dated(pipeline: Pipeline, sale: Sale) -> None:
    sold = pipeline.apply(sale, Sell(), on=date(2025, 2, 1))
    assert (sold.closed_on, sold.history[-1].on, sold.history[-1].by) == (date(2025, 2, 1), date(2025, 2, 1), "anna")


def test_bulk_changes_all_in_one_commit(pipeline: Pipeline) -> None:
    sales = [pipeline.add(f"deal {n}", type="add-on") for n in range(3)]
    after = pipeline.apply_all(sales, Assign("bob"))
    assert {sale.owner for sale in after} == {"bob"}
    assert len({sale.stored.revision for sale in after}) == 1


def test_bulk_changes_none_when_one_is_refused(pipeline: Pipeline) -> None:
    sales = [pipeline.add(f"deal {n}", type="add-on") for n in range(3)]
    pipeline.apply(sales[1], Lose())
    with pytest.raises(BulkRefused, match="1 refused") as refused:
        pipeline.apply_all([sale.id for sale in sales], Stall())
    assert [refusal.sale_id for refusal in refused.value.refusals] == [sales[1].id]
    assert [sale.status for sale in pipeline.sales()] == [Status.OPEN, Status.LOST, Status.OPEN]


def test_bulk_takes_a_sale_once(pipeline: Pipeline, sale: Sale) -> None:
    assert len(pipeline.apply_all([sale, sale], Next())) == 1


def test_bulk_of_nothing_is_nothing(pipeline: Pipeline) -> None:
    assert pipeline.apply_all([], Next()) == ()


def test_sales_are_found_by_what_they_are(pipeline: Pipeline) -> None:
    ours = pipeline.add("ours", type="add-on")
    theirs = pipeline.apply(pipeline.add("theirs", type="add-on", owner="bob"), Stall())
    assert pipeline.sales(owner="anna", status=Status.OPEN) == (ours,)
    assert pipeline.sales(status="stalled") == (theirs,)
    assert pipeline.sales(stage="first-meeting", type="add-on") == (ours, theirs)
    assert pipeline.sales(owner="nobody") == ()


def test_sales_are_found_by_what_they_have_not(pipeline: Pipeline) -> None:
    alone = pipeline.add("alone", type="add-on")
    pipeline.apply(pipeline.add("linked", type="add-on"), Link(project="P-1"))
    assert pipeline.sales(project=None) == (alone,)


def test_a_filter_that_does_not_exist_is_named(pipeline: Pipeline) -> None:
    with pytest.raises(InvalidValue, match="owner"):
        pipeline.sales(colour="red")


def test_a_sale_made_outside_of_the_desk_can_be_saved(pipeline: Pipeline) -> None:
    made = register(pipeline.catalog.type("add-on"), id="old-1", title="x", on=TODAY, currency="EUR")
    saved = pipeline.save(made)
    assert pipeline.save(apply(saved, MoveTo("proposal"), on=TODAY)).stage == "proposal"
    assert pipeline.get("old-1").stage == "proposal"


def test_saving_over_an_existing_sale_is_refused(pipeline: Pipeline, sale: Sale) -> None:
    twin = register(pipeline.catalog.type("add-on"), id=sale.id, title="x", on=TODAY, currency="EUR")
    with pytest.raises(Refused, match="taken"):
        pipeline.save(twin)
    assert pipeline.get(sale.id) == sale


def test_a_deleted_sale_is_gone(pipeline: Pipeline, sale: Sale) -> None:
    pipeline.delete(sale)
    with pytest.raises(NotFound):
        pipeline.get(sale.id)


def test_deleting_what_somebody_changed_is_a_conflict(desk: Desk, pipeline: Pipeline, sale: Sale) -> None:
    desk("bob").apply(sale.id, Next())
    with pytest.raises(Conflict):
        pipeline.delete(sale)
    pipeline.delete(sale.id)


def no_giants(sale: Sale, action: Action, moment: Moment) -> Iterator[Problem]:
    """A guard of this desk: amounts above 100,000 are not for everybody."""
    amount = getattr(action, "amount", None)
    if isinstance(amount, str) and Decimal(amount) > 100_000 and moment.by != "boss":
        yield Problem("too-big", "amount", amount, params={"message": "ask the boss"})


GUARDS: tuple[Check, ...] = (no_giants,)


def test_a_guard_refuses_with_the_rules_in_one_go(desk: Desk, sale: Sale) -> None:
    with pytest.raises(Refused, match="ask the boss") as refused:
        desk("anna", guards=GUARDS).apply(sale.id, Revise(amount="250000.00", chance=120))
    assert {problem.code for problem in refused.value.problems} == {"too-big", "invalid-value"}


def test_a_guard_knows_who_asks(desk: Desk, sale: Sale) -> None:
    assert desk("boss", guards=GUARDS).apply(sale.id, Revise(amount="250000.00")).amount == 250_000


def test_a_list_of_the_catalog_is_kept(pipeline: Pipeline, sale: Sale) -> None:
    with pytest.raises(Refused, match="'website', 'referral'"):
        pipeline.apply(sale, Edit(source="moon"))
    assert pipeline.apply(sale, Edit(source="fair")).source == "fair"


def test_problems_and_offers_include_the_guards(desk: Desk, sale: Sale) -> None:
    pipeline = desk("anna", guards=GUARDS)
    assert [p.code for p in pipeline.problems(sale, Revise(amount="250000.00"))] == ["too-big"]
    assert "MoveTo" in {offer.action.__name__ for offer in pipeline.available(sale) if offer.is_open}
