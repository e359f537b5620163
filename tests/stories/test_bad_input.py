"""Bad input: every fault gets an error of its own that names the field, the value and what would work."""

import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.stories.telling import JAN_7, JAN_8, at_stage, opportunity, problem, refusal, superoffice_sale, told

from salespipeline import (
    Action,
    Assign,
    ChangeType,
    Edit,
    InvalidValue,
    Link,
    Lose,
    MoveTo,
    Next,
    Previous,
    Refused,
    Reopen,
    Resume,
    Revise,
    Sale,
    SalesPipelineError,
    Sell,
    Stall,
    Start,
    UnknownEntry,
    apply,
    problems,
    register,
)
from salespipeline.errors import ReadOnly
from salespipeline.presets import superoffice

DAY_BEFORE = date(2025, 1, 6)

# What somebody typed without a type checker to hold them back.
A_FLOAT: Any = 12.5
A_BOOL: Any = True
A_LIST: Any = ["price"]
A_TEXT: Any = "tomorrow"
AN_INSTANT: Any = datetime(2025, 9, 1, tzinfo=UTC)
NOTHING: Any = None
TYPE_BY_NAME: Any = "renewal"
COMPANY_BY_NAME: Any = "acme"

# The action, the field that is at fault, what the text shows of the value, and what it says would work.
FAULTS: list[tuple[Action, str, str, str]] = [
    (MoveTo("closing"), "stage", "'closing'", "'short-list'"),
    (MoveTo(NOTHING), "stage", "", "'short-list'"),
    (Reopen(), "", "Reopen", "Next, Previous, MoveTo"),
    (Resume(), "", "Resume", "Next, Previous, MoveTo"),
    (Previous(), "", "Previous", "'first-meeting'"),
    (Next("short-list"), "stage", "'short-list'", "'first-meeting'"),
    (Sell("budget"), "reason", "'budget'", "'quality'"),
    (Sell(A_LIST), "reason", "price", "'quality'"),
    (Lose("quality"), "reason", "'quality'", "'no-budget'"),
    (Stall(reason="price"), "reason", "'price'", "'budget'"),
    (Stall(A_TEXT), "reopen_on", "'tomorrow'", "datetime.date"),
    (Stall(AN_INSTANT), "reopen_on", "2025-09-01", ".date()"),
    (Sell(closed_on=DAY_BEFORE), "closed_on", "2025-01-06", "2025-01-07 or later"),
    (ChangeType(TYPE_BY_NAME), "type", "'renewal'", "SaleType"),
    (ChangeType(superoffice.add_on(), "lead"), "stage", "'lead'", "'first-meeting'"),
    (Link(company=COMPANY_BY_NAME), "company", "'acme'", "Company"),
    (Edit(title=""), "title", "''", "type some text"),
    (Edit(title="   "), "title", "'   '", "type some text"),
    (Edit(title=NOTHING), "title", "None", "text"),
    (Edit(title="x" * 220), "title", "xxx", "at most 219"),
    (Edit(note="x" * 2048), "note", "xxx", "at most 2047"),
    (Edit(reopen_on=date(2025, 9, 1)), "reopen_on", "2025-09-01", "stalled"),
    (Edit(reason="budget"), "reason", "'budget'", "stalled, sold or lost"),
    (Revise(chance=101), "chance", "101", "0 to 100"),
    (Revise(chance=-1), "chance", "-1", "0 to 100"),
    (Revise(chance="12.5"), "chance", "'12.5'", "whole"),
    (Revise(chance=A_FLOAT), "chance", "12.5", "Decimal"),
    (Revise(chance=Decimal("NaN")), "chance", "NaN", "digits"),
    (Revise(amount=A_FLOAT), "amount", "12.5", "Decimal"),
    (Revise(amount=A_BOOL), "amount", "True", "digits"),
    (Revise(amount=NOTHING), "amount", "None", "digits"),
    (Revise(amount=Decimal("NaN")), "amount", "NaN", "digits"),
    (Revise(amount=Decimal("sNaN")), "amount", "sNaN", "digits"),
    (Revise(amount=Decimal("Infinity")), "amount", "Infinity", "digits"),
    (Revise(amount="1e3"), "amount", "'1e3'", "digits"),
    (Revise(amount="1,000"), "amount", "'1,000'", "digits"),
    (Revise(amount="12.345"), "amount", "'12.345'", "2 decimals"),
    (Revise(cost=Decimal("12.345")), "cost", "12.345", "2 decimals"),
    (Revise(closed_on=JAN_7), "closed_on", "2025-01-07", "sold or lost"),
    (Assign(""), "owner", "''", "1 to 64 letters"),
    (Assign("bob/carol"), "owner", "'bob/carol'", "letters, digits"),
]
NAMES = [f"{type(action).__name__}-{field or 'step'}-{number}" for number, (action, field, _, _) in enumerate(FAULTS)]


@pytest.mark.parametrize(("action", "field", "given", "remedy"), FAULTS, ids=NAMES)
def test_a_fault_names_its_field(action: Action, field: str, given: str, remedy: str) -> None:
    assert problem(superoffice_sale(), action).field == field


@pytest.mark.parametrize(("action", "field", "given", "remedy"), FAULTS, ids=NAMES)
def test_the_text_of_a_refusal_shows_the_value(action: Action, field: str, given: str, remedy: str) -> None:
    assert given in str(refusal(superoffice_sale(), action))


@pytest.mark.parametrize(("action", "field", "given", "remedy"), FAULTS, ids=NAMES)
def test_the_text_of_a_refusal_says_what_would_work(action: Action, field: str, given: str, remedy: str) -> None:
    assert remedy in str(refusal(superoffice_sale(), action))


@pytest.mark.parametrize(("action", "field", "given", "remedy"), FAULTS, ids=NAMES)
def test_a_text_starts_in_lower_case_and_has_no_full_stop(action: Action, field: str, given: str, remedy: str) -> None:
    refused = refusal(superoffice_sale(), action)
    texts = [str(refused), *map(str, refused.problems)]
    assert all(text[0].islower() and not text.endswith(".") for text in texts)


@pytest.mark.parametrize(("action", "field", "given", "remedy"), FAULTS, ids=NAMES)
def test_after_a_refusal_the_sale_is_what_it_was(action: Action, field: str, given: str, remedy: str) -> None:
    sale = superoffice_sale()
    refusal(sale, action)
    assert sale == superoffice_sale()


@pytest.mark.parametrize(("action", "field", "given", "remedy"), FAULTS, ids=NAMES)
def test_asking_for_the_problems_says_what_the_refusal_says(
    action: Action, field: str, given: str, remedy: str
) -> None:
    sale = superoffice_sale()
    assert list(map(str, problems(sale, action, on=JAN_7))) == list(map(str, refusal(sale, action).problems))


@pytest.mark.parametrize(("action", "field", "given", "remedy"), FAULTS, ids=NAMES)
def test_a_refusal_travels_between_processes(action: Action, field: str, given: str, remedy: str) -> None:
    refused = refusal(superoffice_sale(), action)
    arrived = pickle.loads(pickle.dumps(refused))  # noqa: S301  # our own bytes
    assert (str(arrived), arrived.sale_id, len(arrived.problems)) == (str(refused), "S-1", len(refused.problems))


# A missing parameter.


@pytest.mark.parametrize(("kind", "missing"), [(MoveTo, "stage"), (Assign, "owner"), (ChangeType, "type")])
def test_an_action_without_its_essential_value_cannot_be_made(kind: Callable[[], Action], missing: str) -> None:
    with pytest.raises(TypeError, match=missing):
        kind()


def test_no_stage_at_all_does_not_send_a_sale_back_to_the_start() -> None:
    assert problem(superoffice_sale(stage="proposal"), MoveTo(NOTHING)).field == "stage"


def test_a_reason_that_a_process_requires_is_asked_for_with_its_list() -> None:
    (found,) = refusal(at_stage(1), Lose(), JAN_8).problems
    assert (found.field, "PRICE_L" in str(found)) == ("reason", True)


def test_all_parameters_that_a_process_requires_are_asked_for_at_once() -> None:
    started = told(opportunity(), Start(), on=JAN_8)
    assert [found.field for found in refusal(started, Sell(), JAN_8).problems] == ["reason", "value"]


# Days.


def test_a_change_before_the_last_one_is_refused_with_the_first_day_that_works() -> None:
    sale = told(superoffice_sale(), Next(), on=date(2025, 2, 1))
    found = problem(sale, Next(), date(2025, 1, 31))
    assert (found.field, "2025-01-31" in str(found), "2025-02-01 or later" in str(found)) == ("on", True, True)


@pytest.mark.parametrize("on", [A_TEXT, AN_INSTANT, NOTHING], ids=["text", "instant", "none"])
def test_a_business_day_that_is_no_day_is_refused(on: Any) -> None:
    with pytest.raises((InvalidValue, Refused), match="on"):
        apply(superoffice_sale(), Next(), on=on)


# Types.


def test_an_unknown_type_is_answered_with_the_types_there_are() -> None:
    with pytest.raises(UnknownEntry, match=r"'renewal'.*'new-business', 'add-on'"):
        superoffice.catalog().type("renewal")


def test_a_sale_registered_with_the_name_of_a_type_is_told_to_give_the_type() -> None:
    with pytest.raises(SalesPipelineError, match="type"):
        register(TYPE_BY_NAME, id="S-1", title="Desks", on=JAN_7, currency="EUR")


def test_a_type_that_would_strand_the_sale_is_refused() -> None:
    found = problem(opportunity(), ChangeType(superoffice.new_business()), JAN_8)
    assert (found.field, "'new-business'" in str(found), "not started" in str(found)) == ("type", True, True)


# Currencies.


def test_yen_take_no_decimals() -> None:
    kind = superoffice.new_business()
    sale = register(kind, id="S-1", title="Desks", on=JAN_7, currency="JPY")
    assert "JPY has 0 decimals" in str(problem(sale, Revise(amount="100.5")))


def test_dinars_take_three_decimals() -> None:
    kind = superoffice.new_business()
    sale = register(kind, id="S-1", title="Desks", on=JAN_7, currency="KWD", amount="1.234")
    assert str(sale.amount) == "1.234"


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(Refused, match=r"currency 'EURO'.*ISO 4217"):
        register(superoffice.new_business(), id="S-1", title="Desks", on=JAN_7, currency="EURO")


# Several faults at once.


def test_several_faults_of_one_action_are_all_reported() -> None:
    action = MoveTo("closing", amount="1.234", chance=200, expected_close=A_TEXT)
    fields = {found.field for found in refusal(superoffice_sale(), action, DAY_BEFORE).problems}
    assert fields == {"on", "stage", "amount", "chance", "expected_close"}


def test_several_faults_of_a_new_sale_are_all_reported() -> None:
    details: Any = {"amount": 1.5, "stage": "closing", "chance": 101, "ownr": "anna"}
    with pytest.raises(Refused) as caught:
        register(superoffice.new_business(), id="", title="", on=JAN_7, currency="EURO", **details)
    fields = {found.field for found in caught.value.problems}
    assert fields == {"id", "title", "currency", "amount", "stage", "chance", "ownr"}


def test_a_refusal_of_several_faults_counts_and_lists_them() -> None:
    text = str(refusal(superoffice_sale(), Sell("budget", closed_on=DAY_BEFORE)))
    assert ("2 problems" in text, text.count("\n- ")) == (True, 2)


def test_a_refusal_says_which_sale_which_action_and_where_it_stands() -> None:
    refused = refusal(superoffice_sale(), Sell("budget"))
    assert (refused.sale_id, refused.action, refused.standing) == ("S-1", "Sell", "open")


def test_nothing_of_an_action_is_done_when_a_part_of_it_is_refused() -> None:
    sale = superoffice_sale()
    refusal(sale, Revise(amount=500, chance=101))
    assert sale.amount == 0


# Texts that could break a line.


@pytest.mark.parametrize(
    ("title", "escaped"),
    [
        ("two\nlines", r"two\nlines"),
        ("a\x1b[31mred", r"a\x1b[31mred"),
        ("nul\x00", r"nul\x00"),
        ("a\u2028b", r"a\u2028b"),
    ],
    ids=["newline", "escape", "nul", "separator"],
)
def test_a_title_with_control_characters_is_refused_and_shown_escaped(title: str, escaped: str) -> None:
    text = str(refusal(superoffice_sale(), Edit(title=title)))
    assert (escaped in text, text.isprintable()) == (True, True)


def test_a_title_that_turns_the_line_around_is_shown_escaped() -> None:
    text = str(refusal(superoffice_sale(), Edit(title="\u202eevil" + "\n")))
    assert text.isprintable()


def test_an_unknown_stage_with_control_characters_is_shown_escaped() -> None:
    assert str(refusal(superoffice_sale(), MoveTo("a\nb"))).isprintable()


def test_a_note_may_have_several_lines() -> None:
    assert told(superoffice_sale(), Edit(note="one\ntwo")).card.note == "one\ntwo"


# Setting an attribute.

WAYS = [
    ("title", "Edit(title=...)"),
    ("amount", "Revise(amount=...)"),
    ("cost", "Revise(cost=...)"),
    ("chance", "Revise(chance=...)"),
    ("probability", "Revise(chance=...)"),
    ("expected_close", "Revise(expected_close=...)"),
    ("closed_on", "Revise(closed_on=...)"),
    ("stage", "MoveTo(...)"),
    ("status", "Sell()"),
    ("owner", "Assign(...)"),
    ("company", "Link(company=...)"),
    ("type", "ChangeType(...)"),
    ("reason", "Edit(reason=...)"),
    ("reopen_on", "Edit(reopen_on=...)"),
]


@pytest.mark.parametrize(("name", "way"), WAYS)
def test_setting_an_attribute_shows_the_way_that_works(name: str, way: str) -> None:
    with pytest.raises(ReadOnly) as caught:
        setattr(superoffice_sale(), name, "x")
    assert "apply(sale, " in str(caught.value) and way in str(caught.value)


def test_setting_an_attribute_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError):
        setattr(superoffice_sale(), "title", "x")  # noqa: B010  # a type checker would stop the plain spelling


@pytest.mark.parametrize("name", ["weighted", "currency", "id", "category", "history", "titel"])
def test_setting_an_attribute_never_shows_a_way_that_does_not_exist(name: str) -> None:
    with pytest.raises(ReadOnly) as caught:
        setattr(superoffice_sale(), name, "x")
    assert f"Edit({name}=" not in str(caught.value)


def test_an_attempt_to_set_leaves_the_sale_as_it_was() -> None:
    sale: Sale = superoffice_sale()
    with pytest.raises(ReadOnly):
        setattr(sale, "title", "x")  # noqa: B010  # a type checker would stop the plain spelling
    assert sale.title == "120 desks"
