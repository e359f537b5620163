"""Changing the type: what the new type could not hold is refused."""

from datetime import date

from salespipeline import ChangeType, Company, Link, apply, problems, register
from salespipeline.presets import business_central, contact_manager, superoffice

DAY = date(2025, 1, 7)
SALE = register(superoffice.new_business(), id="S-1", title="x", on=DAY, currency="EUR")


def test_a_process_of_one_party_takes_no_sale_without() -> None:
    assert [p.code for p in problems(SALE, ChangeType(contact_manager.opportunity()), on=DAY)] == ["party-required"]


def test_a_process_of_one_party_takes_a_sale_with_one() -> None:
    linked = apply(SALE, Link(company=Company("C-1", "Acme")), on=DAY)
    assert apply(linked, ChangeType(contact_manager.opportunity()), on=DAY).type.id == "opportunity"


def test_a_sale_that_is_not_started_takes_no_stage_with_the_type() -> None:
    first, second = business_central.cycles()[:2]
    sale = register(first, id="S-2", title="x", on=DAY, currency="EUR")
    assert [p.code for p in problems(sale, ChangeType(second, "ex-small-2"), on=DAY)] == ["only-while"]
    assert apply(sale, ChangeType(second), on=DAY).stage is None


def test_the_present_type_again_changes_nothing() -> None:
    assert apply(SALE, ChangeType(superoffice.new_business()), on=DAY) is SALE
