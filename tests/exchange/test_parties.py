"""Whom a name stands for."""

import pytest

from salespipeline.errors import InvalidValue
from salespipeline.exchange.parties import Parties
from salespipeline.model.people import Company, Person, User

VOS = Company("C-9", "Vos Optics", is_customer=True)


def test_a_new_name_gives_a_value_with_an_id_made_from_it() -> None:
    parties = Parties(())
    assert parties.company("Vos Optics") == Company("vos-optics", "Vos Optics")
    assert parties.user("Ida Marsk") == User("ida-marsk", "Ida Marsk")
    assert parties.person("Jo", None) == Person("jo", "Jo")


@pytest.mark.parametrize("name", ["Vos Optics", "vos  optics", "C-9"])
def test_somebody_known_is_found_by_name_and_by_id(name: str) -> None:
    assert Parties([VOS]).company(name) is VOS


def test_a_name_spelled_in_two_ways_is_spelled_as_it_was_first() -> None:
    parties = Parties(())
    assert [parties.company(name).name for name in ("Vos optics", "VOS Optics", "vos-optics")] == ["Vos optics"] * 3


def test_two_names_never_share_an_id() -> None:
    parties = Parties(())
    assert parties.company("a-b c") is parties.company("a b-c")
    assert parties.company("AT&T").id != parties.company("AT T").id


def test_persons_of_one_name_belong_to_their_companies() -> None:
    known = Person("P-1", "Jo", "C-9")
    parties = Parties([known])
    assert parties.person("jo", VOS.id) is known
    assert parties.person("Jo", None).id == "jo"
    assert parties.person("Jo", Company("brimal", "Brimal").id).id == "brimal-jo"


def test_a_name_without_letter_or_digit_is_refused() -> None:
    with pytest.raises(InvalidValue, match="letter or digit"):
        Parties(()).company("***")
