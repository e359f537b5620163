"""Actions as values: what they show, and what makes them equal."""

from datetime import date

import pytest

from salespipeline import Action, Edit, MoveTo, Next, Previous, Revise, Sell, Stall


@pytest.mark.parametrize(
    ("action", "typed"),
    [
        (Next(), "Next()"),
        (Next("proposal"), "Next('proposal')"),
        (MoveTo("proposal", chance=70), "MoveTo('proposal', chance=70)"),
        (Stall(date(2025, 3, 1), "budget"), "Stall(datetime.date(2025, 3, 1), 'budget')"),
        (Stall(reason="budget"), "Stall(reason='budget')"),
        (Revise(margin="40"), "Revise(margin='40')"),
        (Edit(note=None), "Edit(note=None)"),  # type: ignore[arg-type]  # as somebody might
    ],
    ids=repr,
)
def test_an_action_shows_itself_as_it_is_typed(action: Action, typed: str) -> None:
    assert repr(action) == typed


def test_actions_are_equal_by_value_and_kind() -> None:
    assert Sell("price") == Sell("price")
    assert Sell("price") != Sell("quality")
    assert Next() != Previous()


def test_an_action_cannot_change() -> None:
    with pytest.raises(AttributeError):
        Sell("price").reason = "quality"  # type: ignore[misc]
