"""Actions as text, for the commits that carry them out."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from attrs import frozen
from hypothesis import given
from tests.properties.quoted import NEW_BUSINESS, quote_of
from tests.properties.walks import TODAY, WALKED, Change, changes, new_sale

from salespipeline.codec import encode_action
from salespipeline.model.action import Action
from salespipeline.model.actions import (
    Assign,
    ChangeType,
    Complete,
    Delete,
    Edit,
    Link,
    MoveTo,
    Register,
    Revise,
    Sell,
)
from salespipeline.model.parts import Priority, Publication, Reference, ReferenceKind
from salespipeline.model.people import Company, Person
from salespipeline.presets import superoffice
from salespipeline.quoting import CopyQuote, CreateQuote
from salespipeline.rules.apply import apply


@frozen
class Praise(Action):
    """An action of a user's own, with names that the record has itself."""

    details: str = ""
    marks: frozenset[str] = frozenset()


@WALKED
@given(changes())
def test_an_action_is_one_line_of_json(change: Change) -> None:
    text = encode_action(change.action)
    assert len(text.splitlines()) == 1
    assert json.loads(text)["action"] == type(change.action).__name__


@pytest.mark.parametrize(
    ("action", "text"),
    [
        (Complete(), '{"action":"Complete"}'),
        (Delete(), '{"action":"Delete"}'),
        (Sell("price", value=Decimal("1E+3")), '{"action":"Sell","reason":"price","value":"1000"}'),
        (MoveTo("proposal", chance="30"), '{"action":"MoveTo","chance":"30","stage":"proposal"}'),
        (Revise(expected_close=date(2025, 3, 1)), '{"action":"Revise","expected_close":"2025-03-01"}'),
        (Assign("bob", group=None), '{"action":"Assign","owner":"bob","group":null}'),
        (ChangeType(superoffice.add_on()), '{"action":"ChangeType","type":"add-on"}'),
        (Link(company=Company("acme", "Acme"), person=None), '{"action":"Link","company":"acme","person":null}'),
        (Edit(priority=Priority.LOW), '{"action":"Edit","priority":"low"}'),
        (
            Edit(reminder=datetime(2025, 1, 1, tzinfo=UTC)),
            '{"action":"Edit","reminder":"2025-01-01T00:00:00.000000Z"}',
        ),
        (
            Edit(publication=Publication(since=date(2025, 1, 1))),
            '{"action":"Edit","publication":{"since":"2025-01-01","until":null}}',
        ),
        (
            Edit(references=[Reference(ReferenceKind.URL, "x")]),
            '{"action":"Edit","references":[{"kind":"url","target":"x","description":""}]}',
        ),
        (Edit(custom={"vip": True, "gone": None}), '{"action":"Edit","custom":{"vip":true,"gone":null}}'),  # type: ignore[dict-item]
        (Edit(categories={"b", "a", "c"}), '{"action":"Edit","categories":["a","b","c"]}'),
        (Praise("well done", frozenset({"b", "a"})), '{"action":"Praise","details":"well done","marks":["a","b"]}'),
    ],
)
def test_an_action_is_written_by_name_and_values(action: Action, text: str) -> None:
    """What was left alone is left out; values of the catalog go by id."""
    assert encode_action(action) == text


def test_a_registration_is_written_with_its_details() -> None:
    action = Register("Desks", (("amount", Decimal("1.50")), ("person", Person("joe", "Joe"))))
    assert encode_action(action) == '{"action":"Register","title":"Desks","amount":"1.50","person":"joe"}'


def test_a_quote_that_is_copied_is_written_by_its_number() -> None:
    quote = quote_of(apply(new_sale(NEW_BUSINESS), CreateQuote(number="Q-17"), on=TODAY))
    assert encode_action(CopyQuote(quote)) == '{"action":"CopyQuote","quote":"Q-17"}'


def test_what_has_no_form_of_its_own_is_written_as_it_shows_itself() -> None:
    assert json.loads(encode_action(Praise(details=range(2)))) == {"action": "Praise", "details": [0, 1]}  # type: ignore[arg-type]
    assert json.loads(encode_action(Praise(details=1j))) == {"action": "Praise", "details": "1j"}  # type: ignore[arg-type]
