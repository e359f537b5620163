"""Editing, linking and assigning: every field with its limits."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from attrs import fields
from tests.properties.walks import TODAY, new_sale

from salespipeline.model.action import KEEP
from salespipeline.model.actions import Assign, Edit, Link, Lose, Sell, Stall
from salespipeline.model.parts import (
    Card,
    Document,
    DocumentKind,
    Initiator,
    InitiatorKind,
    Origin,
    Priority,
    Publication,
    Reference,
    ReferenceKind,
    Visibility,
)
from salespipeline.model.people import Company, Person
from salespipeline.model.sale import Sale
from salespipeline.presets import business_central, contact_manager, superoffice
from salespipeline.rules.apply import apply, problems
from salespipeline.rules.editing import FIELDS

SALE = new_sale(superoffice.new_business())
ACME, BETA = Company("acme", "Acme"), Company("beta", "Beta")
JOE, LONE = Person("joe", "Joe", "acme"), Person("lone", "Lone")


def at(sale: Sale, action: Any) -> Sale:
    return apply(sale, action, on=TODAY)


def edit(**given: Any) -> Edit:
    return Edit(**given)


def link(**given: Any) -> Link:
    return Link(**given)


def codes(sale: Sale, action: Any) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in problems(sale, action, on=TODAY)]


class TestEdit:
    def test_has_a_row_for_every_parameter(self) -> None:
        parameters = {parameter.name for parameter in Edit.parameters()}
        assert {spec.name for spec in FIELDS} | {"reason", "reopen_on"} == parameters

    def test_reaches_every_field_of_card_and_origin(self) -> None:
        named = {spec.name for spec in FIELDS}
        assert {attribute.name for part in (Card, Origin) for attribute in fields(part)} <= named

    @pytest.mark.parametrize(
        ("name", "longest"),
        [("title", 219), ("number", 49), ("note", 2047), ("segment", 64), ("flow", 64), ("kind", 64), ("source", 64)],
    )
    def test_a_text_has_its_limit(self, name: str, longest: int) -> None:
        assert codes(SALE, edit(**{name: "x" * longest})) == []
        assert codes(SALE, edit(**{name: "x" * (longest + 1)})) == [("invalid-value", name)]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("title", ""),
            ("title", None),
            ("title", "a\nb"),
            ("number", 17),
            ("description", None),
            ("kind", "a/b"),
            ("priority", "high"),
            ("priority", Visibility.ALL),
            ("visibility", None),
            ("categories", "abc"),
            ("categories", [""]),
            ("categories", [1]),
            ("categories", {1, "a"}),
            ("categories", {"a": 1}),
            ("publication", (date(2025, 1, 1), None)),
            ("publication", Publication(date(2025, 1, 2), date(2025, 1, 1))),
            ("publication", Publication("2025-01-01", None)),  # type: ignore[arg-type]
            ("publication", Publication(datetime(2025, 1, 1, tzinfo=UTC), date(2025, 1, 2))),
            ("reminder", datetime(2025, 1, 1)),  # noqa: DTZ001  # on purpose
            ("references", ["https://example.org"]),
            ("references", [Reference(ReferenceKind.URL, "")]),
            ("references", [Reference("url", "x")]),  # type: ignore[arg-type]
            ("references", Reference(ReferenceKind.URL, "x" * 2048)),
            ("initiated_by", "joe"),
            ("initiated_by", Initiator(InitiatorKind.PERSON, "a/b")),
            ("initiated_by", Initiator("person", "joe")),  # type: ignore[arg-type]
            ("expires_on", "2025-01-01"),
            ("expires_on", datetime(2025, 1, 1, tzinfo=UTC)),
            ("document", "Q-1"),
            ("document", Document(DocumentKind.QUOTE, "", Decimal(1))),
            ("document", Document(DocumentKind.QUOTE, "x" * 50, Decimal(1))),
            ("document", Document(DocumentKind.QUOTE, "Q-1", Decimal("1.005"))),
            ("document", Document("quote", "Q-1", Decimal(1))),  # type: ignore[arg-type]
            ("custom", [1]),
            ("custom", {"": 1}),
            ("custom", {"a": 1.5}),
            ("custom", {5: 1}),
            ("competitors", "Alpha"),
        ],
    )
    def test_nonsense_is_refused_by_field(self, name: str, value: Any) -> None:
        found = problems(SALE, edit(**{name: value}), on=TODAY)
        assert len(found) == 1
        assert found[0].field.startswith(name)
        assert str(found[0])

    def test_all_faults_come_at_once(self) -> None:
        action = Edit(title="", number="x" * 50, priority=None, reason="x", reopen_on=TODAY)  # type: ignore[arg-type]
        assert [field for _, field in codes(SALE, action)] == ["title", "number", "priority", "reopen_on", "reason"]

    def test_a_document_is_in_the_currency_of_the_sale(self) -> None:
        sale = at(SALE, Edit(document=Document(DocumentKind.QUOTE, "Q-1", Decimal(5))))
        assert sale.document is not None
        assert str(sale.document.value) == "5.00"

    def test_custom_fields_are_merged_and_none_removes(self) -> None:
        sale = at(SALE, Edit(custom={"a": 1, "b": 2}))
        assert dict(at(sale, Edit(custom={"a": None, "c": 3})).custom.values) == {"b": 2, "c": 3}  # type: ignore[dict-item]

    @pytest.mark.parametrize(("before", "after"), [(1, True), (True, 1), (1, "1"), (Decimal(1), 1)])
    def test_a_custom_field_can_change_its_kind(self, before: Any, after: Any) -> None:
        sale = at(at(SALE, Edit(custom={"a": before})), Edit(custom={"a": after}))
        assert (sale.custom["a"], type(sale.custom["a"])) == (after, type(after))

    def test_a_lone_reference_is_a_list_of_one(self) -> None:
        reference = Reference(ReferenceKind.URL, "x")
        assert at(SALE, Edit(references=reference)).card.references == (reference,)  # type: ignore[arg-type]

    def test_a_set_of_texts_is_put_in_order(self) -> None:
        assert at(SALE, Edit(categories={"b", "a"})).card.categories == ("a", "b")

    def test_what_a_forecast_does_not_see_is_no_history(self) -> None:
        after = at(SALE, Edit(title="Other", priority=Priority.HIGH, source="fair", custom={"a": 1}))
        assert after.history == SALE.history

    def test_what_a_forecast_sees_is(self) -> None:
        after = at(SALE, Edit(payment_terms="net-30", delivery_on=TODAY))
        assert [entry.action for entry in after.history] == ["Register", "Edit"]

    @pytest.mark.parametrize(
        ("action", "kind"), [(Sell("price"), "sold"), (Lose("price"), "lost"), (Stall(reason="budget"), "stalled")]
    )
    def test_a_reason_is_of_the_present_state(self, action: Any, kind: str) -> None:
        sale = at(SALE, action)
        (problem,) = problems(sale, Edit(reason="nobody"), on=TODAY)
        assert (problem.code, dict(problem.params)["kind"]) == ("unknown-reason", kind)
        assert at(sale, Edit(reason=None)).reason is None

    def test_a_reopen_date_is_of_stalled_sales(self) -> None:
        assert codes(SALE, Edit(reopen_on=TODAY)) == [("only-while", "reopen_on")]
        assert at(at(SALE, Stall()), Edit(reopen_on=date(2026, 1, 1))).reopen_on == date(2026, 1, 1)

    @pytest.mark.parametrize("value", [None, "x"])
    @pytest.mark.parametrize("name", ["segment", "reason"])
    def test_a_locked_field_cannot_be_changed_nor_emptied(self, name: str, value: str | None) -> None:
        """Business Central: of a closed opportunity, code and segment are fixed."""
        sale = new_sale(business_central.cycles()[0], amount="10", segment="retail")
        won = at(sale, Sell("CP", value="5"))
        assert ("locked", name) in codes(won, edit(**{name: value}))
        assert at(won, Edit(title="Other")).title == "Other"

    @pytest.mark.parametrize("competitor", ["", "a/b", 5, "\ud800", "x" * 65])
    @pytest.mark.parametrize("action", [Sell, Lose, Edit])
    def test_a_competitor_is_an_id_wherever_it_is_typed(self, action: Any, competitor: Any) -> None:
        assert codes(SALE, action(competitor=competitor)) == [("invalid-value", "competitor")]


class TestAssign:
    def test_the_group_goes_with_the_owner(self) -> None:
        sale = at(SALE, Assign("anna", group="north"))
        assert at(sale, Assign("bob")).parties.group is None
        assert at(sale, Assign("anna")) is sale
        assert at(sale, Assign("anna", group=None)).parties.group is None

    @pytest.mark.parametrize("owner", ["", None, 5, "a/b"])
    def test_an_owner_is_an_id(self, owner: Any) -> None:
        assert codes(SALE, Assign(owner)) == [("invalid-value", "owner")]

    def test_a_group_is_an_id(self) -> None:
        assert codes(SALE, Assign("bob", group="a/b")) == [("invalid-value", "group")]


class TestLink:
    def test_a_person_brings_the_company_along(self) -> None:
        assert (at(SALE, Link(person=JOE)).company, at(SALE, Link(person=JOE)).person) == ("acme", "joe")

    def test_a_person_of_another_company_is_refused(self) -> None:
        sale = at(SALE, Link(company=BETA))
        assert codes(sale, Link(person=JOE)) == [("person-of-other-company", "person")]

    def test_another_company_is_refused_while_the_person_stays(self) -> None:
        sale = at(SALE, Link(person=JOE))
        assert codes(sale, Link(company=BETA)) == [("person-of-other-company", "person")]
        assert at(sale, Link(company=BETA, person=None)).company == "beta"

    def test_a_lone_person_needs_no_company(self) -> None:
        assert at(SALE, Link(person=LONE)).company is None

    @pytest.mark.parametrize("name", ["company", "person"])
    @pytest.mark.parametrize("value", ["acme", 5, Company, SALE])
    def test_a_party_is_given_itself(self, name: str, value: Any) -> None:
        assert codes(SALE, link(**{name: value})) == [("invalid-value", name)]

    @pytest.mark.parametrize("name", ["project", "campaign"])
    def test_projects_and_campaigns_are_ids(self, name: str) -> None:
        assert codes(SALE, link(**{name: "a/b"})) == [("invalid-value", name)]
        assert at(SALE, link(**{name: "p-1"})) is not SALE

    def test_none_empties_a_link(self) -> None:
        sale = at(SALE, Link(person=JOE, project="p-1"))
        assert at(sale, Link(company=None, person=None, project=None)).parties == SALE.parties

    def test_keep_leaves_it(self) -> None:
        sale = at(SALE, Link(person=JOE))
        assert at(sale, Link(company=KEEP)) is sale


class TestOneParty:
    SALE = new_sale(contact_manager.opportunity())

    def test_a_newer_link_replaces_the_older(self) -> None:
        linked = at(self.SALE, Link(person=JOE))
        assert (linked.company, linked.person) == (None, "joe")
        assert at(linked, Link(company=BETA)).parties.person is None

    def test_both_at_once_are_refused(self) -> None:
        assert codes(self.SALE, Link(company=ACME, person=JOE)) == [("one-party", "person")]

    def test_none_at_all_is_refused(self) -> None:
        assert codes(self.SALE, Link(company=None)) == [("party-required", "company")]
