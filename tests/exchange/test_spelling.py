"""Spellings that mean the same, and ids made from names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipeline.errors import InvalidValue
from salespipeline.exchange.spelling import Found, Spellings, bare, id_from
from salespipeline.model.ids import identifier


def test_an_exact_spelling_wins_over_one_that_is_alike() -> None:
    assert Spellings([("X 1", "a"), ("X-1", "b")]).find("X-1") == Found("X-1", "b", True)


@pytest.mark.parametrize("given", ["gtxpro", "GTX-PRO", "\uff27TX pro"])
def test_case_spaces_punctuation_and_width_do_not_count(given: str) -> None:
    assert Spellings([("GTX Pro", 1), ("GTX Plus Pro", 2)]).find(given) == Found("GTX Pro", 1, False)


@pytest.mark.parametrize("given", ["", "--", "GTX", "GTX Pro 2"])
def test_anything_else_is_not_found(given: str) -> None:
    assert Spellings([("GTX Pro", 1), ("-", 2)]).find(given) is None


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Vos Optics", "vos-optics"),
        ("  VOS   optics ", "vos-optics"),
        ("Vos B.V.", "vos-b.v."),
        ("Café Noir", "café-noir"),
        ("Cafe\u0301 Noir", "café-noir"),
        ("AT&T", "at-t-6590b9f7"),
        ("A" * 80, "a" * 55 + "-1a998d7d"),
    ],
)
def test_an_id_is_made_from_a_name(name: str, id: str) -> None:
    assert id_from(name) == id


def test_names_that_differ_in_punctuation_have_ids_of_their_own() -> None:
    assert len({id_from("C"), id_from("C++"), id_from("C#")}) == 3


@given(st.text())
def test_every_name_with_a_letter_or_digit_gives_an_id(name: str) -> None:
    """An id satisfies the rules for ids, whatever the name; a name without letter or digit is refused."""
    if bare(name):
        assert identifier(id_from(name)) == id_from(name)
    else:
        with pytest.raises(InvalidValue, match="letter or digit"):
            id_from(name)
